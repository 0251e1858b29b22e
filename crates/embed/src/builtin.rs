//! The built-in encoder: no weights to download, the same vectors on every machine.
//!
//! Colour-blind gradients say what is shown, a coarse map of paints says in which colours. Both
//! are projected to one vector by sparse random signs fixed in the program, which keeps distances
//! (Achlioptas, 2003). Nothing of it is learned, so a vector never grows stale.

use lorgnon_imaging::{CELL_FEATURES, GradientGrid, Picture};
use rayon::prelude::*;

use crate::{EmbedError, Encoder, EncoderSpec};

/// Length of a vector.
const DIMENSIONS: usize = 512;
/// Of which this many say what is shown.
const SHAPE_DIMENSIONS: usize = DIMENSIONS - PAINT_DIMENSIONS;
/// A picture is seen at this size: gradients need no more.
const SIDE_PX: u32 = 96;
/// Cells of the gradient grid that are used, every other one: they do not overlap.
const CELL_STEP: usize = 2;
const CELLS: usize = (SIDE_PX as usize / 4).div_ceil(CELL_STEP);
const SHAPE_FEATURES: usize = CELLS * CELLS * CELL_FEATURES;
/// The map of paints: this many places a side, three numbers and a cover each.
const PAINT_SIDE: u32 = 4;
const PAINT_DIMENSIONS: usize = (PAINT_SIDE * PAINT_SIDE) as usize * 4;
/// How much paint counts against shape, by length.
const PAINT_WEIGHT: f32 = 0.45;
/// One in this many projection signs is not zero.
const SPARSITY: u64 = 12;
/// Version of all this: part of every fingerprint.
const RECIPE: u32 = 1;

/// See the module.
#[derive(Debug)]
pub struct BuiltinEncoder {
    spec: EncoderSpec,
    /// For each shape feature the dimensions it is added to (first) and subtracted from.
    projection: Vec<[Vec<u16>; 2]>,
}

impl Default for BuiltinEncoder {
    fn default() -> Self {
        Self::new()
    }
}

impl BuiltinEncoder {
    /// The name under which it is asked for.
    pub const NAME: &'static str = "builtin";

    /// Always the same encoder.
    #[must_use]
    pub fn new() -> Self {
        let mut state = 0x4C6F_7267_6E6F_6E21;
        let projection = (0..SHAPE_FEATURES)
            .map(|_| {
                let mut signs = [Vec::new(), Vec::new()];
                for dimension in 0..SHAPE_DIMENSIONS as u16 {
                    let drawn = split_mix(&mut state);
                    if drawn.is_multiple_of(SPARSITY) {
                        signs[usize::from(drawn >> 63 == 1)].push(dimension);
                    }
                }
                signs
            })
            .collect();
        let spec = EncoderSpec {
            name: Self::NAME.to_owned(),
            dimensions: DIMENSIONS,
            weights: String::new(),
            recipe: RECIPE,
        };
        Self { spec, projection }
    }

    fn encode_one(&self, picture: &Picture) -> Vec<f32> {
        let small = picture.contained_in(SIDE_PX, SIDE_PX);
        let mut vector = self.shape(&small);
        scale_to(&mut vector, 1.0);
        let mut paint = paint(&small);
        scale_to(&mut paint, PAINT_WEIGHT);
        vector.extend(paint);
        scale_to(&mut vector, 1.0);
        vector
    }

    /// Gradients less their mean over the picture, projected.
    fn shape(&self, picture: &Picture) -> Vec<f32> {
        let grid = GradientGrid::measure(picture);
        let mut features = Vec::with_capacity(SHAPE_FEATURES);
        for row in (0..grid.rows()).step_by(CELL_STEP) {
            for column in (0..grid.columns()).step_by(CELL_STEP) {
                features.extend_from_slice(grid.cell(column, row));
            }
        }
        let cells = (features.len() / CELL_FEATURES).max(1) as f32;
        let mut means = [0.0f32; CELL_FEATURES];
        for cell in features.chunks_exact(CELL_FEATURES) {
            for (mean, value) in means.iter_mut().zip(cell) {
                *mean += value / cells;
            }
        }
        let visible = features.iter().any(|value| *value > 0.0);
        let mut vector = vec![0.0; SHAPE_DIMENSIONS];
        if visible {
            for (at, (value, [plus, minus])) in features.iter().zip(&self.projection).enumerate() {
                let value = value - means[at % CELL_FEATURES];
                for dimension in plus {
                    vector[usize::from(*dimension)] += value;
                }
                for dimension in minus {
                    vector[usize::from(*dimension)] -= value;
                }
            }
        }
        vector
    }
}

impl Encoder for BuiltinEncoder {
    fn spec(&self) -> &EncoderSpec {
        &self.spec
    }

    fn encode(&self, pictures: &[Picture]) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(pictures.par_iter().map(|picture| self.encode_one(picture)).collect())
    }
}

/// By place: cover, brightness and two opponent colours, weighted by cover.
fn paint(picture: &Picture) -> Vec<f32> {
    let mut map = Vec::with_capacity(PAINT_DIMENSIONS);
    for [red, green, blue, alpha] in picture.resized(PAINT_SIDE, PAINT_SIDE).pixels() {
        let [red, green, blue, cover] = [red, green, blue, alpha].map(|value| f32::from(*value) / 255.0);
        let brightness = (red + green + blue) / 3.0;
        map.extend([
            0.3 * cover,
            cover * (brightness - 0.5),
            cover * (red - green),
            cover * (0.5 * (red + green) - blue),
        ]);
    }
    map
}

/// Scales a vector to a length; all zero stays so.
fn scale_to(vector: &mut [f32], length: f32) {
    let own = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if own > 1e-6 {
        for value in vector {
            *value *= length / own;
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A figure drawn from arithmetic alone: a disc on a bar.
    fn figure(shift: i32, paint: [u8; 3]) -> Picture {
        let mut picture = Picture::filled(120, 160, [0; 4]);
        for (at, pixel) in picture.pixels_mut().iter_mut().enumerate() {
            let (x, y) = ((at % 120) as i32 - 60 - shift, (at / 120) as i32);
            let head = x * x + (y - 40) * (y - 40) < 900;
            let body = x.abs() < 18 && (60..150).contains(&y);
            if head || body {
                let shade = if head { 255 } else { 180 };
                let [red, green, blue] = paint.map(|value| (u32::from(value) * shade / 255) as u8);
                *pixel = [red, green, blue, 255];
            }
        }
        picture
    }

    fn cosine(left: &[f32], right: &[f32]) -> f32 {
        left.iter().zip(right).map(|(left, right)| left * right).sum()
    }

    #[test]
    fn vectors_have_unit_length_and_empty_pictures_none() {
        let encoder = BuiltinEncoder::new();
        let pictures = [figure(0, [200, 60, 60]), Picture::filled(30, 30, [0; 4])];
        let vectors = encoder.encode(&pictures).unwrap();
        assert_eq!(vectors[0].len(), DIMENSIONS);
        assert!((cosine(&vectors[0], &vectors[0]) - 1.0).abs() < 1e-5);
        assert!(vectors[1].iter().all(|value| *value == 0.0));
    }

    #[test]
    fn likeness_falls_with_paint_and_further_with_shape() {
        let encoder = BuiltinEncoder::new();
        let mut bar = Picture::filled(120, 160, [0; 4]);
        for (at, pixel) in bar.pixels_mut().iter_mut().enumerate() {
            if (at / 120) % 40 < 20 {
                *pixel = [200, 60, 60, 255];
            }
        }
        let pictures = [figure(0, [200, 60, 60]), figure(1, [200, 60, 60]), figure(0, [60, 60, 200]), bar];
        let vectors = encoder.encode(&pictures).unwrap();
        let likeness: Vec<f32> = vectors.iter().map(|vector| cosine(&vectors[0], vector)).collect();
        assert!(likeness[1] > likeness[2] && likeness[2] > likeness[3], "{likeness:?}");
    }

    /// The first numbers of a known picture's vector: another machine must give the same.
    #[test]
    fn vectors_are_the_stored_ones() {
        let stored = include_str!("builtin_vector.txt");
        let vector = BuiltinEncoder::new().encode(&[figure(0, [200, 60, 60])]).unwrap().remove(0);
        let written: String = vector.iter().map(|value| format!("{value:.5}\n")).collect();
        if std::env::var_os("LORGNON_BLESS").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/builtin_vector.txt"), &written).unwrap();
        }
        for (line, value) in stored.lines().zip(&vector) {
            assert!((line.parse::<f32>().unwrap() - value).abs() < 1e-4, "{line} {value}");
        }
        assert_eq!(stored.lines().count(), DIMENSIONS);
    }
}
