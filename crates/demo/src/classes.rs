//! The invented peoples: who they are and what they look like.

use crate::ink::{LEATHER, MAIN, SECOND, TRIM};
use crate::outfit::{Belt, Feet, Hands, Legs, Motif, Neck, Outfit, Sleeves, Torso};
use crate::skeleton::Build;

mod men;
mod women;

/// How many classes there are.
pub(crate) const CLASS_COUNT: usize = 16;

/// The art of a class, by its position, and sex.
pub(crate) fn art(class: usize, female: bool) -> ClassArt {
    if female { women::art(class) } else { men::art(class) }
}

/// How a head is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Human,
    Round,
    Beast,
    Bird,
    Lizard,
    Fish,
    Rock,
}

/// Ears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ears {
    None,
    Human,
    Elf,
    Long,
    Fins,
    Cat,
    Fox,
    Rabbit,
    Round,
}

/// What grows on a head beside hair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Horns {
    None,
    Ram,
    Bull,
    Antennae,
    Leaves,
    Fin,
    Crystals,
}

/// Tails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tail {
    None,
    Cat,
    Bushy,
    Puff,
    Lizard,
    Fish,
    Feathers,
}

/// Hair, or what stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hair {
    Spiky,
    Swept,
    Mohawk,
    Bowl,
    Long,
    Bob,
    Ponytail,
    Bun,
    Braids,
    Twins,
    Curls,
    Mane,
    Bald,
    Crest,
    Cap,
    Hood,
}

/// Beards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beard {
    None,
    Full,
    Goatee,
    Moustache,
}

/// Paint, freckles and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    None,
    Mask,
    Stripes,
    Freckles,
    Scales,
    Cracks,
    Diamond,
}

/// A face without its hair.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Face {
    pub(crate) kind: Kind,
    pub(crate) mark: Mark,
    pub(crate) beard: Beard,
    /// Eye colour, `0xRRGGBB`, never tinted.
    pub(crate) iris: u32,
}

/// All there is to draw of one class and sex.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClassArt {
    pub(crate) build: Build,
    pub(crate) face: Face,
    pub(crate) ears: Ears,
    pub(crate) horns: Horns,
    pub(crate) tail: Tail,
    /// One a head.
    pub(crate) hair: [Hair; 4],
    pub(crate) outfit: Outfit,
}

/// A class of the demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoClass {
    /// The label looks bear, French.
    pub label: &'static str,
    /// The English name.
    pub english: &'static str,
    /// What sort of people they are, one French sentence.
    pub description: &'static str,
}

/// The invented classes, in the order of their looks.
pub const DEMO_CLASSES: [DemoClass; CLASS_COUNT] = [
    class("Lanternier", "Lanternkeeper", "Gardien des routes, oreilles pointues et longue tunique."),
    class("Cornemage", "Hornmage", "Mage aux cornes de bélier, en robe."),
    class("Brumelin", "Mistling", "Éclaireur des brumes aux longues oreilles de lapin."),
    class("Forgebraise", "Emberforger", "Forgeron trapu au tablier de cuir."),
    class("Félindre", "Felindra", "Acrobate féline à la queue souple."),
    class("Héronnier", "Heronward", "Messager à bec et à crête de plumes."),
    class("Mousseron", "Mossling", "Petit peuple au chapeau de champignon."),
    class("Écaillard", "Scaleback", "Guerrier lézard à la lourde queue."),
    class("Vulpière", "Vulpine", "Bretteuse ou bretteur à la queue de renard."),
    class("Tisselune", "Moonweaver", "Tisserand de soie aux antennes de papillon."),
    class("Cavernaute", "Cavernaut", "Explorateur taurin en armure de plongée."),
    class("Rocaille", "Rubblekin", "Colosse de pierre couronné de cristaux."),
    class("Algorine", "Tidesinger", "Chanteur des marées aux oreilles en nageoires."),
    class("Ombrelame", "Shadeblade", "Rôdeur masqué sous sa capuche."),
    class("Sèveline", "Saplingfolk", "Druide des vergers, coiffé de feuilles."),
    class("Tambourin", "Drumcaller", "Joyeux drille aux oreilles d'ours et aux habits bouffants."),
];

const fn class(label: &'static str, english: &'static str, description: &'static str) -> DemoClass {
    DemoClass { label, english, description }
}

/// The position of a label among the classes.
pub(crate) fn position(label: &str) -> Option<usize> {
    DEMO_CLASSES.iter().position(|class| class.label == label)
}

/// A class's clothes, in the four cloth colours of a look.
fn worn(
    torso: Torso,
    legs: Legs,
    feet: Feet,
    sleeves: Sleeves,
    hands: Hands,
    (belt, neck, motif): (Belt, Neck, Motif),
) -> Outfit {
    Outfit { torso, legs, feet, sleeves, hands, belt, neck, motif, inks: [MAIN, SECOND, LEATHER, TRIM] }
}

fn looks(kind: Kind, mark: Mark, beard: Beard, iris: u32) -> Face {
    Face { kind, mark, beard, iris }
}
