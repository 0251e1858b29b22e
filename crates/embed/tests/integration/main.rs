//! Encoders on models that the tests write themselves.

#![expect(clippy::unwrap_used, reason = "test code")]

mod bad_models;
mod encoders;
mod engine_faults;
mod graphs;
#[cfg(feature = "fetch")]
mod hub;
