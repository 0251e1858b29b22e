//! `dataset check`: every kind of fault is found, and a good export is clean.

use lorgnon_dataset::{CheckOptions, Dataset, Options, Warning};
use lorgnon_look::Look;

use crate::folder;

const FAULTY: &str = r##"{"id":"a","image":"x.png","class":1,"gender":"m","colors":[1,2,3,4,5,6]}
{"id":"b","image":"x2.png","class":1,"gender":"m","colors":[1,2,3,4,5,6]}
{"id":"c","image":"x2.png","class":2,"gender":"m","colors":[1,2,3,4,5,"oops"]}
{"id":"d","image":"bad.png"}
{"id":"e"}
{"id":"f","image":"y.png","class":9}
{"id":"f","image":"z.png","class":9}
"##;

#[test]
fn every_kind_of_fault_is_reported() {
    let folder = folder(&[
        ("x.png", b"x"),
        ("x2.png", b"x"),
        ("y.png", b"y"),
        ("z.png", b"z"),
        ("bad.png", b"bad"),
        ("a.jsonl", FAULTY.as_bytes()),
    ]);
    let dataset = Dataset::open(folder.path(), &Options::default()).unwrap();
    let inspect = |bytes: &[u8]| if bytes == b"bad" { Err("not an image".to_owned()) } else { Ok(()) };
    let report = dataset.check(&CheckOptions { inspect: Some(&inspect), ..CheckOptions::default() });
    assert!(!report.is_clean());
    assert_eq!((report.files, report.entries, report.looks), (1, 7, 5));
    assert_eq!((report.without_class, report.without_gender, report.without_all_colours), (1, 2, 3));
    let skipped: Vec<_> = report.skipped.iter().map(|entry| (entry.line, entry.id.as_deref())).collect();
    assert_eq!(skipped, [(5, Some("e")), (6, Some("f"))]);
    let unusable =
        Warning::UnusableColour { field: "colors".to_owned(), position: 6, value: "oops".to_owned() };
    assert_eq!(report.warnings[0].about, unusable);
    assert_eq!((report.unreadable[0].id.as_str(), report.unreadable[0].line), ("d", 4));
    assert_eq!((report.duplicates[0].id.as_str(), report.duplicates[0].about.same_as.as_str()), ("b", "a"));
    assert_eq!(report.contradictions[0].id, "c");
    assert_eq!(report.few_looks.keys().collect::<Vec<_>>(), ["Crâ", "Osamodas"]);

    let text = report.to_string();
    for part in [
        "a.jsonl:5 (`e`): no field names a picture",
        "a.jsonl:4 (`d`): not an image",
        "`Crâ`: 1",
        "a.jsonl:3 (`c`): `colors`: colour 6, `oops`, is not a colour",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["skipped"][1]["reason"]["reason"], "duplicateId");
    assert_eq!(json["warnings"][0]["warning"], "unusableColour");
    assert_eq!(json["contradictions"][0]["sameAs"], "a");
    assert_eq!(json.get("suspects"), None, "nobody lent a doubt");
}

#[test]
fn a_good_export_is_clean() {
    let folder = folder(&[
        ("x.png", b"x"),
        ("y.png", b"y"),
        ("a.jsonl", b"{\"image\":\"x.png\",\"class\":1}\n{\"image\":\"y.png\",\"class\":\"feca\"}\n"),
    ]);
    let dataset = Dataset::open(folder.path(), &Options::default()).unwrap();
    let report = dataset.check(&CheckOptions::default());
    assert!(report.is_clean(), "{report}");
    assert!(report.to_string().contains("nothing to mend"));
}

#[test]
fn a_look_that_a_training_doubts_is_to_be_mended() {
    let folder = folder(&[
        ("x.png", b"x"),
        ("y.png", b"y"),
        (
            "a.jsonl",
            b"{\"id\":\"a\",\"image\":\"x.png\",\"class\":1}\n{\"id\":\"b\",\"image\":\"y.png\",\"class\":1}\n",
        ),
    ]);
    let dataset = Dataset::open(folder.path(), &Options::default()).unwrap();
    let suspect = |look: &Look| look.id == "b" || look.id == "stored, but not in this export";
    let report = dataset.check(&CheckOptions { suspect: Some(&suspect), ..CheckOptions::default() });
    assert!(!report.is_clean());
    let text = report.to_string();
    assert!(text.contains("suspects: 1\n") && !text.contains("nothing to mend"), "{text}");
    assert!(text.contains("a.jsonl:2 (`b`): its labelled colours do not explain its picture"), "{text}");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!((&json["suspects"][0]["id"], &json["suspects"][0]["doubt"]), (&"b".into(), &"colours".into()));
}
