//! The state of the current training, for everybody who watches: `.cache/vision-training.json`.
//!
//! Sites poll this file, so its schema is the old system's to the letter (key order, French
//! messages). What the old system got wrong is how it was written: a crash left half a file, or a
//! run that was "running" for ever, and two runs at once adopted each other's counters.
//!
//! A key design decision: liveness is a *lock of the operating system*, held on
//! `.cache/vision-training.lock` for as long as the training runs. It goes with the process however
//! the process ends, so a reader that finds a running training without its lock knows that it died
//! and shows it as interrupted; and a second training finds the lock taken and refuses. The
//! heartbeat (`updatedAt`, refreshed every second) decides only where the file system cannot lock.

mod error;
mod failure;
mod file;
mod journal;
mod lock;
mod message;
mod state;

pub use error::ProgressError;
pub use failure::{FailureKind, FailureReason};
pub use file::{lock_path, read_state, state_path};
pub use journal::{Outcome, TrainingJournal, failure_picture};
pub use message::{Interruption, RunMessage};
pub use state::{Failure, TrainingRun, TrainingState, TrainingStatus};
