//! Hard versions of a clean render, with the frame that the corruption moves along.

use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::{ImageBuffer, Rgb};
use lorgnon_imaging::Picture;
use lorgnon_recogniser::Frame;

use crate::{Sample, open};

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

    pub(crate) fn uniform(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.next() >> 40) as f32 / (1u64 << 24) as f32)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    Clean,
    Flat,
    HalfJpeg,
    LargeJpeg,
    Map,
    Shifted,
    FarShifted,
    Mirrored,
    Turned,
    HatCloak,
    Covered,
    Everything,
    /// Of looks to fit: some items, as exports have them.
    Dressed,
}

impl Condition {
    pub(crate) const ALL: [Self; 12] = [
        Self::Clean,
        Self::Flat,
        Self::HalfJpeg,
        Self::LargeJpeg,
        Self::Map,
        Self::Shifted,
        Self::FarShifted,
        Self::Mirrored,
        Self::Turned,
        Self::HatCloak,
        Self::Covered,
        Self::Everything,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Flat => "flat background",
            Self::HalfJpeg => "half size JPEG",
            Self::LargeJpeg => "1.7x JPEG",
            Self::Map => "map",
            Self::Shifted => "shifted 3px 3%",
            Self::FarShifted => "far shifted",
            Self::Mirrored => "mirrored",
            Self::Turned => "turned 5 deg",
            Self::HatCloak => "hat and cloak",
            Self::Covered => "covered",
            Self::Everything => "all at once",
            Self::Dressed => "dressed",
        }
    }
}

/// Moves a frame as a detector's error would: `size` is a share of the body height.
pub(crate) fn jitter(frame: &Frame, size: f32, chance: &mut Chance) -> Frame {
    let mut moved = *frame;
    moved.centre_x += chance.uniform(-size, size) * frame.height;
    moved.top += chance.uniform(-size, size) * frame.height;
    scale_about_middle(&mut moved, 1.0 + chance.uniform(-size, size));
    moved
}

fn scale_about_middle(frame: &mut Frame, factor: f32) {
    frame.top += 0.5 * frame.height * (1.0 - factor);
    frame.height *= factor;
}

pub(crate) struct Corruptor {
    maps: Vec<Picture>,
    hats: Vec<PathBuf>,
    cloaks: Vec<PathBuf>,
    shields: Vec<PathBuf>,
    pets: Vec<PathBuf>,
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut list: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    list.sort();
    list
}

impl Corruptor {
    pub(crate) fn new(data: &Path) -> Self {
        let icons = data.join("dofus-items/icons");
        Self {
            maps: files(&data.join("backgrounds")).iter().map(|path| open(path)).collect(),
            hats: files(&icons.join("coiffe")),
            cloaks: files(&icons.join("cape")),
            shields: files(&icons.join("bouclier")),
            pets: files(&icons.join("familier")),
        }
    }

    /// The corrupted picture, and the frame to solve it in.
    pub(crate) fn corrupt(
        &self,
        condition: Condition,
        sample: &Sample,
        chance: &mut Chance,
    ) -> (Picture, Frame) {
        let (picture, mut frame) = (&sample.picture, sample.frame);
        match condition {
            Condition::Clean => (picture.clone(), frame),
            Condition::Flat => {
                let colour = [(); 3].map(|()| chance.below(256) as u8);
                (over_flat(picture, colour), frame)
            }
            Condition::HalfJpeg => {
                (jpeg(&resize(&over_flat(picture, [255; 3]), 0.5), 80), scaled(&frame, 0.5))
            }
            Condition::LargeJpeg => {
                (jpeg(&resize(&over_flat(picture, [255; 3]), 1.7), 80), scaled(&frame, 1.7))
            }
            Condition::Map => self.on_map(picture, &frame, chance),
            Condition::Shifted => {
                let sign = |chance: &mut Chance| if chance.below(2) == 0 { -1.0 } else { 1.0 };
                frame.centre_x += 3.0 * sign(chance);
                frame.top += 3.0 * sign(chance);
                scale_about_middle(&mut frame, 1.0 + 0.03 * sign(chance));
                (picture.clone(), frame)
            }
            Condition::FarShifted => {
                let sign = |chance: &mut Chance| if chance.below(2) == 0 { -1.0 } else { 1.0 };
                frame.centre_x += 24.0 * sign(chance);
                frame.top += 24.0 * sign(chance);
                scale_about_middle(&mut frame, 1.0 + 0.10 * sign(chance));
                (picture.clone(), frame)
            }
            Condition::Mirrored => {
                let width = picture.width();
                let pixels = (0..picture.height())
                    .flat_map(|y| (0..width).rev().map(move |x| (x, y)))
                    .map(|(x, y)| picture.pixel(x, y))
                    .collect();
                frame.centre_x = width as f32 - frame.centre_x;
                frame.mirrored = true;
                (Picture::new(width, picture.height(), pixels).unwrap(), frame)
            }
            Condition::Turned => turned(picture, &frame, chance.uniform(-5.0, 5.0)),
            Condition::Dressed => {
                let hat = chance.below(4) > 0;
                let kinds: Vec<usize> = (1..4).filter(|_| chance.below(2) == 0).collect();
                let (worn, offset) = self.dress(picture, &frame, hat, &kinds, chance);
                frame.centre_x += offset;
                frame.top += offset;
                (worn, frame)
            }
            Condition::Covered => {
                // Large items anywhere on the body: some colours are wholly hidden.
                let mut worn = picture.clone();
                for _ in 0..3 {
                    let lists = [&self.hats, &self.cloaks, &self.shields, &self.pets];
                    let list = lists[chance.below(4)];
                    let icon = tight(&open(&list[chance.below(list.len())]));
                    let icon = resize(&icon, 0.4 * frame.height / icon.height() as f32);
                    let x =
                        frame.centre_x - icon.width() as f32 / 2.0 + chance.uniform(-0.1, 0.1) * frame.height;
                    let y = frame.top + chance.uniform(0.0, 0.6) * frame.height;
                    paste(&mut worn, &icon, x as i64, y as i64);
                }
                (worn, frame)
            }
            Condition::HatCloak => {
                let (worn, offset) = self.dress(picture, &frame, true, &[1], chance);
                frame.centre_x += offset;
                frame.top += offset;
                (worn, frame)
            }
            Condition::Everything => {
                let other = 1 + chance.below(3);
                let (worn, offset) = self.dress(picture, &frame, true, &[other], chance);
                frame.centre_x += offset;
                frame.top += offset;
                let (shown, frame) = self.on_map(&worn, &frame, chance);
                let quality = 60 + chance.below(31);
                (jpeg(&shown, quality as u8), frame)
            }
        }
    }

    fn on_map(&self, picture: &Picture, frame: &Frame, chance: &mut Chance) -> (Picture, Frame) {
        let height = 280 + chance.below(241) as u32;
        let width = (height as f32 * chance.uniform(0.75, 1.5)) as u32;
        let map = &self.maps[chance.below(self.maps.len())];
        let zoom = chance.uniform(0.6, 1.6);
        let (crop_height, crop_width) = (
            ((height as f32 * zoom) as u32).min(map.height()),
            ((width as f32 * zoom) as u32).min(map.width()),
        );
        let left = chance.below((map.width() - crop_width + 1) as usize) as u32;
        let top = chance.below((map.height() - crop_height + 1) as usize) as u32;
        let pixels = (top..top + crop_height)
            .flat_map(|y| (left..left + crop_width).map(move |x| (x, y)))
            .map(|(x, y)| map.pixel(x, y))
            .collect();
        let mut scene = resize_to(&Picture::new(crop_width, crop_height, pixels).unwrap(), width, height);
        let scale = height as f32 * chance.uniform(0.40, 0.95) / frame.height;
        let small = resize(picture, scale);
        let frame = scaled(frame, small.width() as f32 / picture.width() as f32);
        let free = width as f32 - 0.5 * frame.height;
        let x = frame.centre_x - 0.25 * frame.height - chance.uniform(0.0, free.max(1.0));
        let y = frame.top - chance.uniform(0.0, (height as f32 - frame.height).max(1.0));
        let (x, y) = (-x.round() as i64, -y.round() as i64);
        paste(&mut scene, &small, x, y);
        let frame = Frame { centre_x: frame.centre_x + x as f32, top: frame.top + y as f32, ..frame };
        (scene, frame)
    }

    /// Puts icons on a render as `tools/conditions.py` of the shared data does; the picture grows
    /// by a margin, which is returned. Kinds: 1 cloak, 2 shield, 3 pet.
    fn dress(
        &self,
        picture: &Picture,
        frame: &Frame,
        hat: bool,
        kinds: &[usize],
        chance: &mut Chance,
    ) -> (Picture, f32) {
        let height = frame.height;
        let margin = (0.22 * height) as u32;
        let mut canvas = Picture::filled(picture.width() + 2 * margin, picture.height() + margin, [0; 4]);
        let offset = margin as f32;
        let (feet, top, head) = (frame.centre_x + offset, frame.top + offset, 0.25 * height);
        let bottom = top + height;
        // Icons with where their corners go, behind and before the character.
        let mut under: Vec<(Picture, f32, f32)> = Vec::new();
        let mut over = Vec::new();
        if hat {
            let icon = tight(&open(&self.hats[chance.below(self.hats.len())]));
            let shape = icon.height() as f32 / icon.width() as f32;
            let tall = (head * chance.uniform(0.9, 1.3) * shape).min(head * 1.6);
            let wide = tall / shape;
            let x = feet - wide / 2.0 + chance.uniform(-0.02, 0.03) * height;
            let y = top + head * chance.uniform(0.35, 0.6) - tall;
            over.push((icon, x, y));
            let last = over.len() - 1;
            over[last].0 = resize_to(&over[last].0, wide as u32, tall as u32);
        }
        for kind in kinds {
            let list = [&self.hats, &self.cloaks, &self.shields, &self.pets][*kind];
            let icon = tight(&open(&list[chance.below(list.len())]));
            let shape = icon.height() as f32 / icon.width() as f32;
            let (low, high) = [(0.0, 0.0), (0.35, 0.5), (0.24, 0.34), (0.2, 0.32)][*kind];
            let mut tall = height * chance.uniform(low, high);
            let mut wide = tall / shape;
            let most = [1.0, 0.5, 0.3, 1.0][*kind] * height;
            if wide > most {
                wide = most;
                tall = wide * shape;
            }
            let (x, y, front) = match kind {
                1 => {
                    if chance.below(2) == 0 {
                        (feet - wide / 2.0 + chance.uniform(-0.08, 0.04) * height, top + head * 0.8, false)
                    } else {
                        wide *= 0.6;
                        tall *= 0.6;
                        (feet - wide * chance.uniform(0.6, 1.0), top + head * 0.9, true)
                    }
                }
                2 => (
                    feet - 0.13 * height - wide / 2.0 + chance.uniform(-0.03, 0.03) * height,
                    bottom - 0.48 * height - tall / 2.0 + chance.uniform(-0.04, 0.04) * height,
                    true,
                ),
                _ => (
                    feet - 0.26 * height - wide / 2.0 + chance.uniform(-0.06, 0.04) * height,
                    bottom - tall + chance.uniform(-0.02, 0.05) * height,
                    true,
                ),
            };
            let worn = (resize_to(&icon, wide as u32, tall as u32), x, y);
            if front { over.push(worn) } else { under.push(worn) }
        }
        for (icon, x, y) in under {
            paste(&mut canvas, &icon, x.round() as i64, y.round() as i64);
        }
        paste(&mut canvas, picture, i64::from(margin), i64::from(margin));
        for (icon, x, y) in over {
            paste(&mut canvas, &icon, x.round() as i64, y.round() as i64);
        }
        (canvas, offset)
    }
}

/// A render turned about the middle of its body.
fn turned(picture: &Picture, frame: &Frame, degrees: f32) -> (Picture, Frame) {
    let frame = Frame { rotation_degrees: degrees, ..*frame };
    let upright = Frame { rotation_degrees: 0.0, ..frame };
    let mut out = Picture::filled(picture.width(), picture.height(), [0; 4]);
    let width = picture.width() as usize;
    for (at, to) in out.pixels_mut().iter_mut().enumerate() {
        let (u, v) = frame.to_character((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
        let (x, y) = upright.to_picture(u, v);
        *to = bilinear(picture, x - 0.5, y - 0.5);
    }
    (out, frame)
}

fn bilinear(picture: &Picture, x: f32, y: f32) -> [u8; 4] {
    let mut sum = [0f32; 4];
    for (down, across) in [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)] {
        let (column, row) = (x.floor() + across, y.floor() + down);
        if column < 0.0 || row < 0.0 || column >= picture.width() as f32 || row >= picture.height() as f32 {
            continue;
        }
        let weight = (1.0 - (x - column).abs()) * (1.0 - (y - row).abs());
        let pixel = picture.pixel(column as u32, row as u32);
        let share = weight * f32::from(pixel[3]) / 255.0;
        for channel in 0..3 {
            sum[channel] += share * f32::from(pixel[channel]);
        }
        sum[3] += share;
    }
    let alpha = sum[3].max(1e-6);
    [sum[0] / alpha, sum[1] / alpha, sum[2] / alpha, sum[3] * 255.0].map(|value| value.round() as u8)
}

fn scaled(frame: &Frame, factor: f32) -> Frame {
    Frame {
        centre_x: frame.centre_x * factor,
        top: frame.top * factor,
        height: frame.height * factor,
        ..*frame
    }
}

fn tight(icon: &Picture) -> Picture {
    let shown = |x: u32, y: u32| icon.pixel(x, y)[3] > 30;
    let columns: Vec<u32> = (0..icon.width()).filter(|&x| (0..icon.height()).any(|y| shown(x, y))).collect();
    let rows: Vec<u32> = (0..icon.height()).filter(|&y| (0..icon.width()).any(|x| shown(x, y))).collect();
    let (Some(&left), Some(&right), Some(&top), Some(&bottom)) =
        (columns.first(), columns.last(), rows.first(), rows.last())
    else {
        return icon.clone();
    };
    let pixels = (top..=bottom)
        .flat_map(|y| (left..=right).map(move |x| (x, y)))
        .map(|(x, y)| icon.pixel(x, y))
        .collect();
    Picture::new(right - left + 1, bottom - top + 1, pixels).unwrap()
}

fn paste(scene: &mut Picture, picture: &Picture, left: i64, top: i64) {
    let (width, height) = (i64::from(scene.width()), i64::from(scene.height()));
    for y in 0..picture.height() {
        for x in 0..picture.width() {
            let (column, row) = (left + i64::from(x), top + i64::from(y));
            if column < 0 || row < 0 || column >= width || row >= height {
                continue;
            }
            let source = picture.pixel(x, y);
            let target = &mut scene.pixels_mut()[(row * width + column) as usize];
            let share = f32::from(source[3]) / 255.0;
            let below = f32::from(target[3]) / 255.0 * (1.0 - share);
            let alpha = share + below;
            if alpha <= 0.0 {
                continue;
            }
            for channel in 0..3 {
                let mixed = f32::from(source[channel]) * share + f32::from(target[channel]) * below;
                target[channel] = (mixed / alpha).round() as u8;
            }
            target[3] = (alpha * 255.0).round() as u8;
        }
    }
}

fn over_flat(picture: &Picture, [red, green, blue]: [u8; 3]) -> Picture {
    let mut out = Picture::filled(picture.width(), picture.height(), [red, green, blue, 255]);
    paste(&mut out, picture, 0, 0);
    out
}

fn resize(picture: &Picture, factor: f32) -> Picture {
    let side = |length: u32| ((length as f32 * factor).round() as u32).max(1);
    resize_to(picture, side(picture.width()), side(picture.height()))
}

/// Premultiplied, triangle filter (an average when it shrinks).
fn resize_to(picture: &Picture, width: u32, height: u32) -> Picture {
    let mut raw = Vec::with_capacity(picture.pixels().len() * 4);
    for &[red, green, blue, alpha] in picture.pixels() {
        // This crate's float pictures go from 0 to 1.
        let share = f32::from(alpha) / 255.0 / 255.0;
        raw.extend([
            f32::from(red) * share,
            f32::from(green) * share,
            f32::from(blue) * share,
            f32::from(alpha) / 255.0,
        ]);
    }
    let source: ImageBuffer<image::Rgba<f32>, Vec<f32>> =
        ImageBuffer::from_raw(picture.width(), picture.height(), raw).unwrap();
    let small =
        image::imageops::resize(&source, width.max(1), height.max(1), image::imageops::FilterType::Triangle);
    let pixels = small
        .pixels()
        .map(|pixel| {
            let [red, green, blue, alpha] = pixel.0;
            let share = alpha.max(1e-4) / 255.0;
            [red / share, green / share, blue / share, alpha * 255.0]
                .map(|value| value.clamp(0.0, 255.0).round() as u8)
        })
        .collect();
    Picture::new(width.max(1), height.max(1), pixels).unwrap()
}

/// JPEG with chroma at half resolution, as most programs write it: the encoder at hand keeps full
/// chroma, so it is halved (2x2 mean, linear back) before.
fn jpeg(picture: &Picture, quality: u8) -> Picture {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let mut luma = vec![0f32; width * height];
    let mut chroma = vec![[0f32; 3]; half_width * half_height];
    for (at, &[red, green, blue, _]) in picture.pixels().iter().enumerate() {
        let [red, green, blue] = [red, green, blue].map(f32::from);
        luma[at] = 0.299 * red + 0.587 * green + 0.114 * blue;
        let cell = &mut chroma[(at / width / 2) * half_width + (at % width) / 2];
        cell[0] += -0.168_736 * red - 0.331_264 * green + 0.5 * blue;
        cell[1] += 0.5 * red - 0.418_688 * green - 0.081_312 * blue;
        cell[2] += 1.0;
    }
    let at = |x: f32, y: f32| -> [f32; 2] {
        let mut sum = [0f32; 2];
        for (down, across) in [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)] {
            let (column, row) = (x.floor() + across, y.floor() + down);
            let weight = (1.0 - (x - column).abs()) * (1.0 - (y - row).abs());
            let column = (column.max(0.0) as usize).min(half_width - 1);
            let row = (row.max(0.0) as usize).min(half_height - 1);
            let [blue, red, count] = chroma[row * half_width + column];
            sum[0] += weight * blue / count;
            sum[1] += weight * red / count;
        }
        sum
    };
    let mut pixels = Vec::with_capacity(3 * luma.len());
    for (index, &y) in luma.iter().enumerate() {
        let (column, row) = (index % width, index / width);
        let [blue, red] = at((column as f32 + 0.5) / 2.0 - 0.5, (row as f32 + 0.5) / 2.0 - 0.5);
        pixels.extend(
            [y + 1.402 * red, y - 0.344_136 * blue - 0.714_136 * red, y + 1.772 * blue]
                .map(|value| value.clamp(0.0, 255.0).round() as u8),
        );
    }
    let flat: ImageBuffer<Rgb<u8>, Vec<u8>> =
        ImageBuffer::from_raw(picture.width(), picture.height(), pixels).unwrap();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&flat).unwrap();
    let decoded = image::load_from_memory(&bytes).unwrap().into_rgba8();
    Picture::new(picture.width(), picture.height(), decoded.pixels().map(|pixel| pixel.0).collect()).unwrap()
}
