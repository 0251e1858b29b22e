//! An encoder for tests: fast, deterministic, and like a real one in that similar pictures have
//! similar vectors. It looks at what is in the picture, never at a hash of its pixels.

use lorgnon_embed::{EmbedError, Encoder, EncoderSpec};
use lorgnon_imaging::Picture;

/// Cells a side of the grid a picture is divided into.
const GRID: u32 = 4;
/// Numbers a cell: coverage and three mean channels.
const CELL_NUMBERS: usize = 4;

/// Mean coverage and colour of each cell of a 4 x 4 grid, brought to length 1.
#[derive(Debug, Clone)]
pub struct FakeEncoder {
    spec: EncoderSpec,
}

impl FakeEncoder {
    /// Length of its vectors.
    pub const DIMENSIONS: usize = (GRID * GRID) as usize * CELL_NUMBERS;

    /// The encoder, called `fake`.
    #[must_use]
    pub fn new() -> Self {
        Self::with_recipe(1)
    }

    /// The same encoder claiming another recipe, for tests of what happens when it changes.
    #[must_use]
    pub fn with_recipe(recipe: u32) -> Self {
        let spec = EncoderSpec {
            name: "fake".to_owned(),
            dimensions: Self::DIMENSIONS,
            weights: String::new(),
            recipe,
        };
        Self { spec }
    }
}

impl Default for FakeEncoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder for FakeEncoder {
    fn spec(&self) -> &EncoderSpec {
        &self.spec
    }

    fn encode(&self, pictures: &[Picture]) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(pictures.iter().map(describe).collect())
    }
}

fn describe(picture: &Picture) -> Vec<f32> {
    let mut sums = vec![0f64; FakeEncoder::DIMENSIONS];
    for y in 0..picture.height() {
        for (x, pixel) in (0..picture.width()).zip(picture.row(y)) {
            let column = u64::from(x) * u64::from(GRID) / u64::from(picture.width());
            let row = u64::from(y) * u64::from(GRID) / u64::from(picture.height());
            let cell = (row * u64::from(GRID) + column) as usize * CELL_NUMBERS;
            let coverage = f64::from(pixel[3]) / 255.0;
            sums[cell] += coverage;
            for channel in 0..3 {
                sums[cell + 1 + channel] += coverage * f64::from(pixel[channel]) / 255.0;
            }
        }
    }
    let length = sums.iter().map(|value| value * value).sum::<f64>().sqrt();
    let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
    sums.into_iter().map(|value| (value * scale) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(left: &[f32], right: &[f32]) -> f32 {
        left.iter().zip(right).map(|(left, right)| left * right).sum()
    }

    #[test]
    fn similar_pictures_have_similar_vectors() {
        let encoder = FakeEncoder::new();
        let red = Picture::filled(40, 40, [200, 10, 10, 255]);
        let mut speckled = red.clone();
        speckled.pixels_mut()[77] = [0, 255, 0, 255];
        let blue = Picture::filled(40, 40, [10, 10, 200, 255]);
        let vectors = encoder.encode(&[red.clone(), speckled, blue]).unwrap();
        assert_eq!(vectors, encoder.encode(&[red]).map(|one| [one, vectors[1..].to_vec()].concat()).unwrap());
        assert!((cosine(&vectors[0], &vectors[0]) - 1.0).abs() < 1e-5);
        assert!(cosine(&vectors[0], &vectors[1]) > 0.999);
        assert!(cosine(&vectors[0], &vectors[2]) < 0.7);
    }

    #[test]
    fn a_picture_without_visible_pixels_gives_zeros() {
        let vectors = FakeEncoder::new().encode(&[Picture::filled(3, 2, [9, 9, 9, 0])]).unwrap();
        assert_eq!(vectors, [vec![0.0; FakeEncoder::DIMENSIONS]]);
    }
}
