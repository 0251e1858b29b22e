//! Decoding as the rest of the program meets it: files of every format, hostile and broken ones.
#![expect(clippy::unwrap_used, reason = "test code")]

mod decoding;
mod hostile;
