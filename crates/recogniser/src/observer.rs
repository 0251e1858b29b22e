//! What long work tells whoever watches it, and how it is told to stop.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use lorgnon_dataset::Skipped;
use lorgnon_imaging::ImagingError;
use serde::{Deserialize, Serialize};

use crate::train::LookFailure;

/// A long computation after all pictures were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Where the character of each new look stands.
    Character,
    /// Templates that find the character and tell class and sex.
    Templates,
    /// Vectors of all known looks by another encoder.
    Vectors,
    /// Frames, colours, items and vectors of the new looks.
    Describing,
    /// Reading back what was measured of every look.
    Reading,
    /// Maps from colour slots to pixels.
    Colours,
    /// What each item looks like.
    Items,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Character,
        Self::Templates,
        Self::Vectors,
        Self::Describing,
        Self::Reading,
        Self::Colours,
        Self::Items,
    ];

    /// In French and in English.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Character => ("mesure des personnages", "measuring characters"),
            Self::Templates => ("apprentissage des personnages", "learning characters"),
            Self::Vectors => ("vecteurs du nouvel encodeur", "encoding again"),
            Self::Describing => ("description des exemples", "describing looks"),
            Self::Reading => ("lecture des mesures", "reading measurements"),
            Self::Colours => ("apprentissage des couleurs", "learning colours"),
            Self::Items => ("apprentissage des objets", "learning items"),
        }
    }
}

/// One thing that happened.
#[derive(Debug)]
pub enum TrainingEvent<'a> {
    /// The dataset was compared with the index; work begins.
    Started {
        /// Looks in the dataset, those that cannot be used included.
        total: u64,
        /// Looks already in the index, unchanged.
        reused: u64,
    },
    /// An entry of the export that gives no look.
    Skipped(&'a Skipped),
    /// A look was read and measured, or could not be.
    Processed {
        /// Its id.
        id: &'a str,
        /// Why it could not be used.
        failure: Option<&'a LookFailure>,
    },
    /// An icon that cannot be used.
    IconFailed {
        /// Its file.
        path: &'a Path,
        /// Why.
        error: &'a ImagingError,
    },
    /// A part of a stage without a look of its own; `done` of `total`.
    Progress {
        /// Which.
        stage: Stage,
        /// So far.
        done: u64,
        /// In all.
        total: u64,
    },
}

/// Watches a training and may stop it. Called from several threads.
pub trait TrainingObserver: Sync {
    /// Something happened.
    fn event(&self, event: &TrainingEvent<'_>);

    /// Whether the training should stop at its next step.
    fn cancelled(&self) -> bool {
        false
    }
}

/// An observer that only looks away.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl TrainingObserver for Unobserved {
    fn event(&self, _event: &TrainingEvent<'_>) {}
}

/// The training was told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped on request")]
pub struct Stopped;

/// Counts the steps of a stage that several threads work at.
pub(crate) struct Steps<'a> {
    observer: &'a dyn TrainingObserver,
    stage: Stage,
    done: AtomicU64,
    total: u64,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(observer: &'a dyn TrainingObserver, stage: Stage, total: usize) -> Self {
        Self { observer, stage, done: AtomicU64::new(0), total: total as u64 }
    }

    /// One more step is done.
    pub(crate) fn advance(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.observer.event(&TrainingEvent::Progress { stage: self.stage, done, total: self.total });
    }

    /// Whether to go on.
    pub(crate) fn go_on(&self) -> Result<(), Stopped> {
        if self.observer.cancelled() { Err(Stopped) } else { Ok(()) }
    }
}
