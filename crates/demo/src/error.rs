//! What can go wrong while drawing.

use std::path::PathBuf;

/// Why nothing was drawn or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The look is of a class that is not drawn here: the caller's choice.
    #[error("no art for the class `{label}`")]
    UnknownClass {
        /// The look's class, empty where it has none.
        label: String,
    },
    /// The look wears something that is not drawn here: the caller's choice.
    #[error("no art for item {item} in slot `{slot}`")]
    UnknownItem {
        /// The item.
        item: lorgnon_look::ItemId,
        /// Where the look wears it.
        slot: lorgnon_look::Slot,
    },
    /// A picture of no pixels or of too many: the caller's scale.
    #[error("cannot draw a picture of {width}x{height} pixels")]
    Size {
        /// Pixels asked for.
        width: u32,
        /// Pixels asked for.
        height: u32,
    },
    /// A picture could not be encoded.
    #[error("cannot encode a picture")]
    Encode(#[from] lorgnon_imaging::ImagingError),
    /// A file or folder could not be written: the disk or its permissions.
    #[error("cannot write `{path}`")]
    Write {
        /// What was being written.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The labels could not be written as JSON.
    #[error("cannot write labels as JSON")]
    Json(#[from] serde_json::Error),
}
