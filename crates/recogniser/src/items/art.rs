//! The art of each item: what it looks like worn, pixel by pixel, learned from the looks that wear it.
//!
//! Features of a whole region mix the item with what stands behind it. A game draws an item alike on
//! every wearer, so its own pixels can be learned and looked for: only they are compared, what stands
//! behind does not matter, and where the body hides them nothing is concluded.
//!
//! [`View`] keeps what a look shows about its body; [`learn`](learn::learn) lays the views of an item's
//! wearers over each other and finds what they share; an [`ArtHead`] scores a picture's view. The score
//! of a template is a log likelihood ratio: each of its pixels shows the art, the body, or something
//! else, as often as among the item's wearers, against as often as among others.

mod dyeing;
mod head;
mod icon;
mod learn;
mod paint;
mod register;
mod search;
mod seen;
mod template;
mod view;

pub(super) use dyeing::{Dyeing, shaded};
pub(super) use head::ArtHead;
pub(super) use icon::{Glance, IconArt, Laid, Sought, Usual};
pub(super) use seen::Seen;
pub(super) use view::{VIEW_PX_A_CELL, View, Views};
