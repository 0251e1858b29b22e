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

/// Words that a comparison with a sketch works on at once: a sketch has a multiple of them.
pub(crate) const SKETCH_WORDS: usize = 8;
/// Bits a number of a query that is compared with sketches.
const PLANES: usize = 4;

/// A query compared with sketches: quantised to a few bits a number, which lie in planes so that a
/// product is a count of bits.
#[derive(Debug, Clone)]
pub(crate) struct SketchedQuery {
    /// For so many words' numbers the lowest bits, the next, and so on.
    planes: Vec<[[u64; SKETCH_WORDS]; PLANES]>,
    /// What a quantised number of 0 stands for, and how much more one of 1.
    low: f32,
    step: f32,
    /// Sum of the quantised numbers.
    total: f32,
    asked: AskedSketch,
}

/// What a comparison with sketches must know of a query besides its numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AskedSketch {
    /// Dot product of the query, of length 1, with the centre of all rows.
    pub(crate) with_centre: f32,
    /// Squared distance from the centre.
    pub(crate) square: f32,
    /// Squared length of the centre.
    pub(crate) centre_square: f32,
    /// Standard deviations of the estimate that its upper bound allows for.
    pub(crate) deviations: f32,
}

impl SketchedQuery {
    /// From the rotated difference to the centre, as long as a sketch has bits in one of its halves.
    pub(crate) fn new(rotated: &[f32], asked: AskedSketch) -> Self {
        const LEVELS: u64 = (1 << PLANES) - 1;
        let low = rotated.iter().copied().fold(f32::INFINITY, f32::min);
        let high = rotated.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let step = ((high - low) / LEVELS as f32).max(f32::MIN_POSITIVE);
        let mut query = Self { planes: Vec::new(), low, step, total: 0.0, asked };
        for numbers in rotated.chunks(64 * SKETCH_WORDS) {
            let mut planes = [[0; SKETCH_WORDS]; PLANES];
            for (at, value) in numbers.iter().enumerate() {
                let level = (((value - low) / step).round() as u64).min(LEVELS);
                query.total += level as f32;
                for (number, plane) in planes.iter_mut().enumerate() {
                    plane[at / 64] |= (level >> number & 1) << (at % 64);
                }
            }
            query.planes.push(planes);
        }
        query
    }
}

/// What turns the product of a query and a sketch, both less the centre, into an estimate of the cosine.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct SketchScale {
    /// The product times this estimates that of the vectors without bias.
    pub(crate) factor: f32,
    /// Variance of the estimate for a query that is 1 from the centre.
    pub(crate) variance: f32,
    /// Dot product of the row's difference to the centre with the centre.
    pub(crate) offset: f32,
}

/// The largest cosine that each sketched row can be expected to have, a row into `out`: the estimate,
/// and as many standard deviations of it as the query allows for.
///
/// `bits` has for each row, 8 words at a time, the upper and then the lower bits of its numbers: a number
/// of 2 bits stands for twice that less 3.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq+avx512vpopcntdq+popcnt",
    "x86_64+avx2+popcnt",
    "x86_64+popcnt",
    "aarch64+neon"
))]
pub(crate) fn sketch_bounds(
    bits: &[[[u64; SKETCH_WORDS]; 2]],
    scales: &[SketchScale],
    query: &SketchedQuery,
    out: &mut [f32],
) {
    const GROUP: usize = 32;
    let numbers = (query.planes.len() * 64 * SKETCH_WORDS) as f32;
    let constant = 3.0 * (query.low * numbers + query.step * query.total);
    let of_query = query.step * query.step / 12.0;
    let asked = query.asked;
    // Counting and estimating apart, so that the second is done for several rows at once.
    let groups = bits.chunks(GROUP * query.planes.len()).zip(scales.chunks(GROUP)).zip(out.chunks_mut(GROUP));
    for ((bits, scales), out) in groups {
        let mut counted = [(0f32, 0f32); GROUP];
        for (row, counted) in bits.chunks_exact(query.planes.len()).zip(&mut counted) {
            // The sum of products in the lower half, that of numbers in the upper: one sum to add up.
            let mut sums = [0u64; SKETCH_WORDS];
            for ([upper, lower], planes) in row.iter().zip(&query.planes) {
                for lane in 0..SKETCH_WORDS {
                    let (upper, lower) = (upper[lane], lower[lane]);
                    let twice_and_once = |twice: u64, once: u64| {
                        2 * u64::from(twice.count_ones()) + u64::from(once.count_ones())
                    };
                    let mut products = 0u64;
                    for plane in planes.iter().rev() {
                        products = 2 * products + twice_and_once(upper & plane[lane], lower & plane[lane]);
                    }
                    sums[lane] += products + (twice_and_once(upper, lower) << 32);
                }
            }
            let sums: u64 = sums.iter().sum();
            *counted = ((sums & 0xFFFF_FFFF) as u32 as f32, (sums >> 32) as u32 as f32);
        }
        for (((products, all), scale), out) in counted.iter().zip(scales).zip(out) {
            let product = 2.0 * (query.low * all + query.step * products) - constant;
            let row_square = 1.0 - 2.0 * scale.offset - asked.centre_square;
            let variance =
                scale.variance * asked.square + of_query * (row_square + scale.variance * (numbers - 1.0));
            let estimate = asked.with_centre + scale.offset + product * scale.factor;
            *out = estimate + asked.deviations * variance.sqrt();
        }
    }
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
