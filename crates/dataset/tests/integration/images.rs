//! Pictures stay inside the dataset's folder; data URLs are decoded within limits.

use lorgnon_dataset::{ImageReference, Options, SkipReason};
use proptest::prelude::*;

use crate::{folder, read, read_with};

fn reason_for(image: &serde_json::Value) -> Result<ImageReference, SkipReason> {
    let entry = serde_json::json!({ "image": image }).to_string();
    let folder = folder(&[
        ("secret.png", b"s"),
        ("data/labels.jsonl", entry.as_bytes()),
        ("data/images/x.png", b"x"),
        ("data/images/y z.png", b"y"),
    ]);
    let (mut examples, mut skipped) = read(&folder.path().join("data"));
    match examples.pop() {
        Some(example) => Ok(example.image),
        None => Err(skipped.remove(0).reason),
    }
}

#[test]
fn climbing_out_of_the_folder_is_refused_unless_allowed() {
    let climbing = serde_json::json!("../secret.png");
    assert_eq!(
        reason_for(&climbing).unwrap_err(),
        SkipReason::ImageOutside { reference: "../secret.png".to_owned() }
    );
    let folder = folder(&[("secret.png", b"s"), ("data/a.jsonl", b"{\"image\":\"../secret.png\"}")]);
    let options = Options { allow_outside: true, ..Options::default() };
    assert_eq!(read_with(&folder.path().join("data"), &options).0.len(), 1);
    let absolute = serde_json::json!(folder.path().join("secret.png"));
    assert!(matches!(reason_for(&absolute), Err(SkipReason::ImageOutside { .. })));
    assert!(matches!(reason_for(&"/etc/passwd".into()), Err(SkipReason::ImageOutside { .. })));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused() {
    let folder = folder(&[("secret.png", b"s"), ("data/a.jsonl", b"{\"image\":\"link.png\"}")]);
    std::os::unix::fs::symlink(folder.path().join("secret.png"), folder.path().join("data/link.png"))
        .unwrap();
    let (examples, skipped) = read(&folder.path().join("data"));
    assert!(examples.is_empty());
    assert!(matches!(skipped[0].reason, SkipReason::ImageOutside { .. }));
}

#[test]
fn arrays_objects_and_further_references_are_tried() {
    for image in [
        serde_json::json!(["gone.png", "x.png"]),
        serde_json::json!({ "url": "https://example.org/x.png", "file": "images/x.png" }),
        serde_json::json!({ "preview": { "href": ["x.png"] } }),
        serde_json::json!(r"C:\old\images\y z.png"),
    ] {
        assert!(reason_for(&image).is_ok(), "{image}");
    }
}

#[test]
fn what_is_no_reference_is_named() {
    let remote = reason_for(&"https://example.org/x.png".into()).unwrap_err();
    assert!(matches!(remote, SkipReason::ImageRemote { .. }), "{remote}");
    assert_eq!(reason_for(&17.into()).unwrap_err(), SkipReason::NoImage);
    assert_eq!(reason_for(&"  ".into()).unwrap_err(), SkipReason::NoImage);
    assert!(matches!(reason_for(&"images".into()), Err(SkipReason::ImageNotFound { .. })));
    assert!(matches!(reason_for(&"x\0.png".into()), Err(SkipReason::ImageNotFound { .. })));
}

#[test]
fn data_urls_are_decoded_within_the_limit() {
    let inline = reason_for(&"data:image/png;base64,aGVs\nbG8".into()).unwrap();
    assert_eq!(inline, ImageReference::Inline(b"hello".to_vec()));
    for bad in ["data:image/png;base64", "data:text/plain,hello", "data:;base64,@@@@", "data:;base64,"] {
        let reason = reason_for(&bad.into()).unwrap_err();
        assert!(matches!(reason, SkipReason::InvalidDataUrl { .. }), "{bad}: {reason}");
    }
    let folder = folder(&[("a.jsonl", b"{\"image\":\"data:image/png;base64,aGVsbG8gaGVsbG8gaGVsbG8=\"}")]);
    let options = Options { max_image_bytes: 10, ..Options::default() };
    let (_, skipped) = read_with(folder.path(), &options);
    assert_eq!(skipped[0].reason, SkipReason::ImageTooLarge { limit_bytes: 10 });
}

/// Any JSON value, with the names exports use among its keys.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        ".{0,20}".prop_map(serde_json::Value::from),
        prop::sample::select(vec!["-1", "x.png", "data:;base64,aA==", "1=5", "m", "C:\\", "..", "file://"])
            .prop_map(serde_json::Value::from),
    ];
    let key = prop_oneof![
        prop::sample::select(vec![
            "id",
            "image",
            "path",
            "class",
            "breed",
            "sex",
            "head",
            "colors",
            "items",
            "coiffe",
            "0",
            "1",
            "9",
            "item_id",
            "slot",
            "url",
            "18446744073709551615",
            "dofus_item_hat_id",
            "color_skin",
        ])
        .prop_map(str::to_owned),
        ".{0,5}",
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_value_panics_or_vanishes(values in prop::collection::vec(any_json(), 1..6)) {
        let text = serde_json::to_vec(&values).unwrap();
        let folder = folder(&[("a.json", &text), ("x.png", b"x")]);
        let (examples, skipped) = read(folder.path());
        prop_assert_eq!(examples.len() + skipped.len(), values.len());
        prop_assert!(examples.iter().all(|example| example.look.colours.len() <= 6));
    }

    #[test]
    fn no_file_panics(bytes in prop::collection::vec(any::<u8>(), 1..300), by_line: bool) {
        let name = if by_line { "a.jsonl" } else { "a.json" };
        let folder = folder(&[(name, &bytes)]);
        if let Ok(dataset) = lorgnon_dataset::Dataset::open(folder.path(), &Options::default()) {
            prop_assert_eq!(dataset.examples().count() as u64, dataset.count());
        }
    }
}
