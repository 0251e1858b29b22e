//! What a training tells whoever watches it.

use lorgnon_dataset::Skipped;

/// A long computation after all pictures were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Templates that find the character and tell class and sex.
    Character,
    /// Frames, colours, items and vectors of the new looks.
    Describing,
    /// Maps from colour slots to pixels.
    Colours,
    /// What each item looks like.
    Items,
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
        failure: Option<&'a str>,
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

    /// Whether the training should stop at the next look.
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
