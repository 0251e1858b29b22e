//! What the contract suite cannot say because it knows no folders.

use lorgnon_embed::EncoderSpec;
use lorgnon_index::{
    EmbeddedStore, Entry, Filter, Fingerprint, LookRecord, Manifest, ManifestState, Store, StoreError,
    VectorSet,
};
use lorgnon_look::{ClassLabel, Look, Slot, SlotMap};

pub(crate) fn vector(seed: u64, dimensions: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..dimensions)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1u32 << 23) as f32 - 1.0
        })
        .collect()
}

pub(crate) fn entry(number: u64, dimensions: usize) -> Entry {
    let id = format!("look-{number:05}");
    Entry {
        record: LookRecord {
            look: Look {
                id,
                class: Some(ClassLabel::new(&(number % 18 + 1).to_string())),
                ..Look::default()
            },
            source: "labels.jsonl".to_owned(),
            fingerprint: Fingerprint([number as u8; 32]),
        },
        vectors: VectorSet {
            global: vector(number, dimensions),
            slots: SlotMap::from_fn(|slot| vector(number * 10 + slot.index() as u64 + 1_000_000, dimensions)),
        },
        blobs: vec![("thumbnail".to_owned(), number.to_le_bytes().repeat(10))],
    }
}

pub(crate) fn fill(store: &dyn Store, numbers: std::ops::Range<u64>, dimensions: usize) {
    let mut writer = store.writer().unwrap();
    for number in numbers {
        writer.put(entry(number, dimensions)).unwrap();
    }
    writer
        .set_manifest(Manifest {
            updated_at_ms: 1,
            dataset_path: "data".to_owned(),
            dataset_size: 3,
            encoder: Some(EncoderSpec {
                name: "builtin".to_owned(),
                dimensions,
                weights: String::new(),
                recipe: 1,
            }),
            model: "1".to_owned(),
        })
        .unwrap();
    writer.put_model("character", vec![7; 1000]).unwrap();
    writer.commit().unwrap();
}

#[test]
fn what_was_committed_is_there_after_reopening() {
    let cache = tempfile::tempdir().unwrap();
    {
        let store = EmbeddedStore::open(cache.path()).unwrap();
        fill(&store, 0..300, 12);
        fill(&store, 300..700, 12);
    }
    let store = EmbeddedStore::open(cache.path()).unwrap();
    let reader = store.reader().unwrap();
    assert_eq!(reader.len(), 700);
    assert_eq!(reader.version(), 2);
    for number in [0, 255, 256, 299, 300, 511, 512, 699] {
        let expected = entry(number, 12);
        let id = &expected.record.look.id;
        assert_eq!(reader.look(id).unwrap().unwrap(), expected.record);
        assert_eq!(reader.vectors(id).unwrap().unwrap(), expected.vectors);
        assert_eq!(reader.blob(id, "thumbnail").unwrap().unwrap(), expected.blobs[0].1);
        for slot in [None, Some(Slot::Cape)] {
            let query = slot.map_or(&expected.vectors.global, |slot| &expected.vectors.slots[slot]);
            let found = reader.search(query, slot, 3, &Filter::default()).unwrap();
            assert_eq!(&found[0].id, id);
            assert!(found[0].similarity > 0.9999);
        }
    }
    assert_eq!(reader.model("character").unwrap().unwrap(), vec![7; 1000]);
}

#[test]
fn readers_of_another_handle_follow_a_writer_without_being_disturbed() {
    let cache = tempfile::tempdir().unwrap();
    let server = EmbeddedStore::open(cache.path()).unwrap();
    let training = EmbeddedStore::open(cache.path()).unwrap();
    let before = server.reader().unwrap();
    let mut writer = training.writer().unwrap();
    writer.put(entry(1, 8)).unwrap();
    assert!(matches!(server.writer().err(), Some(StoreError::Locked { .. })));
    assert!(matches!(training.writer().err(), Some(StoreError::Locked { .. })));
    assert!(EmbeddedStore::open(cache.path()).unwrap().reader().unwrap().is_empty());
    writer.commit().unwrap();
    assert!(before.is_empty());
    let after = server.reader().unwrap();
    assert_eq!((after.len(), after.version()), (1, 1));
    // Clearing and refilling leaves the reader of the old generation alone.
    let mut writer = training.writer().unwrap();
    writer.clear().unwrap();
    writer.put(entry(2, 4)).unwrap();
    writer.commit().unwrap();
    assert_eq!(after.vectors("look-00001").unwrap().unwrap(), entry(1, 8).vectors);
    assert!(after.blob("look-00001", "thumbnail").unwrap().is_some());
    assert_eq!(server.reader().unwrap().vectors("look-00002").unwrap().unwrap(), entry(2, 4).vectors);
}

#[test]
fn deleting_the_manifest_asks_for_a_full_retraining() {
    let cache = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(cache.path()).unwrap();
    assert_eq!(store.manifest_state().unwrap(), ManifestState::Absent);
    assert!(!store.clear_if_forgotten().unwrap());
    fill(&store, 0..3, 8);
    assert_eq!(store.manifest_state().unwrap(), ManifestState::Current);
    let text = std::fs::read_to_string(store.manifest_path()).unwrap();
    assert_eq!(
        text,
        r#"{"updatedAt":1,"entries":[],"meta":{"datasetPath":"data","datasetSize":3,"clipModel":"builtin"},"entryCount":3,"store":"index/","format":"lorgnon-index-1"}"#
    );
    assert!(!store.clear_if_forgotten().unwrap());
    std::fs::remove_file(store.manifest_path()).unwrap();
    assert!(store.clear_if_forgotten().unwrap());
    let reader = store.reader().unwrap();
    assert!(reader.is_empty());
    assert_eq!(reader.model("character").unwrap(), None);
    // Vectors of another length are welcome now.
    drop(reader);
    fill(&store, 0..3, 5);
    assert_eq!(store.reader().unwrap().len(), 3);
}

#[test]
fn a_file_of_the_old_system_is_kept_aside() {
    let cache = tempfile::tempdir().unwrap();
    let old = r#"{"updatedAt":1,"entries":[],"meta":{"datasetPath":"d","datasetSize":1,"clipModel":"x"}}"#;
    std::fs::write(cache.path().join("vision-index.json"), old).unwrap();
    let store = EmbeddedStore::open(cache.path()).unwrap();
    assert_eq!(store.manifest_state().unwrap(), ManifestState::Foreign);
    fill(&store, 0..1, 8);
    assert_eq!(store.manifest_state().unwrap(), ManifestState::Current);
    let kept = std::fs::read_to_string(cache.path().join("vision-index.legacy.json")).unwrap();
    assert_eq!(kept, old);
}

#[test]
fn a_store_deleted_under_a_server_is_seen_to_be_gone() {
    let cache = tempfile::tempdir().unwrap();
    let server = EmbeddedStore::open(cache.path()).unwrap();
    fill(&server, 0..3, 8);
    assert_eq!(server.reader().unwrap().len(), 3);
    std::fs::remove_dir_all(server.path()).unwrap();
    assert!(server.reader().unwrap().is_empty());
    let training = EmbeddedStore::open(cache.path()).unwrap();
    fill(&training, 0..5, 8);
    assert_eq!(server.reader().unwrap().len(), 5);
}

#[test]
fn compacting_gives_space_back_and_changes_no_answer() {
    let cache = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(cache.path()).unwrap();
    fill(&store, 0..600, 12);
    let mut writer = store.writer().unwrap();
    for number in 0..400 {
        writer.remove(&entry(number, 12).record.look.id).unwrap();
    }
    writer.commit().unwrap();
    fill(&store, 590..600, 12);
    let before = store.info().unwrap();
    assert_eq!((before.looks, before.dead_rows), (200, 410));
    let old = store.reader().unwrap();
    store.compact().unwrap();
    let after = store.info().unwrap();
    assert_eq!((after.looks, after.dead_rows, after.dead_blob_bytes), (200, 0, 0));
    assert!(after.file_bytes < before.file_bytes);
    assert_eq!(after.models, before.models);
    assert_eq!(after.manifest, before.manifest);
    let new = store.reader().unwrap();
    for number in [400, 555, 599] {
        let query = vector(number, 12);
        for slot in [None, Some(Slot::Ailes)] {
            let found = new.search(&query, slot, 7, &Filter::default()).unwrap();
            assert_eq!(found, old.search(&query, slot, 7, &Filter::default()).unwrap());
        }
        let id = entry(number, 12).record.look.id;
        assert_eq!(new.blob(&id, "thumbnail").unwrap(), old.blob(&id, "thumbnail").unwrap());
    }
    let report = store.verify().unwrap();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.looks, report.vectors, report.blobs), (200, 1600, 201));
}

/// Nearest looks of both stores to vectors that lie near some that were stored.
fn found_by_both(exact: &dyn Store, sketched: &dyn Store, filter: &Filter) -> (usize, usize) {
    let (exact, sketched) = (exact.reader().unwrap(), sketched.reader().unwrap());
    let (mut agreed, mut expected) = (0, 0);
    for number in 0..60 {
        let mut query = vector(number * 37, 96);
        query.iter_mut().zip(vector(number + 77_777, 96)).for_each(|(value, other)| *value += 0.8 * other);
        let truth = exact.search(&query, None, 10, filter).unwrap();
        let found = sketched.search(&query, None, 10, filter).unwrap();
        assert_eq!(found.len(), truth.len());
        expected += truth.len();
        // What is found bears the very same similarity.
        agreed += found.iter().filter(|one| truth.contains(one)).count();
    }
    (agreed, expected)
}

#[test]
fn a_sketch_misses_next_to_nothing_whatever_was_added_or_removed() {
    let caches = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let exact = EmbeddedStore::open(caches[0].path()).unwrap();
    let sketched = EmbeddedStore::open(caches[1].path()).unwrap().with_sketch_from(1);
    let judge = |filter: &Filter| {
        let (agreed, expected) = found_by_both(&exact, &sketched, filter);
        assert!(expected >= 600);
        assert!(agreed * 1000 >= expected * 998, "{agreed} of {expected}");
    };
    // Five whole blocks and a part of one, then a part more (told by its codes), then enough for a longer sketch.
    for numbers in [0..1400, 1400..1500, 1500..6000] {
        fill(&exact, numbers.clone(), 96);
        fill(&sketched, numbers, 96);
        judge(&Filter::default());
    }
    for store in [&exact as &dyn Store, &sketched] {
        let mut writer = store.writer().unwrap();
        for number in (0..60).map(|number| number * 37) {
            writer.remove(&format!("look-{number:05}")).unwrap();
        }
        writer.commit().unwrap();
    }
    judge(&Filter::default());
    judge(&Filter { class: Some(ClassLabel::new("7")), ..Filter::default() });
    sketched.compact().unwrap();
    judge(&Filter::default());
}
