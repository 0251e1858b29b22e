//! Hard versions of a look, with the frame they move.

use std::path::Path;

use lorgnon_imaging::{Picture, Rect};
use lorgnon_recogniser::Frame;

use crate::open;

/// A small deterministic random source (SplitMix64), seeded by a text.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: &str) -> Self {
        Self(seed.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }

    fn uniform(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.next() >> 40) as f32 / (1u64 << 24) as f32)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Condition {
    Clean,
    Shifted,
    Scaled,
    Map,
    Mirrored,
}

pub(crate) fn maps(folder: &Path) -> Vec<Picture> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| open(path)).collect()
}

impl Condition {
    pub(crate) const ALL: [Self; 5] = [Self::Clean, Self::Shifted, Self::Scaled, Self::Map, Self::Mirrored];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Shifted => "shifted",
            Self::Scaled => "scaled",
            Self::Map => "map",
            Self::Mirrored => "mirrored",
        }
    }

    pub(crate) fn apply(
        self,
        picture: &Picture,
        frame: &Frame,
        maps: &[Picture],
        chance: &mut Chance,
    ) -> (Picture, Frame) {
        match self {
            Self::Clean => (picture.clone(), *frame),
            // A locator's error: 2 % of the height either way and 3 % of scale.
            Self::Shifted => {
                let mut moved = *frame;
                moved.centre_x += chance.uniform(-0.02, 0.02) * frame.height;
                moved.top += chance.uniform(-0.02, 0.02) * frame.height;
                let scale = chance.uniform(0.97, 1.03);
                moved.top += 0.5 * moved.height * (1.0 - scale);
                moved.height *= scale;
                (picture.clone(), moved)
            }
            Self::Scaled => {
                let scale = chance.uniform(0.4, 2.0);
                let small = sized(&picture.over([255; 3]), scale);
                (jpeg(&small, 60 + chance.below(31) as u8), scaled(frame, scale))
            }
            Self::Map => on_map(picture, frame, maps, chance),
            Self::Mirrored => {
                let centre_x = picture.width() as f32 - frame.centre_x;
                (picture.mirrored(), Frame { centre_x, mirrored: true, ..*frame })
            }
        }
    }
}

fn sized(picture: &Picture, scale: f32) -> Picture {
    let side = |side: u32| (side as f32 * scale).round() as u32;
    picture.resized(side(picture.width()), side(picture.height()))
}

fn scaled(frame: &Frame, scale: f32) -> Frame {
    Frame { centre_x: frame.centre_x * scale, top: frame.top * scale, height: frame.height * scale, ..*frame }
}

/// The look before a part of a map, at .4 to .95 of its height, as `conditions.py` does.
fn on_map(picture: &Picture, frame: &Frame, maps: &[Picture], chance: &mut Chance) -> (Picture, Frame) {
    let height = 280 + chance.below(241) as u32;
    let width = (height as f32 * chance.uniform(0.75, 1.5)) as u32;
    let map = &maps[chance.below(maps.len())];
    let zoom = chance.uniform(0.6, 1.6);
    let part_height = ((height as f32 * zoom) as u32).min(map.height());
    let part_width = ((width as f32 * zoom) as u32).min(map.width());
    let mut shown = map
        .cropped(&Rect {
            x: chance.below((map.width() - part_width + 1) as usize) as f32,
            y: chance.below((map.height() - part_height + 1) as usize) as f32,
            width: part_width as f32,
            height: part_height as f32,
        })
        .resized(width, height);
    let scale = height as f32 * chance.uniform(0.4, 0.95) / picture.height() as f32;
    let look = sized(picture, scale);
    let room = |whole: u32, part: u32| whole.saturating_sub(part) as f32;
    let left = chance.uniform(0.0, 1.0) * room(width, look.width());
    let top = chance.uniform(0.0, 1.0) * room(height, look.height());
    let (left, top) = (left.round() as u32, top.round() as u32);
    for y in 0..look.height().min(height - top) {
        for x in 0..look.width().min(width - left) {
            let pixel = look.pixel(x, y);
            let at = ((y + top) * width + x + left) as usize;
            let behind = &mut shown.pixels_mut()[at];
            for channel in 0..3 {
                let (over, under) = (u32::from(pixel[channel]), u32::from(behind[channel]));
                let alpha = u32::from(pixel[3]);
                behind[channel] = ((over * alpha + under * (255 - alpha) + 127) / 255) as u8;
            }
        }
    }
    let moved = scaled(frame, scale);
    (shown, Frame { centre_x: moved.centre_x + left as f32, top: moved.top + top as f32, ..moved })
}

fn jpeg(picture: &Picture, quality: u8) -> Picture {
    let pixels: Vec<u8> = picture.pixels().iter().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode(&pixels, picture.width(), picture.height(), image::ExtendedColorType::Rgb8)
        .unwrap();
    let decoded = image::load_from_memory(&bytes).unwrap().into_rgba8();
    let pixels = decoded.pixels().map(|pixel| pixel.0).collect();
    Picture::new(picture.width(), picture.height(), pixels).unwrap()
}
