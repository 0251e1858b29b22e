//! What a long command tells while it works: bars with rate and ETA on a terminal, plain lines
//! otherwise. The only file that draws on a terminal.

use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use lorgnon_recogniser::train::{Stage, TrainingEvent, TrainingObserver};

use crate::{interrupt, output};

/// Failures named one by one; the rest are counted.
const FAILURES_NAMED: u64 = 20;
/// Between two plain lines.
const LINE_PAUSE: Duration = Duration::from_secs(5);

/// Watches a training or an evaluation for the user.
pub(crate) struct Display {
    bar: ProgressBar,
    plain: bool,
    inner: Mutex<Inner>,
}

struct Inner {
    /// What one look at a time is done for, how many were, and of how many.
    looks_phase: &'static str,
    looks_done: u64,
    looks_total: u64,
    phase: &'static str,
    done: u64,
    total: u64,
    failures: u64,
    last_line: Instant,
}

impl Display {
    /// `total` looks are to be done, as far as is known.
    pub(crate) fn new(phase: &'static str, total: u64) -> Self {
        let plain = !std::io::stderr().is_terminal();
        let target = if plain { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        // The template is ours: that it parses is tested.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(phase);
        let inner = Inner {
            looks_phase: phase,
            looks_done: 0,
            looks_total: total,
            phase,
            done: 0,
            total,
            failures: 0,
            last_line: Instant::now(),
        };
        Self { bar, plain, inner: Mutex::new(inner) }
    }

    /// `done` of `total` of a phase.
    pub(crate) fn set(&self, phase: &'static str, done: u64, total: u64) {
        self.show(&mut self.lock(), phase, done, total);
    }

    /// From now on looks are done one at a time for this.
    fn expect_looks(&self, phase: &'static str, total: u64) {
        let mut inner = self.lock();
        (inner.looks_phase, inner.looks_done, inner.looks_total) = (phase, 0, total);
    }

    fn show(&self, inner: &mut Inner, phase: &'static str, done: u64, total: u64) {
        if inner.phase != phase || inner.total != total {
            self.bar.reset();
            self.bar.set_length(total);
            self.bar.set_message(phase);
        }
        (inner.phase, inner.done, inner.total) = (phase, done, total);
        self.bar.set_position(done);
        let due = inner.last_line.elapsed() >= LINE_PAUSE || (done == total && total > 0);
        if self.plain && due {
            inner.last_line = Instant::now();
            output::say(&format!("{phase} {done}/{total}"));
        }
    }

    /// One more look is done.
    fn advance(&self) {
        let mut inner = self.lock();
        inner.looks_done += 1;
        let (phase, done, total) = (inner.looks_phase, inner.looks_done, inner.looks_total);
        self.show(&mut inner, phase, done, total);
    }

    /// Names something that could not be used.
    pub(crate) fn failure(&self, what: &str) {
        let mut inner = self.lock();
        inner.failures += 1;
        if inner.failures <= FAILURES_NAMED {
            self.bar.suspend(|| output::say(&format!("warning: {what}")));
        }
    }

    /// Ends the display; gives the number of failures.
    pub(crate) fn finish(&self) -> u64 {
        self.bar.finish_and_clear();
        let failures = self.lock().failures;
        if failures > FAILURES_NAMED {
            output::say(&format!("warning: … and {} more", failures - FAILURES_NAMED));
        }
        failures
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Counters are right whatever happened to the thread that held them.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows files that arrive.
pub(crate) struct Transfer {
    bar: ProgressBar,
    plain: bool,
    last_line: Instant,
}

impl Transfer {
    pub(crate) fn new() -> Self {
        let plain = !std::io::stderr().is_terminal();
        let target = if plain { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template(TRANSFER_TEMPLATE) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar, plain, last_line: Instant::now() }
    }

    /// So many bytes of a file are here.
    pub(crate) fn set(&mut self, file: &str, done: u64, total: u64) {
        if self.bar.message() != file {
            self.bar.reset();
            self.bar.set_message(file.to_owned());
        }
        self.bar.set_length(total);
        self.bar.set_position(done);
        if self.plain && (self.last_line.elapsed() >= LINE_PAUSE || done == total) {
            self.last_line = Instant::now();
            output::say(&format!("{file} {} of {}", HumanBytes(done), HumanBytes(total)));
        }
    }

    /// Says something beside the bar.
    pub(crate) fn note(&self, text: &str) {
        self.bar.suspend(|| output::say(text));
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

const TRANSFER_TEMPLATE: &str = "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec:>12} ETA {eta}";
const TEMPLATE: &str = "{msg:<22} [{bar:30}] {pos}/{len} {per_sec:>10} ETA {eta}";

impl TrainingObserver for Display {
    fn event(&self, event: &TrainingEvent<'_>) {
        match event {
            TrainingEvent::Started { total, reused } => {
                if self.plain {
                    output::say(&format!("{total} entries, {reused} of them unchanged"));
                }
                self.expect_looks(Stage::Describing.words().1, total - reused.min(total));
            }
            TrainingEvent::Skipped(skipped) => self.failure(&skipped.to_string()),
            TrainingEvent::IconFailed { path, error } => {
                self.failure(&format!("icon `{}`: {error}", path.display()));
            }
            TrainingEvent::Processed { id, failure } => {
                if let Some(reason) = failure {
                    self.failure(&format!("look `{id}`: {reason}"));
                }
                self.advance();
            }
            TrainingEvent::Progress { stage, done, total } => self.set(stage.words().1, *done, *total),
        }
    }

    fn cancelled(&self) -> bool {
        interrupt::requested()
    }
}

#[cfg(test)]
mod tests {
    use lorgnon_recogniser::progress::FailureKind;
    use lorgnon_recogniser::train::LookFailure;

    use super::*;

    #[test]
    fn the_templates_are_some() {
        ProgressStyle::with_template(TEMPLATE).unwrap();
        ProgressStyle::with_template(TRANSFER_TEMPLATE).unwrap();
    }

    #[test]
    fn failures_are_counted_beyond_those_named() {
        let display = Display::new("x", 30);
        let broken = LookFailure {
            message: "broken".to_owned(),
            reason: FailureKind::Damaged.into(),
            thumbnail: None,
        };
        for number in 0..30 {
            let id = number.to_string();
            display.event(&TrainingEvent::Processed { id: &id, failure: Some(&broken) });
        }
        assert_eq!(display.finish(), 30);
        assert_eq!(display.lock().looks_done, 30);
    }

    #[test]
    fn looks_are_counted_apart_from_the_steps_of_a_stage() {
        let display = Display::new("reading", 5);
        display.event(&TrainingEvent::Started { total: 5, reused: 2 });
        display.event(&TrainingEvent::Progress { stage: Stage::Character, done: 3, total: 3 });
        display.event(&TrainingEvent::Processed { id: "a", failure: None });
        let inner = display.lock();
        assert_eq!((inner.phase, inner.done, inner.total), ("describing looks", 1, 3));
    }
}
