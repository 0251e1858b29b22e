//! What could not be used, and what was used with a doubt: nothing vanishes silently.

use std::fmt;
use std::path::PathBuf;

use lorgnon_look::{ItemId, Slot};
use serde::Serialize;

/// An entry that gives no example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// The export file.
    pub file: PathBuf,
    /// 1-based line in a `.jsonl` file, 1-based position otherwise; 0 is the file as a whole.
    pub line: u64,
    /// The entry's id, where it could be read.
    pub id: Option<String>,
    /// Why.
    pub reason: SkipReason,
}

/// Why an entry gives no example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "camelCase")]
pub enum SkipReason {
    /// The line or element does not parse.
    InvalidJson {
        /// The parser's words.
        message: String,
    },
    /// Valid JSON, but not an object.
    NotAnObject,
    /// Longer than [`crate::Options::max_entry_bytes`].
    TooLong {
        /// That limit.
        limit_bytes: usize,
    },
    /// The system failed to read the file (further).
    UnreadableFile {
        /// The system's words.
        message: String,
    },
    /// The file has no entries.
    EmptyFile,
    /// No field names a picture.
    NoImage,
    /// The named picture is neither there nor at any of the fall-back places.
    ImageNotFound {
        /// As the entry writes it (shortened).
        reference: String,
    },
    /// The named picture lies outside the dataset's folder, which must be allowed explicitly.
    ImageOutside {
        /// As the entry writes it (shortened).
        reference: String,
    },
    /// The picture is on the network, which this program never reads.
    ImageRemote {
        /// As the entry writes it (shortened).
        reference: String,
    },
    /// A `data:` URL that does not decode.
    InvalidDataUrl {
        /// What is wrong with it.
        message: String,
    },
    /// A `data:` URL longer than [`crate::Options::max_image_bytes`].
    ImageTooLarge {
        /// That limit.
        limit_bytes: usize,
    },
    /// A later entry has the same id; the last one wins.
    DuplicateId,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidJson { message } => write!(formatter, "invalid JSON: {message}"),
            Self::NotAnObject => formatter.write_str("not a JSON object"),
            Self::TooLong { limit_bytes } => write!(formatter, "longer than {limit_bytes} bytes"),
            Self::UnreadableFile { message } => write!(formatter, "cannot read the file: {message}"),
            Self::EmptyFile => formatter.write_str("the file has no entries"),
            Self::NoImage => formatter.write_str("no field names a picture"),
            Self::ImageNotFound { reference } => write!(formatter, "picture `{reference}` not found"),
            Self::ImageOutside { reference } => {
                write!(formatter, "picture `{reference}` lies outside the dataset folder")
            }
            Self::ImageRemote { reference } => {
                write!(formatter, "picture `{reference}` is on the network, which is never read")
            }
            Self::InvalidDataUrl { message } => write!(formatter, "unusable data URL: {message}"),
            Self::ImageTooLarge { limit_bytes } => {
                write!(formatter, "picture in data URL longer than {limit_bytes} bytes")
            }
            Self::DuplicateId => formatter.write_str("a later entry has the same id"),
        }
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file.display())?;
        if self.line > 0 {
            write!(formatter, ":{}", self.line)?;
        }
        if let Some(id) = &self.id {
            write!(formatter, " (`{id}`)")?;
        }
        write!(formatter, ": {}", self.reason)
    }
}

/// A part of a used entry that was left out or looks wrong. `field` is where it stands, as the entry
/// spells it: `colors`, `items.coiffe`, `link.items`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "warning", rename_all = "camelCase")]
pub enum Warning {
    /// A class that is neither text nor number.
    UnusableClass {
        /// Where it stands.
        field: String,
        /// As written (shortened).
        value: String,
    },
    /// A sex that no known word says.
    UnusableGender {
        /// Where it stands.
        field: String,
        /// As written (shortened).
        value: String,
    },
    /// A colour that cannot be read; its position stays, unknown.
    UnusableColour {
        /// Where it stands.
        field: String,
        /// 1-based position.
        position: usize,
        /// As written (shortened).
        value: String,
    },
    /// More colours than a look has; the first six are kept.
    ExtraColours {
        /// Where they stand.
        field: String,
        /// How many were given.
        count: usize,
    },
    /// Something worn in a place that does not change the picture, or an unknown name for one.
    UnknownSlot {
        /// Where it stands.
        field: String,
        /// As written.
        name: String,
    },
    /// A value that is no item id.
    UnusableItem {
        /// Where it stands.
        field: String,
        /// As written (shortened).
        value: String,
    },
    /// An item listed without its slot, which no catalogue told.
    UnplacedItem {
        /// Where it stands.
        field: String,
        /// The item.
        item: ItemId,
    },
    /// An item whose slot another one already has; the first is kept.
    SlotTaken {
        /// Where it stands.
        field: String,
        /// The slot.
        slot: Slot,
        /// The item left out.
        item: ItemId,
    },
    /// The head id belongs to another class or sex than the labels say.
    HeadContradicts {
        /// Where it stands.
        field: String,
        /// The head id.
        head: u64,
        /// What it says.
        says: String,
    },
    /// A look string, renderer's address or share link that cannot be read.
    UnusableLook {
        /// Where it stands.
        field: String,
        /// As written (shortened).
        value: String,
        /// What is wrong with it.
        message: String,
    },
    /// A look string, renderer's address or share link says something else than the entry's own
    /// labels, which hold.
    LookContradicts {
        /// Where it stands.
        field: String,
        /// The label it contradicts.
        label: &'static str,
        /// What it says.
        says: String,
    },
}

impl Warning {
    /// The field it is about.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::UnusableClass { field, .. }
            | Self::UnusableGender { field, .. }
            | Self::UnusableColour { field, .. }
            | Self::ExtraColours { field, .. }
            | Self::UnknownSlot { field, .. }
            | Self::UnusableItem { field, .. }
            | Self::UnplacedItem { field, .. }
            | Self::SlotTaken { field, .. }
            | Self::HeadContradicts { field, .. }
            | Self::UnusableLook { field, .. }
            | Self::LookContradicts { field, .. } => field,
        }
    }

    /// The same of a field that stands inside another one.
    pub(crate) fn within(mut self, outer: &str) -> Self {
        match &mut self {
            Self::UnusableClass { field, .. }
            | Self::UnusableGender { field, .. }
            | Self::UnusableColour { field, .. }
            | Self::ExtraColours { field, .. }
            | Self::UnknownSlot { field, .. }
            | Self::UnusableItem { field, .. }
            | Self::UnplacedItem { field, .. }
            | Self::SlotTaken { field, .. }
            | Self::HeadContradicts { field, .. }
            | Self::UnusableLook { field, .. }
            | Self::LookContradicts { field, .. } => *field = format!("{outer}.{field}"),
        }
        self
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}`: ", self.field())?;
        match self {
            Self::UnusableClass { value, .. } => write!(formatter, "`{value}` is not a class"),
            Self::UnusableGender { value, .. } => write!(formatter, "`{value}` is not a sex"),
            Self::UnusableColour { position, value, .. } => {
                write!(formatter, "colour {position}, `{value}`, is not a colour")
            }
            Self::ExtraColours { count, .. } => {
                write!(formatter, "{count} colours given, the first 6 are kept")
            }
            Self::UnknownSlot { name, .. } => write!(formatter, "`{name}` is not a slot"),
            Self::UnusableItem { value, .. } => write!(formatter, "`{value}` is not an item id"),
            Self::UnplacedItem { item, .. } => {
                write!(formatter, "item {item} has no slot and no catalogue tells it")
            }
            Self::SlotTaken { slot, item, .. } => {
                write!(formatter, "item {item} left out: slot `{slot}` is taken")
            }
            Self::HeadContradicts { head, says, .. } => {
                write!(formatter, "head {head} belongs to {says}, the labels say otherwise")
            }
            Self::UnusableLook { value, message, .. } => {
                write!(formatter, "`{value}` describes no look: {message}")
            }
            Self::LookContradicts { label, says, .. } => {
                write!(formatter, "says {label} {says}, the entry's own label says otherwise")
            }
        }
    }
}

/// A value for a message: its JSON text, cut to a readable length.
pub(crate) fn shortened(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => shortened_text(text),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => shortened_text(&value.to_string()),
    }
}

/// A text for a message, cut to a readable length.
pub(crate) fn shortened_text(text: &str) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}
