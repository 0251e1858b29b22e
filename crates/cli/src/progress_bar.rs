//! What a long command tells while it works: bars with rate and ETA on a terminal, plain lines
//! otherwise. The only file that draws on a terminal.

use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
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
        let inner = Inner { phase, done: 0, total, failures: 0, last_line: Instant::now() };
        Self { bar, plain, inner: Mutex::new(inner) }
    }

    /// `done` of `total` of a phase.
    pub(crate) fn set(&self, phase: &'static str, done: u64, total: u64) {
        let mut inner = self.lock();
        if inner.phase != phase || inner.total != total {
            self.bar.reset();
            self.bar.set_length(total);
            self.bar.set_message(phase);
        }
        (inner.phase, inner.done, inner.total) = (phase, done, total);
        self.show(&mut inner);
    }

    /// One more is done.
    pub(crate) fn advance(&self) {
        let mut inner = self.lock();
        inner.done += 1;
        self.show(&mut inner);
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

    fn show(&self, inner: &mut Inner) {
        self.bar.set_position(inner.done);
        if self.plain
            && (inner.last_line.elapsed() >= LINE_PAUSE || (inner.done == inner.total && inner.total > 0))
        {
            inner.last_line = Instant::now();
            output::say(&format!("{} {}/{}", inner.phase, inner.done, inner.total));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Counters are right whatever happened to the thread that held them.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const TEMPLATE: &str = "{msg:<22} [{bar:30}] {pos}/{len} {per_sec:>10} ETA {eta}";

impl TrainingObserver for Display {
    fn event(&self, event: &TrainingEvent<'_>) {
        match event {
            TrainingEvent::Started { total, reused } => {
                if self.plain {
                    output::say(&format!("{total} entries, {reused} of them unchanged"));
                }
                self.set("describing looks", 0, total - reused.min(total));
            }
            TrainingEvent::Skipped(skipped) => self.failure(&skipped.to_string()),
            TrainingEvent::Processed { id, failure } => {
                if let Some(reason) = failure {
                    self.failure(&format!("look `{id}`: {reason}"));
                }
                self.advance();
            }
            TrainingEvent::Progress { stage, done, total } => self.set(name_of(*stage), *done, *total),
        }
    }

    fn cancelled(&self) -> bool {
        interrupt::requested()
    }
}

fn name_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Character => "learning characters",
        Stage::Describing => "describing looks",
        Stage::Colours => "learning colours",
        Stage::Items => "learning items",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_one() {
        ProgressStyle::with_template(TEMPLATE).unwrap();
    }

    #[test]
    fn failures_are_counted_beyond_those_named() {
        let display = Display::new("x", 30);
        for number in 0..30 {
            let id = number.to_string();
            display.event(&TrainingEvent::Processed { id: &id, failure: Some("broken") });
        }
        assert_eq!(display.finish(), 30);
        assert_eq!(display.lock().done, 30);
    }
}
