//! Pictures to vectors.
//!
//! The seam between the program and whatever turns a picture into a vector is the synchronous
//! [`Encoder`] trait. Vectors of two encoders never mix: each encoder carries an [`EncoderSpec`]
//! that is part of every fingerprint and of the index.

mod builtin;
mod encoder;

pub use builtin::BuiltinEncoder;
pub use encoder::{EmbedError, Encoder, EncoderSpec};
