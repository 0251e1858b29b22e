//! Bytes to a picture, within limits, and back.
//!
//! A key design decision: what cannot be decoded *whole* is an error. An invented picture would be
//! trained on and "recognised" with confidence, and so would half of one: decoders fill what a cut
//! JPEG lacks with grey, so its end is looked for first.

use std::io::Cursor;

use image::error::{DecodingError, ImageFormatHint};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader};

use crate::{ImagingError, Picture};

/// What a picture may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of an encoded picture.
    pub max_bytes: u64,
    /// Most pixels, checked before any memory is taken for them.
    pub max_pixels: u64,
}

impl Default for Limits {
    /// 32 MiB and 50 megapixels.
    fn default() -> Self {
        Self { max_bytes: 32 << 20, max_pixels: 50_000_000 }
    }
}

/// Bytes a pixel may take while it is decoded: the widest layout, 16-bit RGBA.
const DECODER_BYTES_PER_PIXEL: u64 = 8;
/// What a decoder may take beside the pixels (tables, metadata), in bytes.
const DECODER_BYTES_BESIDE: u64 = 16 << 20;

/// Decodes PNG, JPEG, WebP, GIF (first frame) or BMP, told apart by their bytes, never by a name.
/// EXIF orientation is applied; grey, palette and 16-bit pictures become 8-bit RGBA.
///
/// # Errors
/// When the bytes are no such picture, are damaged, or exceed `limits`.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, ImagingError> {
    let size = bytes.len() as u64;
    if size > limits.max_bytes {
        return Err(ImagingError::TooManyBytes { bytes: size, limit: limits.max_bytes });
    }
    let format = image::guess_format(bytes).map_err(|_| unrecognised(bytes))?;
    if !matches!(
        format,
        ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif | ImageFormat::Bmp
    ) {
        let format = format.extensions_str().first().copied().unwrap_or("unknown").to_owned();
        return Err(ImagingError::UnsupportedFormat { format });
    }
    if format == ImageFormat::Jpeg && !jpeg_is_whole(bytes) {
        let hint = ImageFormatHint::Exact(format);
        let cut = DecodingError::new(hint, "the file is cut short: it has no end marker");
        return Err(ImagingError::Damaged(ImageError::Decoding(cut)));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut decoder_limits = image::Limits::no_limits();
    let pixel_bytes = limits.max_pixels.saturating_mul(DECODER_BYTES_PER_PIXEL);
    decoder_limits.max_alloc = Some(pixel_bytes.saturating_add(DECODER_BYTES_BESIDE));
    reader.limits(decoder_limits);
    let mut decoder = reader.into_decoder().map_err(ImagingError::Damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(ImagingError::TooManyPixels { width, height, limit: limits.max_pixels });
    }
    // Unreadable metadata is no reason to refuse a readable picture: it then has no orientation.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut decoded = DynamicImage::from_decoder(decoder).map_err(ImagingError::Damaged)?;
    decoded.apply_orientation(orientation);
    let (width, height) = (decoded.width(), decoded.height());
    let pixels = if let DynamicImage::ImageRgb8(opaque) = &decoded {
        // The largest pictures are opaque: they are spared an RGBA copy on the way.
        opaque.as_raw().as_chunks::<3>().0.iter().map(|&[red, green, blue]| [red, green, blue, 255]).collect()
    } else {
        decoded.into_rgba8().as_raw().as_chunks::<4>().0.to_vec()
    };
    Picture::new(width, height, pixels).ok_or(ImagingError::NotAPicture)
}

/// Names a format that people send and the decoders' own list lacks.
fn unrecognised(bytes: &[u8]) -> ImagingError {
    let brand = bytes.get(4..12).unwrap_or_default();
    if [b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1"].iter().any(|known| brand == *known) {
        return ImagingError::UnsupportedFormat { format: "heic".to_owned() };
    }
    ImagingError::NotAPicture
}

/// Whether an end marker follows the first scan. (The EXIF thumbnail before it has its own.)
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let mut position = 2;
    while let Some(&[0xFF, marker]) = bytes.get(position..position + 2) {
        match marker {
            0xFF => position += 1,
            0xDA => return bytes[position..].windows(2).rev().any(|pair| pair == [0xFF, 0xD9]),
            0x01 | 0xD0..=0xD9 => position += 2,
            _ => {
                let Some(&[high, low]) = bytes.get(position + 2..position + 4) else {
                    return false;
                };
                position += 2 + usize::from(u16::from_be_bytes([high, low]));
            }
        }
    }
    false
}

/// The picture as a PNG file.
///
/// # Errors
/// Only when the encoder itself fails.
pub fn encode_png(picture: &Picture) -> Result<Vec<u8>, ImagingError> {
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(
            picture.pixels().as_flattened(),
            picture.width(),
            picture.height(),
            image::ExtendedColorType::Rgba8,
        )
        .map_err(ImagingError::Encode)?;
    Ok(bytes)
}

impl Picture {
    /// The picture as a JPEG of this quality (1 to 100) would show it; opaque, black behind
    /// what is see-through.
    ///
    /// # Errors
    /// Only when the encoder itself fails.
    pub fn recompressed(&self, quality: u8) -> Result<Self, ImagingError> {
        let rgb: Vec<u8> =
            self.pixels().iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100))
            .write_image(&rgb, self.width(), self.height(), image::ExtendedColorType::Rgb8)
            .map_err(ImagingError::Encode)?;
        decode(&bytes, &Limits { max_bytes: u64::MAX, max_pixels: u64::MAX >> 8 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Picture {
        let pixels = (0..12u8).map(|number| [number * 20, 255 - number, number, 255]).collect();
        Picture::new(4, 3, pixels).unwrap()
    }

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let picture = sample();
        let rgba = image::RgbaImage::from_raw(4, 3, picture.pixels().as_flattened().to_vec()).unwrap();
        let mut bytes = Cursor::new(Vec::new());
        let image = DynamicImage::ImageRgba8(rgba);
        let image =
            if format == ImageFormat::Jpeg { DynamicImage::ImageRgb8(image.into_rgb8()) } else { image };
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A PNG of a few bytes that claims any size: signature and header only, checksum right.
    fn claiming(width: u32, height: u32) -> Vec<u8> {
        let mut header = b"IHDR".to_vec();
        header.extend(width.to_be_bytes());
        header.extend(height.to_be_bytes());
        header.extend([8, 6, 0, 0, 0]);
        let mut checksum = u32::MAX;
        for byte in &header {
            checksum ^= u32::from(*byte);
            for _ in 0..8 {
                checksum = (checksum >> 1) ^ (0xEDB8_8320 & (checksum & 1).wrapping_neg());
            }
        }
        let mut png = vec![0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13];
        png.extend(header);
        png.extend((!checksum).to_be_bytes());
        png.extend([0, 0, 0, 0, b'I', b'D', b'A', b'T', 0x35, 0xAF, 0x06, 0x1E]);
        png
    }

    #[test]
    fn every_format_is_read() {
        for format in
            [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp]
        {
            let picture = decode(&encoded(format), &Limits::default()).unwrap();
            assert_eq!((picture.width(), picture.height()), (4, 3), "{format:?}");
        }
        let bytes = encode_png(&sample()).unwrap();
        assert_eq!(decode(&bytes, &Limits::default()).unwrap(), sample());
    }

    #[test]
    fn a_small_file_of_240_megapixels_is_refused_before_its_pixels_are_made() {
        assert!(matches!(
            decode(&claiming(20_000, 12_000), &Limits::default()),
            Err(ImagingError::TooManyPixels { width: 20_000, height: 12_000, .. })
        ));
    }

    #[test]
    fn text_and_unknown_formats_are_no_pictures() {
        assert!(matches!(decode(b"hello, I am a png", &Limits::default()), Err(ImagingError::NotAPicture)));
        assert!(matches!(decode(b"", &Limits::default()), Err(ImagingError::NotAPicture)));
        assert!(matches!(
            decode(b"II*\0\x08\0\0\0\0\0", &Limits::default()),
            Err(ImagingError::UnsupportedFormat { .. })
        ));
        assert!(matches!(
            decode(&[0; 9], &Limits { max_bytes: 8, ..Limits::default() }),
            Err(ImagingError::TooManyBytes { bytes: 9, limit: 8 })
        ));
    }

    #[test]
    fn truncated_files_are_errors_never_pictures() {
        for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp] {
            let bytes = encoded(format);
            for length in 0..bytes.len() / 2 {
                assert!(decode(&bytes[..length], &Limits::default()).is_err(), "{format:?} {length}");
            }
        }
    }

    proptest! {
        #[test]
        fn mangled_files_never_panic(
            which in 0usize..5, at in 0usize..4000, value: u8, length in 0usize..4000,
        ) {
            let formats =
                [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp];
            let mut bytes = encoded(formats[which]);
            let at = at % bytes.len();
            bytes[at] = value;
            bytes.truncate(length.max(1));
            let limits = Limits { max_pixels: 1_000_000, ..Limits::default() };
            let _ = decode(&bytes, &limits);
        }
    }
}
