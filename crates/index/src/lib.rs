//! Looks and vectors that last.
//!
//! [`Store`] is the seam: readers see one consistent state while a writer works, and what a commit
//! acknowledged survives a kill at any instant. [`EmbeddedStore`] keeps it all in a folder,
//! [`PostgresStore`] in a database that several machines share.

mod copy;
mod embedded;
mod entry;
pub mod legacy;
mod manifest_file;
mod postgres;
mod rules;
mod store;
mod team;

pub use copy::{CopyReport, copy};
pub use embedded::EmbeddedStore;
pub use embedded::info::StoreInfo;
pub use embedded::verify::VerifyReport;
pub use entry::{Entry, Fingerprint, LookRecord, Manifest, VectorSet};
pub use manifest_file::ManifestState;
pub use postgres::{PostgresInfo, PostgresLead, PostgresStore};
pub use store::{Filter, Match, Reader, Store, StoreError, Writer};
pub use team::{Claim, LEASE, Lead, Loan, RunState, Team};
