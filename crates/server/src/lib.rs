//! The HTTP API and pages of Lorgnon.
//!
//! The only crate, with the remote store, that knows the async runtime: everything heavy runs on
//! a bounded pool of threads behind it. What answers is a [`Backend`], which the binary fills in;
//! [`serve`] runs until a signal or its [`Shutdown`] ends it.

mod access;
mod api;
mod backend;
mod client;
mod config;
mod copies;
mod error;
mod fields;
mod labels;
mod language;
mod listener;
mod live;
mod looks;
mod metrics;
mod middleware;
mod pages;
mod pool;
mod progress_feed;
mod public_name;
mod rate_limit;
mod router;
mod serve;
mod state;
mod upload;

pub use backend::{
    Backend, BackendError, Health, IndexSummary, LookFilter, Problem, Progress, SimilarLook, Standing,
};
pub use config::{ServerConfig, ServerError};
pub use listener::Peer;
pub use live::{Live, LiveParts, Trainer};
pub use serve::{Reload, Shutdown, routes, serve};

/// Most neighbours and votes a client may ask for (`k`); more is refused with 400.
pub const MAX_NEIGHBOURS: usize = 50;
