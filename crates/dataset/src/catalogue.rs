//! A site's list of items, read from a file.
//!
//! Three forms are met: DofusDB's own items (`typeId`, `name{fr,en}`, `iconId`, `appearanceId`), a
//! workshop's picture catalogue (`slot`, `name`, `icon: "hats/16001.png"`), and DofusLab's (`type` as
//! an English word, `name_fr`, `name_en`). They share no field with two meanings, so one reader takes
//! all of them, also mixed. Unlike an export of looks, a catalogue is one artefact of one program:
//! an entry that is no item means the wrong file was given, and stops the reading.

use std::path::Path;

use lorgnon_look::{Catalogue, CatalogueItem, CatalogueName, Slot};
use serde_json::Value;

use crate::DatasetError;
use crate::entry;
use crate::fields::{Fields, text_of};
use crate::json_stream::JsonStream;

/// Longest value, in bytes: room for a wrapping object with all items of the game in five languages.
const MAX_ENTRY_BYTES: usize = 256 << 20;
/// Fields that wrap a list of items.
const WRAPPERS: [&str; 4] = ["data", "items", "catalog", "catalogue"];

/// Reads a JSON array, a JSON Lines file or a wrapped list (`{"data": […]}`) of items.
///
/// Items whose `id` is null (DofusLab's mounts) are left out: nothing could name them.
///
/// # Errors
/// When the file cannot be read, holds no item, or holds something else: then the message names the
/// file and the entry.
pub fn read_catalogue(path: &Path) -> Result<Catalogue, DatasetError> {
    let unreadable = |source: std::io::Error| {
        if source.kind() == std::io::ErrorKind::NotFound {
            DatasetError::Missing { path: path.to_owned() }
        } else {
            DatasetError::Unreadable { path: path.to_owned(), source }
        }
    };
    let refused = |entry, reason| DatasetError::CatalogueEntry { path: path.to_owned(), entry, reason };
    let mut catalogue = Catalogue::default();
    for piece in JsonStream::open(path, MAX_ENTRY_BYTES).map_err(unreadable)? {
        let piece = piece.map_err(unreadable)?;
        let bytes =
            piece.bytes.ok_or_else(|| refused(piece.line, format!("longer than {MAX_ENTRY_BYTES} bytes")))?;
        let fields = entry::parse(&bytes).map_err(|reason| refused(piece.line, reason.to_string()))?;
        if let Some(values) = wrapped(&fields) {
            for (position, value) in (1u64..).zip(values) {
                let item = value.as_object().ok_or_else(|| "not a JSON object".to_owned()).and_then(item);
                insert(&mut catalogue, item.map_err(|reason| refused(position, reason))?);
            }
        } else {
            insert(&mut catalogue, item(&fields).map_err(|reason| refused(piece.line, reason))?);
        }
    }
    if catalogue.is_empty() {
        return Err(DatasetError::EmptyCatalogue { path: path.to_owned() });
    }
    Ok(catalogue)
}

fn insert(catalogue: &mut Catalogue, item: Option<CatalogueItem>) {
    if let Some(item) = item {
        catalogue.insert(item);
    }
}

fn wrapped(fields: &Fields) -> Option<&Vec<Value>> {
    if fields.contains_key("id") {
        return None;
    }
    WRAPPERS.iter().find_map(|name| fields.get(*name)?.as_array())
}

/// `Ok(None)` is an item that says it has no number.
fn item(fields: &Fields) -> Result<Option<CatalogueItem>, String> {
    if fields.get("id").is_some_and(Value::is_null) && name(fields) != CatalogueName::default() {
        return Ok(None);
    }
    let number = |name: &str| fields.get(name).and_then(text_of).and_then(|text| text.parse::<u64>().ok());
    let id = ["id", "ankama_id", "dofusId"].into_iter().find_map(number).filter(|id| *id > 0);
    let id = id.ok_or("no `id` that is a positive number")?;
    let slot = match number("typeId") {
        Some(type_id) => u32::try_from(type_id).ok().and_then(Slot::from_type_id),
        None => ["slot", "type"].into_iter().find_map(|name| kind(fields.get(name)?)),
    };
    Ok(Some(CatalogueItem {
        id,
        slot,
        name: name(fields),
        level: number("level").and_then(|level| u32::try_from(level).ok()),
        icon_id: number("iconId").or_else(|| icon_number(fields.get("icon").or(fields.get("img"))?)),
        appearance_id: number("appearanceId"),
    }))
}

/// The slot a word names, or the type object of DofusDB (`{"id": 16, …}`).
fn kind(value: &Value) -> Option<Slot> {
    if let Some(fields) = value.as_object() {
        let type_id = fields.get("id").and_then(Value::as_u64)?;
        return u32::try_from(type_id).ok().and_then(Slot::from_type_id);
    }
    let word = value.as_str()?;
    Slot::parse(word).or_else(|| {
        let folded = lorgnon_look::fold(word);
        Some(match folded.as_str() {
            "backpack" | "sac a dos" => Slot::Cape,
            "petsmount" | "petmount" | "dragoturkey" | "seemyool" | "rhineetle" => Slot::Familier,
            "shoulders" | "shoulder pads" | "epaulettes" => Slot::Epauliere,
            "ceremonial hat" | "chapeau" | "chapeau d'apparat" => Slot::Coiffe,
            "ceremonial cape" | "cape d'apparat" => Slot::Cape,
            "ceremonial shield" | "bouclier d'apparat" => Slot::Bouclier,
            "ceremonial pet" | "ceremonial petsmount" | "familier d'apparat" => Slot::Familier,
            _ => return None,
        })
    })
}

fn name(fields: &Fields) -> CatalogueName {
    let text = |value: Option<&Value>| value.and_then(text_of);
    match fields.get("name") {
        Some(Value::Object(by_language)) => {
            CatalogueName { fr: text(by_language.get("fr")), en: text(by_language.get("en")) }
        }
        // A workshop writes its own language: French, as its slot names.
        plain => CatalogueName {
            fr: text(fields.get("name_fr")).or_else(|| text(plain)),
            en: text(fields.get("name_en")),
        },
    }
}

/// `16001` of `hats/16001.png`.
fn icon_number(value: &Value) -> Option<u64> {
    let text = text_of(value)?;
    let name = text.rsplit(['/', '\\']).next()?;
    name.split_once('.').map_or(name, |(stem, _)| stem).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(name: &str, content: &str) -> Result<Catalogue, DatasetError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::File::create(&path).unwrap().write_all(content.as_bytes()).unwrap();
        read_catalogue(&path)
    }

    #[test]
    fn the_three_forms_are_read_also_mixed() {
        let catalogue = read(
            "items.jsonl",
            r#"{"id":2411,"typeId":16,"name":{"fr":"Coiffe du Bouftou","en":"Gobball Headgear","de":"x"},"level":10,"iconId":16032,"appearanceId":55,"slug":"x"}
{"id":629,"slot":"coiffe","name":"Chapeau Pointu","level":21,"sub":1,"icon":"hats/16001.png"}
{"id":70,"type":"Amulet","name_fr":"Amulette du Hibou","name_en":"Owl Amulet","level":8,"set":null,"icon":"item/1001.png"}
{"id":71,"type":"Petsmount","name_fr":"Montilier","name_en":"Petsmount","level":1}
{"id":null,"type":"Mount","name_fr":"Dragodinde Amande","name_en":"Almond Dragoturkey","level":60}
"#,
        )
        .unwrap();
        let hat = catalogue.get(2411).unwrap();
        assert_eq!((hat.slot, hat.icon_id, hat.appearance_id), (Some(Slot::Coiffe), Some(16032), Some(55)));
        assert_eq!(hat.name.en.as_deref(), Some("Gobball Headgear"));
        let pointed = catalogue.get(629).unwrap();
        assert_eq!((pointed.icon_id, pointed.level), (Some(16001), Some(21)));
        assert_eq!(pointed.name.fr.as_deref(), Some("Chapeau Pointu"));
        assert_eq!(catalogue.len(), 4);
        assert_eq!(catalogue.get(70).unwrap().slot, None);
        assert_eq!(catalogue.get(71).unwrap().slot, Some(Slot::Familier));
    }

    #[test]
    fn a_wrapped_list_is_read() {
        let catalogue =
            read("items.json", r#"{"total":2,"data":[{"id":1,"typeId":"17"},{"id":"2"}]}"#).unwrap();
        assert_eq!(catalogue.len(), 2);
        assert_eq!(catalogue.get(1).unwrap().slot, Some(Slot::Cape));
    }

    #[test]
    fn errors_name_file_and_entry() {
        let error = read("items.json", r#"[{"id":1},{"name":"no id"}]"#).unwrap_err().to_string();
        assert!(error.contains("entry 2 of catalogue") && error.contains("items.json"), "{error}");
        let wrapped = read("items.json", r#"{"data":[{"id":1},7]}"#).unwrap_err().to_string();
        assert!(wrapped.contains("entry 2"), "{wrapped}");
        assert!(matches!(read("a.json", "[]"), Err(DatasetError::EmptyCatalogue { .. })));
        let broken = read("a.json", "[{\"id\":1},{oops}]").unwrap_err().to_string();
        assert!(broken.contains("invalid JSON"), "{broken}");
        let missing = read_catalogue(Path::new("nowhere/catalogue.json"));
        assert!(matches!(missing, Err(DatasetError::Missing { .. })));
    }
}
