//! The parsing faults of the old loader, one test each: none may come back.

use lorgnon_dataset::{ImageReference, SkipReason};

use crate::{folder, ids, read};

fn colours_of(written: &str) -> Vec<Option<String>> {
    let entry = format!("{{\"image\":\"x.png\",\"colors\":{written}}}");
    let folder = folder(&[("x.png", b"x"), ("a.jsonl", entry.as_bytes())]);
    let (examples, _) = read(folder.path());
    examples[0].look.colours.iter().map(|colour| colour.map(|colour| colour.to_string())).collect()
}

#[test]
fn decimal_strings_are_not_read_as_hexadecimal() {
    assert_eq!(colours_of("[\"15134214\"]"), [Some("#E6EE06".to_owned())]);
}

#[test]
fn minus_one_does_not_become_black() {
    assert_eq!(colours_of("[-1, 0]"), [None, Some("#000000".to_owned())]);
}

#[test]
fn an_invalid_colour_does_not_shift_the_others() {
    assert_eq!(colours_of("[\"zzz\", 1]"), [None, Some("#000001".to_owned())]);
}

#[test]
fn an_entry_without_an_image_does_not_vanish() {
    let folder = folder(&[("a.jsonl", b"{\"id\":\"a\"}\n{\"id\":\"b\",\"image\":\"gone.png\"}\n")]);
    let (examples, skipped) = read(folder.path());
    assert!(examples.is_empty());
    assert_eq!((skipped[0].id.as_deref(), &skipped[0].reason), (Some("a"), &SkipReason::NoImage));
    assert_eq!(skipped[1].reason, SkipReason::ImageNotFound { reference: "gone.png".to_owned() });
}

#[test]
fn paths_of_another_windows_machine_find_their_pictures() {
    let line = |id: u32, path: &str| format!("{{\"id\":{id},\"path\":{}}}\n", serde_json::json!(path));
    let lines = [
        line(1, r"C:\Users\site\data\images\one.png"),
        line(2, r"D:\elsewhere\two.png"),
        line(3, r"images\one.png"),
        line(4, r"\\server\share\three.png"),
        line(5, "/home/site/data/images/one.png"),
    ]
    .concat();
    let folder = folder(&[
        ("images/one.png", b"1"),
        ("two.png", b"2"),
        ("images/three.png", b"3"),
        ("labels.jsonl", lines.as_bytes()),
    ]);
    let (examples, skipped) = read(folder.path());
    assert_eq!(skipped, []);
    let contents: Vec<String> = examples
        .iter()
        .map(|example| match &example.image {
            ImageReference::File(path) => std::fs::read_to_string(path).unwrap(),
            ImageReference::Inline(_) => String::new(),
        })
        .collect();
    assert_eq!(contents, ["1", "2", "1", "3", "1"]);
}

#[test]
fn true_is_not_item_one() {
    let folder =
        folder(&[("x.png", b"x"), ("a.jsonl", b"{\"image\":\"x.png\",\"items\":{\"coiffe\":true}}")]);
    assert!(read(folder.path()).0[0].look.items.is_empty());
}

#[test]
fn of_duplicate_ids_the_last_one_wins_and_the_others_are_reported() {
    let folder = folder(&[
        ("x.png", b"x"),
        ("a.jsonl", b"{\"id\":\"a\",\"image\":\"x.png\",\"class\":1}\n{\"id\":\"b\",\"image\":\"x.png\"}\n"),
        ("b.json", b"[{\"id\":\"a\",\"image\":\"x.png\",\"class\":2},{\"id\":\"a\",\"image\":\"x.png\",\"class\":3}]"),
    ]);
    let (examples, skipped) = read(folder.path());
    assert_eq!(ids(&examples), ["b", "a"]);
    assert_eq!(examples[1].look.class.as_ref().unwrap().as_str(), "Enutrof");
    assert_eq!(skipped.len(), 2);
    assert!(skipped.iter().all(|entry| entry.reason == SkipReason::DuplicateId));
}
