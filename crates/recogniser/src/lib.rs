//! Who is in the picture and what they wear.
//!
//! Training measures every look once, then fits three models from those measurements: the
//! *character* (where it stands, which class and sex), the *colours* (which part each of the six
//! tints) and the *items* (what each slot wears). Analysis runs them in that order, since each
//! stands on the one before.

mod analysis;
pub mod character;
pub mod colours;
mod crops;
mod discriminant;
mod doubts;
mod equations;
mod error;
pub mod evaluate;
mod frame;
mod fusion;
pub mod items;
mod kept_pictures;
mod logistic;
mod look_map;
mod measurements;
mod models;
mod observer;
mod palette;
pub mod progress;
mod random;
mod recogniser;
mod sample;
mod scenery;
mod second_opinion;
mod seed;
pub mod train;

pub use analysis::{
    Analysis, CharacterAnswer, CharacterBox, ClassNames, ColourSlotAnswer, ColourState, Confidence,
    HeatMapAnswer, ItemAnswer, ItemCandidate, ItemSource, PaletteEntry, SlotRegion, Verdict, Vote,
};
pub use doubts::{Doubt, DoubtedField};
pub use error::RecogniserError;
pub use frame::Frame;
pub use look_map::MapPlace;
pub use palette::palette;
pub use recogniser::{AnalyzeOptions, DEFAULT_NEIGHBOURS, MAX_NEIGHBOURS, Recogniser};
