//! The recogniser as its callers use it, on looks drawn by the program itself.
#![expect(clippy::unwrap_used, reason = "test code")]

mod encoders;
mod training;
mod world;
