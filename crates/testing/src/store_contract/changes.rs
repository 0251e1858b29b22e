//! What each kind of change does, and what it leaves alone.

use std::ops::ControlFlow;

use lorgnon_index::{Entry, Filter, Manifest, Store, StoreError};
use lorgnon_look::Slot;

use super::samples::{DIMENSIONS, Draw, encoder, entry, id_of, look, manifest, put_all};

pub(super) fn a_put_replaces_everything(store: &dyn Store) {
    let mut old = entry("a", 1);
    old.blobs.push(("only in the old one".to_owned(), vec![1]));
    put_all(store, &[old, entry("b", 2), entry("a", 3), entry("a", 4)]);
    let reader = store.reader().expect("a reader");
    assert_eq!(reader.len(), 2);
    let new = entry("a", 4);
    assert_eq!(reader.look("a").expect("look"), Some(new.record));
    assert_eq!(reader.blob("a", "only in the old one").expect("blob"), None);
    for (name, bytes) in &new.blobs {
        assert_eq!(reader.blob("a", name).expect("blob").as_ref(), Some(bytes));
    }
    let found = reader.search(&new.vectors.global, None, 9, &Filter::default()).expect("search");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].id, "a");
    assert_eq!(reader.vectors("a").expect("vectors"), Some(new.vectors));
}

pub(super) fn a_relabel_keeps_vectors(store: &dyn Store) {
    put_all(store, &[entry("a", 1)]);
    let mut writer = store.writer().expect("a writer");
    assert!(writer.relabel(look("a", 77), "moved.jsonl".to_owned()).expect("relabel"));
    assert!(!writer.relabel(look("b", 77), "moved.jsonl".to_owned()).expect("relabel"));
    writer.commit().expect("commit");
    let reader = store.reader().expect("a reader");
    let record = reader.look("a").expect("look").expect("the look");
    assert_eq!(record.look, look("a", 77));
    assert_eq!(record.source, "moved.jsonl");
    assert_eq!(record.fingerprint, entry("a", 1).record.fingerprint);
    assert_eq!(reader.vectors("a").expect("vectors"), Some(entry("a", 1).vectors));
    assert_eq!(reader.blob("a", "thumbnail").expect("blob").as_ref(), Some(&entry("a", 1).blobs[0].1));
    assert_eq!(reader.len(), 1);
    // Filters follow the new labels.
    let filter = Filter { class: look("a", 77).class, ..Filter::default() };
    let found = reader.search(&Draw::new(3).vector(DIMENSIONS), None, 3, &filter).expect("search");
    assert_eq!(found.len(), 1);
}

pub(super) fn a_removed_look_is_gone(store: &dyn Store) {
    put_all(store, &[entry("a", 1), entry("ab", 2), entry("b", 3)]);
    let mut writer = store.writer().expect("a writer");
    assert!(writer.remove("a").expect("remove"));
    assert!(!writer.remove("a").expect("remove"));
    assert!(!writer.remove("nobody").expect("remove"));
    writer.commit().expect("commit");
    let reader = store.reader().expect("a reader");
    assert_eq!(reader.len(), 2);
    assert_eq!(reader.look("a").expect("look"), None);
    assert_eq!(reader.vectors("a").expect("vectors"), None);
    assert_eq!(reader.blob("a", "thumbnail").expect("blob"), None);
    assert!(reader.blob("ab", "thumbnail").expect("blob").is_some());
    let found = reader.search(&entry("a", 1).vectors.global, None, 9, &Filter::default()).expect("search");
    assert!(found.iter().all(|found| found.id != "a"), "{found:?}");
    assert_eq!(found.len(), 2);
    // It may come back.
    put_all(store, &[entry("a", 5)]);
    assert_eq!(store.reader().expect("a reader").vectors("a").expect("vectors"), Some(entry("a", 5).vectors));
}

pub(super) fn clearing_makes_room_for_another_encoder(store: &dyn Store) {
    put_all(store, &[entry("a", 1)]);
    let mut writer = store.writer().expect("a writer");
    writer.set_manifest(manifest("fake")).expect("manifest");
    writer.put_model("character", vec![1]).expect("model");
    writer.commit().expect("commit");
    let old = store.reader().expect("a reader");

    let mut writer = store.writer().expect("a writer");
    let refused = writer.set_manifest(manifest("another"));
    assert!(matches!(refused, Err(StoreError::Encoder { .. })), "{refused:?}");
    writer.clear().expect("clear");
    let mut other = encoder("another");
    other.dimensions = 3;
    let manifest = Manifest { encoder: Some(other), ..manifest("another") };
    writer.set_manifest(manifest.clone()).expect("manifest");
    let mut short = entry("z", 9);
    short.vectors.global.truncate(3);
    for (_, vector) in short.vectors.slots.iter_mut() {
        vector.truncate(3);
    }
    writer.put(short.clone()).expect("put");
    writer.commit().expect("commit");
    let reader = store.reader().expect("a reader");
    assert_eq!((reader.len(), reader.manifest()), (1, &manifest));
    assert_eq!(reader.look("a").expect("look"), None);
    assert_eq!(reader.blob("a", "thumbnail").expect("blob"), None);
    assert_eq!(reader.model("character").expect("model"), None);
    assert_eq!(reader.vectors("z").expect("vectors"), Some(short.vectors));
    assert!(reader.version() > old.version());
    // The old reader is not disturbed.
    assert_eq!(old.vectors("a").expect("vectors"), Some(entry("a", 1).vectors));
    assert_eq!(old.model("character").expect("model"), Some(vec![1]));
}

pub(super) fn models_are_kept_by_name(store: &dyn Store) {
    let mut writer = store.writer().expect("a writer");
    writer.put_model("character", vec![1; 100_000]).expect("model");
    writer.put_model("items", Vec::new()).expect("model");
    writer.put_model("character", vec![2; 99_999]).expect("model");
    writer.commit().expect("commit");
    put_all(store, &[entry("a", 1)]);
    let reader = store.reader().expect("a reader");
    assert_eq!(reader.model("character").expect("model"), Some(vec![2; 99_999]));
    assert_eq!(reader.model("items").expect("model"), Some(Vec::new()));
    assert_eq!(reader.model("colours").expect("model"), None);
    assert_eq!(reader.model_names().expect("names"), ["character", "items"]);
    let mut writer = store.writer().expect("a writer");
    assert!(writer.remove_model("items").expect("remove"));
    assert!(!writer.remove_model("items").expect("remove"));
    writer.commit().expect("commit");
    assert_eq!(reader.model("items").expect("model"), Some(Vec::new()), "a reader changed under its user");
    let reader = store.reader().expect("a reader");
    assert_eq!(reader.model_names().expect("names"), ["character"]);
    assert_eq!(reader.blob_names("a").expect("names"), ["measurement", "thumbnail"]);
    assert_eq!(reader.blob_names("nobody").expect("names"), [""; 0]);
}

pub(super) fn wrong_vectors_are_refused(store: &dyn Store) {
    put_all(store, &[entry("a", 1)]);
    let mut writer = store.writer().expect("a writer");
    let broken = |change: &dyn Fn(&mut Entry)| {
        let mut entry = entry("b", 2);
        change(&mut entry);
        entry
    };
    let refused = writer.put(broken(&|entry| entry.vectors.global.push(1.0)));
    assert!(
        matches!(refused, Err(StoreError::Dimensions { got, expected }) if (got, expected) == (DIMENSIONS + 1, DIMENSIONS)),
        "{refused:?}"
    );
    let refused = writer.put(broken(&|entry| entry.vectors.slots[Slot::Ailes].clear()));
    assert!(matches!(refused, Err(StoreError::Dimensions { .. })), "{refused:?}");
    let refused = writer.put(broken(&|entry| entry.vectors.slots[Slot::Cape][3] = f32::NAN));
    assert!(matches!(refused, Err(StoreError::NotFinite)), "{refused:?}");
    let mut longer = manifest("fake");
    longer.encoder = Some({
        let mut encoder = encoder("fake");
        encoder.dimensions += 1;
        encoder
    });
    let refused = writer.set_manifest(longer);
    assert!(matches!(refused, Err(StoreError::Dimensions { .. })), "{refused:?}");
    // A refusal leaves the rest of the write as it was.
    writer.put(entry("c", 3)).expect("put");
    writer.commit().expect("commit");
    let reader = store.reader().expect("a reader");
    assert_eq!(reader.len(), 2);
    assert_eq!(reader.vectors("c").expect("vectors"), Some(entry("c", 3).vectors));
    let refused = reader.search(&[1.0; DIMENSIONS + 4], None, 3, &Filter::default());
    assert!(matches!(refused, Err(StoreError::Dimensions { .. })), "{refused:?}");
    let refused = reader.search(&[f32::INFINITY; DIMENSIONS], None, 3, &Filter::default());
    assert!(matches!(refused, Err(StoreError::NotFinite)), "{refused:?}");
}

pub(super) fn looks_are_visited_by_id(store: &dyn Store) {
    let mut ids = ["é", "b", "a/b", "", "a", "Z", "a b", "10", "9"].map(str::to_owned).to_vec();
    ids.extend((0..40).rev().map(id_of));
    let entries: Vec<Entry> = ids.iter().enumerate().map(|(number, id)| entry(id, number as u64)).collect();
    put_all(store, &entries);
    ids.sort();
    let reader = store.reader().expect("a reader");
    let mut visited = Vec::new();
    reader
        .visit(&mut |record| {
            visited.push(record.look.id);
            ControlFlow::Continue(())
        })
        .expect("visit");
    assert_eq!(visited, ids);
    visited.clear();
    reader
        .visit(&mut |record| {
            visited.push(record.look.id);
            if visited.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .expect("visit");
    assert_eq!(visited, ids[..3]);
    for (id, entry) in entries.iter().map(|entry| (&entry.record.look.id, entry)) {
        assert_eq!(reader.look(id).expect("look").as_ref(), Some(&entry.record));
        assert_eq!(reader.blob(id, "thumbnail").expect("blob").as_ref(), Some(&entry.blobs[0].1));
    }
}
