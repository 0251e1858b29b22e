//! Who is in the picture and what they wear.
//!
//! Training measures every look once, then fits three models from those measurements: the
//! *character* (where it stands, which class and sex), the *colours* (which part each of the six
//! tints) and the *items* (what each slot wears). Analysis runs them in that order, since each
//! stands on the one before.

mod analysis;
pub mod colours;
mod frame;
pub mod progress;

pub use analysis::{
    Analysis, CharacterAnswer, CharacterBox, ClassNames, ColourSlotAnswer, ColourState, Confidence,
    ItemAnswer, ItemCandidate, ItemSource, PaletteEntry, Verdict, Vote,
};
pub use frame::Frame;
