//! Why a dataset or catalogue cannot be read at all.

use std::path::PathBuf;

/// What stops the whole reading. Faults of single entries are [`crate::Skipped`] instead.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The path names nothing: the caller's fault, and never "an empty dataset".
    #[error("`{}` does not exist", path.display())]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// The folder has no `*.json` or `*.jsonl` file, or all of them are empty.
    #[error("`{}` holds no export: expected `*.json` or `*.jsonl` files with entries", path.display())]
    Empty {
        /// The path as given.
        path: PathBuf,
    },
    /// The system refused to read something that exists.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// A catalogue file with an entry that is no item; nothing of it is used.
    #[error("entry {entry} of catalogue `{}` is not an item: {reason}", path.display())]
    CatalogueEntry {
        /// The catalogue file.
        path: PathBuf,
        /// 1-based line (`.jsonl`) or position.
        entry: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A catalogue file without a single item.
    #[error("catalogue `{}` holds no items", path.display())]
    EmptyCatalogue {
        /// The catalogue file.
        path: PathBuf,
    },
}
