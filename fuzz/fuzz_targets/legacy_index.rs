//! An index file of the old system.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lorgnon_embed::{BuiltinEncoder, Encoder};
use lorgnon_fuzz::with_file;
use lorgnon_index::legacy;

fuzz_target!(|bytes: &[u8]| {
    let encoder = BuiltinEncoder::default();
    with_file("vision-index.json", bytes, |path| {
        let _ = legacy::read(path, &mut |_| {});
        let _ = legacy::import(path, encoder.spec());
    });
});
