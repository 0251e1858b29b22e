//! The best of many, and what all threads together have proven of them.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicI32, Ordering as Atomic};

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
pub(crate) struct Largest {
    count: usize,
    heap: BinaryHeap<Reverse<Ordered>>,
}

impl Largest {
    pub(crate) fn new(count: usize) -> Self {
        Self { count, heap: BinaryHeap::new() }
    }

    pub(crate) fn push(&mut self, value: f32) {
        if self.heap.len() < self.count {
            self.heap.push(Reverse(Ordered(value)));
        } else if let Some(mut least) = self.heap.peek_mut()
            && least.0.0 < value
        {
            *least = Reverse(Ordered(value));
        }
    }

    /// The `count`-th largest value; minus infinity before there are so many.
    pub(crate) fn threshold(&self) -> f32 {
        match self.heap.peek() {
            Some(least) if self.heap.len() == self.count => least.0.0,
            _ => f32::NEG_INFINITY,
        }
    }
}

/// The best proven threshold of all threads: any thread's `count` rows at or above a value prove
/// that the `count`-th best of all is there too.
pub(crate) struct Threshold(AtomicI32);

impl Threshold {
    pub(crate) fn new(value: f32) -> Self {
        Self(AtomicI32::new(to_key(value)))
    }

    pub(crate) fn get(&self) -> f32 {
        f32::from_bits(from_key(self.0.load(Atomic::Relaxed)))
    }

    pub(crate) fn raise(&self, value: f32) {
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
