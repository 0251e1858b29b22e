//! Every checksum and every cross reference, for `index verify`.

use std::io::ErrorKind;
use std::ops::ControlFlow;

use super::EmbeddedStore;
use super::codes::{BLOCK_ROWS, Codes, stride};
use super::kernels::quantise;
use super::lock::WriteLock;
use super::rows::{PLACES, Rows};
use super::snapshot::Snapshot;
use super::tables::{failed, guarded, open_writable};
use crate::rules::in_order;
use crate::{Reader, StoreError};

/// Damage is listed up to this many entries; the rest is counted.
const PROBLEMS_LISTED: usize = 100;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Looks read.
    pub looks: u64,
    /// Vectors compared with their checksums.
    pub vectors: u64,
    /// Blobs and models compared with theirs.
    pub blobs: u64,
    /// Whether the pages of the database were checked too; they are not while another process
    /// writes, nor on a disk that cannot be written.
    pub pages_checked: bool,
    /// What does not hold, the first hundred.
    pub problems: Vec<String>,
    /// How many do not hold in all.
    pub problem_count: u64,
}

impl VerifyReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.problem_count == 0
    }

    pub(crate) fn note(&mut self, problem: impl Into<String>) {
        self.problem_count += 1;
        if self.problems.len() < PROBLEMS_LISTED {
            self.problems.push(problem.into());
        }
    }

    /// Notes damage and goes on; other errors end the verification.
    fn absorb(&mut self, result: Result<(), StoreError>) -> Result<(), StoreError> {
        match result {
            Err(error @ StoreError::Damaged { .. }) => {
                self.note(error.to_string());
                Ok(())
            }
            other => other,
        }
    }
}

impl EmbeddedStore {
    /// Checks every checksum and cross reference of the last commit.
    ///
    /// # Errors
    /// When the store cannot be read at all; damage is part of the report.
    pub fn verify(&self) -> Result<VerifyReport, StoreError> {
        let mut report = VerifyReport::default();
        let path = self.folder().database();
        match WriteLock::acquire(self.folder()) {
            Ok(lock) => {
                let checked = guarded(&path, || {
                    let mut database = open_writable(&path)?;
                    database.check_integrity().map_err(failed(&path, "check pages"))
                });
                match checked {
                    Ok(true) => {}
                    Ok(false) => report.note(format!("`{}` had damaged pages", path.display())),
                    Err(error) => report.absorb(Err(error))?,
                }
                report.pages_checked = true;
                drop(lock);
            }
            Err(StoreError::Locked { .. }) => {}
            // Nobody writes there, and the check of the pages would: it repairs.
            Err(StoreError::Io { source, .. }) if source.kind() == ErrorKind::ReadOnlyFilesystem => {}
            Err(error) => return Err(error),
        }
        let snapshot = match self.snapshot() {
            Ok(snapshot) => snapshot,
            Err(error) => {
                report.absorb(Err(error))?;
                return Ok(report);
            }
        };
        let result = guarded(&path, || verify_looks(&snapshot, &mut report));
        report.absorb(result)?;
        let result = guarded(&path, || verify_blobs(&snapshot, &mut report));
        report.absorb(result)?;
        Ok(report)
    }
}

fn verify_looks(snapshot: &Snapshot, report: &mut VerifyReport) -> Result<(), StoreError> {
    let mapped = &snapshot.mapped;
    let mut dead = 0;
    for row in 0..mapped.state.rows {
        if mapped.is_dead(row) {
            dead += 1;
        }
    }
    if snapshot.owners()? + dead != mapped.state.rows || snapshot.owners()? != snapshot.len() {
        report.note(format!(
            "{} looks own {} of {} rows, {dead} of which are removed",
            snapshot.len(),
            snapshot.owners()?,
            mapped.state.rows
        ));
    }
    let mut scratch = vec![0i8; stride(mapped.state.dimensions)];
    snapshot.visit_rows(&mut |id, look_row| {
        report.looks += 1;
        if look_row.record.look.id != id {
            report.note(format!("look `{id}` calls itself `{}`", look_row.record.look.id));
        }
        if look_row.row >= mapped.state.rows || mapped.is_dead(look_row.row) {
            report.note(format!("look `{id}` refers to row {}, which is not in use", look_row.row));
            return Ok(ControlFlow::Continue(()));
        }
        if snapshot.owner(look_row.row)?.as_deref() != Some(id) {
            report.note(format!("row {} does not belong to look `{id}`", look_row.row));
        }
        if let (Some(rows), Some(codes)) = (&mapped.rows, &mapped.codes) {
            let result = verify_row(rows, codes, look_row.row, &mut scratch, report);
            report.absorb(result)?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if report.looks != snapshot.len() {
        report.note(format!("{} looks were found, {} were counted", report.looks, snapshot.len()));
    }
    Ok(())
}

/// Checks a row's vectors and that its codes are what quantising them gives.
fn verify_row(
    rows: &Rows,
    codes: &Codes,
    row: u64,
    scratch: &mut [i8],
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    let vectors = rows.vectors(row)?;
    let block = (row / BLOCK_ROWS as u64) as usize;
    let index = (row % BLOCK_ROWS as u64) as usize;
    for (place, vector) in in_order(&vectors).enumerate().take(PLACES) {
        report.vectors += 1;
        let section = codes.section(block, place);
        let expected = quantise(vector, scratch);
        let stored = &section.codes[index * scratch.len()..(index + 1) * scratch.len()];
        let same = stored.iter().zip(scratch.iter()).all(|(stored, code)| stored.cast_signed() == *code);
        if !same || section.quantised(index) != expected {
            report.note(format!("`{}` says something else of row {row}", codes.path().display()));
        }
    }
    Ok(())
}

fn verify_blobs(snapshot: &Snapshot, report: &mut VerifyReport) -> Result<(), StoreError> {
    snapshot.visit_blobs(None, &mut |id, name, place| {
        report.blobs += 1;
        if snapshot.look(id)?.is_none() {
            report.note(format!("blob `{name}` belongs to look `{id}`, which is not there"));
        }
        report.absorb(snapshot.bytes(place).map(drop))
    })?;
    snapshot.visit_models(&mut |_, place| {
        report.blobs += 1;
        report.absorb(snapshot.bytes(place).map(drop))
    })
}
