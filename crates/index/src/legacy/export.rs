//! Writing the old file: compact JSON, keys in the old order, for the sites that still read it.
//!
//! Where the new system knows more, the old form gets the nearest it can say: an unknown colour is
//! `null` in its position, a fingerprint is the first 40 digits of the SHA-256.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use lorgnon_look::{Colour, ItemId, Slot, SlotMap};
use serde::Serialize;

use crate::embedded::folder::{damaged, io_error};
use crate::{LookRecord, Reader, StoreError, VectorSet};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryOut<'a> {
    id: &'a str,
    embedding: &'a [f32],
    slot_embeddings: &'a SlotMap<Vec<f32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class_label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<&'a str>,
    colors: &'a [Option<Colour>],
    items: &'a BTreeMap<Slot, ItemId>,
    meta: EntryMeta<'a>,
    source_fingerprint: String,
}

#[derive(Serialize)]
struct EntryMeta<'a> {
    source: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DocumentMeta<'a> {
    dataset_path: &'a str,
    dataset_size: u64,
    clip_model: &'a str,
}

/// Writes all looks of a store, by id, in the old form. `path` is where the output goes, for error
/// messages.
///
/// # Errors
/// When the store cannot be read or the output cannot be written.
pub fn export(reader: &dyn Reader, output: &mut dyn Write, path: &Path) -> Result<(), StoreError> {
    let failed = |source| io_error("write", path)(source);
    let manifest = reader.manifest();
    write!(output, "{{\"updatedAt\":{},\"entries\":[", manifest.updated_at_ms).map_err(failed)?;
    let mut first = true;
    let mut result = Ok(());
    reader.visit(&mut |record| {
        result = write_entry(reader, &record, std::mem::take(&mut first), output, path);
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    result?;
    let meta = DocumentMeta {
        dataset_path: &manifest.dataset_path,
        dataset_size: manifest.dataset_size,
        clip_model: manifest.encoder.as_ref().map_or("", |encoder| encoder.name.as_str()),
    };
    output.write_all(b"],\"meta\":").map_err(failed)?;
    serde_json::to_writer(&mut *output, &meta).map_err(|error| failed(error.into()))?;
    output.write_all(b"}").map_err(failed)?;
    output.flush().map_err(failed)
}

fn write_entry(
    reader: &dyn Reader,
    record: &LookRecord,
    first: bool,
    output: &mut dyn Write,
    path: &Path,
) -> Result<(), StoreError> {
    let failed = |source| io_error("write", path)(source);
    let look = &record.look;
    let VectorSet { global, slots } = reader
        .vectors(&look.id)?
        .ok_or_else(|| damaged(path, format!("look `{}` has no vectors", look.id)))?;
    if !first {
        output.write_all(b",").map_err(failed)?;
    }
    let entry = EntryOut {
        id: &look.id,
        embedding: &global,
        slot_embeddings: &slots,
        class_label: look.class.as_ref().map(|class| class.as_str()),
        gender: look.gender.map(|gender| gender.as_str()),
        colors: &look.colours,
        items: &look.items,
        meta: EntryMeta { source: &record.source },
        source_fingerprint: record.fingerprint.0[..20].iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    serde_json::to_writer(output, &entry).map_err(|error| failed(error.into()))
}
