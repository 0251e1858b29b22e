//! One line of the collection's files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lorgnon_look::{ClassLabel, Colour, Gender, ItemId, Look, Slot};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{CollectionError, HandMade, Labels, SUBFOLDER, files};

/// A look as the collection keeps it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    pub(super) kind: Kind,
    pub(super) labels: Labels,
    pub(super) added_ms: u64,
    pub(super) changed_ms: Option<u64>,
    pub(super) removed: bool,
    /// Where it comes from, and whatever else its line says.
    pub(super) other: Map<String, Value>,
}

/// What a record is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A picture that was added here.
    Collected { image: String },
    /// A look of one of the site's own exports.
    Correction,
}

impl Record {
    pub(super) fn look(&self, id: &str) -> Look {
        self.labels.look(id)
    }

    pub(super) fn hand_made(&self, id: &str) -> HandMade {
        let collected = matches!(self.kind, Kind::Collected { .. });
        HandMade { look: self.look(id), collected, removed: self.removed }
    }

    /// Where its picture is. Only the name counts: whoever edits the file by hand cannot lead out of
    /// the folder.
    pub(super) fn picture(&self, folder: &Path) -> Option<PathBuf> {
        match &self.kind {
            Kind::Collected { image } => Some(folder.join(SUBFOLDER).join(Path::new(image).file_name()?)),
            Kind::Correction => None,
        }
    }
}

/// A line, in the order of the workshop's own export.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    class: Option<ClassLabel>,
    gender: Option<Gender>,
    #[serde(default)]
    colors: Vec<Option<Colour>>,
    #[serde(default)]
    items: BTreeMap<Slot, ItemId>,
    #[serde(default)]
    added_at: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed_at: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    removed: bool,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// The lines of the records that are wanted, by id.
pub(super) fn write(records: &BTreeMap<String, Record>, wanted: impl Fn(&Record) -> bool) -> String {
    let mut text = String::new();
    for (id, record) in records.iter().filter(|(_, record)| wanted(record)) {
        let line = Line {
            id: id.clone(),
            image: match &record.kind {
                Kind::Collected { image } => Some(image.clone()),
                Kind::Correction => None,
            },
            class: record.labels.class.clone(),
            gender: record.labels.gender,
            colors: record.labels.colours.clone(),
            items: record.labels.items.clone(),
            added_at: record.added_ms,
            changed_at: record.changed_ms,
            removed: record.removed,
            other: record.other.clone(),
        };
        // Text keys and plain values: there is nothing that JSON could not write.
        if let Ok(line) = serde_json::to_string(&line) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

/// The records of a file; none where there is none.
pub(super) fn read(path: &Path) -> Result<BTreeMap<String, Record>, CollectionError> {
    let bytes = files::read_if_there(path)?.unwrap_or_default();
    let mut records = BTreeMap::new();
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_slice(line).map_err(|source| CollectionError::Damaged {
            path: path.to_owned(),
            line: number + 1,
            source,
        })?;
        let record = Record {
            kind: line.image.map_or(Kind::Correction, |image| Kind::Collected { image }),
            labels: Labels {
                class: line.class,
                gender: line.gender,
                colours: line.colors,
                items: line.items,
            },
            added_ms: line.added_at,
            changed_ms: line.changed_at,
            removed: line.removed,
            other: line.other,
        };
        records.insert(line.id, record);
    }
    Ok(records)
}
