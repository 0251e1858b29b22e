//! Why one look could not be used.

use lorgnon_imaging::{ImagingError, Picture, encode_png};

use serde::{Deserialize, Serialize};

use crate::RecogniserError;
use crate::progress::{FailureKind, FailureReason};

/// Longer side of the picture that is kept of a look that failed.
const KEPT_SIDE_PX: u32 = 192;

/// Why one look could not be used: of the picture, or of the program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LookError {
    /// The system cannot read the picture.
    #[error("cannot read the picture: {0}")]
    Read(#[from] std::io::Error),
    /// The bytes are no usable picture.
    #[error("{0}")]
    Decode(#[from] ImagingError),
    /// Nobody is to be seen in this picture.
    #[error("no character to be seen in the picture")]
    Empty(Box<Picture>),
    /// The program failed.
    #[error("{0}")]
    Recogniser(#[from] RecogniserError),
}

/// What of a failure is told, and goes from one process of a training to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookFailure {
    /// What went wrong, for the log; it may name files.
    pub message: String,
    /// The reason as everybody may know it.
    pub reason: FailureReason,
    /// What the picture shows, where it could be read: a small PNG file.
    pub thumbnail: Option<Vec<u8>>,
}

impl std::fmt::Display for LookFailure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl From<&LookError> for LookFailure {
    fn from(error: &LookError) -> Self {
        Self { message: error.to_string(), reason: error.reason(), thumbnail: error.thumbnail() }
    }
}

impl LookError {
    /// The reason as everybody may know it.
    fn reason(&self) -> FailureReason {
        match self {
            Self::Read(_) => FailureKind::ImageUnreadable.into(),
            Self::Decode(error) => error.into(),
            Self::Empty(_) => FailureKind::NoCharacter.into(),
            Self::Recogniser(_) => FailureKind::Internal.into(),
        }
    }

    fn thumbnail(&self) -> Option<Vec<u8>> {
        match self {
            Self::Empty(picture) => encode_png(&picture.fitted_within(KEPT_SIDE_PX, KEPT_SIDE_PX)).ok(),
            Self::Read(_) | Self::Decode(_) | Self::Recogniser(_) => None,
        }
    }
}
