//! The seven places where an item changes the picture.

use std::ops::{Index, IndexMut};

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::fold;

/// How many slots there are.
pub const SLOT_COUNT: usize = 7;

/// A place where an item is worn. The order is the one every answer uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Slot {
    /// Hat.
    Coiffe,
    /// Cloak.
    Cape,
    /// Shield.
    Bouclier,
    /// Pet, petsmount or mount.
    Familier,
    /// Shoulder pads.
    Epauliere,
    /// Costume.
    Costume,
    /// Wings.
    Ailes,
}

impl Slot {
    /// All slots, in the order of every answer.
    pub const ALL: [Self; SLOT_COUNT] = [
        Self::Coiffe,
        Self::Cape,
        Self::Bouclier,
        Self::Familier,
        Self::Epauliere,
        Self::Costume,
        Self::Ailes,
    ];

    /// The slot's name in every file and answer.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Coiffe => "coiffe",
            Self::Cape => "cape",
            Self::Bouclier => "bouclier",
            Self::Familier => "familier",
            Self::Epauliere => "epauliere",
            Self::Costume => "costume",
            Self::Ailes => "ailes",
        }
    }

    /// The slot's position in [`Slot::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// Reads a slot name as exports write it (`hat`, `Épaulière`, `dofus_item_pet_id`, …).
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match fold(name).as_str() {
            "coiffe" | "hat" | "head" | "helmet" | "dofus_item_hat_id" => Self::Coiffe,
            "cape" | "cloak" | "back" | "dofus_item_cloak_id" => Self::Cape,
            "bouclier" | "shield" | "dofus_item_shield_id" => Self::Bouclier,
            "familier" | "pet" | "companion" | "mount" | "monture" | "montilier" | "dofus_item_pet_id" => {
                Self::Familier
            }
            "epauliere" | "shoulder" | "shoulders" | "shoulderpads" | "epaule" => Self::Epauliere,
            "costume" | "outfit" | "dofus_item_costume_id" => Self::Costume,
            "ailes" | "wings" | "wing" => Self::Ailes,
            _ => return None,
        })
    }

    /// The slot of a DofusDB item type, `None` where the type does not change the picture.
    #[must_use]
    pub fn from_type_id(type_id: u32) -> Option<Self> {
        Some(match type_id {
            16 | 246 => Self::Coiffe,
            17 | 247 => Self::Cape,
            82 | 248 => Self::Bouclier,
            18 | 249 | 121 | 250 | 97 | 196 | 207 => Self::Familier,
            299 => Self::Epauliere,
            199 => Self::Costume,
            300 => Self::Ailes,
            _ => return None,
        })
    }
}

impl std::fmt::Display for Slot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One value a slot. Serialised as an object with the seven slot names, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SlotMap<T>([T; SLOT_COUNT]);

impl<T> SlotMap<T> {
    /// Builds the value of every slot, in order.
    pub fn from_fn(mut build: impl FnMut(Slot) -> T) -> Self {
        Self(Slot::ALL.map(&mut build))
    }

    /// Slots with their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &T)> {
        Slot::ALL.into_iter().zip(&self.0)
    }

    /// Slots with their values, in order, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Slot, &mut T)> {
        Slot::ALL.into_iter().zip(&mut self.0)
    }

    /// Another value for every slot.
    pub fn map<U>(self, mut change: impl FnMut(Slot, T) -> U) -> SlotMap<U> {
        let mut slots = Slot::ALL.into_iter();
        SlotMap(self.0.map(|value| {
            let slot = slots.next().unwrap_or(Slot::Ailes);
            change(slot, value)
        }))
    }
}

impl<T> Index<Slot> for SlotMap<T> {
    type Output = T;
    fn index(&self, slot: Slot) -> &T {
        &self.0[slot.index()]
    }
}

impl<T> IndexMut<Slot> for SlotMap<T> {
    fn index_mut(&mut self, slot: Slot) -> &mut T {
        &mut self.0[slot.index()]
    }
}

impl<T: Serialize> Serialize for SlotMap<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(SLOT_COUNT))?;
        for (slot, value) in self.iter() {
            map.serialize_entry(&slot, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for SlotMap<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut given = std::collections::BTreeMap::<Slot, T>::deserialize(deserializer)?;
        Ok(Self::from_fn(|slot| given.remove(&slot).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_alias_is_read() {
        for slot in Slot::ALL {
            assert_eq!(Slot::parse(slot.as_str()), Some(slot));
        }
        assert_eq!(Slot::parse("Épaulière"), Some(Slot::Epauliere));
        assert_eq!(Slot::parse("MONTURE"), Some(Slot::Familier));
        assert_eq!(Slot::parse("ring"), None);
    }

    #[test]
    fn a_slot_map_keeps_the_answer_order() {
        let map = SlotMap::from_fn(Slot::index);
        let text = serde_json::to_string(&map).unwrap();
        assert_eq!(
            text,
            r#"{"coiffe":0,"cape":1,"bouclier":2,"familier":3,"epauliere":4,"costume":5,"ailes":6}"#
        );
        assert_eq!(serde_json::from_str::<SlotMap<usize>>(&text).unwrap(), map);
    }
}
