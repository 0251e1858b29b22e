//! The seam between the program and its encoders.

use lorgnon_imaging::Picture;
use serde::{Deserialize, Serialize};

/// What makes two encoders' vectors comparable: they are only when their specs are equal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EncoderSpec {
    /// `builtin`, or the model's id.
    pub name: String,
    /// Length of every vector.
    pub dimensions: usize,
    /// SHA-256 of the weights in hexadecimal; empty where there are none.
    pub weights: String,
    /// Version of everything done to a picture before and after the network.
    pub recipe: u32,
}

/// Why a picture could not be turned into a vector.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedError {
    /// The engine failed: a fault of the model file or of this program, never of the picture.
    #[error("encoder `{encoder}` failed")]
    Engine {
        /// The encoder's name.
        encoder: String,
        /// What the engine said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Turns pictures into L2-normalised vectors.
///
/// Synchronous and callable from several threads; the same picture gives the same vector.
pub trait Encoder: Send + Sync {
    /// What the vectors are.
    fn spec(&self) -> &EncoderSpec;

    /// One vector of [`EncoderSpec::dimensions`] numbers a picture, in order, each of length 1
    /// (or all zero for a picture without any visible pixel).
    ///
    /// # Errors
    /// When the engine fails.
    fn encode(&self, pictures: &[Picture]) -> Result<Vec<Vec<f32>>, EmbedError>;
}
