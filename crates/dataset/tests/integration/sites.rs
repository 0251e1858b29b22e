//! Looks as other sites write them: any look, written in each of their forms, reads back the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use lorgnon_dataset::{Dataset, Example, Options, SkipReason, Skipped, Warning};
use lorgnon_look::{
    CLASSES, COLOUR_COUNT, Catalogue, CatalogueItem, CatalogueName, Class, ClassLabel, Colour, Gender,
    ItemId, Look, LookString, ShareLink, Slot,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::{folder, read};

/// A class by its place in the list, a sex, six colours (`None` is the class's default), and items.
fn any_look() -> impl Strategy<Value = Look> {
    let colour =
        prop_oneof![4 => (0u32..=0xFF_FFFF).prop_map(|rgb| Some(Colour::from_rgb(rgb))), 1 => Just(None)];
    let items = prop::collection::btree_map(prop::sample::select(&Slot::ALL[..]), 1u64..1 << 40, 0..=7);
    (0..CLASSES.len(), any::<bool>(), prop::collection::vec(colour, COLOUR_COUNT), items).prop_map(
        |(class, female, colours, items)| Look {
            id: "a look".to_owned(),
            class: Some(ClassLabel::new(CLASSES[class].french)),
            gender: Some(if female { Gender::Female } else { Gender::Male }),
            colours,
            items,
        },
    )
}

fn breed(look: &Look) -> u32 {
    look.class.as_ref().unwrap().class().unwrap().id
}

/// Barbofus counts to 19 without a gap.
fn race(look: &Look) -> usize {
    CLASSES.iter().position(|class| class.id == breed(look)).unwrap() + 1
}

/// A face of this class and sex.
fn head(look: &Look) -> u64 {
    let wanted = (breed(look), look.gender.unwrap());
    (1..400)
        .find(|head| Class::from_head(*head).map(|(class, gender)| (class.id, gender)) == Some(wanted))
        .unwrap()
}

fn sex(look: &Look) -> u8 {
    u8::from(look.gender == Some(Gender::Female))
}

fn integers(look: &Look) -> Vec<i64> {
    look.colours.iter().map(|colour| colour.map_or(-1, |colour| i64::from(colour.to_rgb()))).collect()
}

/// Souff's renderer lists items without slots.
fn souff(look: &Look) -> Value {
    json!({
        "breed": breed(look), "sex": sex(look), "head": head(look), "item_id": look.items.values().collect::<Vec<_>>(),
        "colors": integers(look), "direction": 1, "animation": 0, "kramelehone": 0, "living_objects": [],
    })
}

fn barbofus_row(look: &Look) -> Value {
    let mut row = Map::new();
    row.insert("race_id".to_owned(), race(look).into());
    row.insert("gender".to_owned(), if sex(look) == 1 { "Femme" } else { "Homme" }.into());
    row.insert("face".to_owned(), 1.into());
    let channels = ["skin", "hair", "cloth_1", "cloth_2", "cloth_3", "cloth_4"];
    for (channel, colour) in channels.into_iter().zip(&look.colours) {
        row.insert(format!("color_{channel}"), colour.map(|colour| colour.to_string()).into());
    }
    for (name, slot) in [
        ("hat", Slot::Coiffe),
        ("cloak", Slot::Cape),
        ("shield", Slot::Bouclier),
        ("pet", Slot::Familier),
        ("costume", Slot::Costume),
        ("wing", Slot::Ailes),
        ("shoulder", Slot::Epauliere),
    ] {
        row.insert(format!("dofus_item_{name}_id"), look.items.get(&slot).copied().into());
    }
    row.into()
}

fn share_link(look: &Look) -> ShareLink {
    let items: BTreeMap<&str, ItemId> =
        look.items.iter().map(|(slot, item)| (ShareLink::slot_key(*slot), *item)).collect();
    let json = json!({ "1": sex(look), "2": race(look), "3": head(look), "4": integers(look), "5": items });
    ShareLink { json: json.to_string() }
}

fn collection_entry(look: &Look) -> Value {
    let colours: BTreeMap<String, u32> = (0..)
        .zip(&look.colours)
        .filter_map(|(position, colour): (usize, _)| Some((position.to_string(), (*colour)?.to_rgb())))
        .collect();
    json!({
        "name": "Mon perso", "breedId": breed(look), "gender": if sex(look) == 1 { "female" } else { "male" },
        "headKey": "0", "bodyKey": "1", "couleurs": colours, "slots": look.items, "updatedAt": "25 nov. 2026",
    })
}

fn look_string(look: &Look) -> LookString {
    let colours = (1..).zip(&look.colours).filter_map(|(index, colour)| Some((index, (*colour)?))).collect();
    let body = (10..2000).find(|skin| {
        let told = Class::from_body(*skin).map(|(class, gender)| (class.id, gender));
        told == Some((breed(look), look.gender.unwrap()))
    });
    LookString {
        bones: 1,
        skins: body.into_iter().collect(),
        colours,
        scales: vec![100],
        sub_entities: Vec::new(),
    }
}

/// The colours without the unknown ones at the end: some forms cannot write those.
fn trimmed(colours: &[Option<Colour>]) -> &[Option<Colour>] {
    &colours[..colours.iter().rposition(Option::is_some).map_or(0, |last| last + 1)]
}

/// The entries of an export with these fields, read with a catalogue that knows the look's items.
fn read_back(entries: &[Value], look: &Look) -> Vec<(Look, Vec<Warning>)> {
    let lines: Vec<String> = (0..)
        .zip(entries)
        .map(|(number, entry): (u32, _)| {
            let mut entry = entry.clone();
            entry["id"] = number.into();
            if entry.get("image").is_none() {
                entry["image"] = "x.png".into();
            }
            entry.to_string()
        })
        .collect();
    let folder = folder(&[("x.png", b"x"), ("export.jsonl", lines.join("\n").as_bytes())]);
    let mut catalogue = Catalogue::default();
    for (slot, id) in &look.items {
        let name = CatalogueName::default();
        let (id, slot) = (*id, Some(*slot));
        catalogue.insert(CatalogueItem { id, slot, name, level: None, icon_id: None, appearance_id: None });
    }
    let options = Options { catalogue: Some(Arc::new(catalogue)), ..Options::default() };
    let dataset = Dataset::open(folder.path(), &options).unwrap();
    dataset.entries().map(|entry| (entry.example.unwrap().look, entry.warnings)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_look_reads_back_from_every_sites_form(mut look in any_look()) {
        // One item cannot be worn in two slots, where only the catalogue tells the slot.
        for (slot, item) in (0..).zip(look.items.values_mut()) {
            *item = *item * 8 + slot;
        }
        let address = format!("https://example.org/skinator?s={}", share_link(&look).to_letters());
        let entries = [
            souff(&look),
            barbofus_row(&look),
            json!({ "shareUrl": address }),
            json!({ "s": share_link(&look).to_letters() }),
            collection_entry(&look),
        ];
        for (entry, (back, warnings)) in entries.iter().zip(read_back(&entries, &look)) {
            prop_assert_eq!(&warnings, &[], "{}", entry);
            prop_assert_eq!((&back.class, back.gender), (&look.class, look.gender), "{}", entry);
            prop_assert_eq!(trimmed(&back.colours), trimmed(&look.colours), "{}", entry);
            prop_assert_eq!(&back.items, &look.items, "{}", entry);
        }
    }

    #[test]
    fn any_look_string_gives_its_colours_and_body(look in any_look()) {
        let text = look_string(&look);
        let address = format!("https://renderer.example/look/{}/full/1/200_300.png", text.to_hexadecimal());
        let entries = [
            json!({ "look": text.to_string() }),
            json!({ "lookString": text.to_hexadecimal() }),
            json!({ "renderUrl": address }),
            json!({ "image": [address, "x.png"] }),
        ];
        let known = !text.skins.is_empty();
        prop_assert_eq!(known, breed(&look) <= 15);
        for (entry, (back, warnings)) in entries.iter().zip(read_back(&entries, &look)).take(3) {
            prop_assert_eq!(&warnings, &[], "{}", entry);
            prop_assert_eq!(&back.class, &look.class.clone().filter(|_| known), "{}", entry);
            prop_assert_eq!(back.gender, look.gender.filter(|_| known), "{}", entry);
            prop_assert_eq!(&back.colours[..], trimmed(&look.colours), "{}", entry);
        }
    }

    #[test]
    fn colours_that_name_their_position_read_back_in_any_order(
        look in any_look(), order in Just((0..COLOUR_COUNT).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let known: Vec<(usize, u32)> =
            order.iter().filter_map(|place| Some((place + 1, look.colours[*place]?.to_rgb()))).collect();
        let signed: Vec<i32> =
            known.iter().map(|(index, rgb)| (u32::try_from(*index).unwrap() << 24 | rgb).cast_signed()).collect();
        // A colour of the look string's form with the top byte 0 names no position; these all do.
        let texts: Vec<String> = known.iter().map(|(index, rgb)| format!("{index}={rgb}")).collect();
        let entries = [json!({ "colors": signed }), json!({ "colors": texts }), json!({ "colors": texts.join(",") })];
        for (entry, (back, warnings)) in entries.iter().zip(read_back(&entries, &look)) {
            prop_assert_eq!(&warnings, &[], "{}", entry);
            prop_assert_eq!(&back.colours[..], trimmed(&look.colours), "{}", entry);
        }
    }

    #[test]
    fn no_text_in_a_looks_place_panics(text in "[{}|,=0-9a-z/?:-]{0,30}|[A-Za-z0-9+$-]{0,60}|.{0,20}") {
        let read = read_back(&[json!({ "look": text, "url": text })], &Look::default());
        prop_assert!(read[0].1.iter().all(|warning| warning.field().starts_with("look")), "{:?}", read[0].1);
    }
}

#[test]
fn labels_hold_and_contradictions_are_named_by_field() {
    let look = Look { class: Some(ClassLabel::new("1")), gender: Some(Gender::Male), ..Look::default() };
    let link = json!({ "1": 1, "2": 8, "4": [1, 2, 3], "5": { "6": 12, "7": 13 } }).to_string();
    let letters = ShareLink { json: link }.to_letters();
    let entry = json!({
        "breed": 1, "sex": 0, "colors": [1, 9, -1], "items": { "coiffe": 11 }, "link": format!("https://x.example/?s={letters}"),
    });
    let (back, warnings) = read_back(&[entry], &look).remove(0);
    assert_eq!((&back.class, back.gender), (&look.class, look.gender));
    assert_eq!(
        back.colours.iter().map(|colour| colour.map(Colour::to_rgb)).collect::<Vec<_>>(),
        [Some(1), Some(9), None]
    );
    assert_eq!(back.items, BTreeMap::from([(Slot::Coiffe, 11)]));
    let told: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let other = |says: &str| format!("`link`: says {says}, the entry's own label says otherwise");
    assert_eq!(
        told,
        [other("class Iop"), other("sex f"), other("colour 2 #000002"), other("item coiffe 12")]
    );
}

#[test]
fn a_picture_may_be_named_by_the_entrys_id() {
    let lines = [
        r#"{"id":"skin_1","breedId":8,"gender":"female","couleurs":{"0":1},"slots":{}}"#,
        r#"{"id":"2","breed":8,"url":"https://renderer.example/look/7b317c31307c7c35337d/full/1/200_300.png"}"#,
        r#"{"id":"3","breed":8}"#,
        r#"{"id":"../x","breed":8}"#,
        // A path that leads nowhere is a fault, not an invitation to guess.
        r#"{"id":"skin_1b","breed":8,"image":"gone.png"}"#,
        r#"{"breed":8}"#,
    ];
    let folder = folder(&[
        ("sub/skin_1.webp", b"1"),
        ("sub/images/2.png", b"2"),
        ("sub/skin_1b.png", b"3"),
        ("x.png", b"x"),
        ("sub/export.jsonl", lines.join("\n").as_bytes()),
    ]);
    let (examples, skipped): (Vec<Example>, Vec<Skipped>) = read(&folder.path().join("sub"));
    assert_eq!(crate::ids(&examples), ["skin_1", "2"]);
    let reasons: Vec<_> = skipped.iter().map(|entry| (entry.line, &entry.reason)).collect();
    let gone = SkipReason::ImageNotFound { reference: "gone.png".to_owned() };
    let none = SkipReason::NoImage;
    assert_eq!(reasons, [(3, &none), (4, &none), (5, &gone), (6, &none)]);
}
