//! An index file of the old system.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lorgnon_embed::EncoderSpec;
use lorgnon_fuzz::with_file;
use lorgnon_index::legacy;

/// The encoder that the corpus names, whose vectors are short: such files' vectors are taken over.
static SMALL: LazyLock<EncoderSpec> = LazyLock::new(|| EncoderSpec {
    name: "small".to_owned(),
    dimensions: 3,
    weights: String::new(),
    recipe: 1,
});

fuzz_target!(|bytes: &[u8]| {
    with_file("vision-index.json", bytes, |path| {
        let _ = legacy::read(path, &mut |_| {});
        let _ = legacy::import(path, &SMALL);
    });
});
