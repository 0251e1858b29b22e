//! Reading the old file. Its labels are worth having; its vectors are only when the same encoder
//! made them, which the old system's fallback, five numbers from a hash of the pixels, is not.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use lorgnon_embed::EncoderSpec;
use lorgnon_look::{COLOUR_COUNT, ClassLabel, Colour, Gender, Look, Slot, SlotMap};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::embedded::folder::{damaged, io_error};
use crate::{StoreError, VectorSet};

/// Longer vectors than any encoder's mean that the file is not what it claims to be.
const DIMENSIONS_MAX: usize = 1 << 16;

/// A look of the old file.
#[derive(Debug, Clone, PartialEq)]
pub struct LegacyEntry {
    /// Its labels, read with the rules for exports.
    pub look: Look,
    /// The export file that said so.
    pub source: String,
    /// SHA-1 of path, size and time of its picture: says nothing of the content.
    pub source_fingerprint: String,
    /// Its vectors; a slot that has none holds zeros. `None` when they are missing or differ in
    /// length.
    pub vectors: Option<VectorSet>,
}

/// What an old file held.
#[derive(Debug, Clone, PartialEq)]
pub struct LegacyImport {
    /// All looks in the file's order, each id once: the last one wins.
    pub entries: Vec<LegacyEntry>,
    /// When it was written, in ms since 1970.
    pub updated_at_ms: u64,
    /// What it was trained on.
    pub dataset_path: String,
    /// How many looks that had.
    pub dataset_size: u64,
    /// The encoder it names, which is not always the one that was used.
    pub clip_model: String,
    /// Whether all vectors can be compared with those of the encoder asked about.
    pub usable_vectors: bool,
    /// What can be used and what cannot, for the user.
    pub message: String,
}

/// Reads an old file. Vectors are dropped as they come unless they can be usable to `encoder`.
///
/// # Errors
/// When the file cannot be read or is not such a file.
pub fn import(path: &Path, encoder: &EncoderSpec) -> Result<LegacyImport, StoreError> {
    let mut entries = Vec::<LegacyEntry>::new();
    let mut positions = BTreeMap::<String, usize>::new();
    let mut lengths = BTreeMap::<usize, u64>::new();
    let mut repeated = 0u64;
    let summary = read(path, &mut |mut entry| {
        let length = entry.vectors.as_ref().map_or(0, |vectors| vectors.global.len());
        *lengths.entry(length).or_default() += 1;
        if length != encoder.dimensions {
            entry.vectors = None;
        }
        match positions.get(&entry.look.id) {
            Some(position) => {
                repeated += 1;
                entries[*position] = entry;
            }
            None => {
                positions.insert(entry.look.id.clone(), entries.len());
                entries.push(entry);
            }
        }
    })?;
    let right_length = !entries.is_empty() && lengths.keys().eq([&encoder.dimensions]);
    let usable_vectors = right_length && summary.clip_model == encoder.name;
    if !usable_vectors {
        for entry in &mut entries {
            entry.vectors = None;
        }
    }
    let mut message = describe(entries.len(), &lengths, &summary.clip_model, usable_vectors, encoder);
    if repeated > 0 {
        message.push_str(&format!("; {repeated} repeated ids, the last entry of each was kept"));
    }
    Ok(LegacyImport {
        entries,
        updated_at_ms: summary.updated_at_ms,
        dataset_path: summary.dataset_path,
        dataset_size: summary.dataset_size,
        clip_model: summary.clip_model,
        usable_vectors,
        message,
    })
}

fn describe(
    looks: usize,
    lengths: &BTreeMap<usize, u64>,
    clip_model: &str,
    usable: bool,
    encoder: &EncoderSpec,
) -> String {
    if looks == 0 {
        return "the old index holds no looks".to_owned();
    }
    if usable {
        return format!("{looks} looks imported with their labels and vectors of `{clip_model}`");
    }
    let found: Vec<String> = lengths.keys().map(usize::to_string).collect();
    let found = found.join(" or ");
    let reason = if lengths.keys().eq([&5]) {
        "they are a hash of the pixels, not the output of a model".to_owned()
    } else if !lengths.keys().eq([&encoder.dimensions]) {
        format!("encoder `{}` gives {}", encoder.name, encoder.dimensions)
    } else {
        format!("they are said to come from `{clip_model}`, not from `{}`", encoder.name)
    };
    format!(
        "{looks} looks imported with their labels; their {found}-number vectors cannot be used ({reason}): \
         the next training computes new ones"
    )
}

/// What stands around the entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LegacySummary {
    /// When it was written, in ms since 1970.
    pub updated_at_ms: u64,
    /// What it was trained on.
    pub dataset_path: String,
    /// How many looks that had.
    pub dataset_size: u64,
    /// The encoder it names.
    pub clip_model: String,
}

/// Reads an old file of any size, showing one entry after the other.
///
/// # Errors
/// When the file cannot be read or is not such a file; entries before the fault were shown.
pub fn read(path: &Path, visit: &mut dyn FnMut(LegacyEntry)) -> Result<LegacySummary, StoreError> {
    let file = File::open(path).map_err(io_error("open", path))?;
    let mut deserializer = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 20, file));
    let wrong = |error: serde_json::Error| {
        if error.is_io() {
            io_error("read", path)(error.into())
        } else {
            damaged(path, format!("it is not an index of the old system: {error}"))
        }
    };
    let summary = deserializer.deserialize_map(Document { visit }).map_err(wrong)?;
    deserializer.end().map_err(wrong)?;
    Ok(summary)
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Meta {
    dataset_path: Option<String>,
    dataset_size: Option<u64>,
    clip_model: Option<String>,
}

struct Document<'a> {
    visit: &'a mut dyn FnMut(LegacyEntry),
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = LegacySummary;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with `entries`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LegacySummary, A::Error> {
        let mut summary = LegacySummary::default();
        let mut has_entries = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "updatedAt" => {
                    // JavaScript wrote it: a number, possibly with a fraction.
                    let updated_at = map.next_value::<Option<f64>>()?.unwrap_or_default();
                    summary.updated_at_ms = updated_at.max(0.0) as u64;
                }
                "entries" => {
                    has_entries = true;
                    map.next_value_seed(Entries { visit: &mut *self.visit })?;
                }
                "meta" => {
                    let meta = map.next_value::<Option<Meta>>()?.unwrap_or_default();
                    summary.dataset_path = meta.dataset_path.unwrap_or_default();
                    summary.dataset_size = meta.dataset_size.unwrap_or_default();
                    summary.clip_model = meta.clip_model.unwrap_or_default();
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if has_entries { Ok(summary) } else { Err(A::Error::missing_field("entries")) }
    }
}

struct Entries<'a> {
    visit: &'a mut dyn FnMut(LegacyEntry),
}

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of looks")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(raw) = entries.next_element::<RawEntry>()? {
            (self.visit)(raw.read());
        }
        Ok(())
    }
}

/// An entry as written. Only what identifies it must be there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawEntry {
    id: Value,
    #[serde(default)]
    embedding: RawVector,
    #[serde(default)]
    slot_embeddings: BTreeMap<String, RawVector>,
    #[serde(default)]
    class_label: Value,
    #[serde(default)]
    gender: Value,
    #[serde(default)]
    colors: Vec<Value>,
    #[serde(default)]
    items: BTreeMap<String, Value>,
    #[serde(default)]
    meta: BTreeMap<String, Value>,
    #[serde(default)]
    source_fingerprint: Value,
}

/// A list of numbers of reasonable length.
#[derive(Debug, Default)]
struct RawVector(Vec<f32>);

impl<'de> Deserialize<'de> for RawVector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = RawVector;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of numbers")
            }

            fn visit_unit<E>(self) -> Result<RawVector, E> {
                Ok(RawVector::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<RawVector, A::Error> {
                let mut vector = Vec::new();
                while let Some(number) = numbers.next_element::<f64>()? {
                    if vector.len() == DIMENSIONS_MAX {
                        return Err(A::Error::custom(format!(
                            "a vector of more than {DIMENSIONS_MAX} numbers"
                        )));
                    }
                    vector.push(number as f32);
                }
                Ok(RawVector(vector))
            }
        }
        deserializer.deserialize_any(Numbers)
    }
}

impl RawEntry {
    fn read(self) -> LegacyEntry {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        let id = text(&self.id).unwrap_or_else(|| self.id.to_string());
        let colours = self.colors.iter().take(COLOUR_COUNT).map(read_colour).collect();
        let items = self.items.iter().filter_map(|(slot, item)| {
            let number = item.as_u64().or_else(|| item.as_str()?.trim().parse().ok())?;
            Some((Slot::parse(slot)?, number)).filter(|(_, number)| *number > 0)
        });
        let look = Look {
            class: text(&self.class_label).map(|label| ClassLabel::new(&label)),
            gender: text(&self.gender).and_then(|word| Gender::parse(&word)),
            colours,
            items: items.collect(),
            id,
        };
        let source = self.meta.get("source").and_then(text).unwrap_or_default();
        let source_fingerprint = text(&self.source_fingerprint).unwrap_or_default();
        LegacyEntry {
            look,
            source,
            source_fingerprint,
            vectors: vectors(self.embedding, self.slot_embeddings),
        }
    }
}

/// What is no colour keeps its position, as unknown.
fn read_colour(value: &Value) -> Option<Colour> {
    match value {
        Value::String(text) => Colour::parse(text).ok().flatten(),
        Value::Number(number) => Colour::from_integer(number.as_i64()?).ok().flatten(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn vectors(global: RawVector, slots: BTreeMap<String, RawVector>) -> Option<VectorSet> {
    let length = global.0.len();
    let mut given = SlotMap::from_fn(|_| vec![0f32; length]);
    for (name, vector) in slots {
        if let Some(slot) = Slot::parse(&name)
            && !vector.0.is_empty()
        {
            given[slot] = vector.0;
        }
    }
    let set = VectorSet { global: global.0, slots: given };
    let fits = |vector: &[f32]| vector.len() == length && vector.iter().all(|value| value.is_finite());
    (length > 0 && fits(&set.global) && set.slots.iter().all(|(_, vector)| fits(vector))).then_some(set)
}
