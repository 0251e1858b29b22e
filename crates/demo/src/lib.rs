//! Procedural looks drawn from the project's own vector art.
//!
//! The program learns from a site's renders, which cannot be shipped with it; somebody who tries it
//! for the first time has none. So it brings invented peoples of its own, drawn in code: sixteen
//! classes of both sexes, six tinted parts, nine designs and ten items in each of the seven slots,
//! three poses, four heads. They obey the law of the game's renders, `pixel = min(255, gain *
//! colour)`, so that everything the program can learn of real pictures it can learn of these.
//!
//! Everything is seeded: the same numbers give the same labels and, as far as the rasteriser's
//! arithmetic allows, the same bytes on every machine.

mod body;
mod classes;
mod dataset;
mod demo;
mod draw;
mod error;
mod hair;
mod head;
mod ink;
mod items;
mod limbs;
mod nature;
mod outfit;
mod painter;
mod palette;
mod random;
mod scene;
mod shape;
mod skeleton;
mod torso;
mod trimmings;

pub use classes::{DEMO_CLASSES, DemoClass};
pub use dataset::{Written, write_dataset};
pub use demo::{Demo, DemoLook};
pub use draw::{Background, DrawOptions, HEADS, draw, icon};
pub use error::DemoError;
pub use items::items;
pub use skeleton::Pose;
