//! The API, one file a resource, the shape of its answers beside its handlers.

pub(crate) mod analyze;
pub(crate) mod catalogue;
pub(crate) mod collect;
pub(crate) mod duplicates;
pub(crate) mod evaluations;
pub(crate) mod health;
pub(crate) mod heat_map;
pub(crate) mod look_map;
pub(crate) mod looks;
pub(crate) mod metrics;
pub(crate) mod openapi;
pub(crate) mod progress;
pub(crate) mod redraw;
pub(crate) mod similar;
pub(crate) mod training;
