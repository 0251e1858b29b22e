//! Procedural backgrounds: clutter in the manner of game maps, drawn, never shipped.
//!
//! Training looks are clean cut-outs. What only saw those falls to chance before scenery; made-up scenery
//! does as well as real maps (Recognition, section 1), if it has their paints, too: vivid ones alone leave
//! dark items to be seen in every night.

pub(crate) mod painter;

use fastrand::Rng;
use lorgnon_imaging::Picture;

use painter::{Figure, Shape, paint};

/// A colour, each channel 0 to 255.
pub(crate) fn any_colour(random: &mut Rng) -> [f32; 3] {
    std::array::from_fn(|_| random.f32() * 255.0)
}

/// Between two numbers, evenly in their logarithm.
pub(crate) fn between(random: &mut Rng, least: f32, most: f32) -> f32 {
    (least.ln() + random.f32() * (most / least).ln()).exp()
}

/// The paints of a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Paints {
    /// Any colours.
    Any,
    /// Those about a hue, a saturation and a brightness, each 0 to 1.
    Natural([f32; 3]),
}

impl Paints {
    /// The paints of some place, from night to noon.
    pub(crate) fn natural(random: &mut Rng) -> Self {
        Self::Natural([random.f32(), 0.7 * random.f32(), random.f32()])
    }

    fn colour(self, random: &mut Rng) -> [f32; 3] {
        let Self::Natural([hue, saturation, brightness]) = self else { return any_colour(random) };
        let apart = |random: &mut Rng, most: f32| most * (2.0 * random.f32() - 1.0);
        let hue = if random.u8(0..5) == 0 { random.f32() } else { hue + apart(random, 0.08) };
        let saturation = (saturation + apart(random, 0.25)).clamp(0.0, 1.0);
        let brightness = (brightness + apart(random, 0.3)).clamp(0.0, 1.0);
        std::array::from_fn(|channel| {
            let turn = (hue * 6.0 + [0.0, 4.0, 2.0][channel]).rem_euclid(6.0);
            let pure = ((turn - 3.0).abs() - 1.0).clamp(0.0, 1.0);
            255.0 * brightness * (1.0 - saturation * (1.0 - pure))
        })
    }
}

/// An opaque scene: a shaded ground with grain, then blobs, slabs and strokes of a few colours,
/// large ones first.
pub(crate) fn scene(width: u32, height: u32, paints: Paints, random: &mut Rng) -> Picture {
    let mut picture = ground(width, height, paints, random);
    let palette: Vec<[f32; 3]> = (0..random.usize(2..6)).map(|_| paints.colour(random)).collect();
    let side = width.max(height) as f32;
    let count = random.usize(3..60);
    let mut sizes: Vec<f32> = (0..count).map(|_| between(random, 0.015, 0.4) * side).collect();
    sizes.sort_by(|left, right| right.total_cmp(left));
    let outlined = random.f32();
    for size in sizes {
        let shape = match random.u8(0..8) {
            0 => Shape::Triangle,
            1 => Shape::Dome,
            2 => Shape::Diamond,
            3 | 4 => Shape::Slab,
            _ => Shape::Ellipse,
        };
        let thin = if random.f32() < 0.3 { 0.12 } else { 0.4 + 0.6 * random.f32() };
        let base = palette[random.usize(0..palette.len())];
        paint(
            &mut picture,
            &Figure {
                shape,
                centre: (random.f32() * width as f32, random.f32() * height as f32),
                radii: (size, size * thin),
                turn: random.f32() * std::f32::consts::TAU,
                colour: base.map(|value| value * (0.6 + 0.8 * random.f32())),
                outline: if random.f32() < outlined { 0.12 } else { 0.0 },
            },
        );
    }
    picture
}

/// A gradient from one colour to another with two octaves of smooth grain.
fn ground(width: u32, height: u32, paints: Paints, random: &mut Rng) -> Picture {
    let (first, second) = (paints.colour(random), paints.colour(random));
    let strength = if random.f32() < 0.3 { 0.0 } else { random.f32() * 50.0 };
    let grain = Grain::new(between(random, 4.0, 40.0), (width, height), random);
    let fine = Grain::new(between(random, 2.0, 6.0), (width, height), random);
    let mut picture = Picture::filled(width, height, [0, 0, 0, 255]);
    for (y, line) in picture.pixels_mut().chunks_exact_mut(width as usize).enumerate() {
        let part = y as f32 / height as f32;
        let plain: [f32; 3] =
            std::array::from_fn(|channel| first[channel] + (second[channel] - first[channel]) * part);
        for (x, pixel) in line.iter_mut().enumerate() {
            let noise = strength * (grain.at(x, y) + 0.5 * fine.at(x, y));
            for (to, plain) in pixel.iter_mut().zip(plain) {
                *to = (plain + noise).clamp(0.0, 255.0) as u8;
            }
        }
    }
    picture
}

/// Value noise: random values on a lattice, interpolated.
struct Grain {
    cells_per_px: f32,
    columns: usize,
    /// Row by row, -1 to 1.
    lattice: Vec<f32>,
}

impl Grain {
    /// Grain of a size for a picture of `width` by `height`.
    fn new(cell_px: f32, (width, height): (u32, u32), random: &mut Rng) -> Self {
        let seed = random.u32(..);
        let cells_per_px = cell_px.recip();
        let cells = |pixels: u32| (pixels as f32 * cells_per_px) as u32 + 2;
        let columns = cells(width);
        let lattice = (0..cells(height)).flat_map(|y| (0..columns).map(move |x| value(seed, x, y))).collect();
        Self { cells_per_px, columns: columns as usize, lattice }
    }

    /// -1 to 1.
    fn at(&self, x: usize, y: usize) -> f32 {
        let (x, y) = (x as f32 * self.cells_per_px, y as f32 * self.cells_per_px);
        let (left, top) = (x as usize, y as usize);
        let (across, down) = (x - left as f32, y - top as f32);
        let mix = |from: f32, to: f32, part: f32| from + (to - from) * part;
        let at = top * self.columns + left;
        let (above, below) = (&self.lattice[at..at + 2], &self.lattice[at + self.columns..][..2]);
        mix(mix(above[0], above[1], across), mix(below[0], below[1], across), down)
    }
}

/// A random number of a lattice point, -1 to 1.
fn value(seed: u32, x: u32, y: u32) -> f32 {
    let mut hash = seed ^ x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
    hash = (hash ^ (hash >> 15)).wrapping_mul(0x2C1B_3C6D);
    hash ^= hash >> 13;
    (hash & 0xFFFF) as f32 / 32_767.5 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_paints_are_those_of_one_light() {
        let mut random = Rng::with_seed(8);
        for brightness in [0.0, 0.5, 1.0] {
            let paints = Paints::Natural([0.3, 0.2, brightness]);
            for _ in 0..200 {
                let brightest = paints.colour(&mut random).into_iter().fold(0.0, f32::max);
                let expected = (brightness - 0.3) * 255.0 - 1.0..=(brightness + 0.3) * 255.0 + 1.0;
                assert!(expected.contains(&brightest) && brightest <= 255.0, "{brightest}");
            }
        }
    }
}
