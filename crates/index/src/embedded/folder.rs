//! Where everything of one store lies, and the words for what goes wrong there.
//!
//! Data files carry their *generation* in their name. A generation's files only ever grow; whatever
//! would move bytes (clearing, compaction) writes the next generation beside them, so a reader that
//! has mapped the old one is never disturbed.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// The three kinds of data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// Vectors as given, one row a look.
    Rows,
    /// The same vectors quantised to 8 bits, in blocks.
    Codes,
    /// Blobs and models.
    Blobs,
}

impl FileKind {
    pub(crate) const ALL: [Self; 3] = [Self::Rows, Self::Codes, Self::Blobs];

    fn extension(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Codes => "codes",
            Self::Blobs => "blobs",
        }
    }
}

/// The folder of one embedded store.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("looks.redb")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.path.join("writer.lock")
    }

    pub(crate) fn data(&self, kind: FileKind, generation: u64) -> PathBuf {
        self.path.join(format!("{generation:08}.{}", kind.extension()))
    }

    /// Removes the data files of all generations but one. Files that cannot be removed (mapped, on
    /// systems that refuse it) wait for the next call.
    pub(crate) fn remove_other_generations(&self, keep: u64) {
        let Ok(entries) = std::fs::read_dir(&self.path) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let is_data = path
                .extension()
                .is_some_and(|extension| FileKind::ALL.iter().any(|kind| extension == kind.extension()));
            let generation =
                path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<u64>().ok());
            if is_data && generation.is_some_and(|generation| generation != keep) {
                // Only space is lost if this fails.
                let _ = std::fs::remove_file(&path);
            }
        }
    }

    /// Makes the folder's list of files durable, where the system has a notion of it.
    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        sync_folder(&self.path)
    }
}

/// Makes a folder's list of files durable, where the system has a notion of it.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        let folder = File::open(path).map_err(io_error("open folder", path))?;
        folder.sync_all().map_err(io_error("sync folder", path))?;
    }
    Ok(())
}

/// An [`StoreError::Io`] from what the system said.
pub(crate) fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_path_buf();
    move |source| StoreError::Io { action, path, source }
}

/// A [`StoreError::Damaged`].
pub(crate) fn damaged(path: &Path, what: impl Into<String>) -> StoreError {
    StoreError::Damaged { path: path.to_path_buf(), what: what.into() }
}
