//! The files of a store with bytes changed, cut off or added: right answers or errors.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lorgnon_fuzz::folder;
use lorgnon_index::{EmbeddedStore, Entry, Filter, Fingerprint, LookRecord, Store, VectorSet};
use lorgnon_look::{ClassLabel, Look, SlotMap};

const LOOKS: u8 = 4;

fn vector(number: u8) -> Vec<f32> {
    let mut vector = vec![0.1; 8];
    vector[usize::from(number)] = 1.0;
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}

fn entry(number: u8) -> Entry {
    let id = format!("look-{number}");
    let look = Look { id, class: Some(ClassLabel::new("Iop")), ..Look::default() };
    let slots = SlotMap::from_fn(|_| vector(number));
    Entry {
        record: LookRecord { look, source: "a.jsonl".to_owned(), fingerprint: Fingerprint([number; 32]) },
        vectors: VectorSet { global: vector(number), slots },
        blobs: vec![("thumbnail".to_owned(), vec![number; 50])],
    }
}

/// A cache folder to damage, and what its files were.
static GOOD: LazyLock<(PathBuf, Vec<(PathBuf, Vec<u8>)>)> = LazyLock::new(|| {
    // The database panics on some damage; the store catches that and calls it damage. The fuzzer's own hook
    // would end the process before it could.
    std::panic::set_hook(Box::new(|_| ()));
    let cache = folder();
    let store = EmbeddedStore::open(&cache).expect("a store can be made");
    let mut writer = store.writer().expect("a store can be written");
    for number in 0..LOOKS {
        writer.put(entry(number)).expect("a look can be stored");
    }
    writer.put_model("character", vec![7; 100]).expect("a model can be stored");
    writer.commit().expect("a store can be written");
    drop(store);
    let files = std::fs::read_dir(cache.join("index"))
        .expect("it is there")
        .map(|file| file.expect("it is there").path());
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_none_or(|kind| kind != "lock")).collect();
    files.sort();
    let files = files.into_iter().map(|file| {
        let bytes = std::fs::read(&file).expect("it is there");
        (file, bytes)
    });
    let files = files.collect();
    (cache, files)
});

fuzz_target!(|edits: &[u8]| {
    let (cache, files) = &*GOOD;
    for (file, bytes) in files {
        std::fs::write(file, bytes).expect("memory is not full");
    }
    // Which file, where (three bytes), what.
    for edit in edits.chunks_exact(5).take(16) {
        let (file, original) = &files[usize::from(edit[0] >> 2) % files.len()];
        let at = usize::from(edit[1]) << 16 | usize::from(edit[2]) << 8 | usize::from(edit[3]);
        let at = at % (original.len() + 1);
        let mut bytes = std::fs::read(file).expect("it is there");
        match edit[0] % 4 {
            0 => bytes.truncate(at),
            1 => bytes.extend([edit[4]; 64]),
            _ if at < bytes.len() => bytes[at] = edit[4],
            _ => {}
        }
        std::fs::write(file, bytes).expect("memory is not full");
    }
    let Ok(store) = EmbeddedStore::open(cache) else { return };
    let Ok(reader) = store.reader() else { return };
    for number in 0..LOOKS {
        let expected = entry(number);
        let id = &expected.record.look.id;
        if let Ok(Some(record)) = reader.look(id) {
            assert_eq!(record, expected.record);
        }
        if let Ok(Some(vectors)) = reader.vectors(id) {
            assert_eq!(vectors, expected.vectors);
        }
        if let Ok(Some(blob)) = reader.blob(id, "thumbnail") {
            assert_eq!(blob, expected.blobs[0].1);
        }
        let _ = reader.search(&expected.vectors.global, None, 2, &Filter::default());
    }
    if let Ok(Some(model)) = reader.model("character") {
        assert_eq!(model, [7; 100]);
    }
    let _ = store.verify();
});
