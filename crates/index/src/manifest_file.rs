//! `vision-index.json`: the small file other programs look at.
//!
//! The old system kept everything in it; here it is a summary in the old file's terms that points
//! to the store. It is also the owner's switch: deleting it asks for a full retraining.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::embedded::folder::{io_error, sync_folder};
use crate::{Manifest, StoreError};

const FORMAT: &str = "lorgnon-index-1";

/// The manifest never grows beyond this; anything longer is not one.
const MANIFEST_BYTES_MAX: u64 = 1 << 16;

/// What lies at the manifest's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestState {
    /// Nothing: never trained, or somebody asks for a full retraining.
    Absent,
    /// A manifest of this program.
    Current,
    /// Something else, most likely a full file of the old system.
    Foreign,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Contents {
    updated_at: u64,
    entries: [(); 0],
    meta: Meta,
    entry_count: u64,
    store: String,
    format: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    dataset_path: String,
    dataset_size: u64,
    clip_model: Option<String>,
}

/// The file at its place.
#[derive(Debug, Clone)]
pub(crate) struct ManifestFile {
    path: PathBuf,
}

impl ManifestFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn state(&self) -> Result<ManifestState, StoreError> {
        let failed = |source| io_error("read", &self.path)(source);
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(ManifestState::Absent),
            Err(error) => return Err(failed(error)),
        };
        let mut bytes = Vec::new();
        file.take(MANIFEST_BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
        let is_ours = serde_json::from_slice::<Contents>(&bytes)
            .is_ok_and(|contents| contents.format.starts_with("lorgnon-index-"));
        Ok(if is_ours { ManifestState::Current } else { ManifestState::Foreign })
    }

    /// Renames a file that is not ours, so that it is never lost; gives its new place.
    pub(crate) fn set_aside(&self) -> Result<Option<PathBuf>, StoreError> {
        if self.state()? != ManifestState::Foreign {
            return Ok(None);
        }
        let mut kept = self.path.with_file_name("vision-index.legacy.json");
        let mut number = 2;
        while kept.exists() {
            kept = self.path.with_file_name(format!("vision-index.legacy-{number}.json"));
            number += 1;
        }
        fs::rename(&self.path, &kept).map_err(io_error("rename", &self.path))?;
        Ok(Some(kept))
    }

    /// Writes the manifest, all at once; a foreign file there is kept aside.
    pub(crate) fn write(&self, manifest: &Manifest, entry_count: u64) -> Result<(), StoreError> {
        self.prepare(manifest, entry_count)?.publish()
    }

    /// Writes the manifest beside its place. What can fail for want of room fails here, before the
    /// commit it belongs to.
    pub(crate) fn prepare(
        &self,
        manifest: &Manifest,
        entry_count: u64,
    ) -> Result<PreparedManifest<'_>, StoreError> {
        let contents = Contents {
            updated_at: manifest.updated_at_ms,
            entries: [],
            meta: Meta {
                dataset_path: manifest.dataset_path.clone(),
                dataset_size: manifest.dataset_size,
                clip_model: manifest.encoder.as_ref().map(|encoder| encoder.name.clone()),
            },
            entry_count,
            store: "index/".to_owned(),
            format: FORMAT.to_owned(),
        };
        let bytes = serde_json::to_vec(&contents).map_err(|error| StoreError::Database {
            action: "write the manifest",
            source: Box::new(error),
        })?;
        let partial = self.path.with_extension("json.partial");
        let failed = |source| io_error("write", &partial)(source);
        let mut file = File::create(&partial).map_err(failed)?;
        file.write_all(&bytes).map_err(failed)?;
        file.sync_data().map_err(failed)?;
        Ok(PreparedManifest { place: self, partial })
    }
}

/// A manifest that only has to be moved to its place.
pub(crate) struct PreparedManifest<'a> {
    place: &'a ManifestFile,
    partial: PathBuf,
}

impl PreparedManifest<'_> {
    /// Moves it there; a foreign file there is kept aside.
    pub(crate) fn publish(self) -> Result<(), StoreError> {
        self.place.set_aside()?;
        let path = &self.place.path;
        fs::rename(&self.partial, path).map_err(io_error("rename", &self.partial))?;
        path.parent().map_or(Ok(()), sync_folder)
    }
}
