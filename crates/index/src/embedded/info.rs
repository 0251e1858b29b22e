//! What a store holds and how large it is, for `index info`.

use std::path::PathBuf;

use super::EmbeddedStore;
use super::tables::guarded;
use super::upgrade::FORMAT;
use crate::{Manifest, Reader, StoreError};

/// Removed rows or bytes are worth a compaction when they are more than a third of all and more
/// than this.
const DEAD_ROWS_WORTHWHILE: u64 = 1000;
const DEAD_BYTES_WORTHWHILE: u64 = 64 << 20;

/// What a store holds.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StoreInfo {
    /// The folder.
    pub path: PathBuf,
    /// Format of the files.
    pub format: u32,
    /// Commits so far.
    pub version: u64,
    /// How often the data files were written anew.
    pub generation: u64,
    /// Looks held.
    pub looks: u64,
    /// Length of every vector; 0 before the first.
    pub dimensions: u32,
    /// Rows of the data files that no look owns any more.
    pub dead_rows: u64,
    /// Bytes of blobs and models.
    pub blob_bytes: u64,
    /// Of those, bytes that nothing refers to any more.
    pub dead_blob_bytes: u64,
    /// Bytes this process has mapped.
    pub mapped_bytes: u64,
    /// Bytes of all files.
    pub file_bytes: u64,
    /// Parts of the trained model with their sizes in bytes, by name.
    pub models: Vec<(String, u64)>,
    /// What the last training said.
    pub manifest: Manifest,
}

impl StoreInfo {
    /// Whether compacting would give back a good part of the disk.
    #[must_use]
    pub fn is_worth_compacting(&self) -> bool {
        let rows_worthwhile = self.dead_rows > DEAD_ROWS_WORTHWHILE && self.dead_rows > self.looks / 2;
        let bytes_worthwhile =
            self.dead_blob_bytes > DEAD_BYTES_WORTHWHILE && self.dead_blob_bytes > self.blob_bytes / 3;
        rows_worthwhile || bytes_worthwhile
    }
}

impl EmbeddedStore {
    /// What the last commit holds.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn info(&self) -> Result<StoreInfo, StoreError> {
        let snapshot = self.snapshot()?;
        let mapped = &snapshot.mapped;
        let state = &mapped.state;
        let mut models = Vec::new();
        guarded(&self.folder().database(), || {
            snapshot.visit_models(&mut |name, place| {
                models.push((name.to_owned(), place.length));
                Ok(())
            })
        })?;
        let file_bytes = std::fs::read_dir(self.path()).map_or(0, |entries| {
            entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|file| file.len()).sum()
        });
        Ok(StoreInfo {
            path: self.path().to_path_buf(),
            format: FORMAT,
            version: state.version,
            generation: state.generation,
            looks: snapshot.len(),
            dimensions: state.dimensions,
            dead_rows: state.rows - snapshot.len().min(state.rows),
            blob_bytes: state.blob_bytes,
            dead_blob_bytes: state.dead_blob_bytes,
            mapped_bytes: mapped.rows.as_ref().map_or(0, |rows| rows.mapped_bytes())
                + mapped.codes.as_ref().map_or(0, |codes| codes.mapped_bytes())
                + mapped.blobs.as_ref().map_or(0, |blobs| blobs.mapped_bytes()),
            file_bytes,
            models,
            manifest: state.manifest.clone(),
        })
    }
}
