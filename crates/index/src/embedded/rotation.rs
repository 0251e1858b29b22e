//! A random rotation, the same in every process.
//!
//! What is told of a vector from the signs of its numbers alone is only as good as the numbers are
//! alike in size, and those of real encoders are not. After a random rotation they are, whatever
//! they were. Random signs before a Walsh-Hadamard transform rotate well enough and cost
//! n log n additions (Ailon and Chazelle 2009).

use multiversion::multiversion;

/// Numbers that the innermost rounds of the transform work on at once.
const LANES: usize = 16;

/// Times that signs are changed and the transform is made.
const ROUNDS: usize = 2;

/// Rotates vectors of up to [`Rotation::length`] numbers, the rest taken for zeros.
#[derive(Debug, Clone)]
pub(crate) struct Rotation {
    signs: [Vec<f32>; ROUNDS],
}

impl Rotation {
    /// For vectors of `dimensions` numbers; what is rotated has `least` at least.
    pub(crate) fn new(dimensions: usize, least: usize) -> Self {
        let length = dimensions.max(least).max(LANES).next_power_of_two();
        // SplitMix64 (Steele, Lea and Flood 2014).
        let mut state = 0u64;
        let mut draw = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = state;
            mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            if (mixed ^ mixed >> 31) & 1 == 0 { 1.0 } else { -1.0 }
        };
        Self { signs: std::array::from_fn(|_| (0..length).map(|_| draw()).collect()) }
    }

    /// Numbers of a rotated vector: a power of two.
    pub(crate) fn length(&self) -> usize {
        self.signs[0].len()
    }

    /// Rotates `vector`, of [`Rotation::length`] numbers, in place, and makes it longer by that number (by the
    /// square root of it in each of two rounds).
    pub(crate) fn rotate(&self, vector: &mut [f32]) {
        for signs in &self.signs {
            for (value, sign) in vector.iter_mut().zip(signs) {
                *value *= sign;
            }
            transform(vector);
        }
    }
}

/// The Walsh-Hadamard transform of a power of two of numbers, in place, not brought to length.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq",
    "x86_64+avx2",
    "x86_64+sse4.1",
    "aarch64+neon"
))]
fn transform(vector: &mut [f32]) {
    let mut chunks = vector.chunks_exact_mut(LANES);
    for chunk in chunks.by_ref() {
        for half in [1, 2, 4, 8] {
            let before: [f32; LANES] = std::array::from_fn(|lane| chunk[lane]);
            for lane in 0..LANES {
                let other = before[lane ^ half];
                chunk[lane] = if lane & half == 0 { before[lane] + other } else { other - before[lane] };
            }
        }
    }
    let mut half = LANES;
    while half < vector.len() {
        for pair in vector.chunks_exact_mut(2 * half) {
            let (left, right) = pair.split_at_mut(half);
            for (left, right) in left.iter_mut().zip(right) {
                (*left, *right) = (*left + *right, *left - *right);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rotated(rotation: &Rotation, vector: &[f32]) -> Vec<f32> {
        let mut whole = vector.to_vec();
        whole.resize(rotation.length(), 0.0);
        rotation.rotate(&mut whole);
        whole
    }

    fn dot(left: &[f32], right: &[f32]) -> f64 {
        left.iter().zip(right).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    }

    proptest! {
        #[test]
        fn angles_and_lengths_are_kept(pair in proptest::collection::vec((-1f32..1.0, -1f32..1.0), 1..300)) {
            let (left, right): (Vec<f32>, Vec<f32>) = pair.into_iter().unzip();
            let rotation = Rotation::new(left.len(), 1);
            let (turned_left, turned_right) = (rotated(&rotation, &left), rotated(&rotation, &right));
            let scale = (rotation.length() as f64).powi(2);
            prop_assert!((dot(&turned_left, &turned_right) / scale - dot(&left, &right)).abs() < 1e-3);
            prop_assert!((dot(&turned_left, &turned_left) / scale - dot(&left, &left)).abs() < 1e-3);
        }
    }

    #[test]
    fn one_great_number_is_spread_over_all() {
        let rotation = Rotation::new(512, 1);
        let mut vector = vec![0.0; 512];
        vector[200] = 1.0;
        let turned = rotated(&rotation, &vector);
        let length = dot(&turned, &turned).sqrt() as f32;
        let largest = turned.iter().fold(0f32, |largest, value| largest.max(value.abs()));
        assert!(largest < 0.25 * length, "{largest} of {length}");
        assert!(rotation.length() as f32 - length < 1.0);
    }

    #[test]
    fn zeros_behind_a_vector_do_not_repeat_its_numbers() {
        let rotation = Rotation::new(100, 512);
        let turned = rotated(&rotation, &[1.0; 100]);
        let repeated =
            turned[..256].iter().zip(&turned[256..]).filter(|(a, b)| (**a - **b).abs() < 1e-3).count();
        assert!(repeated < 32, "{repeated}");
    }
}
