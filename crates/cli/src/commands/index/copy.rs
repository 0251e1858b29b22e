//! `index copy`: from one store to another, to move to a database or back.

use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::Context;
use lorgnon_index::{Store, copy};

use crate::hints::UserError;
use crate::outcome::Outcome;
use crate::output::say;
use crate::progress_bar::Display;
use crate::settings::Settings;
use crate::stores::{IndexStore, StoreChoice};
use crate::{interrupt, wiring};

/// Copies everything; what an interrupted copy had done is not done again.
pub(super) fn run(settings: &Settings, from: &str, to: &str) -> anyhow::Result<Outcome> {
    let from = place(settings, from)?;
    let to = place(settings, to)?;
    if from.store == to.store && from.cache == to.cache {
        return Err(UserError::new(
            "the index would be copied onto itself",
            "name two stores: `embedded`, another cache folder, or the address of a database",
        )
        .into());
    }
    let source = wiring::existing_store(&from)?;
    let target = IndexStore::open(&to.store, &to.cache).context("cannot open the target")?;
    interrupt::catch()?;
    let reader = source.reader()?;
    let display = Display::new("copying looks", reader.len());
    let result = copy(&*reader, &target, &mut |done, total| {
        display.set("copying looks", done, total);
        if interrupt::requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    display.finish();
    let report = result.context("cannot copy the index")?;
    say(&format!(
        "{} looks copied to `{}`, {} were there already",
        report.copied,
        target.place(),
        report.already_there
    ));
    if report.only_in_target > 0 {
        say(&format!("note: {} looks that only the target has were left alone", report.only_in_target));
    }
    if !report.complete {
        return Err(UserError::new(
            "stopped before everything was copied",
            "the same command goes on where it stopped",
        )
        .into());
    }
    Ok(Outcome::Done)
}

/// The settings under which a named store is the one in force.
fn place(settings: &Settings, named: &str) -> anyhow::Result<Settings> {
    if !named.contains("://") && named != "embedded" {
        let cache = PathBuf::from(named);
        return Ok(Settings { cache, store: StoreChoice::Embedded, ..settings.clone() });
    }
    let store = StoreChoice::named(named)
        .map_err(|expected| anyhow::anyhow!("a store is not named as it should be, expected {expected}"))?;
    Ok(Settings { store, ..settings.clone() })
}
