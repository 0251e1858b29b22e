//! The vocabulary of Lorgnon: what a character's *look* is.
//!
//! Every other crate speaks in these words, so this one knows nothing of files, pictures or
//! networks: it is pure data and parsing. A [`Look`] is a class, a sex, six ordered colours and at
//! most one item in each of seven [`Slot`]s.
//!
//! A key design decision: labels are *open*. A label that names a Dofus class, however an export
//! wrote it, becomes that class's French name; any other label is kept exactly as written, since
//! the program works for any game's looks.

mod catalogue;
mod class;
mod colour;
mod gender;
mod item;
mod look;
mod look_string;
mod share_link;
mod slot;
mod text;

pub use catalogue::{Catalogue, CatalogueItem, CatalogueName};
pub use class::{CLASSES, Class, ClassLabel};
pub use colour::{Colour, ColourError};
pub use gender::Gender;
pub use item::ItemId;
pub use look::{COLOUR_COUNT, Look};
pub use look_string::{LookString, LookStringError, SubEntity};
pub use share_link::{ShareLink, ShareLinkError};
pub use slot::{SLOT_COUNT, Slot, SlotMap};
pub use text::fold;
