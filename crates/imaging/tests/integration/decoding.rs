//! Each format, layout and orientation becomes the same kind of picture.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbaImage};
use lorgnon_imaging::{ImagingError, Limits, Picture, decode};

/// Four quarters of four colours, 24 x 16.
pub(crate) fn quarters() -> RgbaImage {
    RgbaImage::from_fn(24, 16, |x, y| {
        image::Rgba(match (x < 12, y < 8) {
            (true, true) => [220, 30, 30, 255],
            (false, true) => [30, 220, 30, 255],
            (true, false) => [30, 30, 220, 255],
            (false, false) => [240, 240, 240, 255],
        })
    })
}

pub(crate) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn assert_near(picture: &Picture, x: u32, y: u32, expected: [u8; 3], tolerance: u8) {
    let got = picture.pixel(x, y);
    for channel in 0..3 {
        assert!(got[channel].abs_diff(expected[channel]) <= tolerance, "{got:?} is not {expected:?}");
    }
    assert_eq!(got[3], 255);
}

#[test]
fn every_format_decodes_whatever_the_file_is_called() {
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
        let decoded = decode(&bytes, &Limits::default()).unwrap();
        assert_eq!((decoded.width(), decoded.height()), (24, 16), "{format:?}");
        assert_near(&decoded, 3, 3, [220, 30, 30], 12);
        assert_near(&decoded, 20, 3, [30, 220, 30], 12);
        assert_near(&decoded, 3, 12, [30, 30, 220], 12);
    }
}

#[test]
fn greys_and_deep_channels_become_eight_bit_rgba() {
    let source = DynamicImage::ImageRgba8(quarters());
    for picture in [
        DynamicImage::ImageLuma8(source.to_luma8()),
        DynamicImage::ImageLumaA8(source.to_luma_alpha8()),
        DynamicImage::ImageLuma16(source.to_luma16()),
    ] {
        let decoded = decode(&encoded(&picture, ImageFormat::Png), &Limits::default()).unwrap();
        assert_near(&decoded, 20, 12, [240; 3], 1);
    }
    let deep = DynamicImage::ImageRgba16(source.to_rgba16());
    let decoded = decode(&encoded(&deep, ImageFormat::Png), &Limits::default()).unwrap();
    assert_near(&decoded, 3, 3, [220, 30, 30], 0);
}

#[test]
fn the_first_frame_of_an_animation_is_taken() {
    let mut bytes = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
        for colour in [[200, 0, 0, 255], [0, 0, 200, 255]] {
            let frame = RgbaImage::from_pixel(9, 5, image::Rgba(colour));
            encoder.encode_frame(image::Frame::new(frame)).unwrap();
        }
    }
    assert_near(&decode(&bytes, &Limits::default()).unwrap(), 4, 2, [200, 0, 0], 3);
}

/// A JPEG with an EXIF block that holds only an orientation.
fn rotated_jpeg(orientation: u8) -> Vec<u8> {
    let rgb = DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(quarters()).to_rgb8());
    let plain = encoded(&rgb, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xFF, 0xE1], &length, &exif, &plain[2..]].concat()
}

#[test]
fn the_exif_orientation_is_applied() {
    let upright = decode(&rotated_jpeg(1), &Limits::default()).unwrap();
    assert_eq!((upright.width(), upright.height()), (24, 16));
    // 6: the camera was turned; the stored left bottom is the shown left top.
    let turned = decode(&rotated_jpeg(6), &Limits::default()).unwrap();
    assert_eq!((turned.width(), turned.height()), (16, 24));
    assert_near(&turned, 3, 3, [30, 30, 220], 12);
    let mirrored = decode(&rotated_jpeg(2), &Limits::default()).unwrap();
    assert_near(&mirrored, 3, 3, [30, 220, 30], 12);
}

#[test]
fn other_formats_are_named() {
    let tiff = decode(b"II*\0\x08\0\0\0\0\0\0\0\0\0", &Limits::default()).unwrap_err();
    assert!(matches!(&tiff, ImagingError::UnsupportedFormat { format } if format == "tiff"), "{tiff}");
    let heic = decode(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", &Limits::default()).unwrap_err();
    assert!(matches!(&heic, ImagingError::UnsupportedFormat { format } if format == "heic"), "{heic}");
}
