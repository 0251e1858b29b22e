//! Bytes that somebody calls a picture.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lorgnon_imaging::{Limits, decode};

const LIMITS: Limits = Limits { max_bytes: 1 << 20, max_pixels: 1 << 20 };

fuzz_target!(|bytes: &[u8]| {
    if let Ok(picture) = decode(bytes, &LIMITS) {
        let pixels = u64::from(picture.width()) * u64::from(picture.height());
        assert!(pixels <= LIMITS.max_pixels && picture.pixels().len() as u64 == pixels);
    }
});
