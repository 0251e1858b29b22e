//! What can go wrong while training or answering, and whose fault it is.

use lorgnon_embed::EmbedError;
use lorgnon_index::StoreError;

use crate::observer::Stopped;

/// Why a training or an analysis could not be done. A single bad picture is never one of these:
/// it is counted, named and passed over.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecogniserError {
    /// The dataset cannot be read: the operator's to mend.
    #[error("cannot read the dataset")]
    Dataset(#[from] lorgnon_dataset::DatasetError),
    /// The dataset gives no look at all while the index holds some: more likely a mistake than a
    /// wish to forget everything. Nothing was touched.
    #[error("no usable look in `{path}`; the index is left as it is")]
    EmptyDataset {
        /// The dataset.
        path: std::path::PathBuf,
    },
    /// The index cannot be read or written: the operator's to mend.
    #[error("cannot use the index")]
    Store(#[from] StoreError),
    /// The encoder failed: the model file's fault or this program's.
    #[error("cannot turn pictures into vectors")]
    Embed(#[from] EmbedError),
    /// A picture that the program drew could not be written as a file: a fault of this program.
    #[error("cannot encode a picture")]
    Encode(#[from] lorgnon_imaging::ImagingError),
    /// The index holds vectors of another encoder than the one in use.
    #[error("the index was made with encoder `{index}`, this run uses `{current}`")]
    EncoderMismatch {
        /// The index's.
        index: String,
        /// This run's.
        current: String,
    },
    /// A stored model or measurement does not decode: made by another version, or damaged.
    #[error("the stored {what} cannot be read")]
    Stored {
        /// Which part.
        what: String,
        /// What the decoder said.
        #[source]
        source: postcard::Error,
    },
    /// Fitting failed on these looks.
    #[error("cannot fit the {what}")]
    Fit {
        /// Which model.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// This process cannot help with the training that runs: it sees other pictures, or is another version.
    #[error("cannot help with the training that runs: {what}")]
    CannotHelp {
        /// What differs.
        what: String,
    },
    /// The caller asked to stop. What was committed stays; the next run goes on from there.
    #[error("stopped on request")]
    Cancelled,
}

impl From<Stopped> for RecogniserError {
    fn from(Stopped: Stopped) -> Self {
        Self::Cancelled
    }
}
