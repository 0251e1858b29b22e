//! Commits to the store of a cache folder until somebody kills it, saying on standard output what
//! each commit acknowledged: the other half of the test of kills.
//!
//! `cargo run -p lorgnon-index --example commit_until_killed -- CACHE [FIRST]`
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its output is its purpose")]

use std::io::Write;
use std::path::Path;

use lorgnon_index::{EmbeddedStore, Entry, Fingerprint, LookRecord, Store, StoreError, VectorSet};
use lorgnon_look::{Look, SlotMap};

const DIMENSIONS: usize = 24;

fn entry(number: u64) -> Entry {
    let vector = |place: u64| -> Vec<f32> {
        (0..DIMENSIONS as u64).map(|at| ((number * 31 + place * 7 + at * 13) % 101) as f32 - 50.0).collect()
    };
    Entry {
        record: LookRecord {
            look: Look { id: format!("look-{number}"), ..Look::default() },
            source: number.to_string(),
            fingerprint: Fingerprint([number as u8; 32]),
        },
        vectors: VectorSet {
            global: vector(0),
            slots: SlotMap::from_fn(|slot| vector(1 + slot.index() as u64)),
        },
        blobs: vec![("thumbnail".to_owned(), vec![number as u8; 200])],
    }
}

fn run(cache: &Path, first: u64) -> Result<(), StoreError> {
    let store = EmbeddedStore::open(cache)?;
    let mut number = first;
    loop {
        let mut writer = store.writer()?;
        for _ in 0..1 + number % 40 {
            writer.put(entry(number))?;
            number += 1;
        }
        // Some looks are written again, some removed and written again, so that all paths are met.
        writer.put(entry(first))?;
        writer.remove(&format!("look-{}", number - 1))?;
        writer.put(entry(number - 1))?;
        writer.put_model("count", number.to_le_bytes().to_vec())?;
        let version = writer.commit()?;
        // One write, so that a line is whole or not there.
        let line = format!("{version} {number}\n");
        if std::io::stdout().write_all(line.as_bytes()).is_err() {
            return Ok(());
        }
        if number % 1000 < 40 {
            let version = store.compact()?;
            println!("{version} {number}");
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let cache = arguments.next().unwrap_or_else(|| ".cache".to_owned());
    let first = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(0);
    if let Err(error) = run(Path::new(&cache), first) {
        eprintln!("error: {error}");
    }
}
