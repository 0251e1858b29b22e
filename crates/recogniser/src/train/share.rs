//! Work on looks that several processes share.
//!
//! The leader streams the export and publishes tasks of a few looks each, never many ahead; everybody, itself
//! included, takes them one by one from the store. A task names looks and what their pictures and labels
//! are, so that a helper with other pictures says so instead of storing them. Every process works with the
//! models that the leader left in the store, so it makes no difference who does what.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use lorgnon_dataset::{Dataset, Example};
use lorgnon_embed::{Encoder, EncoderSpec};
use lorgnon_index::{Claim, LEASE, Lead, Loan, Store, Team};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::describe::LOOKS_ENCODED_TOGETHER;
use super::failure::LookFailure;
use super::plan::{fingerprint, read_image};
use super::stage::StageModels;
use super::work::{Job, Tally};
use super::{Stage, Training, TrainingEvent, TrainingObserver, TrainingSummary};
use crate::{RecogniserError, measurements};

/// Looks of a task: those that one process alone would encode together, so that vectors are the same.
const LOOKS_A_TASK: usize = LOOKS_ENCODED_TOGETHER;
/// Tasks that are published and not yet done, at most.
const TASKS_AHEAD: usize = 256;
/// How long the leader waits when others are at the last tasks.
const PAUSE: Duration = Duration::from_millis(100);
/// Between two announcements of how far the training is.
const ANNOUNCED_EVERY: Duration = Duration::from_millis(500);

/// What the leader tells everybody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Notice {
    /// Version of the program and of its measurements.
    program: (String, u32),
    encoder: EncoderSpec,
    describing: bool,
    done: u64,
    total: u64,
    /// Once the training is done.
    summary: Option<TrainingSummary>,
}

fn program() -> (String, u32) {
    (env!("CARGO_PKG_VERSION").to_owned(), measurements::VERSION)
}

/// A few looks and what is to be done for them.
#[derive(Serialize, Deserialize)]
struct Task {
    /// Number of the stage: models are read anew for each.
    stage: i64,
    kind: Kind,
    looks: Vec<TaskLook>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Kind {
    Measure { again: bool },
    Describe,
}

#[derive(Serialize, Deserialize)]
struct TaskLook {
    /// Place among the usable entries of the export.
    ordinal: usize,
    id: String,
    /// Of picture and labels; `None` where the leader cannot read the picture.
    content: Option<[u8; 8]>,
}

impl TaskLook {
    fn of(ordinal: usize, example: &Example, encoder: &EncoderSpec) -> Result<Self, RecogniserError> {
        Ok(Self { ordinal, id: example.look.id.clone(), content: content_of(example, encoder)? })
    }
}

fn content_of(example: &Example, encoder: &EncoderSpec) -> Result<Option<[u8; 8]>, RecogniserError> {
    let Ok(bytes) = read_image(&example.image) else { return Ok(None) };
    let mut hash = Sha256::new();
    hash.update(fingerprint(&bytes, encoder).0);
    hash.update(measurements::encode("look", &example.look)?);
    let hash = hash.finalize();
    Ok(hash.first_chunk().copied())
}

/// Why each look of a task could not be used; `None` for those that could.
type Report = Vec<Option<LookFailure>>;

impl StageModels {
    fn job(&self, kind: Kind) -> Result<Job<'_>, RecogniserError> {
        match (kind, &self.character) {
            (Kind::Measure { again }, model) => Ok(Job::Measure { model: model.as_ref(), again }),
            (Kind::Describe, Some(character)) => {
                Ok(Job::Describe { character, placing: self.placing.as_ref() })
            }
            (Kind::Describe, None) => {
                Err(RecogniserError::CannotHelp { what: "its character model is not in the store".into() })
            }
        }
    }
}

/// Takes tasks and does them.
struct Worker<'a> {
    dataset: &'a Dataset,
    encoder: &'a dyn Encoder,
    /// The rest of the export, and the ordinal it begins with.
    rest: Option<(usize, Box<dyn Iterator<Item = Example> + 'a>)>,
    /// Training, stage, and its models.
    stage: Option<(i64, i64, StageModels)>,
}

impl<'a> Worker<'a> {
    fn new(dataset: &'a Dataset, encoder: &'a dyn Encoder) -> Self {
        Self { dataset, encoder, rest: None, stage: None }
    }

    /// Does a task and stores what came of it.
    fn work(&mut self, store: &dyn Store, claim: Box<dyn Claim + '_>) -> Result<(), RecogniserError> {
        let task: Task = measurements::decode("task", claim.work())?;
        let batch = self.examples(&task)?;
        let reader = store.reader()?;
        let now = (claim.run(), task.stage);
        if self.stage.as_ref().is_none_or(|(run, stage, _)| (*run, *stage) != now) {
            self.stage = Some((now.0, now.1, StageModels::load(reader.as_ref())?));
        }
        let Some((_, _, models)) = &self.stage else { unreachable!("it was just loaded") };
        let job = models.job(task.kind)?;
        let outcome = while_held(claim.as_ref(), || job.work(reader.as_ref(), self.encoder, &batch))?;
        let report: Report = outcome.failures();
        let mut writer = claim.finish(&measurements::encode("report", &report)?)?;
        outcome.store(writer.as_mut(), &batch)?;
        writer.commit()?;
        Ok(())
    }

    /// The looks of a task, from this process's own copy of the export.
    fn examples(&mut self, task: &Task) -> Result<Vec<Example>, RecogniserError> {
        let mut batch = Vec::with_capacity(task.looks.len());
        for look in &task.looks {
            let example = self.example(look.ordinal);
            let example = example.filter(|example| example.look.id == look.id).ok_or_else(|| {
                let what = format!("the export here has no look `{}` in the same place", look.id);
                RecogniserError::CannotHelp { what }
            })?;
            if look.content.is_some() && content_of(&example, self.encoder.spec())? != look.content {
                let what = format!("look `{}` has another picture or other labels here", look.id);
                return Err(RecogniserError::CannotHelp { what });
            }
            batch.push(example);
        }
        Ok(batch)
    }

    /// An example by its ordinal: the next ones are found by going on, earlier ones by reading anew.
    fn example(&mut self, ordinal: usize) -> Option<Example> {
        let (mut next, mut rest) = match self.rest.take() {
            Some((next, rest)) if next <= ordinal => (next, rest),
            _ => (0, Box::new(self.dataset.examples().filter_map(Result::ok)) as Box<_>),
        };
        let found = rest.nth(ordinal - next);
        next = ordinal + 1;
        self.rest = Some((next, rest));
        found
    }
}

/// Works while somebody says from time to time that this process is alive.
fn while_held<T>(claim: &dyn Claim, work: impl FnOnce() -> T) -> T {
    let (done, waiting) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while let Err(RecvTimeoutError::Timeout) = waiting.recv_timeout(LEASE / 4) {
                if let Err(error) = claim.keep() {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a task was lost");
                    break;
                }
            }
        });
        let result = work();
        drop(done);
        result
    })
}

/// The process that says which work there is.
pub(super) struct Leader<'a> {
    team: &'a dyn Lead,
    encoder: &'a dyn Encoder,
    stage: AtomicI64,
    last_task: AtomicI64,
    announced: Mutex<Option<Instant>>,
}

impl<'a> Leader<'a> {
    pub(super) fn new(team: &'a dyn Lead, encoder: &'a dyn Encoder) -> Self {
        let (stage, last_task) = (AtomicI64::new(0), AtomicI64::new(0));
        Self { team, encoder, stage, last_task, announced: Mutex::default() }
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.team
    }

    /// Does work of its own while the others wait, with the threads that those on this machine lend.
    pub(super) fn with_lent_threads<T: Send>(
        &self,
        work: impl FnOnce() -> T + Send,
    ) -> Result<T, RecogniserError> {
        let own = rayon::current_num_threads();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = (own + self.team.lent_threads()?).min(cores);
        if threads <= own {
            return Ok(work());
        }
        match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
            Ok(pool) => {
                tracing::debug!(own, threads, "working with the threads of waiting workers");
                Ok(pool.install(work))
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "no more threads can be started");
                Ok(work())
            }
        }
    }

    /// Says that the training is done.
    pub(super) fn close(&self, summary: &TrainingSummary) -> Result<(), RecogniserError> {
        let notice = self.notice(true, (0, 0), Some(summary.clone()));
        self.team.close(&measurements::encode("notice", &notice)?)?;
        Ok(())
    }

    fn notice(
        &self,
        describing: bool,
        (done, total): (u64, u64),
        summary: Option<TrainingSummary>,
    ) -> Notice {
        Notice { program: program(), encoder: self.encoder.spec().clone(), describing, done, total, summary }
    }

    /// Tells how far the stage is, now and then.
    fn announce(&self, kind: Kind, tally: &Tally<'_, '_>, at_once: bool) -> Result<(), RecogniserError> {
        let mut announced = self.announced.lock().unwrap_or_else(PoisonError::into_inner);
        if at_once || announced.is_none_or(|last| last.elapsed() >= ANNOUNCED_EVERY) {
            *announced = Some(Instant::now());
            let notice = self.notice(matches!(kind, Kind::Describe), (tally.done, tally.total), None);
            self.team.announce(&measurements::encode("notice", &notice)?)?;
        }
        Ok(())
    }

    /// Has a job done for all examples.
    pub(super) fn share(
        &self,
        training: &Training<'_>,
        job: &Job<'_>,
        examples: &mut dyn Iterator<Item = (usize, Example)>,
        tally: &mut Tally<'_, '_>,
    ) -> Result<(), RecogniserError> {
        let kind = match job {
            Job::Measure { again, .. } => Kind::Measure { again: *again },
            Job::Describe { .. } => Kind::Describe,
        };
        let stage = self.stage.fetch_add(1, Ordering::Relaxed) + 1;
        self.announce(kind, tally, true)?;
        let mut worker = Worker::new(training.dataset, self.encoder);
        let mut waiting: BTreeMap<i64, Vec<(usize, String)>> = BTreeMap::new();
        loop {
            if training.observer.cancelled() {
                return Err(RecogniserError::Cancelled);
            }
            let mut tasks = Vec::new();
            while waiting.len() < TASKS_AHEAD {
                let batch: Vec<_> = (&mut *examples).take(LOOKS_A_TASK).collect();
                if batch.is_empty() {
                    break;
                }
                let looks = batch
                    .iter()
                    .map(|(ordinal, example)| TaskLook::of(*ordinal, example, self.encoder.spec()))
                    .collect::<Result<_, _>>()?;
                let number = self.last_task.fetch_add(1, Ordering::Relaxed) + 1;
                tasks.push((number, measurements::encode("task", &Task { stage, kind, looks })?));
                let named = batch.into_iter().map(|(ordinal, example)| (ordinal, example.look.id));
                waiting.insert(number, named.collect());
            }
            if !tasks.is_empty() {
                self.team.publish(&tasks)?;
            }
            for (number, report) in self.team.take_reports()? {
                // One that comes again was counted.
                let Some(looks) = waiting.remove(&number) else { continue };
                let report: Report = measurements::decode("report", &report)?;
                for ((ordinal, id), failure) in looks.iter().zip(&report) {
                    tally.look(*ordinal, id, failure.as_ref());
                }
                tally.batch();
            }
            if waiting.is_empty() {
                return self.announce(kind, tally, true);
            }
            self.announce(kind, tally, false)?;
            match self.team.claim()? {
                Some(claim) => worker.work(self.team, claim)?,
                None => std::thread::sleep(PAUSE),
            }
        }
    }
}

/// What came of one step of [`Helper::step`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Helped {
    /// A task was done.
    Worked,
    /// There is no task just now; the training may need a new leader.
    Idle,
    /// The training that was helped with is done.
    Finished(TrainingSummary),
    /// No training runs that can be helped with.
    NoTraining,
}

/// A process that helps with trainings which others lead.
pub struct Helper<'a> {
    worker: Worker<'a>,
    /// The training whose notice was found to be of this program.
    joined: Option<i64>,
    /// What was told last of how far it is.
    told: Option<(Stage, u64, u64)>,
    /// The threads lent to the leader.
    loan: Option<Box<dyn Loan>>,
}

impl std::fmt::Debug for Helper<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Helper").field("joined", &self.joined).finish_non_exhaustive()
    }
}

impl<'a> Helper<'a> {
    /// Helps with what the leader's export and encoder, which must be these, give to do.
    #[must_use]
    pub fn new(dataset: &'a Dataset, encoder: &'a dyn Encoder) -> Self {
        Self { worker: Worker::new(dataset, encoder), joined: None, told: None, loan: None }
    }

    /// Takes back the threads that were lent to the leader, to lead with them.
    pub fn take_back_threads(&mut self) {
        self.loan = None;
    }

    /// The summary of the training that was helped with, once it is done.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn finished(&self, team: &dyn Team) -> Result<Option<TrainingSummary>, RecogniserError> {
        let state = team.run_state()?;
        if state.open || self.joined.is_none() {
            return Ok(None);
        }
        Ok(self.notice(&state.notice)?.and_then(|notice| notice.summary))
    }

    /// Does one task if there is one.
    ///
    /// # Errors
    /// [`RecogniserError::CannotHelp`] when export, pictures or program are not the leader's;
    /// [`RecogniserError::Cancelled`]; and when the store or the encoder fail: a task begun is given back.
    pub fn step(
        &mut self,
        team: &dyn Team,
        observer: &dyn TrainingObserver,
    ) -> Result<Helped, RecogniserError> {
        if observer.cancelled() {
            return Err(RecogniserError::Cancelled);
        }
        let state = team.run_state()?;
        if !state.open {
            return Ok(self.finished(team)?.map_or(Helped::NoTraining, Helped::Finished));
        }
        // Nothing is announced before the leader knows what is to be done.
        let Some(notice) = self.notice(&state.notice)? else { return Ok(Helped::Idle) };
        self.joined = Some(state.run);
        if self.loan.as_ref().is_none_or(|loan| !loan.is_open()) {
            self.loan = team.lend_threads(rayon::current_num_threads())?;
        }
        let stage = if notice.describing { Stage::Describing } else { Stage::Character };
        let (done, total) = (notice.done, notice.total);
        if self.told.replace((stage, done, total)) != Some((stage, done, total)) {
            observer.event(&TrainingEvent::Progress { stage, done, total });
        }
        match team.claim()? {
            Some(claim) => self.worker.work(team, claim).map(|()| Helped::Worked),
            None => Ok(Helped::Idle),
        }
    }

    /// What the leader announced; `None` where nothing was.
    fn notice(&self, bytes: &[u8]) -> Result<Option<Notice>, RecogniserError> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let other =
            || RecogniserError::CannotHelp { what: "it is led by another version of the program".into() };
        let notice: Notice = measurements::decode("notice", bytes).map_err(|_| other())?;
        if notice.program != program() {
            return Err(other());
        }
        let own = self.worker.encoder.spec();
        if notice.encoder != *own {
            let (index, current) = (notice.encoder.name, own.name.clone());
            return Err(RecogniserError::EncoderMismatch { index, current });
        }
        Ok(Some(notice))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use lorgnon_dataset::Options;
    use lorgnon_embed::BuiltinEncoder;

    use super::*;

    /// An export of pictures that nobody decodes here.
    fn export(folder: &Path, pictures: &[&str]) -> Dataset {
        let lines: Vec<String> = (0..pictures.len())
            .map(|number| {
                format!(r#"{{"id":"look-{number}","image":"{number}.png","class":"Iop","gender":"m"}}"#)
            })
            .collect();
        for (number, picture) in pictures.iter().enumerate() {
            std::fs::write(folder.join(format!("{number}.png")), picture).unwrap();
        }
        std::fs::write(folder.join("looks.jsonl"), lines.join("\n")).unwrap();
        Dataset::open(&folder.join("looks.jsonl"), &Options::default()).unwrap()
    }

    fn task(dataset: &Dataset, encoder: &BuiltinEncoder, ordinals: std::ops::Range<usize>) -> Task {
        let examples = dataset.examples().filter_map(Result::ok).enumerate();
        let wanted = examples.filter(|(ordinal, _)| ordinals.contains(ordinal));
        let looks = wanted.map(|(ordinal, example)| TaskLook::of(ordinal, &example, encoder.spec()).unwrap());
        Task { stage: 1, kind: Kind::Describe, looks: looks.collect() }
    }

    #[test]
    fn looks_of_a_task_are_found_in_any_order() {
        let (folder, encoder) = (tempfile::tempdir().unwrap(), BuiltinEncoder::new());
        let dataset = export(folder.path(), &["a", "b", "c", "d", "e"]);
        let mut worker = Worker::new(&dataset, &encoder);
        for ordinals in [3..5, 0..2, 2..3, 4..5] {
            let found = worker.examples(&task(&dataset, &encoder, ordinals.clone())).unwrap();
            let ids: Vec<String> = found.into_iter().map(|example| example.look.id).collect();
            assert_eq!(ids, ordinals.map(|number| format!("look-{number}")).collect::<Vec<_>>());
        }
    }

    #[test]
    fn other_pictures_and_other_exports_are_refused() {
        let encoder = BuiltinEncoder::new();
        let folders: [_; 3] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
        let mine = export(folders[0].path(), &["a", "b", "c"]);
        let repainted = export(folders[1].path(), &["a", "B", "c"]);
        let shorter = export(folders[2].path(), &["a", "b"]);
        let whole = task(&mine, &encoder, 0..3);
        let refusal = |dataset: &Dataset| {
            let error = Worker::new(dataset, &encoder).examples(&whole).unwrap_err();
            assert!(matches!(error, RecogniserError::CannotHelp { .. }), "{error:?}");
            error.to_string()
        };
        assert!(refusal(&repainted).contains("`look-1` has another picture"));
        assert!(refusal(&shorter).contains("has no look `look-2`"));
        // A picture that the leader cannot read is nobody's fault.
        std::fs::remove_file(folders[0].path().join("1.png")).unwrap();
        let unread = TaskLook { ordinal: 1, id: "look-1".to_owned(), content: None };
        let task = Task { stage: 1, kind: Kind::Describe, looks: vec![unread] };
        assert_eq!(Worker::new(&repainted, &encoder).examples(&task).unwrap().len(), 1);
    }
}
