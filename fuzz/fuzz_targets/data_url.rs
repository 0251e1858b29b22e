//! What an entry may say of its picture: data URLs, paths, addresses, nested.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lorgnon_dataset::{Dataset, ImageReference, Options};
use lorgnon_fuzz::with_file;

fuzz_target!(|text: &str| {
    let mut line = String::from("{\"id\":\"a\",\"class\":\"Iop\",\"image\":");
    quote(text, &mut line);
    line.push('}');
    let options = Options { max_image_bytes: 1 << 16, ..Options::default() };
    with_file("references.jsonl", line.as_bytes(), |path| {
        let Ok(dataset) = Dataset::open(path, &options) else { return };
        for example in dataset.examples().flatten() {
            match example.image {
                ImageReference::Inline(bytes) => assert!(bytes.len() as u64 <= 1 << 16),
                // The export itself is the only file there is.
                ImageReference::File(file) => assert_eq!(file.parent(), path.parent()),
            }
        }
    });
});

/// A text as JSON.
fn quote(text: &str, into: &mut String) {
    into.push('"');
    for character in text.chars() {
        match character {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            control if control < ' ' => into.push_str(&format!("\\u{:04x}", control as u32)),
            other => into.push(other),
        }
    }
    into.push('"');
}
