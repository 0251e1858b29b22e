//! `index`: look at the index, check it, move it.

mod copy;
mod export;
mod import;

use lorgnon_index::{Manifest, VerifyReport};
use serde::Serialize;

use crate::arguments::IndexCommand;
use crate::outcome::Outcome;
use crate::output::{Record, say, write_document};
use crate::settings::Settings;
use crate::stores::{IndexInfo, IndexStore};
use crate::wiring;

/// Does what was asked with the index.
pub(super) fn run(settings: &Settings, command: &IndexCommand) -> anyhow::Result<Outcome> {
    match command {
        IndexCommand::Import { input } => import::run(settings, input),
        IndexCommand::Info(_) => {
            write_document(settings.format, &Info::from(wiring::existing_store(settings)?.info()?))?;
            Ok(Outcome::Done)
        }
        IndexCommand::Verify(_) => verify(settings, &*wiring::existing_store(settings)?),
        IndexCommand::Export { output, legacy } => {
            export::run(&*wiring::existing_store(settings)?, output, *legacy)
        }
        IndexCommand::Copy { from, to } => copy::run(settings, from, to),
        IndexCommand::Compact => compact(&*wiring::existing_store(settings)?),
    }
}

fn verify(settings: &Settings, store: &IndexStore) -> anyhow::Result<Outcome> {
    let report = Verification::from(store.verify()?);
    write_document(settings.format, &report)?;
    Ok(Outcome::with_failures(report.problem_count))
}

fn compact(store: &IndexStore) -> anyhow::Result<Outcome> {
    let (before, after) = store.compact()?;
    say(&format!("{} before, {} after", mebibytes(before), mebibytes(after)));
    Ok(Outcome::Done)
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// What the index holds.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    path: String,
    format: u32,
    version: u64,
    looks: u64,
    dimensions: u32,
    /// How vectors are searched: `exact`, or by an `hnsw` index.
    search: &'static str,
    file_bytes: u64,
    /// Unknown of a database, which gives space back by itself.
    removed_rows: Option<u64>,
    removed_bytes: Option<u64>,
    worth_compacting: bool,
    encoder: Option<String>,
    model: String,
    dataset_path: String,
    dataset_size: u64,
    updated_at: u64,
    models: Vec<ModelPart>,
}

#[derive(Debug, Serialize)]
struct ModelPart {
    name: String,
    bytes: u64,
}

impl From<IndexInfo> for Info {
    fn from(info: IndexInfo) -> Self {
        let parts = |models: Vec<(String, u64)>| {
            models.into_iter().map(|(name, bytes)| ModelPart { name, bytes }).collect()
        };
        let of_manifest = |manifest: &Manifest| Self {
            encoder: manifest.encoder.as_ref().map(|encoder| encoder.name.clone()),
            model: manifest.model.clone(),
            dataset_path: manifest.dataset_path.clone(),
            dataset_size: manifest.dataset_size,
            updated_at: manifest.updated_at_ms,
            ..Self::default()
        };
        match info {
            IndexInfo::Embedded(info) => Self {
                path: info.path.display().to_string(),
                format: info.format,
                version: info.version,
                looks: info.looks,
                dimensions: info.dimensions,
                search: "exact",
                file_bytes: info.file_bytes,
                removed_rows: Some(info.dead_rows),
                removed_bytes: Some(info.dead_blob_bytes),
                worth_compacting: info.is_worth_compacting(),
                models: parts(info.models),
                ..of_manifest(&info.manifest)
            },
            IndexInfo::Postgres(info) => Self {
                path: info.place,
                format: info.format,
                version: info.version,
                looks: info.looks,
                dimensions: info.dimensions,
                search: if info.indexed { "hnsw" } else { "exact" },
                file_bytes: info.table_bytes,
                models: parts(info.models),
                ..of_manifest(&info.manifest)
            },
        }
    }
}

impl Record for Info {
    const COLUMNS: &'static [&'static str] =
        &["path", "format", "version", "looks", "dimensions", "fileBytes", "encoder", "model"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.path.clone(),
            self.format.to_string(),
            self.version.to_string(),
            self.looks.to_string(),
            self.dimensions.to_string(),
            self.file_bytes.to_string(),
            self.encoder.clone().unwrap_or_default(),
            self.model.clone(),
        ]
    }

    fn human(&self) -> String {
        let models: Vec<String> =
            self.models.iter().map(|part| format!("{} ({})", part.name, mebibytes(part.bytes))).collect();
        let advice = if self.worth_compacting { ", worth `lorgnon index compact`" } else { "" };
        let removed =
            self.removed_bytes.map_or_else(String::new, |bytes| format!(", {} removed", mebibytes(bytes)));
        format!(
            "path       {}\nformat     {}, commit {}\nlooks      {} of {} in `{}`\nvectors    {} dimensions, encoder `{}`, search {}\n\
             model      {}\nparts      {}\nsize       {}{removed}{advice}",
            self.path,
            self.format,
            self.version,
            self.looks,
            self.dataset_size,
            self.dataset_path,
            self.dimensions,
            self.encoder.as_deref().unwrap_or("none"),
            self.search,
            if self.model.is_empty() { "none" } else { &self.model },
            if models.is_empty() { "none".to_owned() } else { models.join(", ") },
            mebibytes(self.file_bytes),
        )
    }
}

/// What a verification found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Verification {
    clean: bool,
    looks: u64,
    vectors: u64,
    blobs: u64,
    pages_checked: bool,
    problem_count: u64,
    problems: Vec<String>,
}

impl From<VerifyReport> for Verification {
    fn from(report: VerifyReport) -> Self {
        Self {
            clean: report.is_clean(),
            looks: report.looks,
            vectors: report.vectors,
            blobs: report.blobs,
            pages_checked: report.pages_checked,
            problem_count: report.problem_count,
            problems: report.problems,
        }
    }
}

impl Record for Verification {
    const COLUMNS: &'static [&'static str] =
        &["clean", "looks", "vectors", "blobs", "pagesChecked", "problemCount"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.clean.to_string(),
            self.looks.to_string(),
            self.vectors.to_string(),
            self.blobs.to_string(),
            self.pages_checked.to_string(),
            self.problem_count.to_string(),
        ]
    }

    fn human(&self) -> String {
        let pages =
            if self.pages_checked { "" } else { ", pages not checked: somebody writes, or nobody can" };
        let checked =
            format!("{} looks, {} vectors, {} blobs checked{pages}", self.looks, self.vectors, self.blobs);
        if self.clean {
            return format!("clean: {checked}");
        }
        let mut lines = vec![format!("{} problems: {checked}", self.problem_count)];
        lines.extend(self.problems.iter().map(|problem| format!("  {problem}")));
        lines.join("\n")
    }
}
