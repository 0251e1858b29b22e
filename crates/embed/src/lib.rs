//! Pictures to vectors.
//!
//! The seam between the program and whatever turns a picture into a vector is the synchronous
//! [`Encoder`] trait: the built-in encoder needs nothing, [`OnnxEncoder`] runs a learned network.
//! Vectors of two encoders never mix: each encoder carries an [`EncoderSpec`] that is part of every
//! fingerprint and of the index.

mod builtin;
mod encoder;
mod model_files;
mod onnx;

pub use builtin::BuiltinEncoder;
pub use encoder::{EmbedError, Encoder, EncoderSpec};
pub use model_files::{ModelFiles, Precision, is_hub_id};
pub use onnx::{EngineChoice, LoadOptions, ModelError, OnnxEncoder, Recipe, Resize};
