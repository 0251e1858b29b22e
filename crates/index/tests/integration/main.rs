//! The embedded store as its users see it.
#![expect(clippy::unwrap_used, reason = "test code")]

mod contract;
mod embedded;
mod legacy;
