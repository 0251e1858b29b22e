//! An export of labelled looks, JSON or JSON Lines, and a catalogue of items.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lorgnon_dataset::{Dataset, Options, read_catalogue};
use lorgnon_fuzz::with_file;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, content)) = bytes.split_first() else { return };
    match kind % 3 {
        0 | 1 => {
            let name = if kind % 3 == 0 { "looks.json" } else { "looks.jsonl" };
            let options = Options { max_entry_bytes: 1 << 16, ..Options::default() };
            with_file(name, content, |path| {
                if let Ok(dataset) = Dataset::open(path, &options) {
                    let entries = dataset.entries().count() as u64;
                    assert_eq!(entries, dataset.count());
                }
            });
        }
        _ => with_file("catalogue.json", content, |path| {
            if let Ok(catalogue) = read_catalogue(path) {
                for item in catalogue.iter() {
                    let _ = catalogue.same_appearance(item.id);
                }
            }
        }),
    }
});
