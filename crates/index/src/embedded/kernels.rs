//! The loops in which a search spends its time.
//!
//! Plain Rust written so that the compiler vectorises it, compiled once for each instruction set
//! and chosen at run time. Sums of floats keep a fixed order of 16 lanes, so every machine gives
//! the same bits.

use multiversion::multiversion;

/// Lanes of the float sums.
const LANES: usize = 16;

/// Dot products of a quantised query with consecutive rows of codes (each `query.len()` bytes of
/// two's complement), one a row into `out`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq",
    "x86_64+avx2",
    "x86_64+sse4.1",
    "aarch64+neon"
))]
pub(crate) fn code_dots(codes: &[u8], query: &[i16], out: &mut [i32]) {
    if query.is_empty() {
        return;
    }
    for (row, out) in codes.chunks_exact(query.len()).zip(out) {
        let mut sum = 0i32;
        for (code, value) in row.iter().zip(query) {
            sum += i32::from(code.cast_signed()) * i32::from(*value);
        }
        *out = sum;
    }
}

/// The largest similarity each row can have: `dot * scale * of_query.scale`, and as much more as the
/// errors allow. `scales` and `errors` are little-endian floats.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq",
    "x86_64+avx2",
    "x86_64+sse4.1",
    "aarch64+neon"
))]
pub(crate) fn upper_bounds(dots: &[i32], scales: &[u8], errors: &[u8], of_query: Quantised, out: &mut [f32]) {
    let rows = dots.iter().zip(scales.chunks_exact(4)).zip(errors.chunks_exact(4)).zip(out);
    for (((dot, scale), error), out) in rows {
        let scale = f32::from_le_bytes([scale[0], scale[1], scale[2], scale[3]]);
        let error = f32::from_le_bytes([error[0], error[1], error[2], error[3]]);
        *out = *dot as f32 * (scale * of_query.scale) + margin(error, of_query);
    }
}

/// How far the product of two quantised vectors can be from the cosine of the vectors: the triangle
/// inequality, and what rounding can add to it.
#[inline(always)]
pub(crate) fn margin(error: f32, of_query: Quantised) -> f32 {
    const ROUNDING: f32 = 1e-5;
    error * (1.0 + of_query.error) + of_query.error + ROUNDING
}

/// Dot product of a stored vector (little-endian floats) with a query, and the stored vector's
/// squared length.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq",
    "x86_64+avx2",
    "x86_64+sse4.1",
    "aarch64+neon"
))]
pub(crate) fn exact_dot(stored: &[u8], query: &[f32]) -> (f32, f32) {
    let mut dots = [0f32; LANES];
    let mut squares = [0f32; LANES];
    let mut stored_lanes = stored.chunks_exact(4 * LANES);
    let mut query_lanes = query.chunks_exact(LANES);
    for (stored, query) in stored_lanes.by_ref().zip(query_lanes.by_ref()) {
        for lane in 0..LANES {
            let bytes = [stored[4 * lane], stored[4 * lane + 1], stored[4 * lane + 2], stored[4 * lane + 3]];
            let value = f32::from_le_bytes(bytes);
            dots[lane] += value * query[lane];
            squares[lane] += value * value;
        }
    }
    let rest = stored_lanes.remainder().chunks_exact(4).zip(query_lanes.remainder());
    for (lane, (stored, query)) in rest.enumerate() {
        let value = f32::from_le_bytes([stored[0], stored[1], stored[2], stored[3]]);
        dots[lane] += value * query;
        squares[lane] += value * value;
    }
    (dots.iter().sum(), squares.iter().sum())
}

/// A vector quantised to 8 bits after being brought to length 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Quantised {
    /// A code times this is the number it stands for.
    pub(crate) scale: f32,
    /// Distance between the normalised vector and what the codes stand for.
    pub(crate) error: f32,
}

/// Quantises a vector into `codes` (at least as long; what lies beyond the vector is left alone).
/// A vector of length zero gives zeros.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq",
    "x86_64+avx2",
    "x86_64+sse4.1",
    "aarch64+neon"
))]
pub(crate) fn quantise(vector: &[f32], codes: &mut [i8]) -> Quantised {
    let mut squares = [0f32; LANES];
    let mut largest = [0f32; LANES];
    let mut lanes = vector.chunks_exact(LANES);
    for chunk in lanes.by_ref() {
        for lane in 0..LANES {
            squares[lane] += chunk[lane] * chunk[lane];
            largest[lane] = largest[lane].max(chunk[lane].abs());
        }
    }
    for (lane, value) in lanes.remainder().iter().enumerate() {
        squares[lane] += value * value;
        largest[lane] = largest[lane].max(value.abs());
    }
    let length = squares.iter().sum::<f32>().sqrt();
    let largest = largest.iter().fold(0f32, |largest, value| largest.max(*value));
    if length <= 0.0 || largest <= 0.0 {
        codes[..vector.len()].fill(0);
        return Quantised::default();
    }
    let to_code = 127.0 / largest;
    let scale = largest / 127.0 / length;
    let mut errors = [0f32; LANES];
    let mut code_lanes = codes.chunks_exact_mut(LANES);
    let mut lanes = vector.chunks_exact(LANES);
    for (chunk, codes) in lanes.by_ref().zip(code_lanes.by_ref()) {
        for lane in 0..LANES {
            let (code, error) = quantise_one(chunk[lane], to_code, scale, length);
            codes[lane] = code;
            errors[lane] += error * error;
        }
    }
    let start = vector.len() - lanes.remainder().len();
    for (lane, value) in lanes.remainder().iter().enumerate() {
        let (code, error) = quantise_one(*value, to_code, scale, length);
        codes[start + lane] = code;
        errors[lane] += error * error;
    }
    Quantised { scale, error: errors.iter().sum::<f32>().sqrt() }
}

#[inline(always)]
fn quantise_one(value: f32, to_code: f32, scale: f32, length: f32) -> (i8, f32) {
    // Adding and taking away 1.5 * 2^23 rounds to the nearest integer without a call.
    const ROUND: f32 = 12_582_912.0;
    let rounded = (value * to_code + ROUND) - ROUND;
    // At most 127 by construction.
    let code = rounded as i8;
    (code, value / length - scale * rounded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes_of(vector: &[f32]) -> Vec<u8> {
        vector.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    proptest! {
        #[test]
        fn the_fast_loops_agree_with_the_plain_ones(
            pair in proptest::collection::vec((-1f32..1.0, -1f32..1.0), 1..150),
        ) {
            let (stored, query): (Vec<f32>, Vec<f32>) = pair.into_iter().unzip();
            let (dot, square) = exact_dot(&bytes_of(&stored), &query);
            let plain: f64 = stored.iter().zip(&query).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            let plain_square: f64 = stored.iter().map(|a| f64::from(*a) * f64::from(*a)).sum();
            prop_assert!((f64::from(dot) - plain).abs() < 1e-4);
            prop_assert!((f64::from(square) - plain_square).abs() < 1e-4);
        }

        #[test]
        fn the_quantised_dot_lies_within_its_error(
            pair in proptest::collection::vec((-1f32..1.0, -1f32..1.0), 1..150),
        ) {
            let (stored, query): (Vec<f32>, Vec<f32>) = pair.into_iter().unzip();
            let mut codes = vec![0i8; stored.len()];
            let mut query_codes = vec![0i8; query.len()];
            let row = quantise(&stored, &mut codes);
            let asked = quantise(&query, &mut query_codes);
            let wide: Vec<i16> = query_codes.iter().map(|code| i16::from(*code)).collect();
            let narrow: Vec<u8> = codes.iter().map(|code| code.cast_unsigned()).collect();
            let mut out = [0];
            code_dots(&narrow, &wide, &mut out);
            let plain: i32 = codes.iter().zip(&query_codes).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
            prop_assert_eq!(out[0], plain);
            let norm = |vector: &[f32]| vector.iter().map(|a| f64::from(*a) * f64::from(*a)).sum::<f64>().sqrt();
            let lengths = norm(&stored) * norm(&query);
            prop_assume!(lengths > 1e-6);
            let cosine = stored.iter().zip(&query).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() / lengths;
            let estimate = f64::from(out[0]) * f64::from(row.scale) * f64::from(asked.scale);
            let bound = f64::from(row.error) * (1.0 + f64::from(asked.error)) + f64::from(asked.error) + 1e-5;
            prop_assert!((cosine - estimate).abs() <= bound, "{} {} {}", cosine, estimate, bound);
        }
    }

    #[test]
    fn a_vector_of_zeros_is_quantised_to_zeros() {
        let mut codes = [1i8; 20];
        assert_eq!(quantise(&[0.0; 20], &mut codes), Quantised::default());
        assert_eq!(codes, [0; 20]);
    }
}
