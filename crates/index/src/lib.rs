//! Looks and vectors that last.
//!
//! [`Store`] is the seam: readers see one consistent state while a writer works, and what a commit
//! acknowledged survives a kill at any instant.

mod entry;
mod store;

pub use entry::{Entry, Fingerprint, LookRecord, Manifest, VectorSet};
pub use store::{Filter, Match, Reader, Store, StoreError, Writer};
