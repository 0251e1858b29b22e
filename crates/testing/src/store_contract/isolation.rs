//! Commits: when they are seen, and that they last.

use lorgnon_index::{Filter, Store, StoreError};

use super::samples::{entry, id_of, manifest, put_all};

pub(super) fn an_empty_store_answers(store: &dyn Store) {
    let reader = store.reader().expect("a reader");
    assert!(reader.is_empty());
    assert_eq!(reader.manifest().encoder, None);
    assert_eq!(reader.look("nobody").expect("look"), None);
    assert_eq!(reader.vectors("nobody").expect("vectors"), None);
    assert_eq!(reader.blob("nobody", "thumbnail").expect("blob"), None);
    assert_eq!(reader.model("character").expect("model"), None);
    assert_eq!(reader.search(&[1.0, 0.0], None, 5, &Filter::default()).expect("search"), []);
}

pub(super) fn readers_keep_their_commit(store: &dyn Store) {
    let empty = store.reader().expect("a reader");
    let mut writer = store.writer().expect("a writer");
    writer.put(entry("a", 1)).expect("put");
    writer.set_manifest(manifest("fake")).expect("manifest");
    assert!(store.reader().expect("a reader").is_empty(), "uncommitted changes are seen");
    let version = writer.commit().expect("commit");
    assert!(version > empty.version());
    assert!(empty.is_empty(), "a reader changed under its user");

    let first = store.reader().expect("a reader");
    assert_eq!((first.len(), first.version()), (1, version));
    assert_eq!(first.manifest(), &manifest("fake"));
    let mut writer = store.writer().expect("a writer");
    writer.put(entry("a", 2)).expect("put");
    writer.put(entry("b", 3)).expect("put");
    let next = writer.commit().expect("commit");
    assert!(next > version);
    assert_eq!(first.len(), 1);
    assert_eq!(first.look("a").expect("look"), Some(entry("a", 1).record));
    assert_eq!(first.vectors("a").expect("vectors"), Some(entry("a", 1).vectors));
    assert_eq!(first.blob("a", "thumbnail").expect("blob").as_ref(), Some(&entry("a", 1).blobs[0].1));
    let found = first.search(&entry("b", 3).vectors.global, None, 5, &Filter::default()).expect("search");
    assert_eq!(found.len(), 1);
    assert_eq!(store.reader().expect("a reader").len(), 2);
}

pub(super) fn a_dropped_writer_leaves_nothing(store: &dyn Store) {
    let version = put_all(store, &[entry("a", 1)]);
    {
        let mut writer = store.writer().expect("a writer");
        writer.put(entry("a", 9)).expect("put");
        for number in 0..50 {
            writer.put(entry(&id_of(number), number)).expect("put");
        }
        writer.put_model("items", vec![1; 5000]).expect("model");
        writer.set_manifest(manifest("fake")).expect("manifest");
    }
    let reader = store.reader().expect("a reader");
    assert_eq!((reader.len(), reader.version()), (1, version));
    assert_eq!(reader.model("items").expect("model"), None);
    assert_eq!(reader.vectors("a").expect("vectors"), Some(entry("a", 1).vectors));
    // What follows is not disturbed by what was dropped.
    put_all(store, &[entry("b", 2)]);
    let reader = store.reader().expect("a reader");
    assert_eq!(reader.vectors("a").expect("vectors"), Some(entry("a", 1).vectors));
    assert_eq!(reader.vectors("b").expect("vectors"), Some(entry("b", 2).vectors));
    assert_eq!(reader.blob("b", "thumbnail").expect("blob").as_ref(), Some(&entry("b", 2).blobs[0].1));
}

pub(super) fn there_is_one_writer(store: &dyn Store, other: &dyn Store) {
    let writer = store.writer().expect("a writer");
    assert!(matches!(store.writer().err(), Some(StoreError::Locked { .. })));
    assert!(matches!(other.writer().err(), Some(StoreError::Locked { .. })));
    drop(writer);
    put_all(other, &[entry("a", 1)]);
    put_all(store, &[entry("b", 1)]);
    assert_eq!(other.reader().expect("a reader").len(), 2);
}

pub(super) fn another_handle_sees_commits(server: &dyn Store, training: &dyn Store) {
    for number in 0..20 {
        let version = put_all(training, &[entry(&id_of(number), number)]);
        let reader = server.reader().expect("a reader");
        assert_eq!((reader.version(), reader.len()), (version, number + 1));
        let vectors = entry(&id_of(number), number).vectors;
        assert_eq!(reader.vectors(&id_of(number)).expect("vectors"), Some(vectors));
    }
}

pub(super) fn commits_last(open: &impl Fn(&str) -> Box<dyn Store>) {
    let version = put_all(&*open("lasting"), &[entry("a", 1), entry("b", 2)]);
    let store = open("lasting");
    let reader = store.reader().expect("a reader");
    assert_eq!((reader.len(), reader.version()), (2, version));
    assert_eq!(reader.look("b").expect("look"), Some(entry("b", 2).record));
    assert_eq!(reader.vectors("b").expect("vectors"), Some(entry("b", 2).vectors));
    let next = put_all(&*store, &[entry("c", 3)]);
    assert!(next > version);
}
