//! Bytes to pictures.
//!
//! Everything that is true of any picture, whoever is in it: decoding within limits, masks,
//! resizing, crops, gradient features and colour spaces. Nothing here learns.

mod colour_space;
mod geometry;
mod picture;

pub use colour_space::{Lab, ciede2000};
pub use geometry::Rect;
pub use picture::Picture;
