//! Why a model cannot be used.

use std::path::PathBuf;

/// What the operator of the program can be told of a model that does not load.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// No folder with the model's files.
    #[error("model `{name}` is not in `{searched}`")]
    NotFound {
        /// What was asked for.
        name: String,
        /// Where it was looked for.
        searched: PathBuf,
    },
    /// A file of the model is missing or cannot be read.
    #[error("cannot read `{path}`")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A JSON file of the model does not say what is needed.
    #[error("`{path}` does not describe how pictures are prepared: {what}")]
    Recipe {
        /// The file.
        path: PathBuf,
        /// Which field, and what is wrong with it.
        what: String,
    },
    /// The file is damaged, cut short or no ONNX model.
    #[error("`{path}` cannot be read as an ONNX model")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The model is sound and of no use here.
    #[error("`{path}` is no vision encoder: {what}")]
    Unsuitable {
        /// The file.
        path: PathBuf,
        /// What it is or lacks.
        what: String,
    },
    /// The engine does not run the model.
    #[error("the engine cannot load `{path}`")]
    Engine {
        /// The file.
        path: PathBuf,
        /// What the engine said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The engine gave wrong vectors for the pictures of the self-check.
    #[error("`{path}` fails the self-check: {what}")]
    SelfCheck {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
}
