//! The items: what each of the seven slots wears.
//!
//! A key design decision: slots hang on the located character, never on the canvas, and where
//! each shows is learned from the looks. In a slot's region a discriminant finds the directions
//! that tell its items apart whatever body, dye and background; in that space each item predicts a
//! normal distribution whose width tells how many looks have shown it, so that one example is
//! enough to be found and twenty make it sure.
//!
//! Training: [`ItemMeasurement`] keeps what a look shows, [`ItemFit`] makes an [`ItemModel`] of all
//! measurements. Analysis: [`ItemModel::name`] answers a [`SlotGuess`] a slot.

mod art;
mod background;
mod calibration;
mod descriptor;
mod eye;
mod eyes;
mod fit;
mod fused;
mod head;
mod held_out;
mod icons;
mod lesson;
mod measurement;
mod merging;
mod model;
mod presence;
mod region;
mod window;
mod worn;

pub use fit::ItemFit;
pub use fused::FusedItems;
pub(crate) use icons::IconFile;
pub use icons::IconIndex;
pub use measurement::ItemMeasurement;
pub(crate) use merging::KnownMatch;
pub use model::{ItemGuess, ItemModel, SlotGuess};
pub use worn::Standing;
