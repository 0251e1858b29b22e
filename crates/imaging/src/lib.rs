//! Bytes to pictures.
//!
//! Everything that is true of any picture, whoever is in it: decoding within limits, masks,
//! resizing, crops, gradient features and colour spaces. Nothing here learns.

mod colour_space;
mod decode;
mod error;
mod foreground;
mod geometry;
mod gradients;
mod likeness;
mod picture;
mod slot_crops;
mod transform;
mod warp;

pub use colour_space::{Lab, ciede2000};
pub use decode::{Limits, decode, encode_png};
pub use error::ImagingError;
pub use foreground::{Foreground, ForegroundKind};
pub use geometry::Rect;
pub use gradients::{CELL_FEATURES, CELL_SIZE_PX, CELL_STRIDE_PX, GradientGrid, ORIENTATIONS};
pub use likeness::Likeness;
pub use picture::Picture;
pub use slot_crops::{CANVAS_SIDE_PX, SlotCrop, slot_box, slot_crops};
pub use transform::Resampling;
pub use warp::Beyond;
