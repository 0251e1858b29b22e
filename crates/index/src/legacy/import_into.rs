//! Taking an old file's knowledge into a store.

use std::path::Path;

use lorgnon_embed::EncoderSpec;

use super::import::{LegacyImport, import};
use crate::{Entry, Fingerprint, LookRecord, Manifest, Store, StoreError};

/// What came of an import.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ImportReport {
    /// Looks stored with their vectors.
    pub added: u64,
    /// Looks that the store held already and whose labels are now those of the file.
    pub relabelled: u64,
    /// Looks that the store does not hold and that have no vectors to be stored with.
    pub without_vectors: u64,
    /// The file's content; of those looks, the labels.
    pub import: LegacyImport,
}

/// Imports an old file: looks the store holds get the file's labels, others are added where their
/// vectors are usable. Their pictures were never seen, so the next training embeds them again.
///
/// # Errors
/// When the file is no such file, or the store cannot be written.
pub fn import_into(
    path: &Path,
    store: &dyn Store,
    encoder: &EncoderSpec,
) -> Result<ImportReport, StoreError> {
    let mut import = import(path, encoder)?;
    let (mut added, mut relabelled, mut without_vectors) = (0, 0, 0);
    let reader = store.reader()?;
    let mut writer = store.writer()?;
    if import.usable_vectors {
        writer.set_manifest(Manifest { encoder: Some(encoder.clone()), ..reader.manifest().clone() })?;
    }
    for entry in &mut import.entries {
        if writer.relabel(entry.look.clone(), entry.source.clone())? {
            relabelled += 1;
        } else if let Some(vectors) = entry.vectors.take() {
            let record = LookRecord {
                look: entry.look.clone(),
                source: entry.source.clone(),
                // No picture has this one.
                fingerprint: Fingerprint([0; 32]),
            };
            writer.put(Entry { record, vectors, blobs: Vec::new() })?;
            added += 1;
        } else {
            without_vectors += 1;
        }
    }
    if added + relabelled > 0 {
        writer.commit()?;
    }
    Ok(ImportReport { added, relabelled, without_vectors, import })
}
