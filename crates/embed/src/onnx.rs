//! Learned encoders: networks in ONNX files, whoever exported them.
//!
//! A model is a folder: the network and the JSON files that say how pictures are prepared for it.
//! [`OnnxEncoder::load`] reads both, rewrites what its engine would compute wrongly, lets the
//! network prove itself on drawn pictures and only then becomes an [`crate::Encoder`].

mod encoder;
mod engine;
mod error;
mod integers;
mod outline;
mod recipe;
mod recipe_files;
mod rten_engine;
mod self_check;
mod vector;

#[cfg(feature = "onnxruntime")]
mod ort_engine;

pub use encoder::{LoadOptions, OnnxEncoder};
pub use engine::EngineChoice;
pub use error::ModelError;
pub use recipe::{Recipe, Resize};
