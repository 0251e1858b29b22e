//! Exports on disk, as sites write them and as nobody should.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "test code; skips are told")]

mod checking;
mod collecting;
mod exports;
mod faults;
mod images;
mod real;
mod sites;

use std::path::Path;

use lorgnon_dataset::{Dataset, Example, Options, Skipped};

/// A folder with these files, directories made as needed.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn read(path: &Path) -> (Vec<Example>, Vec<Skipped>) {
    read_with(path, &Options::default())
}

fn read_with(path: &Path, options: &Options) -> (Vec<Example>, Vec<Skipped>) {
    let dataset = Dataset::open(path, options).unwrap();
    let (mut examples, mut skipped) = (Vec::new(), Vec::new());
    for result in dataset.examples() {
        match result {
            Ok(example) => examples.push(example),
            Err(entry) => skipped.push(entry),
        }
    }
    assert_eq!(dataset.count(), (examples.len() + skipped.len()) as u64);
    (examples, skipped)
}

fn ids(examples: &[Example]) -> Vec<&str> {
    examples.iter().map(|example| example.look.id.as_str()).collect()
}
