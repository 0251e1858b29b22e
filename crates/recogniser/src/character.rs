//! The character: where it stands, which class and sex.
//!
//! A key design decision: locate first, then tell. A description of the whole picture falls to
//! chance as soon as there is a background, a hat or another scale; a description of the located
//! body does not. So every class and sex has *templates* over a colour-blind description of the
//! body, and a picture is searched for the place, scale, side and tilt where one fits best.
//!
//! Training: [`CharacterMeasurement`] describes a look under many synthesised conditions,
//! [`CharacterFit`] makes a [`CharacterModel`] of all measurements by shrinkage linear discriminant
//! analysis against background. Analysis: [`CharacterModel::locate`].

mod anchor;
mod calibration;
mod clusters;
mod descriptor;
mod discriminant;
mod evidence;
mod fit;
mod measurement;
mod model;
mod occluders;
mod painter;
mod scenery;
mod search;
mod synthesis;

use lorgnon_imaging::Rect;
use lorgnon_look::{ClassLabel, Gender};

use crate::{Frame, Verdict};

pub use anchor::anchor;
pub use fit::{CharacterFit, FitError};
pub use measurement::CharacterMeasurement;
pub use model::CharacterModel;

/// A character found in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// Where it stands.
    pub frame: Frame,
    /// The upright rectangle that holds it, in picture pixels; it may reach outside the picture.
    pub bounds: Rect,
    /// Log odds of the best template against background.
    pub score: f32,
    /// Classes and sexes with their joint probabilities, best first; they sum to 1.
    pub pairs: Vec<(ClassLabel, Gender, f32)>,
}

/// How much each part of a character spoke for its class and sex.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// Cells across.
    pub columns: usize,
    /// Cells down.
    pub rows: usize,
    /// What the cells cover, in the character's coordinates: left, top, width, height.
    pub region: [f32; 4],
    /// Row by row: positive for the answer given, negative for the next best.
    pub cells: Vec<f32>,
}

/// The characters of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// Best first; empty when nothing looks like a known character.
    pub characters: Vec<Detection>,
    /// How far the first is to be trusted.
    pub verdict: Verdict,
}

impl Location {
    /// Nobody in the picture.
    #[must_use]
    pub fn nothing() -> Self {
        Self { characters: Vec::new(), verdict: Verdict::Unknown }
    }
}
