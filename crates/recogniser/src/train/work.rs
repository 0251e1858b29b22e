//! What is done for each new look, whoever does it: this process alone, or several together.

use lorgnon_dataset::Example;
use lorgnon_embed::Encoder;
use lorgnon_index::{Entry, Reader, Store, Writer};

use super::describe::{describe_batch, store_described};
use super::failure::{LookError, LookFailure};
use super::measure::{measure_batch, store_measured};
use super::plan::{BATCH, Plan};
use super::share::Leader;
use super::stage::{self, WorkStage};
use super::{Stage, Training, TrainingEvent};
use crate::RecogniserError;
use crate::character::CharacterModel;
use crate::colours::ColourModel;

/// Who works.
pub(super) enum Hands<'a> {
    /// This process.
    Own(&'a dyn Store),
    /// Every process that helps.
    Shared(Leader<'a>),
}

impl Hands<'_> {
    pub(super) fn store(&self) -> &dyn Store {
        match self {
            Self::Own(store) => *store,
            Self::Shared(leader) => leader.store(),
        }
    }

    /// Does what cannot be shared.
    pub(super) fn alone<T: Send>(
        &self,
        work: impl FnOnce() -> Result<T, RecogniserError> + Send,
    ) -> Result<T, RecogniserError> {
        match self {
            Self::Own(_) => work(),
            Self::Shared(leader) => leader.with_lent_threads(work)?,
        }
    }
}

/// What a stage does for each look.
#[derive(Clone, Copy)]
pub(super) enum Job<'a> {
    /// First pass: what each look says of where its character stands and how it looks.
    Measure { model: Option<&'a CharacterModel>, again: bool },
    /// Second pass: everything that hangs on the located character. A look is durable once its batch is.
    Describe { character: &'a CharacterModel, placing: Option<&'a ColourModel> },
}

/// What came of a job for a batch of looks.
pub(super) enum Outcome {
    Measured(Vec<Result<Option<Vec<u8>>, LookError>>),
    Described(Vec<Result<Entry, LookError>>),
}

impl Job<'_> {
    /// Works at a batch; nothing is stored yet.
    pub(super) fn work(
        &self,
        reader: &dyn Reader,
        encoder: &dyn Encoder,
        batch: &[Example],
    ) -> Result<Outcome, RecogniserError> {
        Ok(match self {
            Self::Measure { model, again } => {
                Outcome::Measured(measure_batch(reader, encoder, *model, *again, batch))
            }
            Self::Describe { character, placing } => {
                Outcome::Described(describe_batch(reader, encoder, character, *placing, batch)?)
            }
        })
    }

    /// Whether nothing is to be done for a look afterwards.
    fn ends_looks(&self) -> bool {
        matches!(self, Self::Describe { .. })
    }
}

impl Outcome {
    /// Why each look could not be used; `None` for those that could.
    pub(super) fn failures(&self) -> Vec<Option<LookFailure>> {
        fn said<T>(results: &[Result<T, LookError>]) -> Vec<Option<LookFailure>> {
            results.iter().map(|result| result.as_ref().err().map(LookFailure::from)).collect()
        }
        match self {
            Self::Measured(results) => said(results),
            Self::Described(results) => said(results),
        }
    }

    /// Stores it.
    pub(super) fn store(self, writer: &mut dyn Writer, batch: &[Example]) -> Result<(), RecogniserError> {
        match self {
            Self::Measured(results) => store_measured(writer, batch, results),
            Self::Described(results) => store_described(writer, results),
        }
    }
}

/// Counts what was worked at and tells whoever watches.
pub(super) struct Tally<'a, 'b> {
    training: &'a Training<'b>,
    plan: &'a mut Plan,
    ends: bool,
    pub(super) done: u64,
    pub(super) total: u64,
}

impl Tally<'_, '_> {
    /// One look was worked at.
    pub(super) fn look(&mut self, ordinal: usize, id: &str, failure: Option<&LookFailure>) {
        self.plan.note(ordinal, failure.is_some(), self.ends);
        self.done += 1;
        if self.ends || failure.is_some() {
            self.training.observer.event(&TrainingEvent::Processed { id, failure });
        }
    }

    /// Several looks were.
    pub(super) fn batch(&self) {
        if !self.ends {
            let (stage, done, total) = (Stage::Character, self.done, self.total);
            self.training.observer.event(&TrainingEvent::Progress { stage, done, total });
        }
    }
}

impl Training<'_> {
    /// Does a job for all looks that are still to be done.
    pub(super) fn work_at(
        &self,
        stage: WorkStage,
        job: &Job<'_>,
        plan: &mut Plan,
    ) -> Result<(), RecogniserError> {
        if plan.work_count() == 0 {
            return Ok(());
        }
        let store = self.hands.store();
        let reader = store.reader()?;
        let mut writer = store.writer()?;
        stage::begin(writer.as_mut(), reader.as_ref(), plan, stage, job)?;
        writer.commit()?;
        let mut examples = plan.work(self.dataset);
        let total = plan.work_count();
        let mut tally = Tally { training: self, plan, ends: job.ends_looks(), done: 0, total };
        match &self.hands {
            Hands::Shared(leader) => leader.share(self, job, &mut examples, &mut tally),
            Hands::Own(store) => self.work_alone(*store, job, &mut examples, &mut tally),
        }
    }

    fn work_alone(
        &self,
        store: &dyn Store,
        job: &Job<'_>,
        examples: &mut dyn Iterator<Item = (usize, Example)>,
        tally: &mut Tally<'_, '_>,
    ) -> Result<(), RecogniserError> {
        loop {
            if self.observer.cancelled() {
                return Err(RecogniserError::Cancelled);
            }
            let (ordinals, batch): (Vec<_>, Vec<_>) = (&mut *examples).take(BATCH).unzip();
            if batch.is_empty() {
                return Ok(());
            }
            let outcome = job.work(store.reader()?.as_ref(), self.encoder, &batch)?;
            let failures = outcome.failures();
            let mut writer = store.writer()?;
            outcome.store(writer.as_mut(), &batch)?;
            writer.commit()?;
            for ((ordinal, example), failure) in ordinals.into_iter().zip(&batch).zip(&failures) {
                tally.look(ordinal, &example.look.id, failure.as_ref());
            }
            tally.batch();
        }
    }
}
