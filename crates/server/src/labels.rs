//! The labels of a request: what a person says a look is.
//!
//! Read into typed, bounded shapes: a general JSON value would let a few megabytes of brackets grow to
//! gigabytes. What is not named stays as it is, `null` clears.

use std::collections::BTreeMap;

use lorgnon_dataset::Labels;
use lorgnon_look::{COLOUR_COUNT, ClassLabel, Colour, Gender, ItemId, Slot};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::{ApiError, ApiResult};
use crate::fields::Fields;
use crate::upload::Field;

/// Longest class label, in characters: real ones are words.
const LABEL_MAX: usize = 64;
/// Longest note, in characters.
const NOTE_MAX: usize = 500;

/// Changes of labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LabelPatch {
    class: Option<Option<ClassLabel>>,
    gender: Option<Option<Gender>>,
    colours: Option<Vec<Option<Colour>>>,
    items: BTreeMap<Slot, Option<ItemId>>,
    note: Option<String>,
}

/// The fields of a JSON body that are labels; others are skipped.
#[derive(Default, Deserialize)]
#[serde(default)]
struct LabelFields {
    #[serde(deserialize_with = "named")]
    class: Option<Field>,
    #[serde(deserialize_with = "named")]
    gender: Option<Field>,
    #[serde(deserialize_with = "named")]
    colors: Option<ColourFields>,
    items: ItemFields,
    note: Field,
}

/// `null` is a value here, and not to be named is none.
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A few values in order; one more than a look has is enough to refuse them.
struct ColourFields(Vec<Field>);

/// A few values by name.
#[derive(Default)]
struct ItemFields(Vec<(String, Field)>);

impl LabelPatch {
    /// From a JSON body.
    ///
    /// # Errors
    /// When it is no JSON object, or a label says nothing that it can mean; the error names it.
    pub(crate) fn from_json(bytes: &[u8]) -> ApiResult<Self> {
        // An array would be read as the fields in order.
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err(ApiError::body_invalid());
        }
        let fields: LabelFields = serde_json::from_slice(bytes).map_err(|_| ApiError::body_invalid())?;
        Self::from_fields(fields)
    }

    /// # Errors
    /// When a label says nothing that it can mean.
    fn from_fields(fields: LabelFields) -> ApiResult<Self> {
        let mut patch = Self {
            class: fields.class.map(|class| read_class(class.into_text())).transpose()?,
            gender: fields.gender.map(|gender| read_gender(gender.into_text())).transpose()?,
            note: read_note(fields.note.into_text())?,
            ..Self::default()
        };
        if let Some(ColourFields(colours)) = fields.colors {
            patch.colours = Some(read_colours(colours.into_iter().map(Field::into_text))?);
        }
        for (name, item) in fields.items.0 {
            patch.put_item(&name, item.into_text())?;
        }
        Ok(patch)
    }

    /// From a form or an address: `class`, `gender`, `colors` (commas between), `note`, and each slot by
    /// its name; `labels` may hold all as JSON. Empty ones say nothing.
    ///
    /// # Errors
    /// When a label says nothing that it can mean.
    pub(crate) fn from_form(fields: &BTreeMap<String, String>) -> ApiResult<Self> {
        let field = |name| Fields(fields).text(name);
        let mut patch = match field("labels") {
            Some(json) => Self::from_json(json.as_bytes())?,
            None => Self::default(),
        };
        if let Some(class) = field("class") {
            patch.class = Some(read_class(Some(class.to_owned()))?);
        }
        if let Some(gender) = field("gender") {
            patch.gender = Some(read_gender(Some(gender.to_owned()))?);
        }
        if let Some(colours) = field("colors") {
            let parts = colours.split(',').map(|part| Some(part.trim().to_owned()));
            patch.colours = Some(read_colours(parts)?);
        }
        if let Some(note) = field("note") {
            patch.note = read_note(Some(note.to_owned()))?;
        }
        for slot in Slot::ALL {
            if let Some(item) = field(slot.as_str()) {
                patch.put_item(slot.as_str(), Some(item.to_owned()))?;
            }
        }
        Ok(patch)
    }

    /// Changes labels.
    pub(crate) fn apply(self, labels: &mut Labels) {
        if let Some(class) = self.class {
            labels.class = class;
        }
        if let Some(gender) = self.gender {
            labels.gender = gender;
        }
        if let Some(colours) = self.colours {
            labels.colours = colours;
        }
        for (slot, item) in self.items {
            match item {
                Some(item) => labels.items.insert(slot, item),
                None => labels.items.remove(&slot),
            };
        }
    }

    /// What the person noted beside the labels.
    pub(crate) fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    fn put_item(&mut self, name: &str, text: Option<String>) -> ApiResult<()> {
        let slot = Slot::parse(name).ok_or_else(|| ApiError::label_invalid(&shortened(name)))?;
        let item = match text.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => {
                let id = text.parse().ok().filter(|id: &ItemId| *id > 0);
                Some(id.ok_or_else(|| ApiError::label_invalid(slot.as_str()))?)
            }
        };
        self.items.insert(slot, item);
        Ok(())
    }
}

fn read_class(text: Option<String>) -> ApiResult<Option<ClassLabel>> {
    let Some(text) = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text == "{}" || text.chars().count() > LABEL_MAX || text.chars().any(char::is_control) {
        return Err(ApiError::label_invalid("class"));
    }
    Ok(Some(ClassLabel::new(&text)))
}

fn read_gender(text: Option<String>) -> ApiResult<Option<Gender>> {
    match text.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => Gender::parse(text).map(Some).ok_or_else(|| ApiError::label_invalid("gender")),
    }
}

fn read_note(text: Option<String>) -> ApiResult<Option<String>> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.chars().count() > NOTE_MAX => Err(ApiError::label_invalid("note")),
        text => Ok(text),
    }
}

fn read_colours(texts: impl Iterator<Item = Option<String>>) -> ApiResult<Vec<Option<Colour>>> {
    let mut colours = Vec::new();
    for (position, text) in texts.enumerate() {
        let refused = || ApiError::label_invalid(&format!("colors[{position}]"));
        if position == COLOUR_COUNT {
            return Err(refused());
        }
        colours.push(match text.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => Colour::parse(text).map_err(|_| refused())?,
        });
    }
    Ok(colours)
}

/// A name as an error may repeat it.
fn shortened(name: &str) -> String {
    name.chars().take(32).collect()
}

impl<'de> Deserialize<'de> for ColourFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Colours;
        impl<'de> Visitor<'de> for Colours {
            type Value = ColourFields;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list of colours")
            }

            fn visit_unit<E>(self) -> Result<ColourFields, E> {
                Ok(ColourFields(Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<ColourFields, A::Error> {
                let mut fields = Vec::new();
                while fields.len() <= COLOUR_COUNT {
                    let Some(field) = sequence.next_element()? else { return Ok(ColourFields(fields)) };
                    fields.push(field);
                }
                while sequence.next_element::<IgnoredAny>()?.is_some() {}
                Ok(ColourFields(fields))
            }
        }
        deserializer.deserialize_any(Colours)
    }
}

impl<'de> Deserialize<'de> for ItemFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// More than every slot under each of its names.
        const ITEMS_MAX: usize = 64;
        struct Items;
        impl<'de> Visitor<'de> for Items {
            type Value = ItemFields;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("items by slot")
            }

            fn visit_unit<E>(self) -> Result<ItemFields, E> {
                Ok(ItemFields::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ItemFields, A::Error> {
                let mut fields = Vec::new();
                while fields.len() < ITEMS_MAX {
                    let Some(field) = map.next_entry()? else { return Ok(ItemFields(fields)) };
                    fields.push(field);
                }
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(ItemFields(fields))
            }
        }
        deserializer.deserialize_any(Items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> ApiResult<LabelPatch> {
        LabelPatch::from_json(json.as_bytes())
    }

    fn applied(json: &str, labels: &Labels) -> Labels {
        let mut labels = labels.clone();
        read(json).unwrap().apply(&mut labels);
        labels
    }

    #[test]
    fn what_is_not_named_stays_and_null_clears() {
        let full = applied(
            r##"{"class":8,"gender":"femme","colors":["#112233",null,"-1",255],"items":{"hat":5,"cape":"6"},"note":"x","else":[[1]]}"##,
            &Labels::default(),
        );
        assert_eq!(full.class.as_ref().unwrap().as_str(), "Iop");
        assert_eq!(full.gender, Some(Gender::Female));
        assert_eq!(
            full.colours,
            [Some(Colour::new(0x11, 0x22, 0x33)), None, None, Some(Colour::new(0, 0, 255))]
        );
        assert_eq!(full.items, [(Slot::Coiffe, 5), (Slot::Cape, 6)].into());
        assert_eq!(applied("{}", &full), full);
        let cleared = applied(r#"{"class":null,"gender":null,"colors":null,"items":{"cape":null}}"#, &full);
        assert_eq!(cleared, Labels { items: [(Slot::Coiffe, 5)].into(), ..Labels::default() });
        assert!(applied(r#"{"items":null,"class":" "}"#, &Labels::default()).is_empty());
    }

    #[test]
    fn a_form_says_the_same() {
        let form = |pairs: &[(&str, &str)]| {
            let fields = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            LabelPatch::from_form(&fields)
        };
        let fields =
            [("class", "Iop"), ("gender", "m"), ("colors", "#112233,,255"), ("coiffe", "5"), ("cape", "")];
        let json = r##"{"class":"Iop","gender":"m","colors":["#112233",null,255],"items":{"coiffe":5}}"##;
        assert_eq!(form(&fields), read(json));
        assert_eq!(form(&[("labels", json)]), read(json));
        assert_eq!(form(&[]), Ok(LabelPatch::default()));
    }

    #[test]
    fn what_a_label_cannot_mean_is_refused_by_name() {
        let long = format!(r#"{{"class":"{}"}}"#, "x".repeat(65));
        for (json, name) in [
            (r#"{"class":{}}"#, "class"),
            (r#"{"class":"a\u0000"}"#, "class"),
            (long.as_str(), "class"),
            (r#"{"gender":"?"}"#, "gender"),
            (r#"{"colors":["red"]}"#, "colors[0]"),
            (r#"{"colors":[1,2,3,4,5,6,7,8]}"#, "colors[6]"),
            (r#"{"items":{"ring":5}}"#, "ring"),
            (r#"{"items":{"coiffe":0}}"#, "coiffe"),
            (r#"{"items":{"coiffe":[5]}}"#, "coiffe"),
        ] {
            assert_eq!(read(json), Err(ApiError::label_invalid(name)), "{json}");
        }
        for json in ["", "[]", "{", r#"{"colors":"red"}"#, r#"{"items":[5]}"#] {
            assert_eq!(read(json), Err(ApiError::body_invalid()), "{json}");
        }
    }
}
