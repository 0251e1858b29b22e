//! `dataset check`: what is wrong with an export, before training on it.

use std::collections::BTreeMap;
use std::path::Path;

use lorgnon_dataset::{CheckOptions, Report};
use lorgnon_imaging::{Limits, decode};
use lorgnon_look::Look;
use serde::Serialize;

use crate::outcome::Outcome;
use crate::output::{Format, Record, RecordWriter, say, write_document};
use crate::settings::Settings;
use crate::wiring;

/// Checks an export and prints the report; exit code 1 where something is to be mended.
pub(super) fn check(settings: &Settings, path: Option<&Path>) -> anyhow::Result<Outcome> {
    let catalogue = wiring::catalogue(settings)?;
    let dataset = wiring::dataset(path.unwrap_or(&settings.dataset), settings, &catalogue)?;
    let inspect =
        |bytes: &[u8]| decode(bytes, &Limits::default()).map(drop).map_err(|error| error.to_string());
    let doubted = doubted(settings);
    let suspect = |look: &Look| doubted.get(&look.id).is_some_and(|stored| same_labels(stored, look));
    let report = dataset.check(&CheckOptions { inspect: Some(&inspect), suspect: Some(&suspect) });
    match settings.format {
        Format::Human | Format::Json => write_document(settings.format, &report)?,
        Format::Jsonl | Format::Csv => {
            let mut writer = RecordWriter::new(settings.format, std::io::stdout().lock());
            for finding in findings(&report) {
                writer.write(&finding)?;
            }
            writer.finish()?;
        }
    }
    Ok(if report.is_clean() { Outcome::Done } else { Outcome::SomeFailed })
}

/// The stored looks that the last training doubts, by id; none before the first.
fn doubted(settings: &Settings) -> BTreeMap<String, Look> {
    if !wiring::has_index(settings) {
        return BTreeMap::new();
    }
    let read = || -> anyhow::Result<_> {
        let recogniser = wiring::recogniser(settings)?;
        let mut looks = BTreeMap::new();
        for id in recogniser.suspects() {
            looks.extend(recogniser.reader().look(id)?.map(|record| (id.clone(), record.look)));
        }
        Ok(looks)
    };
    read().unwrap_or_else(|error| {
        // The export can be checked all the same.
        say(&format!("note: the index cannot say which looks it doubts: {error:#}"));
        BTreeMap::new()
    })
}

/// Whether a look still says what it said when it was doubted: one that was mended since is not
/// doubted any more.
fn same_labels(stored: &Look, exported: &Look) -> bool {
    (&stored.class, stored.gender, &stored.colours) == (&exported.class, exported.gender, &exported.colours)
}

impl Record for Report {
    const COLUMNS: &'static [&'static str] = &[];

    fn cells(&self) -> Vec<String> {
        Vec::new()
    }

    fn human(&self) -> String {
        self.to_string().trim_end().to_owned()
    }
}

/// One thing to be mended, for formats that are lists.
#[derive(Debug, Serialize)]
struct Finding {
    kind: &'static str,
    file: String,
    line: u64,
    id: Option<String>,
    message: String,
}

impl Record for Finding {
    const COLUMNS: &'static [&'static str] = &["kind", "file", "line", "id", "message"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.kind.to_owned(),
            self.file.clone(),
            self.line.to_string(),
            self.id.clone().unwrap_or_default(),
            self.message.clone(),
        ]
    }

    fn human(&self) -> String {
        format!("{}:{}: {}", self.file, self.line, self.message)
    }
}

fn findings(report: &Report) -> Vec<Finding> {
    let finding = |kind, file: &Path, line, id: Option<&String>, message: String| Finding {
        kind,
        file: file.display().to_string(),
        line,
        id: id.cloned(),
        message,
    };
    let mut found = Vec::new();
    for skipped in &report.skipped {
        let message = skipped.reason.to_string();
        found.push(finding("skipped", &skipped.file, skipped.line, skipped.id.as_ref(), message));
    }
    for remark in &report.warnings {
        let message = remark.about.to_string();
        found.push(finding("warning", &remark.file, remark.line, Some(&remark.id), message));
    }
    for remark in &report.unreadable {
        let message = remark.about.error.clone();
        found.push(finding("unreadable", &remark.file, remark.line, Some(&remark.id), message));
    }
    for (kind, remarks) in [("contradiction", &report.contradictions), ("duplicate", &report.duplicates)] {
        for remark in remarks {
            let message = format!("same picture as `{}`", remark.about.same_as);
            found.push(finding(kind, &remark.file, remark.line, Some(&remark.id), message));
        }
    }
    for remark in &report.suspects {
        let message = remark.about.to_string();
        found.push(finding("suspect", &remark.file, remark.line, Some(&remark.id), message));
    }
    for (class, count) in &report.few_looks {
        found.push(finding("few looks", Path::new(""), 0, None, format!("class `{class}` has only {count}")));
    }
    found
}
