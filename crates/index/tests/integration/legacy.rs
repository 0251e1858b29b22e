//! The old system's file, both ways.

use std::path::Path;

use lorgnon_embed::EncoderSpec;
use lorgnon_index::{EmbeddedStore, Store, StoreError, legacy};
use lorgnon_look::{ClassLabel, Colour, Gender, Slot};
use proptest::prelude::*;

use crate::embedded::{entry, fill};

fn encoder(name: &str, dimensions: usize) -> EncoderSpec {
    EncoderSpec { name: name.to_owned(), dimensions, weights: String::new(), recipe: 1 }
}

const SMALL: &str = r##"{"updatedAt":1795402972486,"extra":[{"deep":[1,2]}],"entries":[
{"id":"a","embedding":[1,0,0.5],"slotEmbeddings":{"coiffe":[0,1,0],"ailes":[0.25,0.5,1e-3]},
 "classLabel":"20","gender":"f","colors":["#E6EE06",null,"15134214","nonsense"],
 "items":{"coiffe":1019524003,"cape":"12","ring":4,"ailes":0},"meta":{"source":"d/labels.jsonl"},
 "sourceFingerprint":"f7723fbc3d42dc89cfca71b72cb9acf68ab64774"},
{"id":7,"embedding":[0,0,1],"slotEmbeddings":{},"colors":[],"items":{}},
{"id":"a","embedding":[0,1,0],"classLabel":"Lizard","meta":{}}
],"meta":{"datasetPath":"d","datasetSize":190,"clipModel":"small"}}"##;

fn small(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vision-index.json");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn labels_are_read_and_usable_vectors_too() {
    let (_folder, path) = small(SMALL);
    let mut shown = Vec::new();
    let summary = legacy::read(&path, &mut |entry| shown.push(entry)).unwrap();
    assert_eq!((summary.updated_at_ms, summary.dataset_size), (1_795_402_972_486, 190));
    assert_eq!(shown.len(), 3);
    let look = &shown[0].look;
    assert_eq!(look.class, Some(ClassLabel::new("Forgelance")));
    assert_eq!(look.gender, Some(Gender::Female));
    let yellow = Some(Colour::from_rgb(0xE6_EE06));
    assert_eq!(look.colours, [yellow, None, yellow, None]);
    assert_eq!(look.items.iter().collect::<Vec<_>>(), [(&Slot::Coiffe, &1_019_524_003), (&Slot::Cape, &12)]);
    assert_eq!(shown[0].source, "d/labels.jsonl");
    let vectors = shown[0].vectors.as_ref().unwrap();
    assert_eq!(vectors.slots[Slot::Ailes], [0.25, 0.5, 1e-3]);
    assert_eq!(vectors.slots[Slot::Cape], [0.0; 3]);

    let import = legacy::import(&path, &encoder("small", 3)).unwrap();
    assert!(import.usable_vectors);
    let ids: Vec<&str> = import.entries.iter().map(|entry| entry.look.id.as_str()).collect();
    assert_eq!(ids, ["a", "7"]);
    assert_eq!(import.entries[0].look.class, Some(ClassLabel::new("Lizard")));
    assert!(import.message.contains("1 repeated id"), "{}", import.message);

    for other in [encoder("another", 3), encoder("small", 4)] {
        let import = legacy::import(&path, &other).unwrap();
        assert!(!import.usable_vectors);
        assert!(import.entries.iter().all(|entry| entry.vectors.is_none()));
        assert!(import.message.contains("cannot be used"), "{}", import.message);
    }
}

#[test]
fn what_is_no_old_index_is_refused_with_its_place() {
    let refused =
        ["", "[]", "{}", "{\"entries\":3}", "{\"entries\":[{}]}", &SMALL[..400], &format!("{SMALL}x")];
    for text in refused {
        let (_folder, path) = small(text);
        let result = legacy::import(&path, &encoder("small", 3));
        let Err(error @ StoreError::Damaged { .. }) = result else { panic!("{text}: {result:?}") };
        assert!(error.to_string().contains("line"), "{error}");
    }
    let missing = legacy::import(Path::new("nowhere/vision-index.json"), &encoder("small", 3));
    assert!(matches!(missing, Err(StoreError::Io { .. })));
}

#[test]
fn the_export_has_the_old_keys_in_the_old_order_and_reads_back() {
    let cache = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(cache.path()).unwrap();
    let mut writer = store.writer().unwrap();
    let mut full = entry(1, 3);
    full.record.look.class = Some(ClassLabel::new("1"));
    full.record.look.gender = Some(Gender::Male);
    full.record.look.colours = vec![Some(Colour::from_rgb(0xA0_41D4)), None];
    full.record.look.items.insert(Slot::Cape, 5);
    full.record.look.items.insert(Slot::Coiffe, 6);
    full.vectors.global = vec![0.1, -0.5, 1.0];
    full.vectors.slots = lorgnon_look::SlotMap::from_fn(|_| vec![0.0, 0.25, 1e-7]);
    let mut bare = entry(2, 3);
    bare.record.look.class = None;
    writer.put(full.clone()).unwrap();
    writer.put(bare).unwrap();
    writer.commit().unwrap();
    fill(&store, 3..4, 3);

    let mut bytes = Vec::new();
    legacy::export(&*store.reader().unwrap(), &mut bytes, Path::new("out.json")).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let slot = "[0.0,0.25,1e-7]";
    let start = format!(
        r##"{{"updatedAt":1,"entries":[{{"id":"look-00001","embedding":[0.1,-0.5,1.0],"slotEmbeddings":{{"coiffe":{slot},"cape":{slot},"bouclier":{slot},"familier":{slot},"epauliere":{slot},"costume":{slot},"ailes":{slot}}},"classLabel":"Féca","gender":"m","colors":["#A041D4",null],"items":{{"coiffe":6,"cape":5}},"meta":{{"source":"labels.jsonl"}},"sourceFingerprint":"{}"}},{{"id":"look-00002","##,
        "01".repeat(20)
    );
    assert!(text.starts_with(&start), "{text}");
    assert!(
        text.ends_with(r#"],"meta":{"datasetPath":"data","datasetSize":3,"clipModel":"builtin"}}"#),
        "{text}"
    );
    assert_eq!(text.matches("classLabel").count(), 2);

    let (_folder, path) = small(&text);
    let import = legacy::import(&path, &encoder("builtin", 3)).unwrap();
    assert!(import.usable_vectors, "{}", import.message);
    let reader = store.reader().unwrap();
    assert_eq!(import.entries.len(), 3);
    for entry in &import.entries {
        assert_eq!(reader.look(&entry.look.id).unwrap().unwrap().look, entry.look);
        assert_eq!(reader.vectors(&entry.look.id).unwrap(), entry.vectors);
    }
}

#[test]
fn the_old_systems_own_file_gives_its_labels_and_says_why_not_its_vectors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/doc/legacy/vision-index.json");
    if !path.exists() {
        eprintln!("skipped: `{}` is not there", path.display());
        return;
    }
    let import = legacy::import(&path, &encoder("builtin", 512)).unwrap();
    assert!(!import.usable_vectors);
    assert!(import.message.contains("5-number vectors cannot be used"), "{}", import.message);
    assert_eq!(import.clip_model, "Xenova/clip-vit-base-patch32");
    assert_eq!(import.dataset_size, 190);
    assert!(!import.entries.is_empty());
    let first = &import.entries[0].look;
    assert_eq!((first.id.as_str(), first.gender), ("2912f74d", Some(Gender::Male)));
    assert_eq!(first.class, Some(ClassLabel::new("Féca")));
    assert_eq!(first.colours[0].unwrap().to_string(), "#E6EE06");
    assert!(import.entries.iter().all(|entry| entry.look.class.is_some() && entry.look.colours.len() == 6));
}

#[test]
fn an_import_relabels_what_is_held_and_adds_what_has_usable_vectors() {
    let (_folder, path) = small(SMALL);
    let cache = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(cache.path()).unwrap();
    // Nothing held, nothing usable: the labels are reported, the store is left alone.
    let report = legacy::import_into(&path, &store, &encoder("builtin", 8)).unwrap();
    assert_eq!((report.added, report.relabelled, report.without_vectors), (0, 0, 2));
    assert_eq!(report.import.entries.len(), 2);
    assert_eq!(store.reader().unwrap().version(), 0);

    let mut held = entry(1, 8);
    "7".clone_into(&mut held.record.look.id);
    let mut writer = store.writer().unwrap();
    writer.put(held.clone()).unwrap();
    writer.commit().unwrap();
    let report = legacy::import_into(&path, &store, &encoder("builtin", 8)).unwrap();
    assert_eq!((report.added, report.relabelled, report.without_vectors), (0, 1, 1));
    let reader = store.reader().unwrap();
    assert_eq!(reader.look("7").unwrap().unwrap().look.class, None);
    assert_eq!(reader.vectors("7").unwrap().unwrap(), held.vectors);

    let cache = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(cache.path()).unwrap();
    let report = legacy::import_into(&path, &store, &encoder("small", 3)).unwrap();
    assert_eq!((report.added, report.relabelled, report.without_vectors), (2, 0, 0));
    let reader = store.reader().unwrap();
    assert_eq!(reader.vectors("a").unwrap().unwrap().global, [0.0, 1.0, 0.0]);
    assert_eq!(reader.manifest().encoder, Some(encoder("small", 3)));
}

proptest! {
    /// What the fuzz target `legacy_index` does with a nightly toolchain.
    #[test]
    fn a_mangled_file_is_read_or_refused(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 0..6),
        kept in any::<prop::sample::Index>(), whole: bool,
    ) {
        let mut bytes = SMALL.as_bytes().to_vec();
        for (place, byte, what) in edits {
            let at = place.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                // Repeats a part: keys that come twice, numbers without end.
                _ => {
                    let part = bytes[at..bytes.len().min(at + usize::from(byte))].to_vec();
                    bytes.splice(at..at, part);
                }
            }
        }
        if !whole {
            bytes.truncate(kept.index(bytes.len()));
        }
        FOLDER.with(|folder| {
            let path = folder.path().join("vision-index.json");
            std::fs::write(&path, &bytes).unwrap();
            let mut shown = 0;
            let read = legacy::read(&path, &mut |_| shown += 1);
            if let Ok(import) = legacy::import(&path, &encoder("small", 3)) {
                prop_assert!(read.is_ok() && import.entries.len() <= shown);
            }
            Ok(())
        })?;
    }
}

thread_local! {
    static FOLDER: tempfile::TempDir = tempfile::tempdir().unwrap();
}
