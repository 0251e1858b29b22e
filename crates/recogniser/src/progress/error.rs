//! What can go wrong with the state file.

use std::path::PathBuf;

/// Why the state of the trainings could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgressError {
    /// The disk or its permissions: the operator's to mend.
    #[error("cannot {action} `{path}`")]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The state file is not what this or the old program writes. A training keeps it aside and
    /// begins a new one.
    #[error("`{path}` is not a training state")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        #[source]
        source: serde_json::Error,
    },
    /// Another training holds the lock: wait for it, or use another cache folder.
    #[error("another training{} is running in `{cache}`", process_text(*.process))]
    Busy {
        /// The cache folder.
        cache: PathBuf,
        /// The other training's process id, where it is known.
        process: Option<u32>,
    },
}

fn process_text(process: Option<u32>) -> String {
    process.map_or_else(String::new, |process| format!(" (process {process})"))
}

/// Adds action and path to an I/O error.
pub(super) fn io_error(
    action: &'static str,
    path: &std::path::Path,
) -> impl FnOnce(std::io::Error) -> ProgressError {
    let path = path.to_path_buf();
    move |source| ProgressError::Io { action, path, source }
}
