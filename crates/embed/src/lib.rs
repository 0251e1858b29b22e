//! Pictures to vectors.
//!
//! The seam between the program and whatever turns a picture into a vector is the synchronous
//! [`Encoder`] trait: the built-in encoder needs nothing, [`OnnxEncoder`] runs a learned network.
//! Vectors of two encoders never mix: each encoder carries an [`EncoderSpec`] that is part of every
//! fingerprint and of the index.

mod builtin;
mod encoder;
#[cfg(feature = "fetch")]
pub mod hub;
mod idle;
mod model_files;
mod onnx;

pub use builtin::BuiltinEncoder;
pub use encoder::{EmbedError, Encoder, EncoderSpec};
pub use idle::IdleEncoder;
pub use model_files::{ModelFiles, Precision, is_hub_id};
pub use onnx::{EngineChoice, LoadOptions, ModelError, OnnxEncoder, Recipe, Resize};
