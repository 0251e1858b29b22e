//! The answer about one picture, in the shape the API and `analyze` write it.
//!
//! The first eight fields are the old system's, same names and order; the rest is ours.

use lorgnon_look::{ClassLabel, Colour, Gender, ItemId, SlotMap};
use serde::Serialize;

/// What the program says of one picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Analysis {
    /// The class, `None` when the verdict is [`Verdict::Unknown`].
    pub class_label: Option<ClassLabel>,
    /// Classes by probability, best first.
    pub class_votes: Vec<Vote>,
    /// The sex, `None` when unknown.
    pub gender: Option<Gender>,
    /// Sexes by probability, best first.
    pub gender_votes: Vec<Vote>,
    /// Solved colours in slot order, gaps filled from the palette.
    pub colors: Vec<Colour>,
    /// Where each colour comes from.
    pub color_sources: Vec<Vote>,
    /// What each slot wears.
    pub items: SlotMap<ItemAnswer>,
    /// The looks most like the picture.
    pub neighbors: Vec<Vote>,
    /// How far the answer is to be trusted as a whole.
    pub verdict: Verdict,
    /// Breed id of a Dofus class.
    pub class_id: Option<u32>,
    /// Both names of a Dofus class.
    pub class_names: Option<ClassNames>,
    /// Probabilities of the class and the sex answered.
    pub confidence: Confidence,
    /// Where the character stands, `None` when none was found.
    pub character: Option<CharacterAnswer>,
    /// All characters found, best first; the fields above speak of the first.
    pub characters: Vec<CharacterAnswer>,
    /// The six colours by slot.
    pub color_slots: Vec<ColourSlotAnswer>,
    /// The picture's main colours, unordered, by share.
    pub palette: Vec<PaletteEntry>,
    /// The encoder that really ran.
    pub encoder: String,
    /// Version of the trained heads.
    pub model: String,
    /// Time taken in ms; the only field that differs between two runs on the same picture.
    pub took_ms: f64,
}

/// How far an answer is to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A known class, surely.
    Recognised,
    /// A character, but which is not sure.
    Uncertain,
    /// Nothing the program knows.
    Unknown,
}

/// One voice for a label.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Vote {
    /// What is said.
    pub label: String,
    /// A probability, or for neighbours a similarity, 0 to 1.
    pub weight: f32,
    /// The stored look that best says so; empty where none does.
    pub example_id: String,
}

/// A Dofus class's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassNames {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// Calibrated probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Confidence {
    /// That `classLabel` is right.
    pub class: f32,
    /// That `gender` is right.
    pub gender: f32,
}

/// A rectangle in source pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CharacterBox {
    /// Left.
    pub x: f32,
    /// Top.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// A character found in the picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CharacterAnswer {
    /// Its box in source pixels.
    #[serde(rename = "box")]
    pub bounds: CharacterBox,
    /// Whether it looks the other way than the training looks.
    pub mirrored: bool,
    /// Clockwise, in degrees.
    pub rotation_degrees: f32,
    /// The detector's score.
    pub score: f32,
    /// Its most likely class.
    pub class_label: Option<ClassLabel>,
    /// Its most likely sex.
    pub gender: Option<Gender>,
    /// Probability of that class.
    pub confidence: f32,
}

/// Which parts of a character spoke for the class and sex answered, and which for the next best.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeatMapAnswer {
    /// Cells across.
    pub columns: usize,
    /// Cells down.
    pub rows: usize,
    /// What the cells cover, in source pixels, before it is turned about its own middle; it may
    /// reach outside the picture.
    #[serde(rename = "box")]
    pub bounds: CharacterBox,
    /// Whether the character looks the other way than the training looks. The cells are as the
    /// picture shows it, whichever way that is.
    pub mirrored: bool,
    /// How far the box is turned, clockwise, in degrees.
    pub rotation_degrees: f32,
    /// Row by row, left to right in the picture: above 0 for the answer, below 0 for the next best,
    /// the loudest 1 or -1.
    pub cells: Vec<f32>,
}

/// One of the six colours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColourSlotAnswer {
    /// 1 to 6.
    pub slot: u8,
    /// The colour, `None` when unknown.
    pub hex: Option<Colour>,
    /// How it was found.
    pub state: ColourState,
    /// 0 to 1.
    pub confidence: f32,
}

/// How surely a colour is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ColourState {
    /// Solved: right within a just noticeable difference but for rare cases.
    Solved,
    /// A colour is given, not surely.
    Uncertain,
    /// Not visible in this picture, or not in this class.
    Unknown,
}

/// A main colour of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PaletteEntry {
    /// The colour.
    pub hex: Colour,
    /// Share of the character's pixels, 0 to 1.
    pub share: f32,
}

/// What one slot wears.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct ItemAnswer {
    /// The item, `None` when the slot is judged empty.
    pub item_id: Option<ItemId>,
    /// Probability of the item answered (0 when empty).
    pub score: f32,
    /// Items by probability, best first.
    pub candidates: Vec<ItemCandidate>,
    /// Probability that anything is worn.
    pub present: f32,
    /// Where it was looked for, `None` where no look taught the slot.
    pub region: Option<SlotRegion>,
}

/// Where a slot shows on a character, whichever way that stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotRegion {
    /// In source pixels, before it is turned about its own middle; it may reach outside the picture.
    #[serde(flatten)]
    pub bounds: CharacterBox,
    /// How far it is turned, clockwise, in degrees.
    pub rotation_degrees: f32,
}

/// One item that may be worn.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemCandidate {
    /// Item id.
    pub label: ItemId,
    /// Same as `probability`, under the old name.
    pub weight: f32,
    /// The stored look that best shows it; empty where none does.
    pub example_id: String,
    /// Calibrated.
    pub probability: f32,
    /// Its name in the catalogue.
    pub name: Option<String>,
    /// Every item that looks the same when worn, this one included.
    pub same_appearance: Vec<ItemId>,
    /// What it was recognised from.
    pub source: ItemSource,
}

/// What an item was recognised from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemSource {
    /// Looks that wear it.
    Examples,
    /// Its icon.
    Icon,
}
