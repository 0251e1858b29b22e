//! Exports on disk to labelled [`Example`]s.
//!
//! Sites write their looks in many ways; this crate reads them all, streamed, and says of every
//! entry it cannot use where it stands and why. Nothing vanishes silently.

mod example;

pub use example::{Example, ImageReference, Origin};
