//! The writer of the state file.
//!
//! A training reports thousands of looks a second; the file is written at most ten times a second,
//! by a thread of its own, so that no look ever waits for the disk. The same thread is the
//! heartbeat.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::error::{ProgressError, io_error};
use super::failure::FailureReason;
use super::file::{now_ms, recover, write_file};
use super::lock::TrainingLock;
use super::message::{Interruption, RunMessage};
use super::state::{FAILURES_MAX, Failure, TrainingRun, TrainingState, TrainingStatus};
use crate::kept_pictures;
use crate::observer::Stage;

/// Between two writes.
const WRITE_PAUSE: Duration = Duration::from_millis(100);
/// A run shows a sign of life this often even when nothing happens.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// The record of one running training.
///
/// Made before any work is done, closed by [`finish`](Self::finish), [`fail`](Self::fail) or
/// [`cancel`](Self::cancel). Dropped without either (a panic), the run is recorded as interrupted.
#[derive(Debug)]
pub struct TrainingJournal {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
    /// Released last, after the final state is on disk.
    _lock: TrainingLock,
}

#[derive(Debug)]
struct Shared {
    cache: PathBuf,
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug)]
struct Inner {
    state: TrainingState,
    /// Failures seen before [`TrainingJournal::started`] told the totals.
    early_failures: u64,
    dirty: bool,
    closed: bool,
}

impl TrainingJournal {
    /// Begins a run, after closing one that died. `index_path` is the index's manifest.
    ///
    /// # Errors
    /// [`ProgressError::Busy`] when another training runs; when the cache folder cannot be written.
    pub fn begin(cache: &Path, dataset_path: &Path, index_path: &Path) -> Result<Self, ProgressError> {
        std::fs::create_dir_all(cache).map_err(io_error("create folder", cache))?;
        let lock = TrainingLock::acquire(cache)?;
        let mut state = recover(cache)?;
        let now = now_ms();
        let run_id = run_id(now);
        state.current = Some(TrainingRun {
            id: run_id.clone(),
            status: TrainingStatus::Running,
            dataset_path: dataset_path.display().to_string(),
            index_path: index_path.display().to_string(),
            total_examples: 0,
            processed_examples: 0,
            reused_examples: 0,
            new_examples: 0,
            failed_examples: 0,
            started_at: now,
            updated_at: now,
            last_example_id: None,
            message: None,
            finished_at: None,
            failures: Vec::new(),
            said: None,
        });
        write_file(cache, &state)?;
        // Only the last run's pictures are shown.
        if let Err(error) = kept_pictures::keep_only(&pictures(cache), &run_id) {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot remove old pictures");
        }
        let shared = Arc::new(Shared {
            cache: cache.to_path_buf(),
            inner: Mutex::new(Inner { state, early_failures: 0, dirty: false, closed: false }),
            changed: Condvar::new(),
        });
        let for_writer = Arc::clone(&shared);
        let writer = std::thread::Builder::new()
            .name("training-state".to_owned())
            .spawn(move || for_writer.write_until_closed())
            .map_err(io_error("start the writer of", cache))?;
        Ok(Self { shared, writer: Some(writer), _lock: lock })
    }

    /// The dataset was compared with the index.
    pub fn started(&self, total: u64, reused: u64) {
        self.change(|inner, run| {
            run.total_examples = total;
            run.reused_examples = reused;
            run.new_examples = total.saturating_sub(reused);
            run.processed_examples = (reused + inner.early_failures).min(total);
            run.failed_examples = inner.early_failures;
            if reused > 0 {
                run.say(RunMessage::Reusing { count: reused });
            }
        });
    }

    /// A look was done. `id` names it, as does an entry of the export that gives no look.
    pub fn processed(&self, id: &str, outcome: Outcome) {
        self.change(|inner, run| {
            let failed = outcome != Outcome::Done;
            if run.total_examples == 0 && failed {
                inner.early_failures += 1;
            }
            run.processed_examples += 1;
            run.failed_examples += u64::from(failed);
            if run.total_examples > 0 {
                // An export that grows under a running training must not show 101 %.
                run.processed_examples = run.processed_examples.min(run.total_examples);
            }
            run.last_example_id = Some(id.to_owned());
            let (processed, total, id) = (run.processed_examples, run.total_examples, id.to_owned());
            run.say(match outcome {
                Outcome::Done => RunMessage::Processing { processed, total, id },
                Outcome::ImageMissing => RunMessage::ImageMissing { id },
                Outcome::Failed => RunMessage::FailedOn { id },
            });
        });
    }

    /// Why a look could not be used, and what its picture showed (a PNG file), where that is known. The first
    /// ones are kept.
    pub fn explain(&self, id: &str, reason: &FailureReason, picture: Option<&[u8]>) {
        self.change(|_, run| {
            if run.failures.len() == FAILURES_MAX {
                return;
            }
            let name = picture.and_then(|bytes| {
                let name = format!("{}-{}", run.id, run.failures.len());
                let written = kept_pictures::write(&pictures(&self.shared.cache), [(name.as_str(), bytes)]);
                if let Err(error) = &written {
                    tracing::warn!(
                        error = error as &dyn std::error::Error,
                        "cannot keep a picture that failed"
                    );
                }
                written.is_ok().then_some(name)
            });
            run.failures.push(Failure {
                id: id.to_owned(),
                reason: reason.french(),
                kind: Some(reason.kind),
                detail: reason.detail.clone(),
                picture: name,
            });
        });
    }

    /// What the run is busy with when it is not reading looks: `done` of `total` steps.
    pub fn working(&self, stage: Stage, done: u64, total: u64) {
        self.change(|_, run| run.say(RunMessage::Working { stage, done, total }));
    }

    /// The run as it stands.
    #[must_use]
    pub fn run(&self) -> Option<TrainingRun> {
        self.shared.lock().state.current.clone()
    }

    /// Everything was done; failures are counted, not fatal.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn finish(mut self) -> Result<TrainingRun, ProgressError> {
        self.close(|run| {
            run.status = TrainingStatus::Completed;
            run.processed_examples = run.total_examples;
            run.say(RunMessage::Finished { examples: run.total_examples, failed: run.failed_examples });
        })
    }

    /// The run could not go on; `cause` is shown to everybody who can see the dashboard.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn fail(mut self, cause: Interruption) -> Result<TrainingRun, ProgressError> {
        self.close(|run| {
            run.status = TrainingStatus::Failed;
            run.say(RunMessage::Interrupted { cause });
        })
    }

    /// Somebody asked to stop. What was committed stays.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn cancel(mut self) -> Result<TrainingRun, ProgressError> {
        self.close(|run| {
            run.status = TrainingStatus::Failed;
            run.say(RunMessage::Cancelled { processed: run.processed_examples, total: run.total_examples });
        })
    }

    fn change(&self, change: impl FnOnce(&mut Inner, &mut TrainingRun)) {
        let mut inner = self.shared.lock();
        let Some(mut run) = inner.state.current.take() else { return };
        change(&mut inner, &mut run);
        run.updated_at = now_ms().max(run.updated_at);
        inner.state.current = Some(run);
        inner.dirty = true;
        drop(inner);
        self.shared.changed.notify_one();
    }

    fn close(&mut self, change: impl FnOnce(&mut TrainingRun)) -> Result<TrainingRun, ProgressError> {
        self.change(|_, run| {
            change(run);
            run.finished_at = Some(now_ms().max(run.updated_at));
        });
        let state = {
            let mut inner = self.shared.lock();
            inner.state.close_current();
            inner.closed = true;
            inner.state.clone()
        };
        self.shared.changed.notify_one();
        if let Some(writer) = self.writer.take() {
            // Its panic, if any, concerns only the intermediate states.
            let _ = writer.join();
        }
        write_file(&self.shared.cache, &state)?;
        let mut history = state.history;
        Ok(history.swap_remove(0))
    }
}

impl Drop for TrainingJournal {
    fn drop(&mut self) {
        if self.writer.is_some() {
            let closed = self.close(|run| {
                run.status = TrainingStatus::Failed;
                run.say(RunMessage::Interrupted { cause: Interruption::ProcessGone });
            });
            if let Err(error) = closed {
                tracing::warn!(%error, "cannot record the interrupted training");
            }
        }
    }
}

fn pictures(cache: &Path) -> PathBuf {
    cache.join("failed-pictures")
}

/// The picture of a look that failed in the last run by its name, a PNG file; `None` where there is none.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn failure_picture(cache: &Path, name: &str) -> std::io::Result<Option<Vec<u8>>> {
    kept_pictures::read(&pictures(cache), name)
}

/// How a look's turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the index.
    Done,
    /// Its picture is not there.
    ImageMissing,
    /// It could not be used for another reason.
    Failed,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // The state is plain data, right whatever happened to the thread that held it.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_until_closed(&self) {
        let mut last_write = Instant::now();
        let mut inner = self.lock();
        loop {
            if inner.closed {
                return;
            }
            let wait = if inner.dirty { WRITE_PAUSE } else { HEARTBEAT }.saturating_sub(last_write.elapsed());
            if !wait.is_zero() {
                inner = self.changed.wait_timeout(inner, wait).unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            inner.dirty = false;
            if let Some(run) = &mut inner.state.current {
                run.updated_at = now_ms().max(run.updated_at);
            }
            let state = inner.state.clone();
            drop(inner);
            if let Err(error) = write_file(&self.cache, &state) {
                // The training matters more than its display; the last write reports its error.
                tracing::warn!(%error, "cannot write the training state");
            }
            last_write = Instant::now();
            inner = self.lock();
        }
    }
}

/// Start time in base 36, a dash, six random characters of base 36.
fn run_id(now_ms: u64) -> String {
    // The standard library seeds this from the system's random source.
    let random = RandomState::new().build_hasher().finish();
    format!("{}-{:0>6}", base_36(now_ms), base_36(random % 36_u64.pow(6)))
}

fn base_36(mut number: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(DIGITS[(number % 36) as usize]));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests;
