//! Files and folders: which are read, in which order, how entries are cut and named.

use lorgnon_dataset::{Dataset, DatasetError, Options, SkipReason};
use lorgnon_look::{Gender, Slot};

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
    assert_eq!(told, ["colour 2, `bad`, is not a colour", "`ring` is not a slot"]);
}
