//! Input made to hurt: each has its own error, and none costs memory or a panic.

use image::{DynamicImage, ImageFormat};
use lorgnon_imaging::{ImagingError, Limits, decode};
use proptest::prelude::*;

use crate::decoding::{encoded, quarters};

/// A PNG chunk with its checksum.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), data].concat();
    let mut checksum = u32::MAX;
    for byte in &body {
        checksum ^= u32::from(*byte);
        for _ in 0..8 {
            checksum = if checksum & 1 == 1 { checksum >> 1 ^ 0xEDB8_8320 } else { checksum >> 1 };
        }
    }
    [&u32::try_from(data.len()).unwrap().to_be_bytes(), body.as_slice(), &(!checksum).to_be_bytes()].concat()
}

fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &[0x78, 1]), chunk(b"IEND", &[])]
        .concat()
}

#[test]
fn a_tiny_file_of_240_megapixels_is_refused_by_its_header() {
    let error = decode(&png_claiming(20_000, 12_000), &Limits::default()).unwrap_err();
    assert!(
        matches!(error, ImagingError::TooManyPixels { width: 20_000, height: 12_000, limit: 50_000_000 }),
        "{error}"
    );
    let widest = decode(&png_claiming(0x7FFF_FFFF, 0x7FFF_FFFF), &Limits::default()).unwrap_err();
    assert!(matches!(widest, ImagingError::TooManyPixels { .. } | ImagingError::Damaged(_)), "{widest}");
}

#[test]
fn text_is_not_an_image_under_any_name() {
    for bytes in [b"".as_slice(), b"hello, I am named picture.png", b"<svg></svg>", b"\x89PN", b"GI"] {
        let error = decode(bytes, &Limits::default()).unwrap_err();
        assert!(matches!(error, ImagingError::NotAPicture), "{error}");
    }
}

#[test]
fn a_file_over_the_byte_limit_is_refused_before_it_is_read() {
    let limits = Limits { max_bytes: 10, ..Limits::default() };
    let error = decode(&[0; 11], &limits).unwrap_err();
    assert!(matches!(error, ImagingError::TooManyBytes { bytes: 11, limit: 10 }), "{error}");
}

#[test]
fn a_file_cut_short_is_damaged_never_half_a_picture() {
    let rgba = DynamicImage::ImageRgba8(quarters());
    let rgb = DynamicImage::ImageRgb8(rgba.to_rgb8());
    for (picture, format) in [
        (&rgba, ImageFormat::Png),
        (&rgb, ImageFormat::Jpeg),
        (&rgba, ImageFormat::WebP),
        (&rgba, ImageFormat::Gif),
        (&rgb, ImageFormat::Bmp),
    ] {
        let bytes = encoded(picture, format);
        for kept in [bytes.len() / 4, bytes.len() / 2, bytes.len() * 3 / 4] {
            let error = decode(&bytes[..kept], &Limits::default()).unwrap_err();
            assert!(matches!(error, ImagingError::Damaged(_)), "{format:?} {kept}: {error}");
            assert!(std::error::Error::source(&error).is_some());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0usize..6) {
        let magic: [&[u8]; 6] = [
            b"", b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF", b"RIFF\x40\0\0\0WEBPVP8L", b"GIF89a", b"BM",
        ];
        let _ = decode(&[magic[kind], &bytes].concat(), &Limits::default());
    }

    #[test]
    fn no_mutated_file_panics_or_passes_the_limit(
        kind in 0usize..5,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let rgba = DynamicImage::ImageRgba8(quarters());
        let rgb = DynamicImage::ImageRgb8(rgba.to_rgb8());
        let mut bytes = match kind {
            0 => encoded(&rgba, ImageFormat::Png),
            1 => encoded(&rgb, ImageFormat::Jpeg),
            2 => encoded(&rgba, ImageFormat::WebP),
            3 => encoded(&rgba, ImageFormat::Gif),
            _ => encoded(&rgb, ImageFormat::Bmp),
        };
        for (position, value) in changes {
            let position = position.index(bytes.len());
            bytes[position] = value;
        }
        let limits = Limits { max_pixels: 4_000_000, ..Limits::default() };
        if let Ok(picture) = decode(&bytes, &limits) {
            prop_assert!(u64::from(picture.width()) * u64::from(picture.height()) <= limits.max_pixels);
        }
    }
}
