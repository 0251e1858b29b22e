//! Windows cut out of a picture, of any size and turned anyhow.
//!
//! Recognition looks through hundreds of small windows of one picture, so this is where its time
//! goes: upright windows of opaque parts, by far the most, have a path of their own.

mod upright;

use multiversion::multiversion;

use crate::Picture;
use upright::Upright;

/// What a warp shows beyond the border of its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// Nothing: see-through.
    Clear,
    /// This paint, opaque.
    Painted([u8; 3]),
    /// The border pixels, repeated.
    Repeated,
}

impl Beyond {
    /// What a pixel beyond the border shows; see-through where the border is repeated, which is not one pixel.
    #[must_use]
    pub fn pixel(self) -> [u8; 4] {
        match self {
            Self::Painted([red, green, blue]) => [red, green, blue, 255],
            Self::Clear | Self::Repeated => [0; 4],
        }
    }
}

impl Picture {
    /// A picture of `width` by `height` that shows, at each target position, what `source` maps it
    /// to; positions are in pixels, centres at halves. `source` must be affine: it is asked for
    /// three points only. Bilinear, from the picture halved until no target pixel spans two of it.
    #[must_use]
    pub fn warp(
        &self,
        width: u32,
        height: u32,
        beyond: Beyond,
        source: impl Fn(f32, f32) -> (f32, f32),
    ) -> Self {
        let (origin, right, below) = (source(0.0, 0.0), source(1.0, 0.0), source(0.0, 1.0));
        let steps = [(right.0 - origin.0, right.1 - origin.1), (below.0 - origin.0, below.1 - origin.1)];
        let scale = steps.iter().map(|step| step.0.hypot(step.1)).fold(0.0, f32::max);
        let small = self.halved((scale.max(1.0).log2() + 0.3).floor() as u32);
        let across = small.width() as f32 / self.width() as f32;
        let down = small.height() as f32 / self.height() as f32;
        let shrink = |point: (f32, f32)| (point.0 * across, point.1 * down);
        let (origin, [right, below]) = (shrink(origin), steps.map(shrink));

        let mut warped = Self::filled(width, height, [0; 4]);
        let row_length = warped.width() as usize;
        let start = |row: usize| {
            let down = row as f32 + 0.5;
            (origin.0 + below.0 * down + right.0 * 0.5, origin.1 + below.1 * down + right.1 * 0.5)
        };
        if right.1.total_cmp(&0.0).is_eq() && below.0.total_cmp(&0.0).is_eq() {
            let mut upright = Upright::new(small, beyond, start(0).0, right.0, row_length);
            for (row, line) in warped.pixels_mut().chunks_exact_mut(row_length).enumerate() {
                upright.sample_line(start(row).1, line);
            }
        } else {
            for (row, line) in warped.pixels_mut().chunks_exact_mut(row_length).enumerate() {
                sample_line(small, beyond, start(row), right, line);
            }
        }
        warped
    }

    /// Bilinear sample at a position, straight alpha, with this beyond the border.
    #[inline(always)]
    fn sample(&self, x: f32, y: f32, beyond: [u8; 4]) -> [u8; 4] {
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (floor(x), floor(y));
        let (across, down) = (x - left as f32, y - top as f32);
        let (width, height) = (self.width() as i32, self.height() as i32);
        if left < -1 || top < -1 || left >= width || top >= height {
            return beyond;
        }
        let corners = if left >= 0 && top >= 0 && left + 1 < width && top + 1 < height {
            let at = top as usize * width as usize + left as usize;
            let (above, below) = (&self.pixels()[at..at + 2], &self.pixels()[at + width as usize..][..2]);
            [above[0], above[1], below[0], below[1]]
        } else {
            let at = |x: i32, y: i32| {
                let outside = x < 0 || y < 0 || x >= width || y >= height;
                if outside { beyond } else { self.pixel(x as u32, y as u32) }
            };
            [at(left, top), at(left + 1, top), at(left, top + 1), at(left + 1, top + 1)]
        };
        if corners.iter().all(|corner| corner[3] == 0) {
            return [0; 4];
        }
        if corners.iter().fold(255, |least, corner| least & corner[3]) == 255 {
            // Whole numbers, weights of 256ths: a quarter of the time of the general case below.
            let (x, y) = ((across * 256.0) as u32, (down * 256.0) as u32);
            let weights = [(256 - x) * (256 - y), x * (256 - y), (256 - x) * y, x * y];
            let mut sums = [1u32 << 15; 4];
            for (weight, corner) in weights.into_iter().zip(corners) {
                for (sum, channel) in sums.iter_mut().zip(corner) {
                    *sum += weight * u32::from(channel);
                }
            }
            return sums.map(|sum| (sum >> 16) as u8);
        }
        let weights =
            [(1.0 - across) * (1.0 - down), across * (1.0 - down), (1.0 - across) * down, across * down];
        let covers: [f32; 4] = std::array::from_fn(|corner| weights[corner] * f32::from(corners[corner][3]));
        let alpha: f32 = covers.iter().sum();
        if alpha <= 0.0 {
            return [0; 4];
        }
        let blend = |channel: usize| {
            let sum: f32 =
                covers.iter().zip(&corners).map(|(cover, corner)| cover * f32::from(corner[channel])).sum();
            (sum / alpha + 0.5) as u8
        };
        [blend(0), blend(1), blend(2), (alpha + 0.5) as u8]
    }
}

/// Samples a line of equal steps. No product is fused with a sum, so every machine gives the same
/// bits.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn sample_line(picture: &Picture, beyond: Beyond, start: (f32, f32), step: (f32, f32), line: &mut [[u8; 4]]) {
    let (last_x, last_y) = (picture.width() as f32 - 0.5, picture.height() as f32 - 0.5);
    let (mut x, mut y) = start;
    for pixel in line {
        *pixel = match beyond {
            Beyond::Clear | Beyond::Painted(_) => picture.sample(x, y, beyond.pixel()),
            Beyond::Repeated => picture.sample(x.clamp(0.5, last_x), y.clamp(0.5, last_y), beyond.pixel()),
        };
        x += step.0;
        y += step.1;
    }
}

/// The greatest whole number not above, without the library call that `f32::floor` is on machines
/// taken to be old; what is beyond `i32` ends at its border, far outside any picture.
#[inline(always)]
fn floor(value: f32) -> i32 {
    let towards_zero = value as i32;
    towards_zero.saturating_sub(i32::from(value < towards_zero as f32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn noise(width: u32, height: u32, seed: u8, opaque: bool) -> Picture {
        let pixels = (0..width * height)
            .map(|at| {
                let value = (at ^ u32::from(seed)).wrapping_mul(2_654_435_761).to_le_bytes();
                [value[3], value[2], value[1], if opaque { 255 } else { value[0] }]
            })
            .collect();
        Picture::new(width, height, pixels).unwrap()
    }

    proptest! {
        #[test]
        fn warping_by_nothing_changes_nothing(width in 1u32..12, height in 1u32..12, seed: u8) {
            let picture = noise(width, height, seed, true);
            prop_assert_eq!(&picture.warp(width, height, Beyond::Clear, |x, y| (x, y)), &picture);
            prop_assert_eq!(&picture.mirrored().mirrored(), &picture);
        }

        #[test]
        fn upright_windows_are_sampled_as_any_other(
            (width, height) in (1u32..30, 1u32..30),
            seed: u8,
            opaque: bool,
            beyond in prop::sample::select(vec![Beyond::Clear, Beyond::Repeated, Beyond::Painted([40, 90, 200])]),
            (left, top) in (-20f32..20.0, -20f32..20.0),
            (across, down) in (-1.5f32..1.5, -1.5f32..1.5),
        ) {
            let picture = noise(width, height, seed, opaque);
            let (start, steps) = ((left, top), [(across, 0.0), (0.0, down)]);
            let warped = picture.warp(17, 13, beyond, |x, y| (left + across * x, top + down * y));
            for (row, line) in warped.pixels().chunks_exact(17).enumerate() {
                let y = start.1 + steps[1].1 * (row as f32 + 0.5);
                let mut expected = [[0; 4]; 17];
                sample_line(&picture, beyond, (start.0 + across * 0.5, y), steps[0], &mut expected);
                for (is, expected) in line.iter().zip(&expected) {
                    prop_assert!(is[3].abs_diff(expected[3]) <= 1, "{is:?} {expected:?}");
                    for (is, expected_channel) in is.iter().zip(expected) {
                        // The colour of what is hardly there counts as little as it shows.
                        let apart = u32::from(is.abs_diff(*expected_channel)) * u32::from(expected[3]);
                        prop_assert!(apart <= 2 * 255, "{line:?} {expected:?}");
                    }
                }
            }
        }
    }
}
