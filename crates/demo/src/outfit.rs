//! What a class or a costume is dressed in, as data.

use crate::ink::Ink;

/// The cut of what covers the chest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Torso {
    /// Nothing.
    Bare,
    /// To the hips.
    Shirt,
    /// To the thighs.
    Tunic,
    /// To the ankles.
    Robe,
    /// Above the navel.
    Crop,
    /// Open over a shirt.
    Jacket,
    /// A panel with straps.
    Apron,
    /// Crossed lapels.
    Kimono,
    /// Plates.
    Armour,
    /// Fitted, flared from the waist.
    Dress,
}

/// What covers the legs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Legs {
    Bare,
    Tight,
    Puffy,
    Shorts,
    Loincloth,
    Skirt,
}

/// What covers the feet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feet {
    Bare,
    Sandals,
    Shoes,
    Boots,
    Greaves,
    Fur,
}

/// What covers the upper arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sleeves {
    None,
    Short,
    Long,
    Wide,
    Puff,
}

/// What covers forearms and hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hands {
    Bare,
    Gloves,
    Gauntlets,
    Bracers,
}

/// What holds it together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Belt {
    None,
    Buckle,
    Sash,
    Pouches,
    Rope,
}

/// What lies around the neck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Neck {
    None,
    Scarf,
    Fur,
    Collar,
    Pendant,
    Bow,
}

/// What is drawn on the chest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Motif {
    None,
    Buttons,
    Laces,
    Stripe,
    Star,
    Chevrons,
    Flame,
}

/// Everything worn below the head.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outfit {
    pub(crate) torso: Torso,
    pub(crate) legs: Legs,
    pub(crate) feet: Feet,
    pub(crate) sleeves: Sleeves,
    pub(crate) hands: Hands,
    pub(crate) belt: Belt,
    pub(crate) neck: Neck,
    pub(crate) motif: Motif,
    /// Main cloth, legs, leather, trim.
    pub(crate) inks: [Ink; 4],
}

impl Outfit {
    pub(crate) fn main(&self) -> Ink {
        self.inks[0]
    }
    pub(crate) fn second(&self) -> Ink {
        self.inks[1]
    }
    pub(crate) fn leather(&self) -> Ink {
        self.inks[2]
    }
    pub(crate) fn trim(&self) -> Ink {
        self.inks[3]
    }
}
