//! What learned vectors add to the program's own features.
//!
//! Late fusion: the own features give log likelihoods, a discriminant over the encoder's vectors gives
//! others, and a weight says how much the second count. The weight is found on looks held out from
//! both; where no weight makes their likelihood clearly greater it is none, and nothing is fused. So
//! an encoder that sees nothing of use changes no answer.
//!
//! Training pictures stand before nothing or a plain colour, and that is all the weights were judged
//! on: before any other background a vector has no say.

mod class_head;
mod vector_head;
mod weight;

use lorgnon_imaging::Picture;
use lorgnon_look::SlotMap;
use serde::{Deserialize, Serialize};

pub(crate) use class_head::{ClassHead, ClassLook};
pub(crate) use vector_head::{VectorHead, VectorRow};

use crate::items::FusedItems;

/// The heads that vectors are worth something for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Fusion {
    pub(crate) class: Option<ClassHead>,
    pub(crate) items: FusedItems,
}

impl Fusion {
    /// Whether any vector has a say about what stands in a picture.
    pub(crate) fn is_heard(&self, picture: &Picture) -> bool {
        (self.class.is_some() || !self.items.is_empty()) && picture.foreground(ALPHA_THRESHOLD).is_some()
    }
}

/// Pixels above this alpha are seen.
const ALPHA_THRESHOLD: u8 = 160;

/// A character's vectors.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SeenVectors {
    /// Of the whole character.
    pub(crate) global: Vec<f32>,
    /// Of its slots, where they have a say.
    pub(crate) slots: Option<SlotMap<Vec<f32>>>,
}
