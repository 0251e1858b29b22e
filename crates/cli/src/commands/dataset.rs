//! `dataset check`: what is wrong with an export, before training on it.

use std::path::Path;

use lorgnon_dataset::{CheckOptions, Report};
use lorgnon_imaging::{Limits, decode};
use serde::Serialize;

use crate::outcome::Outcome;
use crate::output::{Format, Record, RecordWriter, write_document};
use crate::settings::Settings;
use crate::wiring;

/// Checks an export and prints the report; exit code 1 where something is to be mended.
pub(super) fn check(settings: &Settings, path: Option<&Path>) -> anyhow::Result<Outcome> {
    let catalogue = wiring::catalogue(settings)?;
    let dataset = wiring::dataset(path.unwrap_or(&settings.dataset), settings, &catalogue)?;
    let inspect =
        |bytes: &[u8]| decode(bytes, &Limits::default()).map(drop).map_err(|error| error.to_string());
    let report = dataset.check(&CheckOptions { inspect: Some(&inspect) });
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
    for (class, count) in &report.few_looks {
        found.push(finding("few looks", Path::new(""), 0, None, format!("class `{class}` has only {count}")));
    }
    found
}
