//! Why one look could not be used.

use lorgnon_imaging::{ImagingError, Picture, encode_png};

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

impl LookError {
    /// The reason as everybody may know it.
    #[must_use]
    pub fn reason(&self) -> FailureReason {
        match self {
            Self::Read(_) => FailureKind::ImageUnreadable.into(),
            Self::Decode(error) => error.into(),
            Self::Empty(_) => FailureKind::NoCharacter.into(),
            Self::Recogniser(_) => FailureKind::Internal.into(),
        }
    }

    /// What the picture shows, where it could be read: a small PNG file.
    #[must_use]
    pub fn thumbnail(&self) -> Option<Vec<u8>> {
        match self {
            Self::Empty(picture) => encode_png(&picture.fitted_within(KEPT_SIDE_PX, KEPT_SIDE_PX)).ok(),
            Self::Read(_) | Self::Decode(_) | Self::Recogniser(_) => None,
        }
    }
}
