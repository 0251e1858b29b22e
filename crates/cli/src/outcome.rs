//! How a command ended.

use std::process::ExitCode;

/// The end of a command that could do its work. One that could not returns an error, exit code 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All of it: exit code 0.
    Done,
    /// Some items failed, and were named: exit code 1.
    SomeFailed,
}

impl Outcome {
    /// By the number of items that failed.
    pub(crate) fn with_failures(count: u64) -> Self {
        if count == 0 { Self::Done } else { Self::SomeFailed }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::SomeFailed => Self::from(1),
        }
    }
}
