//! `status`: the current training and the index, as files tell it, or the database; nothing is written.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lorgnon_index::Store;
use lorgnon_recogniser::progress::{RunMessage, TrainingRun, TrainingStatus, read_state};
use serde::Serialize;
use serde_json::Value;

use crate::outcome::Outcome;
use crate::output::{Record, write_document};
use crate::settings::Settings;
use crate::stores::{IndexStore, StoreChoice};
use crate::{interrupt, output, wiring};

/// Between two looks at the state when following.
const FOLLOW_PAUSE: Duration = Duration::from_millis(500);
/// The manifest never grows beyond this; a longer file is the old system's whole index.
const MANIFEST_BYTES_MAX: u64 = 1 << 16;

/// The answer, in the terms of `GET /api/vision-progress`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    status: &'static str,
    current: Option<TrainingRun>,
    last_run: Option<TrainingRun>,
    history: Vec<TrainingRun>,
    latest_index: Option<LatestIndex>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LatestIndex {
    updated_at: u64,
    entry_count: u64,
    dataset_path: String,
    dataset_size: u64,
    clip_model: Option<String>,
}

/// Shows the status, once or until the training ends.
pub(super) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    if settings.follow {
        interrupt::catch()?;
    }
    // Files are read without opening the index; a database can only be asked.
    let database = match settings.store {
        StoreChoice::Embedded => None,
        StoreChoice::Postgres { .. } => Some(wiring::store(settings)?),
    };
    let mut shown = None;
    loop {
        let status = read(&settings.cache, database.as_deref())?;
        let stamp =
            status.last_run.as_ref().map(|run| (run.id.clone(), run.processed_examples, run.message.clone()));
        if shown.as_ref() != Some(&stamp) {
            write_document(settings.format, &status)?;
            shown = Some(stamp);
        }
        if !settings.follow || status.current.is_none() || interrupt::requested() {
            let failed =
                settings.follow && status.last_run.is_some_and(|run| run.status == TrainingStatus::Failed);
            return Ok(Outcome::with_failures(u64::from(failed)));
        }
        std::thread::sleep(FOLLOW_PAUSE);
    }
}

fn read(cache: &Path, database: Option<&IndexStore>) -> anyhow::Result<Status> {
    let state = read_state(cache)?;
    let latest_index = match database {
        Some(database) => of_database(database)?,
        None => read_manifest(&cache.join("vision-index.json"))?,
    };
    Ok(Status {
        status: state.current.as_ref().map_or("idle", |run| name_of(run.status)),
        last_run: state.last_run().cloned(),
        latest_index,
        current: state.current,
        history: state.history,
    })
}

fn name_of(status: TrainingStatus) -> &'static str {
    match status {
        TrainingStatus::Running => "running",
        TrainingStatus::Completed => "completed",
        TrainingStatus::Failed => "failed",
    }
}

/// What a database says of its index; `None` where none was made.
fn of_database(database: &IndexStore) -> anyhow::Result<Option<LatestIndex>> {
    let reader = database.reader()?;
    let manifest = reader.manifest();
    Ok((reader.version() > 0).then(|| LatestIndex {
        updated_at: manifest.updated_at_ms,
        entry_count: reader.len(),
        dataset_path: manifest.dataset_path.clone(),
        dataset_size: manifest.dataset_size,
        clip_model: manifest.encoder.as_ref().map(|encoder| encoder.name.clone()),
    }))
}

/// The index's manifest; `None` where there is none.
fn read_manifest(path: &Path) -> anyhow::Result<Option<LatestIndex>> {
    let Ok(file) = File::open(path) else { return Ok(None) };
    let mut text = String::new();
    file.take(MANIFEST_BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MANIFEST_BYTES_MAX {
        output::say("note: `vision-index.json` is the old system's; `lorgnon train` will keep it aside");
        return Ok(None);
    }
    let Ok(manifest) = serde_json::from_str::<Value>(&text) else { return Ok(None) };
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    Ok(Some(LatestIndex {
        updated_at: number(&manifest["updatedAt"]),
        entry_count: manifest["entryCount"]
            .as_u64()
            .unwrap_or_else(|| manifest["entries"].as_array().map_or(0, |entries| entries.len() as u64)),
        dataset_path: manifest["meta"]["datasetPath"].as_str().unwrap_or_default().to_owned(),
        dataset_size: number(&manifest["meta"]["datasetSize"]),
        clip_model: manifest["meta"]["clipModel"].as_str().map(ToOwned::to_owned),
    }))
}

impl Record for Status {
    const COLUMNS: &'static [&'static str] =
        &["status", "processed", "total", "reused", "failed", "message", "entries", "encoder"];

    fn cells(&self) -> Vec<String> {
        let run = self.last_run.as_ref();
        let number =
            |value: fn(&TrainingRun) -> u64| run.map_or_else(String::new, |run| value(run).to_string());
        vec![
            self.status.to_owned(),
            number(|run| run.processed_examples),
            number(|run| run.total_examples),
            number(|run| run.reused_examples),
            number(|run| run.failed_examples),
            run.and_then(|run| run.message.clone()).unwrap_or_default(),
            self.latest_index.as_ref().map_or_else(String::new, |index| index.entry_count.to_string()),
            self.latest_index.as_ref().and_then(|index| index.clip_model.clone()).unwrap_or_default(),
        ]
    }

    fn human(&self) -> String {
        let training = match (&self.current, &self.last_run) {
            (Some(run), _) => format!("running: {}", describe(run)),
            (None, Some(run)) => format!("idle; the last run {}: {}", verb_of(run.status), describe(run)),
            (None, None) => "idle; no run yet".to_owned(),
        };
        let index = self.latest_index.as_ref().map_or_else(
            || "none yet".to_owned(),
            |index| {
                if index.updated_at == 0 {
                    return format!("{} looks, not yet trained to its end", index.entry_count);
                }
                format!(
                    "{} looks of `{}`, encoder `{}`, updated {}",
                    index.entry_count,
                    index.dataset_path,
                    index.clip_model.as_deref().unwrap_or("none"),
                    ago(index.updated_at),
                )
            },
        );
        format!("training  {training}\nindex     {index}")
    }
}

fn verb_of(status: TrainingStatus) -> &'static str {
    match status {
        TrainingStatus::Running => "is running",
        TrainingStatus::Completed => "completed",
        TrainingStatus::Failed => "failed",
    }
}

fn describe(run: &TrainingRun) -> String {
    let said = run.said.as_ref().map(RunMessage::english).or_else(|| run.message.clone());
    let message = said.map_or_else(String::new, |said| format!(" ({said})"));
    format!(
        "{} of {} looks, {} reused, {} failed, {}{message}",
        run.processed_examples,
        run.total_examples,
        run.reused_examples,
        run.failed_examples,
        ago(run.updated_at),
    )
}

/// How long since a time in ms since 1970.
fn ago(time_ms: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = now.saturating_sub(Duration::from_millis(time_ms)).as_secs();
    match seconds {
        0..=1 => "just now".to_owned(),
        2..=119 => format!("{seconds} seconds ago"),
        120..=7199 => format!("{} minutes ago", seconds / 60),
        7200..=172_799 => format!("{} hours ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_cache_is_idle_without_an_index() {
        let cache = tempfile::tempdir().unwrap();
        let status = read(cache.path(), None).unwrap();
        assert_eq!(status.human(), "training  idle; no run yet\nindex     none yet");
        let json = serde_json::to_string(&status).unwrap();
        assert_eq!(
            json,
            r#"{"status":"idle","current":null,"lastRun":null,"history":[],"latestIndex":null}"#
        );
    }

    #[test]
    fn a_manifest_and_an_old_file_are_both_understood() {
        let cache = tempfile::tempdir().unwrap();
        let path = cache.path().join("vision-index.json");
        let meta = r#""meta":{"datasetPath":"d","datasetSize":3,"clipModel":"builtin"}"#;
        std::fs::write(&path, format!(r#"{{"updatedAt":5,"entries":[],"entryCount":2,{meta}}}"#)).unwrap();
        let index = read_manifest(&path).unwrap().unwrap();
        assert_eq!((index.updated_at, index.entry_count, index.dataset_size), (5, 2, 3));
        std::fs::write(&path, format!(r#"{{"updatedAt":5,"entries":[{{}}],{meta}}}"#)).unwrap();
        assert_eq!(read_manifest(&path).unwrap().unwrap().entry_count, 1);
    }

    #[test]
    fn times_are_told_in_words() {
        let now = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
        assert_eq!(ago(now + 60_000), "just now");
        assert_eq!(ago(now - 60_000), "60 seconds ago");
        assert_eq!(ago(now - 600_000), "10 minutes ago");
        assert_eq!(ago(now - 36_000_000), "10 hours ago");
        assert_eq!(ago(now - 864_000_000), "10 days ago");
    }
}
