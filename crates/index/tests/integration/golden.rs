//! A store of every released format, kept in `tests/golden`: today's program reads it, goes on with
//! it, and refuses one from the future.

use std::fs;
use std::path::{Path, PathBuf};

use lorgnon_index::{EmbeddedStore, Store, StoreError};
use lorgnon_testing::copy_folder;
use redb::{ReadableDatabase, TableDefinition};

use crate::embedded::{entry, fill};

const STATE: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("state");

fn golden(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/format-{format}"))
}

/// `LORGNON_WRITE_GOLDEN=1` writes the store of the current format, once, when it is released.
#[test]
fn a_store_of_format_1_is_read_and_goes_on() {
    let golden = golden(1);
    if std::env::var_os("LORGNON_WRITE_GOLDEN").is_some() && !golden.exists() {
        let store = EmbeddedStore::open(&golden).unwrap();
        fill(&store, 0..5, 4);
        fill(&store, 2..3, 4);
        drop(store);
        fs::remove_file(golden.join("index/writer.lock")).unwrap();
    }
    let cache = tempfile::tempdir().unwrap();
    copy_folder(&golden, cache.path()).unwrap();
    let store = EmbeddedStore::open(cache.path()).unwrap();
    let reader = store.reader().unwrap();
    assert_eq!((reader.len(), reader.version()), (5, 2));
    assert_eq!(reader.manifest().encoder.as_ref().unwrap().name, "builtin");
    for number in 0..5 {
        let expected = entry(number, 4);
        let id = &expected.record.look.id;
        assert_eq!(reader.look(id).unwrap().unwrap(), expected.record);
        assert_eq!(reader.vectors(id).unwrap().unwrap(), expected.vectors);
        assert_eq!(reader.blob(id, "thumbnail").unwrap().unwrap(), expected.blobs[0].1);
    }
    assert_eq!(reader.model("character").unwrap().unwrap(), vec![7; 1000]);
    assert!(store.verify().unwrap().is_clean());
    fill(&store, 5..7, 4);
    assert_eq!(store.reader().unwrap().len(), 7);
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn a_store_of_a_later_format_is_refused() {
    let cache = tempfile::tempdir().unwrap();
    copy_folder(&golden(1), cache.path()).unwrap();
    let path = cache.path().join("index/looks.redb");
    {
        let database = redb::Database::open(&path).unwrap();
        let value = database.begin_read().unwrap().open_table(STATE).unwrap().get("format").unwrap();
        assert!(value.is_some());
        drop(value);
        // 2, as the store writes it: postcard, then the CRC-32 of key, zero and value.
        let mut bytes = vec![2];
        bytes.extend(crc32fast::hash(b"format\x00\x02").to_le_bytes());
        let transaction = database.begin_write().unwrap();
        transaction.open_table(STATE).unwrap().insert("format", bytes.as_slice()).unwrap();
        transaction.commit().unwrap();
    }
    let refused = EmbeddedStore::open(cache.path());
    assert!(matches!(refused, Err(StoreError::Version { found: 2, supported: 1 })), "{refused:?}");
}
