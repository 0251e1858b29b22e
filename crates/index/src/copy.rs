//! From one store to another: for moving to a server, or back.

use std::ops::ControlFlow;

use crate::{Entry, LookRecord, Manifest, Reader, Store, StoreError};

/// Looks a commit: what an interrupted copy has to do again at most.
const LOOKS_A_COMMIT: usize = 2_000;

/// What a copy did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyReport {
    /// Looks written.
    pub copied: u64,
    /// Looks that were there already, from an earlier copy that was interrupted.
    pub already_there: u64,
    /// Looks of the target that the source does not have; they are left alone.
    pub only_in_target: u64,
    /// Whether everything was copied; not when the observer said to stop.
    pub complete: bool,
}

/// Copies all looks, models and the manifest. Interrupted, by the observer or a kill, it goes on
/// where it was: looks whose record is the same are not copied again. The observer is told how
/// many of how many looks were seen; what it has seen is kept when it says to stop.
///
/// # Errors
/// [`StoreError::Encoder`] or [`StoreError::Dimensions`] when the target holds vectors of another
/// encoder; when either store fails.
pub fn copy(
    from: &dyn Reader,
    to: &dyn Store,
    observer: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<CopyReport, StoreError> {
    let before = to.reader()?;
    let mut report = CopyReport::default();
    // The target learns the encoder first, so that another one is refused before anything is copied.
    let mut writer = to.writer()?;
    let encoder = from.manifest().encoder.clone();
    writer.set_manifest(Manifest { encoder, ..before.manifest().clone() })?;
    writer.commit()?;

    let mut batch = Vec::new();
    let mut result = Ok(ControlFlow::Continue(()));
    from.visit(&mut |record| {
        result = before.look(&record.look.id).and_then(|held| {
            if held.as_ref() == Some(&record) {
                report.already_there += 1;
            } else {
                batch.push(record);
                if batch.len() == LOOKS_A_COMMIT {
                    report.copied += put_all(from, to, &mut batch)?;
                }
            }
            Ok(observer(report.already_there + report.copied + batch.len() as u64, from.len()))
        });
        match &result {
            Ok(flow) => *flow,
            Err(_) => ControlFlow::Break(()),
        }
    })?;
    let flow = result?;
    report.copied += put_all(from, to, &mut batch)?;
    if flow.is_break() {
        return Ok(report);
    }

    let mut writer = to.writer()?;
    for name in from.model_names()? {
        if let Some(bytes) = from.model(&name)? {
            writer.put_model(&name, bytes)?;
        }
    }
    writer.set_manifest(from.manifest().clone())?;
    writer.commit()?;
    report.only_in_target = to.reader()?.len() - from.len().min(to.reader()?.len());
    report.complete = true;
    Ok(report)
}

/// Writes looks in one commit; empties the list and says how many there were.
fn put_all(from: &dyn Reader, to: &dyn Store, batch: &mut Vec<LookRecord>) -> Result<u64, StoreError> {
    if batch.is_empty() {
        return Ok(0);
    }
    let mut writer = to.writer()?;
    let mut written = 0;
    for record in batch.drain(..) {
        let id = &record.look.id;
        let Some(vectors) = from.vectors(id)? else { continue };
        let mut blobs = Vec::new();
        for name in from.blob_names(id)? {
            if let Some(bytes) = from.blob(id, &name)? {
                blobs.push((name, bytes));
            }
        }
        writer.put(Entry { record, vectors, blobs })?;
        written += 1;
    }
    writer.commit()?;
    Ok(written)
}
