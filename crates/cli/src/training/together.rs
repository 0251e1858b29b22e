//! `train --worker`: one of several processes that train one database together.
//!
//! All are started alike. Whoever gets the right to train leads; the others help, and one of them leads on
//! when the leader is gone.

use std::time::{Duration, Instant};

use lorgnon_index::{PostgresStore, StoreError};
use lorgnon_recogniser::RecogniserError;
use lorgnon_recogniser::progress::{ProgressError, TrainingJournal};
use lorgnon_recogniser::train::{Helped, Helper, TrainSettings, TrainingObserver, TrainingSummary, lead};

use super::{Training, Watched, close};
use crate::hints::UserError;

/// Between two looks at whether there is something to do.
const PAUSE: Duration = Duration::from_millis(250);
/// How long another's training may keep to itself before it is taken for one that is not shared.
const UNSHARED_AFTER: Duration = Duration::from_secs(10);

impl Training<'_> {
    /// Trains together with whoever else does. The summary is that of the whole training.
    pub(crate) fn run_together(
        &self,
        begin: &dyn Fn() -> Result<TrainingJournal, ProgressError>,
        observer: &dyn TrainingObserver,
    ) -> anyhow::Result<TrainingSummary> {
        let Some(store) = self.store.database() else {
            return Err(UserError::new(
                "only a training in a database can be shared",
                "name one with `--store postgres://…`, or leave `--worker` out: a training uses every core by itself",
            )
            .into());
        };
        let mut helper = Helper::new(self.dataset, self.encoder);
        // What another was asked to forget, it has forgotten.
        let mut settings = self.settings.clone();
        let mut alone_since = Instant::now();
        loop {
            let step = match helper.step(store, observer) {
                Err(error) if passes(&error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a task was given back");
                    std::thread::sleep(PAUSE);
                    continue;
                }
                step => step?,
            };
            let shared = matches!(step, Helped::Worked | Helped::Idle);
            match step {
                Helped::Worked => continue,
                Helped::Finished(summary) => return Ok(summary),
                Helped::Idle => alone_since = Instant::now(),
                Helped::NoTraining => {}
            }
            match self.try_to_lead(store, &settings, &mut helper, begin, observer)? {
                Turn::Done(summary) => return Ok(summary),
                Turn::Lost => {}
                Turn::NotMine if alone_since.elapsed() > UNSHARED_AFTER => {
                    return Err(
                        RecogniserError::Store(StoreError::Locked { place: self.store.place() }).into()
                    );
                }
                Turn::NotMine => {
                    settings.rebuild &= !shared;
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }

    /// Leads if nobody does.
    fn try_to_lead(
        &self,
        store: &PostgresStore,
        settings: &TrainSettings,
        helper: &mut Helper<'_>,
        begin: &dyn Fn() -> Result<TrainingJournal, ProgressError>,
        observer: &dyn TrainingObserver,
    ) -> anyhow::Result<Turn> {
        let mut right = match store.lead() {
            Ok(right) => right,
            Err(StoreError::Locked { .. }) => return Ok(Turn::NotMine),
            Err(error) => return Err(RecogniserError::from(error).into()),
        };
        // It may just have been finished.
        match helper.finished(store) {
            Ok(Some(summary)) => return Ok(Turn::Done(summary)),
            Ok(None) => {}
            Err(error) if passes(&error) => return Ok(Turn::Lost),
            Err(error) => return Err(error.into()),
        }
        let journal = match begin() {
            Ok(journal) => journal,
            // A leader on this machine that does not know yet that it leads no longer.
            Err(ProgressError::Busy { .. }) => return Ok(Turn::NotMine),
            Err(error) => return Err(anyhow::Error::new(error).context("cannot begin a training")),
        };
        helper.take_back_threads();
        let watched = Watched { journal: &journal, observer };
        let result = right
            .begin(true)
            .map_err(RecogniserError::from)
            .and_then(|()| lead(self.dataset, &right, self.encoder, self.catalogue, settings, &watched));
        close(journal, &result)?;
        match result {
            Ok(summary) => Ok(Turn::Done(summary)),
            Err(error) if passes(&error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the training goes on without its leader"
                );
                Ok(Turn::Lost)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// What came of trying to lead.
enum Turn {
    Done(TrainingSummary),
    /// The connection was lost; somebody leads on, perhaps this process.
    Lost,
    NotMine,
}

/// Whether a failure ends a task or the lead, and not the work.
fn passes(error: &RecogniserError) -> bool {
    matches!(error, RecogniserError::Store(StoreError::ConnectionLost { .. } | StoreError::Superseded { .. }))
}
