//! Files cut short, flipped or missing: a clear error or the last commit, never a wrong answer.

use std::fs;
use std::path::{Path, PathBuf};

use lorgnon_index::{EmbeddedStore, Filter, Store, StoreError};

use crate::embedded::{entry, fill};

const LOOKS: u64 = 20;
const DIMENSIONS: usize = 8;

fn small_store(cache: &Path) {
    let store = EmbeddedStore::open(cache).unwrap();
    fill(&store, 0..LOOKS, DIMENSIONS);
    fill(&store, 3..5, DIMENSIONS);
}

fn copy_store(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("index")).unwrap();
    for file in files(from) {
        fs::copy(&file, to.join("index").join(file.file_name().unwrap())).unwrap();
    }
    fs::copy(from.join("vision-index.json"), to.join("vision-index.json")).unwrap();
}

fn files(cache: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(cache.join("index")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension != "lock"));
    files.sort();
    files
}

/// What asking a damaged store everything came to. A wrong answer fails the test at once.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// All is there and verified.
    Whole,
    /// An error said so, or the verification did.
    Detected,
}

/// Whether an error names damage, as opposed to being baffled by it.
fn says_damage(error: &StoreError) -> bool {
    matches!(error, StoreError::Damaged { .. } | StoreError::Database { .. } | StoreError::Version { .. })
}

fn examine(cache: &Path) -> Outcome {
    let (store, reader) = match EmbeddedStore::open(cache).and_then(|store| {
        let reader = store.reader()?;
        Ok((store, reader))
    }) {
        Ok(opened) => opened,
        Err(error) => {
            assert!(says_damage(&error), "{error:?}");
            return Outcome::Detected;
        }
    };
    let (mut damaged, mut missing) = (false, false);
    let mut check = |result: Result<Option<bool>, StoreError>| match result {
        Ok(Some(right)) => assert!(right, "a wrong answer"),
        Ok(None) => missing = true,
        Err(error) => {
            assert!(says_damage(&error), "{error:?}");
            damaged = true;
        }
    };
    for number in 0..LOOKS {
        let expected = entry(number, DIMENSIONS);
        let id = &expected.record.look.id;
        check(reader.look(id).map(|record| record.map(|record| record == expected.record)));
        check(reader.vectors(id).map(|vectors| vectors.map(|vectors| vectors == expected.vectors)));
        let blob = reader.blob(id, "thumbnail");
        check(blob.map(|bytes| bytes.map(|bytes| bytes == expected.blobs[0].1)));
        let query = &expected.vectors.global;
        let found = reader.search(query, None, 1, &Filter::default());
        check(found.map(|found| {
            let best = found.first()?;
            // Damaged codes may hide a look from a search; they never make up a similarity.
            (&best.id == id).then_some(best.similarity > 0.9999)
        }));
    }
    check(reader.model("character").map(|model| model.map(|model| model == vec![7; 1000])));
    let report = store.verify();
    let clean = match &report {
        Ok(report) => report.is_clean(),
        Err(error) => {
            assert!(says_damage(error), "{error:?}");
            false
        }
    };
    assert!(!missing || !clean, "something is missing and nothing noticed: {report:?}");
    if clean && !damaged { Outcome::Whole } else { Outcome::Detected }
}

#[test]
fn an_undamaged_copy_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    small_store(folder.path());
    let copy = folder.path().join("copy");
    copy_store(folder.path(), &copy);
    assert_eq!(examine(&copy), Outcome::Whole);
}

/// Whether something is to be tried at every byte, which takes minutes, instead of some.
fn every_byte() -> bool {
    std::env::var_os("LORGNON_TEST_EVERY_BYTE").is_some()
}

/// The bytes of a file that hold something, and the first and last of each run of zeros, which is space that is
/// not used.
fn used_bytes(bytes: &[u8]) -> impl Iterator<Item = usize> {
    (0..bytes.len()).filter(|at| {
        bytes[*at] != 0 || *at > 0 && bytes[*at - 1] != 0 || bytes.get(*at + 1).is_some_and(|byte| *byte != 0)
    })
}

#[test]
fn a_file_cut_short_anywhere_is_detected() {
    let folder = quick_folder();
    small_store(folder.path());
    let (mut detected, mut cases) = (0, 0);
    for (number, file) in files(folder.path()).iter().enumerate() {
        let bytes = fs::read(file).unwrap();
        let length = bytes.len() as u64;
        let cuts = if every_byte() {
            used_bytes(&bytes).map(|at| at as u64).collect()
        } else {
            vec![0, 1, 7, 24, 4095, 4096, 4097, length / 3, length / 2, length - 4097, length - 1]
        };
        for cut in cuts.into_iter().filter(|cut| *cut < length) {
            cases += 1;
            let copy = folder.path().join(format!("copy-{number}-{cut}"));
            copy_store(folder.path(), &copy);
            let cut_file = copy.join("index").join(file.file_name().unwrap());
            fs::OpenOptions::new().write(true).open(&cut_file).unwrap().set_len(cut).unwrap();
            // The database may be cut where it holds nothing; everything else is needed whole.
            if examine(&copy) == Outcome::Detected {
                detected += 1;
            } else {
                assert!(file.ends_with("looks.redb"), "{} cut at {cut}", file.display());
            }
            fs::remove_dir_all(&copy).unwrap();
        }
    }
    eprintln!("{cases} cases, {detected} detected");
    assert!(detected > 30, "{detected}");
}

#[test]
fn a_missing_data_file_is_detected() {
    let folder = tempfile::tempdir().unwrap();
    small_store(folder.path());
    for file in files(folder.path()) {
        if file.ends_with("looks.redb") {
            continue;
        }
        let copy = folder.path().join("copy");
        copy_store(folder.path(), &copy);
        fs::remove_file(copy.join("index").join(file.file_name().unwrap())).unwrap();
        assert_eq!(examine(&copy), Outcome::Detected);
        fs::remove_dir_all(&copy).unwrap();
    }
}

#[test]
fn bytes_beyond_the_last_commit_are_ignored_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    small_store(folder.path());
    for file in files(folder.path()) {
        if !file.ends_with("looks.redb") {
            let mut bytes = fs::read(&file).unwrap();
            bytes.extend([0xAB; 5000]);
            fs::write(&file, bytes).unwrap();
        }
    }
    fs::write(folder.path().join("index/00000007.rows"), "left by a killed compaction").unwrap();
    assert_eq!(examine(folder.path()), Outcome::Whole);
    let store = EmbeddedStore::open(folder.path()).unwrap();
    fill(&store, 7..9, DIMENSIONS);
    assert!(!folder.path().join("index/00000007.rows").exists());
    assert_eq!(examine(folder.path()), Outcome::Whole);
}

/// A folder in memory where there is one: these tests make thousands of copies.
fn quick_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// By default every 61st byte, with another bit each time; `LORGNON_TEST_EVERY_BYTE=1` flips them all.
#[test]
fn a_flipped_byte_is_detected_or_harmless() {
    let folder = quick_folder();
    small_store(folder.path());
    let step = if every_byte() { 1 } else { 61 };
    let (mut detected, mut cases) = (0, 0);
    for file in files(folder.path()) {
        let bytes = fs::read(&file).unwrap();
        for at in used_bytes(&bytes).step_by(step) {
            cases += 1;
            let copy = folder.path().join("copy");
            copy_store(folder.path(), &copy);
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at / step % 8);
            fs::write(copy.join("index").join(file.file_name().unwrap()), flipped).unwrap();
            if examine(&copy) == Outcome::Detected {
                detected += 1;
            }
            fs::remove_dir_all(&copy).unwrap();
        }
    }
    eprintln!("{cases} cases, {detected} detected");
    assert!(detected > 50, "{detected}");
}

/// Needs a file system of a few megabytes: `mount -t tmpfs -o size=2m tmpfs DIR`, then
/// `LORGNON_TEST_TINY_DISK=DIR`.
#[test]
fn a_full_disk_loses_nothing_acknowledged() {
    let Some(disk) = std::env::var_os("LORGNON_TEST_TINY_DISK") else {
        eprintln!("skipped: `LORGNON_TEST_TINY_DISK` names no small file system");
        return;
    };
    let cache = tempfile::tempdir_in(disk).unwrap();
    let store = EmbeddedStore::open(cache.path()).unwrap();
    let mut acknowledged = 0;
    let error = loop {
        let result = (|| {
            let mut writer = store.writer()?;
            for number in acknowledged..acknowledged + 50 {
                writer.put(entry(number, 64))?;
            }
            writer.commit()
        })();
        match result {
            Ok(_) => acknowledged += 50,
            Err(error) => break error,
        }
        assert!(acknowledged < 100_000, "the disk is not small");
    };
    let text = format!("{error:?}");
    assert!(text.contains("No space left") || text.contains("StorageFull"), "{text}");
    assert!(acknowledged > 0);
    for store in [EmbeddedStore::open(cache.path()).unwrap(), store] {
        let reader = store.reader().unwrap();
        assert_eq!(reader.len(), acknowledged);
        for number in 0..acknowledged {
            let expected = entry(number, 64);
            let id = &expected.record.look.id;
            assert_eq!(reader.vectors(id).unwrap().unwrap(), expected.vectors);
        }
    }
}
