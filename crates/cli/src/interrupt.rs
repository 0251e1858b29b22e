//! Ctrl-C: the first asks to stop, the second does.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

static STOP: AtomicBool = AtomicBool::new(false);

/// Exit code of a program ended by an interrupt, as shells count it.
const INTERRUPTED: i32 = 130;

/// Whether somebody asked to stop.
pub(crate) fn requested() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// From now on Ctrl-C (and a polite `kill`) is a request that [`requested`] tells of; a second one
/// ends the program at once, which the index and the state file survive.
pub(crate) fn catch() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            #[expect(clippy::exit, reason = "the user asked twice; there is nothing left to clean up")]
            std::process::exit(INTERRUPTED);
        }
    })
    .context("cannot catch Ctrl-C")
}
