//! The embedded store as its users see it.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "test code")]

mod contract;
mod copy;
mod embedded;
mod faults;
mod golden;
mod kills;
mod legacy;
mod postgres;
