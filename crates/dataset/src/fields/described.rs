//! Texts that describe a whole look: look strings, renderers' addresses, share links.
//!
//! They stand beside a picture where a site keeps no labels of its own, or beside labels. Labels hold;
//! what a text says fills what they leave open, and a contradiction is told. Once unpacked, a text is
//! read by the rules of every other export, so that it has the same freedoms and the same warnings.

use std::collections::BTreeMap;

use lorgnon_look::{Catalogue, ClassLabel, Colour, Gender, ItemId, LookString, ShareLink, Slot};
use serde_json::{Map, Value};

use super::{Fields, check_head, class, colours, gender, items, named};
use crate::Warning;
use crate::image_reference::IMAGE_FIELDS;
use crate::skipped::shortened_text;

/// Fields that hold such a text and nothing else: what cannot be read there is told.
const LOOK_FIELDS: [&str; 8] =
    ["look", "lookString", "look_string", "entityLook", "lookUrl", "renderUrl", "shareUrl", "s"];
/// Fields beside the picture's that may be the address of anything.
const ADDRESS_FIELDS: [&str; 2] = ["link", "source"];

/// What such a text says of a look.
#[derive(Debug, Default)]
pub(crate) struct Described {
    /// The field that it stands in.
    pub(crate) field: String,
    pub(crate) class: Option<ClassLabel>,
    pub(crate) gender: Option<Gender>,
    pub(crate) colours: Vec<Option<Colour>>,
    pub(crate) items: BTreeMap<Slot, ItemId>,
}

/// The first text of an entry that describes its look.
pub(crate) fn described(
    fields: &Fields,
    catalogue: Option<&Catalogue>,
    warnings: &mut Vec<Warning>,
) -> Option<Described> {
    for (field, value) in named(fields, &LOOK_FIELDS) {
        let Some(text) = value.as_str().filter(|text| !text.trim().is_empty()) else { continue };
        match unpacked(text.trim()) {
            Ok(unpacked) => return Some(read(field, &unpacked, catalogue, warnings)),
            Err(message) => {
                let (field, value) = (field.to_owned(), shortened_text(text));
                warnings.push(Warning::UnusableLook { field, value, message });
            }
        }
    }
    // Other addresses may be any page of the web: only one that describes a look counts.
    named(fields, &ADDRESS_FIELDS).chain(named(fields, &IMAGE_FIELDS)).find_map(|(field, value)| {
        let unpacked = address(value.as_str()?)?.ok()?;
        Some(read(field, &unpacked, catalogue, warnings))
    })
}

/// The fields of an ordinary entry that say the same as a text.
fn unpacked(text: &str) -> Result<Fields, String> {
    if let Some(unpacked) = address(text) {
        return unpacked;
    }
    if text.starts_with(['{', '[']) {
        return LookString::parse(text).map_err(|error| error.to_string()).and_then(|look| of_string(&look));
    }
    if text.contains("://") {
        return Err("an address without `/look/…` and without `?s=…`".to_owned());
    }
    // A look string in hexadecimal, else the letters of a share link alone.
    match LookString::parse_hexadecimal(text) {
        Ok(look) => of_string(&look),
        Err(_) => ShareLink::parse(text).map_err(|error| error.to_string()).and_then(|link| of_link(&link)),
    }
}

/// As [`unpacked`], of an address; `None` for one that describes no look.
fn address(text: &str) -> Option<Result<Fields, String>> {
    // A picture in a `data:` URL has slashes by chance.
    let inline = text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    if inline || !text.contains(['/', '?']) {
        return None;
    }
    if let Some(look) = LookString::parse_address(text) {
        return Some(look.map_err(|error| error.to_string()).and_then(|look| of_string(&look)));
    }
    let link = ShareLink::parse_address(text)?;
    Some(link.map_err(|error| error.to_string()).and_then(|link| of_link(&link)))
}

fn of_string(look: &LookString) -> Result<Fields, String> {
    let character = look.character().ok_or("it shows no character")?;
    let mut fields = Map::new();
    if let Some((class, gender)) = character.class_and_gender() {
        fields.insert("class".to_owned(), class.french.into());
        fields.insert("gender".to_owned(), gender.as_str().into());
    }
    if !character.colours.is_empty() {
        let six = character.six_colours().map(|colour| colour.map(|colour| colour.to_string()));
        let last = six.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        fields.insert("colors".to_owned(), six[..last].to_vec().into());
    }
    Ok(fields)
}

fn of_link(link: &ShareLink) -> Result<Fields, String> {
    let Ok(Value::Object(mut said)) = serde_json::from_str(&link.json) else {
        return Err("the link does not unpack to a JSON object".to_owned());
    };
    let mut fields = Map::new();
    for (key, name) in [
        (ShareLink::GENDER_KEY, "sex"),
        (ShareLink::CLASS_KEY, "class"),
        (ShareLink::HEAD_KEY, "head"),
        (ShareLink::COLOURS_KEY, "colors"),
    ] {
        if let Some(value) = said.remove(key) {
            fields.insert(name.to_owned(), value);
        }
    }
    if let Some(Value::Object(by_number)) = said.remove(ShareLink::ITEMS_KEY) {
        let name = |number: String| ShareLink::slot(&number).map_or(number, |slot| slot.as_str().to_owned());
        let items: Map<String, Value> =
            by_number.into_iter().map(|(number, item)| (name(number), item)).collect();
        fields.insert("items".to_owned(), items.into());
    }
    if fields.is_empty() {
        return Err("the link holds nothing of a look".to_owned());
    }
    Ok(fields)
}

fn read(
    field: &str,
    unpacked: &Fields,
    catalogue: Option<&Catalogue>,
    warnings: &mut Vec<Warning>,
) -> Described {
    let mut inner = Vec::new();
    let (class, gender) = (class(unpacked, &mut inner), gender(unpacked, &mut inner));
    check_head(unpacked, class.as_ref(), gender, &mut inner);
    let colours = colours(unpacked, &mut inner);
    let items = items(unpacked, catalogue, &mut inner);
    warnings.extend(inner.into_iter().map(|warning| warning.within(field)));
    Described { field: field.to_owned(), class, gender, colours, items }
}

#[cfg(test)]
mod tests {
    use super::super::tests::fields;
    use super::*;
    use serde_json::json;

    fn said(entry: Value) -> (Option<Described>, Vec<String>) {
        let mut warnings = Vec::new();
        let described = described(&fields(entry), None, &mut warnings);
        (described, warnings.iter().map(ToString::to_string).collect())
    }

    fn link(json: &Value) -> String {
        let link = ShareLink { json: json.to_string() };
        format!("https://example.org/skinator?s={}", link.to_letters())
    }

    #[test]
    fn every_way_to_write_a_look_string_is_read() {
        let look = LookString::parse("{1|81,2017|1=#E59BE8,3=255|140}").unwrap();
        let address = format!("https://renderer.example/look/{}/full/1/200_300.png", look.to_hexadecimal());
        for entry in [
            json!({ "look": look.to_string() }),
            json!({ "look": "[1,A]{1|81,2017|1=#E59BE8,3=255|140}" }),
            json!({ "lookString": look.to_hexadecimal() }),
            json!({ "renderUrl": address }),
            json!({ "image": address, "link": "https://example.org/" }),
            json!({ "entityLook": format!("{{2|||100|2@0={look}}}") }),
        ] {
            let (described, warnings) = said(entry.clone());
            let described = described.unwrap();
            assert_eq!(described.class.unwrap().as_str(), "Iop", "{entry}");
            assert_eq!(described.gender, Some(Gender::Female));
            let first = Colour::from_rgb(0xE5_9B_E8);
            assert_eq!(described.colours, [Some(first), None, Some(Colour::from_rgb(255))]);
            assert_eq!(warnings, [] as [String; 0]);
        }
    }

    #[test]
    fn a_share_link_is_read_with_its_own_warnings() {
        let bad =
            json!({ "1": 1, "2": 19, "3": 1, "4": [1, "oops", -1], "5": { "6": 12, "10": true, "13": 7 } });
        let (described, warnings) = said(json!({ "shareUrl": link(&bad) }));
        let described = described.unwrap();
        assert_eq!(described.class.unwrap().as_str(), "Forgelance");
        assert_eq!(described.colours, [Some(Colour::from_rgb(1)), None, None]);
        assert_eq!(described.items, BTreeMap::from([(Slot::Coiffe, 12)]));
        assert_eq!(
            warnings,
            [
                "`shareUrl.head`: head 1 belongs to Féca m, the labels say otherwise",
                "`shareUrl.colors`: colour 2, `oops`, is not a colour",
                "`shareUrl.items.ailes`: `true` is not an item id",
                "`shareUrl.items.13`: `13` is not a slot",
            ]
        );
    }

    #[test]
    fn what_describes_no_look_is_told_where_a_look_was_promised() {
        for (text, reason) in [
            ("{1|", "expected a number at byte 3"),
            ("{7}", "it shows no character"),
            ("https://example.org/", "without `/look/…`"),
            ("https://example.org/look/zz/full", "does not decode"),
            ("https://example.org/?s=zz", "do not unpack"),
            (&link(&json!([1])), "JSON object"),
            (&link(&json!({ "9": 1 })), "nothing of a look"),
        ] {
            let (described, warnings) = said(json!({ "look": text }));
            assert!(described.is_none(), "{text}");
            assert!(warnings[0].starts_with("`look`: `") && warnings[0].contains(reason), "{warnings:?}");
        }
        // A picture's address promises nothing.
        let inline = "data:image/png;base64,AAAA/look/7b317d/AAAA";
        for text in ["https://example.org/look/zz/full", "https://example.org/?s=zz", "a/b.png?c", inline] {
            assert!(matches!(said(json!({ "url": text })), (None, warnings) if warnings.is_empty()));
        }
    }
}
