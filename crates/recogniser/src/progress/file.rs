//! Reading and writing the state file, whole or not at all.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::error::{ProgressError, io_error};
use super::lock;
use super::state::TrainingState;

/// Where locks do not work, a run without a sign of life for this long is taken for dead.
const SILENCE_MAX_MS: u64 = 30_000;

/// The state file of a cache folder.
#[must_use]
pub fn state_path(cache: &Path) -> PathBuf {
    cache.join("vision-training.json")
}

/// The file that a running training holds locked.
#[must_use]
pub fn lock_path(cache: &Path) -> PathBuf {
    cache.join("vision-training.lock")
}

/// How trainings in a cache folder stand now. A run whose process is gone is shown as interrupted,
/// at the head of the history; the file itself is left to the next training.
///
/// # Errors
/// When the file is there and cannot be read. A missing one is an empty state.
pub fn read_state(cache: &Path) -> Result<TrainingState, ProgressError> {
    let state = read_file(cache)?;
    let Some(run) = &state.current else { return Ok(state) };
    if is_alive(cache, run.updated_at) {
        return Ok(state);
    }
    // The training may have finished between the reading and the probing.
    let mut again = read_file(cache)?;
    let same_run = again.current.as_ref().is_some_and(|current| current.id == run.id);
    if same_run {
        again.interrupt_current();
    }
    Ok(again)
}

fn is_alive(cache: &Path, updated_at_ms: u64) -> bool {
    lock::is_held(cache).unwrap_or_else(|| now_ms().saturating_sub(updated_at_ms) <= SILENCE_MAX_MS)
}

/// The file as it is.
pub(super) fn read_file(cache: &Path) -> Result<TrainingState, ProgressError> {
    let path = state_path(cache);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(TrainingState::default()),
        Err(error) => return Err(io_error("read", &path)(error)),
    };
    serde_json::from_slice(&bytes).map_err(|source| ProgressError::Damaged { path, source })
}

/// The state a new training builds on: dead runs closed, a file that is no state kept aside.
pub(super) fn recover(cache: &Path) -> Result<TrainingState, ProgressError> {
    match read_file(cache) {
        Ok(mut state) => {
            state.interrupt_current();
            Ok(state)
        }
        Err(ProgressError::Damaged { path, source }) => {
            let aside = path.with_extension("json.damaged");
            tracing::warn!(path = %path.display(), aside = %aside.display(), %source, "kept a damaged state file aside");
            fs::rename(&path, &aside).map_err(io_error("rename", &path))?;
            Ok(TrainingState::default())
        }
        Err(error) => Err(error),
    }
}

/// Replaces the file: readers see the old one or the new one, even after a power cut.
pub(super) fn write_file(cache: &Path, state: &TrainingState) -> Result<(), ProgressError> {
    let path = state_path(cache);
    let partial = path.with_extension("json.partial");
    let text = serde_json::to_vec_pretty(state)
        .map_err(|source| ProgressError::Damaged { path: path.clone(), source })?;
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&partial)?;
        file.write_all(&text)?;
        file.sync_data()
    };
    write().map_err(io_error("write", &partial))?;
    fs::rename(&partial, &path).map_err(io_error("rename", &partial))?;
    sync_folder(cache).map_err(io_error("sync folder", cache))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file; the rename is as durable as the system makes it.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::TrainingStatus;

    const RUNNING: &str = r#"{"current":{"id":"a-b","status":"running","datasetPath":"d","indexPath":"i",
        "totalExamples":9,"processedExamples":4,"reusedExamples":0,"newExamples":9,"failedExamples":0,
        "startedAt":1000,"updatedAt":2000,"lastExampleId":"x","message":"Traitement 4/9 (x)"},"history":[]}"#;

    #[test]
    fn no_file_is_an_empty_state() {
        let cache = tempfile::tempdir().unwrap();
        assert_eq!(read_state(cache.path()).unwrap(), TrainingState::default());
        assert_eq!(read_state(&cache.path().join("nowhere")).unwrap(), TrainingState::default());
    }

    #[test]
    fn a_run_without_its_lock_is_shown_as_interrupted_and_the_file_is_left_alone() {
        let cache = tempfile::tempdir().unwrap();
        fs::write(state_path(cache.path()), RUNNING).unwrap();
        fs::write(lock_path(cache.path()), "123").unwrap();
        let state = read_state(cache.path()).unwrap();
        assert_eq!(state.current, None);
        assert_eq!(state.history[0].status, TrainingStatus::Failed);
        assert_eq!(state.history[0].finished_at, Some(2000));
        assert_eq!(state.history[0].processed_examples, 4);
        assert_eq!(fs::read_to_string(state_path(cache.path())).unwrap(), RUNNING);
    }

    #[test]
    fn a_run_with_its_lock_held_is_running_however_old_its_last_sign() {
        let cache = tempfile::tempdir().unwrap();
        fs::write(state_path(cache.path()), RUNNING).unwrap();
        let _lock = lock::TrainingLock::acquire(cache.path()).unwrap();
        assert_eq!(read_state(cache.path()).unwrap().current.unwrap().status, TrainingStatus::Running);
    }

    #[test]
    fn half_a_file_is_an_error_that_names_it_and_is_kept_aside_by_the_next_training() {
        let cache = tempfile::tempdir().unwrap();
        fs::write(state_path(cache.path()), &RUNNING[..60]).unwrap();
        let error = read_state(cache.path()).unwrap_err();
        assert!(error.to_string().contains("vision-training.json"), "{error}");
        assert_eq!(recover(cache.path()).unwrap(), TrainingState::default());
        assert!(cache.path().join("vision-training.json.damaged").exists());
    }
}
