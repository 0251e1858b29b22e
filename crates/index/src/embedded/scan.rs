//! The nearest rows to a vector, exactly.
//!
//! A key design decision: the 8-bit codes carry how wrong they can be. Their dot product and that
//! error bound the true cosine from both sides, so a scan of the codes leaves a few rows that could
//! be among the best and proves that no other can; those few are computed from the exact vectors.
//! The answer is that of a scan of the exact vectors at a quarter of its cost.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicI32, Ordering as Atomic};

use rayon::prelude::*;

use super::codes::{BLOCK_ROWS, Codes, stride};
use super::kernels::{code_dots, exact_dot, margin, quantise, upper_bounds};
use super::rows::Rows;
use crate::StoreError;

/// Blocks one thread takes at a time: 32,768 rows.
const BLOCKS_A_TASK: usize = 128;

/// A row and how like the query it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scored {
    pub(crate) row: u64,
    pub(crate) similarity: f32,
}

/// A float that can be compared; none is NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ordered(f32);

impl Eq for Ordered {}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The largest `count` values seen, of which only the least is asked for.
struct Largest {
    count: usize,
    heap: BinaryHeap<Reverse<Ordered>>,
}

impl Largest {
    fn new(count: usize) -> Self {
        Self { count, heap: BinaryHeap::new() }
    }

    fn push(&mut self, value: f32) {
        if self.heap.len() < self.count {
            self.heap.push(Reverse(Ordered(value)));
        } else if let Some(mut least) = self.heap.peek_mut()
            && least.0.0 < value
        {
            *least = Reverse(Ordered(value));
        }
    }

    /// The `count`-th largest value; minus infinity before there are so many.
    fn threshold(&self) -> f32 {
        match self.heap.peek() {
            Some(least) if self.heap.len() == self.count => least.0.0,
            _ => f32::NEG_INFINITY,
        }
    }
}

/// The best proven threshold of all threads: any thread's `count` rows at or above a value prove
/// that the `count`-th best of all is there too.
struct Threshold(AtomicI32);

impl Threshold {
    fn new() -> Self {
        Self(AtomicI32::new(to_key(f32::NEG_INFINITY)))
    }

    fn get(&self) -> f32 {
        f32::from_bits(from_key(self.0.load(Atomic::Relaxed)))
    }

    fn raise(&self, value: f32) {
        self.0.fetch_max(to_key(value), Atomic::Relaxed);
    }
}

/// Bits of a float, arranged so that integers compare as the floats do.
fn to_key(value: f32) -> i32 {
    let bits = value.to_bits().cast_signed();
    bits ^ (((bits >> 31).cast_unsigned()) >> 1).cast_signed()
}

fn from_key(key: i32) -> u32 {
    (key ^ (((key >> 31).cast_unsigned()) >> 1).cast_signed()).cast_unsigned()
}

/// A query ready to be compared.
pub(crate) struct Query<'a> {
    vector: &'a [f32],
    length: f32,
}

impl<'a> Query<'a> {
    /// `None` for a vector of length zero, to which nothing is nearer than anything else.
    pub(crate) fn new(vector: &'a [f32]) -> Option<Self> {
        let bytes: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
        let length = exact_dot(&bytes, vector).1.sqrt();
        (length > 0.0).then_some(Self { vector, length })
    }

    /// Cosine similarity to a stored row; 0 for a stored vector of length zero.
    fn similarity(&self, rows: &Rows, row: u64, place: usize) -> Result<f32, StoreError> {
        let (dot, square) = exact_dot(rows.vector(row, place)?, self.vector);
        Ok(if square > 0.0 { (dot / square.sqrt() / self.length).clamp(-1.0, 1.0) } else { 0.0 })
    }
}

/// All rows at least as near as the `count`-th nearest: more than `count` only where some are
/// equally near. Nearest first. Rows are given in ascending order or not at all.
pub(crate) fn best_of(
    rows: &Rows,
    place: usize,
    query: &Query<'_>,
    count: usize,
    candidates: impl IntoIterator<Item = u64>,
) -> Result<Vec<Scored>, StoreError> {
    let mut largest = Largest::new(count);
    let mut scored = Vec::new();
    for row in candidates {
        let similarity = query.similarity(rows, row, place)?;
        if similarity >= largest.threshold() {
            largest.push(similarity);
            scored.push(Scored { row, similarity });
        }
    }
    Ok(finish(scored, largest.threshold()))
}

/// The same over all rows that are `wanted`.
pub(crate) fn best(
    codes: &Codes,
    rows: &Rows,
    place: usize,
    query: &Query<'_>,
    count: usize,
    wanted: &(dyn Fn(u64) -> bool + Sync),
) -> Result<Vec<Scored>, StoreError> {
    let stride = stride(u32::try_from(query.vector.len()).unwrap_or(u32::MAX));
    let mut narrow = vec![0i8; stride];
    let asked = quantise(query.vector, &mut narrow);
    let wide: Vec<i16> = narrow.iter().map(|code| i16::from(*code)).collect();
    let threshold = Threshold::new();

    let scan_blocks = |task: usize| -> Vec<(u64, f32)> {
        let mut largest = Largest::new(count);
        let mut found = Vec::new();
        let mut dots = [0i32; BLOCK_ROWS];
        let mut bounds = [0f32; BLOCK_ROWS];
        let blocks = task * BLOCKS_A_TASK..((task + 1) * BLOCKS_A_TASK).min(codes.blocks());
        for block in blocks {
            let section = codes.section(block, place);
            let rows_here = section.codes.len() / stride;
            let (dots, bounds) = (&mut dots[..rows_here], &mut bounds[..rows_here]);
            code_dots(section.codes, &wide, dots);
            upper_bounds(dots, section.scales(), section.errors(), asked, bounds);
            let mut least = threshold.get().max(largest.threshold());
            for (index, bound) in bounds.iter().enumerate() {
                // A damaged section may give NaN: then the row is looked at, not passed over.
                if *bound < least {
                    continue;
                }
                let row = section.first_row + index as u64;
                if !wanted(row) {
                    continue;
                }
                found.push((row, *bound));
                let lower = *bound - 2.0 * margin(section.quantised(index).error, asked);
                if lower.is_finite() {
                    largest.push(lower);
                }
                least = least.max(largest.threshold());
            }
            threshold.raise(largest.threshold());
        }
        found
    };
    let tasks = codes.blocks().div_ceil(BLOCKS_A_TASK);
    let mut candidates: Vec<(u64, f32)> = if tasks <= 1 {
        (0..tasks).flat_map(scan_blocks).collect()
    } else {
        (0..tasks).into_par_iter().flat_map_iter(scan_blocks).collect()
    };

    // Likeliest first, so that the rest can be left out as soon as possible.
    candidates.sort_unstable_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    let mut largest = Largest::new(count);
    let mut scored = Vec::new();
    for (row, upper) in candidates {
        if upper < largest.threshold() {
            break;
        }
        let similarity = query.similarity(rows, row, place)?;
        if similarity >= largest.threshold() {
            largest.push(similarity);
            scored.push(Scored { row, similarity });
        }
    }
    Ok(finish(scored, largest.threshold()))
}

fn finish(mut scored: Vec<Scored>, threshold: f32) -> Vec<Scored> {
    scored.retain(|one| one.similarity >= threshold);
    scored.sort_unstable_by(|left, right| {
        right.similarity.total_cmp(&left.similarity).then(left.row.cmp(&right.row))
    });
    scored
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_floats_do_and_read_back() {
        let values = [f32::NEG_INFINITY, -1.5, -1e-30, 0.0, 1e-30, 0.25, 1.0, f32::INFINITY];
        for pair in values.windows(2) {
            assert!(to_key(pair[0]) < to_key(pair[1]), "{pair:?}");
        }
        for value in values {
            assert_eq!(from_key(to_key(value)), value.to_bits());
        }
    }
}
