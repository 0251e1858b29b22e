//! The HTTP API and pages of Lorgnon.
//!
//! The only crate, with the remote store, that knows the async runtime: everything heavy runs on
//! a bounded pool of threads behind it. What answers is a [`Backend`], which the binary fills in.

mod backend;
mod live;

pub use backend::{
    Backend, BackendError, Health, IndexSummary, LookFilter, LookPage, Problem, Progress, SimilarLook,
};
pub use live::{Live, LiveParts, Trainer};

/// Most neighbours and votes a client may ask for (`k`); more is refused with 400.
pub const MAX_NEIGHBOURS: usize = 50;
