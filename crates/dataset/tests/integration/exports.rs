//! Files and folders: which are read, in which order, how entries are cut and named.

use std::collections::BTreeMap;
use std::sync::Arc;

use lorgnon_dataset::{Dataset, DatasetError, Options, SkipReason, Warning};
use lorgnon_look::{Catalogue, CatalogueItem, CatalogueName, Colour, Gender, Slot};

use crate::{folder, ids, read};

const PICTURE: &[u8] = b"any bytes: pictures are not decoded here";

#[test]
fn a_missing_dataset_is_an_error() {
    let folder = folder(&[]);
    let error = Dataset::open(&folder.path().join("nowhere"), &Options::default()).unwrap_err();
    assert!(matches!(error, DatasetError::Missing { .. }), "{error}");
}

#[test]
fn an_empty_folder_or_file_is_an_error() {
    let folder = folder(&[("notes.txt", b"{}"), ("sub/a.jsonl", b"{}")]);
    let error = Dataset::open(folder.path(), &Options::default()).unwrap_err();
    assert!(matches!(error, DatasetError::Empty { .. }), "{error}");
    for content in [b"".as_slice(), b" \n\n", b"\xEF\xBB\xBF", b"[ ]"] {
        let path = folder.path().join("empty.json");
        std::fs::write(&path, content).unwrap();
        let error = Dataset::open(&path, &Options::default()).unwrap_err();
        assert!(matches!(error, DatasetError::Empty { .. }), "{error}");
    }
}

#[test]
fn a_folder_is_read_by_name_and_not_recursively() {
    let folder = folder(&[
        ("x.png", PICTURE),
        ("b.jsonl", b"\xEF\xBB\xBF{\"image\":\"x.png\"}\r\n\n{\"id\":7,\"image\":\"x.png\"}\n"),
        ("a.json", b"[{\"image\":\"x.png\"},{\"id\":\"own\",\"image\":\"x.png\"}]"),
        ("c.JSON", b"{\"id\":\"single\",\"image\":\"x.png\"}"),
        ("d.json", b""),
        ("sub/z.json", b"[{\"id\":\"hidden\",\"image\":\"../x.png\"}]"),
    ]);
    let (examples, skipped) = read(folder.path());
    assert_eq!(ids(&examples), ["a.json#0", "own", "b.jsonl#0", "7", "single"]);
    assert_eq!(examples[3].origin.line, 3);
    assert_eq!(skipped.len(), 1);
    assert_eq!((&skipped[0].reason, skipped[0].line), (&SkipReason::EmptyFile, 0));
}

#[test]
fn a_bad_line_or_element_is_skipped_alone() {
    let folder = folder(&[
        ("x.png", PICTURE),
        ("a.jsonl", b"{\"id\":1,\"image\":\"x.png\"}\n{broken\n\"text\"\n{\"image\":\"x.png\"}\n"),
        ("b.json", b"[{\"id\":2,\"image\":\"x.png\"},{broken},17,{\"image\":\"x.png\"}]"),
    ]);
    let (examples, skipped) = read(folder.path());
    // The default id counts what parses, as the old loader did.
    assert_eq!(ids(&examples), ["1", "a.jsonl#2", "2", "b.json#2"]);
    let lines: Vec<u64> = skipped.iter().map(|entry| entry.line).collect();
    assert_eq!(lines, [2, 3, 2, 3]);
    assert!(matches!(skipped[0].reason, SkipReason::InvalidJson { .. }));
    assert_eq!(skipped[1].reason, SkipReason::NotAnObject);
    assert!(skipped[0].to_string().contains("a.jsonl:2: invalid JSON"), "{}", skipped[0]);
}

#[test]
fn an_entry_longer_than_the_limit_is_skipped_alone() {
    let long = format!("{{\"id\":\"long\",\"image\":\"x.png\",\"note\":\"{}\"}}\n", "a".repeat(5000));
    let content = [long.as_bytes(), b"{\"id\":\"short\",\"image\":\"x.png\"}\n"].concat();
    let folder = folder(&[("x.png", PICTURE), ("a.jsonl", &content)]);
    let options = Options { max_entry_bytes: 1000, ..Options::default() };
    let (examples, skipped) = crate::read_with(folder.path(), &options);
    assert_eq!(ids(&examples), ["short"]);
    assert_eq!(skipped[0].reason, SkipReason::TooLong { limit_bytes: 1000 });
}

#[test]
fn the_workshops_own_export_is_read_whole() {
    let entry = r##"[{"id":"a","image":"x.png","class":"Éniripsa","gender":"f",
        "colors":["#112233","bad",-1],"items":{"coiffe":12345,"ring":3}}]"##;
    let folder = folder(&[("x.png", PICTURE), ("a.json", entry.as_bytes())]);
    let dataset = Dataset::open(folder.path(), &Options::default()).unwrap();
    let entry = dataset.entries().next().unwrap();
    let look = entry.example.unwrap().look;
    assert_eq!(look.class.unwrap().as_str(), "Eniripsa");
    assert_eq!(look.gender, Some(Gender::Female));
    assert_eq!(look.colours.len(), 3);
    assert_eq!(look.items.into_iter().collect::<Vec<_>>(), [(Slot::Coiffe, 12345)]);
    let told: Vec<String> = entry.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["`colors`: colour 2, `bad`, is not a colour", "`items.ring`: `ring` is not a slot"]);
}

#[test]
fn the_other_sites_exports_are_read() {
    let lines = [
        // The Souff renderer's payload, with the picture it made.
        r#"{"id":"souff","image":"x.png","breed":20,"sex":1,"head":302,"item_id":[2411,7],"colors":[1,2,3,4,5,6],"direction":1,"animation":"AnimStatique","kramelehone":false,"living_objects":[]}"#,
        // A Barbofus row.
        r#"{"id":3,"image":"x.png","race":19,"gender":"Femme","face":2,"color_skin":"15134214","color_hair":2,"color_cloth_1":3,"color_cloth_2":4,"color_cloth_3":5,"dofus_item_hat_id":2411,"dofus_item_pet_id":0}"#,
        // A collection file's entry.
        r##"{"id":"c","name":"Mon Iop","image":"x.png","breedId":8,"gender":"m","headKey":"h","bodyKey":"b","couleurs":{"0":"#000001","5":"#000006"},"slots":{"cape":5},"updatedAt":1}"##,
    ]
    .join("\n");
    let folder = folder(&[("x.png", PICTURE), ("a.jsonl", lines.as_bytes())]);
    let mut catalogue = Catalogue::default();
    catalogue.insert(CatalogueItem {
        id: 2411,
        slot: Some(Slot::Coiffe),
        name: CatalogueName::default(),
        level: None,
        icon_id: None,
        appearance_id: None,
    });
    let options = Options { catalogue: Some(Arc::new(catalogue)), ..Options::default() };
    let dataset = Dataset::open(folder.path(), &options).unwrap();
    let entries: Vec<_> = dataset.entries().collect();
    let told = |index: usize| {
        let look = entries[index].example.clone().unwrap().look;
        let colours: Vec<_> = look.colours.iter().map(|colour| colour.map(Colour::to_rgb)).collect();
        (look.class.unwrap().as_str().to_owned(), look.gender.unwrap(), colours, look.items)
    };
    let hat = BTreeMap::from([(Slot::Coiffe, 2411)]);
    let six = (1..=6).map(Some).collect();
    assert_eq!(told(0), ("Forgelance".to_owned(), Gender::Female, six, hat.clone()));
    assert_eq!(entries[0].warnings, [Warning::UnplacedItem { field: "item_id".to_owned(), item: 7 }]);
    let five = vec![Some(15_134_214), Some(2), Some(3), Some(4), Some(5)];
    assert_eq!(told(1), ("Forgelance".to_owned(), Gender::Female, five, hat));
    let gaps = vec![Some(1), None, None, None, None, Some(6)];
    assert_eq!(told(2), ("Iop".to_owned(), Gender::Male, gaps, BTreeMap::from([(Slot::Cape, 5)])));
    assert_eq!((entries[1].warnings.len(), entries[2].warnings.len()), (0, 0));
}
