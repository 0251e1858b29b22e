//! Two bits a number: what passes over most rows of a large store before their codes are read.
//!
//! A key design decision: beyond some hundred thousand rows a search waits for memory, not for
//! arithmetic, so fewer bytes are the only way to be faster. A row is told by the signs of its
//! rotated numbers and whether they are large, a quarter of its codes; a factor makes the estimate of
//! its cosine unbiased, and how far that is off follows a known distribution (RaBitQ: Gao and Long
//! 2024; with several bits: Gao and others 2025). Rows that could be among the best, [`DEVIATIONS`]
//! away from the estimate included, are then compared by their codes and exactly. So what is found
//! is exact, and what could be missed is known: of those that are only just among the best two in a thousand.
//!
//! The signs alone, half of that, leave some tenth of evenly spread rows; so they are read of all rows,
//! and the other bit only of those.
//!
//! Sketches are made from the codes when a place is first searched and kept in memory; nothing of
//! them is stored.

mod estimate;

use std::sync::{Arc, Mutex, PoisonError};

use super::codes::{BLOCK_ROWS, Codes};
use super::rotation::Rotation;
use super::rows::PLACES;
use estimate::{Asked, Bits, FullScale, NUMBERS, SignScale, SketchRows, by_both, by_signs};
pub(crate) use estimate::{BySigns, SketchedQuery};

/// Standard deviations of the estimates, by signs and by both bits, that are allowed for: one of 740 and one of
/// 1,450 true neighbours are farther off to the wrong side.
const DEVIATIONS: [f32; 2] = [3.0, 3.2];
/// Rows that the centre is the mean of, at most.
const CENTRE_ROWS: usize = 4096;
/// A sketch is made longer when less than this part of the rows has one.
const COVERED: f64 = 0.9;

/// The sketched rows of one place: all whole blocks there were when it was made.
#[derive(Debug, Clone)]
pub(crate) struct Sketch {
    rotation: Rotation,
    /// The mean of the rows, brought to length 1 each, when the sketch was begun. What all vectors of an encoder
    /// have in common would be estimated wrong in the same direction for all.
    centre: Vec<f32>,
    rows: SketchRows,
}

impl Sketch {
    /// Of no rows yet, about a centre of as many numbers as the vectors have.
    fn about(centre: Vec<f32>) -> Self {
        let rotation = Rotation::new(centre.len(), NUMBERS);
        Self { rotation, centre, rows: SketchRows::default() }
    }

    fn parts(&self) -> usize {
        self.rotation.length() / NUMBERS
    }

    /// Blocks that have a sketch, from the first.
    pub(crate) fn blocks(&self) -> usize {
        self.rows.signs.len() / BLOCK_ROWS
    }

    /// Sketches the whole blocks that have none yet, with all cores.
    ///
    /// On threads of its own: a searching thread holds the lock meanwhile, and one that works for a
    /// shared pool could be handed another search that waits for the same lock.
    fn extend(&mut self, codes: &Codes, place: usize) {
        let (from, to) = (self.blocks(), codes.whole_blocks());
        let parts = self.parts();
        let rows = &mut self.rows;
        rows.upper.resize(to * BLOCK_ROWS * parts, Bits::default());
        rows.lower.resize(to * BLOCK_ROWS * parts, Bits::default());
        rows.signs.resize(to * BLOCK_ROWS, SignScale::default());
        rows.full.resize(to * BLOCK_ROWS, FullScale::default());
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = (to - from).div_ceil(threads).max(1) * BLOCK_ROWS;
        let first = from * BLOCK_ROWS;
        let uppers = rows.upper[first * parts..].chunks_mut(share * parts);
        let lowers = rows.lower[first * parts..].chunks_mut(share * parts);
        let scales = rows.signs[first..].chunks_mut(share).zip(rows.full[first..].chunks_mut(share));
        let pencil = Pencil { rotation: &self.rotation, centre: &self.centre };
        std::thread::scope(|scope| {
            for (number, ((upper, lower), (signs, full))) in uppers.zip(lowers).zip(scales).enumerate() {
                let first_block = from + number * share / BLOCK_ROWS;
                let drawn = DrawnRows { upper, lower, signs, full };
                scope.spawn(move || pencil.sketch_blocks(codes, place, first_block, drawn));
            }
        });
    }

    /// A query ready to be compared.
    pub(crate) fn ask(&self, vector: &[f32]) -> SketchedQuery {
        let mut unit = vector.to_vec();
        normalise(&mut unit);
        let mut rotated: Vec<f32> = unit.iter().zip(&self.centre).map(|(value, mean)| value - mean).collect();
        let asked = Asked {
            with_centre: dot(&unit, &self.centre),
            square: dot(&rotated, &rotated),
            centre_square: dot(&self.centre, &self.centre),
            deviations: DEVIATIONS,
        };
        rotated.resize(self.rotation.length(), 0.0);
        self.rotation.rotate(&mut rotated);
        // The rotation makes vectors longer.
        let longer = self.rotation.length() as f32;
        rotated.iter_mut().for_each(|value| *value /= longer);
        SketchedQuery::new(&rotated, asked)
    }

    /// What the signs of so many rows say, from that block on.
    pub(crate) fn by_signs(&self, query: &SketchedQuery, first_block: usize, rows: usize) -> BySigns {
        let mut found = BySigns { products: vec![0.0; rows], bounds: vec![0.0; rows] };
        by_signs(&self.rows, first_block * BLOCK_ROWS, query, &mut found);
        found
    }

    /// The largest cosine that each of some rows, named with their products by signs, can be expected to have by
    /// all that is known of them.
    pub(crate) fn by_both(&self, query: &SketchedQuery, rows: &[(usize, f32)]) -> Vec<f32> {
        by_both(&self.rows, rows, query)
    }
}

fn dot(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// Brings a vector to length 1; zeros stay zeros.
fn normalise(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt().max(f32::MIN_POSITIVE);
    vector.iter_mut().for_each(|value| *value /= length);
}

/// The numbers that codes stand for, brought to length 1.
fn unit(codes: &[u8]) -> Vec<f32> {
    let mut unit: Vec<f32> = codes.iter().map(|code| f32::from(code.cast_signed())).collect();
    normalise(&mut unit);
    unit
}

/// The mean of some rows of all blocks.
fn centre(codes: &Codes, place: usize) -> Vec<f32> {
    let mut mean = vec![0f32; codes.stride()];
    let mut rows = 0;
    for block in (0..codes.whole_blocks()).step_by(codes.whole_blocks().div_ceil(CENTRE_ROWS).max(1)) {
        let row = unit(&codes.section(block, place).codes[..codes.stride()]);
        mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += value);
        rows += 1;
    }
    mean.iter_mut().for_each(|mean| *mean /= (rows as f32).max(1.0));
    mean
}

/// Where the sketches of some blocks are written.
struct DrawnRows<'a> {
    upper: &'a mut [Bits],
    lower: &'a mut [Bits],
    signs: &'a mut [SignScale],
    full: &'a mut [FullScale],
}

/// What draws the sketch of a row.
#[derive(Clone, Copy)]
struct Pencil<'a> {
    rotation: &'a Rotation,
    centre: &'a [f32],
}

impl Pencil<'_> {
    fn sketch_blocks(self, codes: &Codes, place: usize, first_block: usize, drawn: DrawnRows<'_>) {
        let parts = self.rotation.length() / NUMBERS;
        let bits = drawn.upper.chunks_mut(parts).zip(drawn.lower.chunks_mut(parts));
        let scales = drawn.signs.iter_mut().zip(drawn.full);
        for (row, ((upper, lower), (signs, full))) in bits.zip(scales).enumerate() {
            let section = codes.section(first_block + row / BLOCK_ROWS, place);
            let at = row % BLOCK_ROWS * codes.stride();
            (*signs, *full) = self.sketch(unit(&section.codes[at..at + codes.stride()]), upper, lower);
        }
    }

    /// Writes the bits of a row of length 1.
    fn sketch(self, mut row: Vec<f32>, upper: &mut [Bits], lower: &mut [Bits]) -> (SignScale, FullScale) {
        row.iter_mut().zip(self.centre).for_each(|(value, mean)| *value -= mean);
        let offset = dot(&row, self.centre);
        row.resize(self.rotation.length(), 0.0);
        self.rotation.rotate(&mut row);
        let numbers = row.len() as f32;
        row.iter_mut().for_each(|value| *value /= numbers);
        let square = dot(&row, &row);
        // Where four even steps lie nearest to normally spread numbers: at their deviation (Max 1960).
        let large = (square / numbers).sqrt();
        let (mut signs_product, mut product, mut code_square) = (0f32, 0f32, 0f32);
        let words = upper.as_flattened_mut().iter_mut().zip(lower.as_flattened_mut());
        for ((upper_word, lower_word), values) in words.zip(row.chunks_exact(64)) {
            let (mut upper, mut lower) = (0u64, 0u64);
            for (at, value) in values.iter().enumerate() {
                let (positive, outer) = (*value > 0.0, value.abs() > large);
                upper |= u64::from(positive) << at;
                lower |= u64::from(positive == outer) << at;
                let stands_for = if outer { 3.0 } else { 1.0 };
                signs_product += value.abs();
                product += value.abs() * stands_for;
                code_square += stands_for * stands_for;
            }
            (*upper_word, *lower_word) = (upper, lower);
        }
        if product <= 0.0 {
            // It is the centre.
            return (SignScale { factor: 0.0, offset }, FullScale { factor: 0.0, offset, variance: 0.0 });
        }
        let cosine_square = product * product / (square * code_square);
        let variance = square * (1.0 / cosine_square - 1.0).max(0.0) / (numbers - 1.0);
        let signs = SignScale { factor: square / signs_product, offset };
        (signs, FullScale { factor: square / product, offset, variance })
    }
}

/// The sketches of all places of one generation of data files, made when they are first asked for.
#[derive(Debug, Default)]
pub(crate) struct Sketches([Mutex<Option<Arc<Sketch>>>; PLACES]);

impl Sketches {
    /// A place's sketch, made or made longer if need be: then the searches of that place wait for it.
    pub(crate) fn of(&self, codes: &Codes, place: usize) -> Arc<Sketch> {
        let mut kept = self.0[place].lock().unwrap_or_else(PoisonError::into_inner);
        let enough = |sketch: &Arc<Sketch>| sketch.blocks() as f64 >= COVERED * codes.whole_blocks() as f64;
        if let Some(sketch) = kept.as_ref().filter(|sketch| enough(sketch)) {
            return Arc::clone(sketch);
        }
        let mut sketch = match kept.take() {
            Some(last) => Arc::unwrap_or_clone(last),
            None => Sketch::about(centre(codes, place)),
        };
        sketch.extend(codes, place);
        let sketch = Arc::new(sketch);
        *kept = Some(Arc::clone(&sketch));
        sketch
    }

    /// Those that were made, for files that only grew since.
    pub(crate) fn taken_over(&self) -> Self {
        Self(std::array::from_fn(|place| {
            Mutex::new(self.0[place].lock().unwrap_or_else(PoisonError::into_inner).clone())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of all sizes, as encoders give them: most small, some great, none below zero.
    fn drawn(seed: u64, kin: f32) -> Vec<f32> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1u64 << 24) as f32
        };
        let own: Vec<f32> = (0..200).map(|_| next().powi(6)).collect();
        own.iter().enumerate().map(|(at, own)| own + kin * ((at % 7) as f32 / 7.0).powi(3)).collect()
    }

    fn cosine(left: &[f32], right: &[f32]) -> f32 {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        dot(left, right) / (dot(left, left) * dot(right, right)).sqrt()
    }

    fn sketched(vectors: &[Vec<f32>]) -> Sketch {
        let mut centre = vec![0.0; vectors[0].len()];
        let units = vectors.iter().map(|vector| {
            let mut unit = vector.clone();
            normalise(&mut unit);
            unit
        });
        for unit in units.clone() {
            centre.iter_mut().zip(unit).for_each(|(mean, value)| *mean += value / vectors.len() as f32);
        }
        let mut sketch = Sketch::about(centre);
        for unit in units {
            let (mut upper, mut lower) =
                (vec![Bits::default(); sketch.parts()], vec![Bits::default(); sketch.parts()]);
            let pencil = Pencil { rotation: &sketch.rotation, centre: &sketch.centre };
            let (signs, full) = pencil.sketch(unit, &mut upper, &mut lower);
            sketch.rows.upper.extend(upper);
            sketch.rows.lower.extend(lower);
            sketch.rows.signs.push(signs);
            sketch.rows.full.push(full);
        }
        sketch
    }

    #[test]
    fn hardly_any_row_is_nearer_than_its_bounds_and_the_better_one_is_nearer() {
        let vectors: Vec<Vec<f32>> = (0..2000).map(|seed| drawn(seed + 1, (seed % 5) as f32 * 0.3)).collect();
        let sketch = sketched(&vectors);
        let (mut beyond, mut slack) = ([0; 2], [0.0; 2]);
        for query in vectors.iter().step_by(40) {
            let asked = sketch.ask(query);
            let by_signs = sketch.by_signs(&asked, 0, vectors.len());
            let rows: Vec<(usize, f32)> = by_signs.products.iter().copied().enumerate().collect();
            let by_both = sketch.by_both(&asked, &rows);
            for (vector, bounds) in vectors.iter().zip(by_signs.bounds.iter().zip(&by_both)) {
                let truth = cosine(query, vector);
                for (of, bound) in [bounds.0, bounds.1].into_iter().enumerate() {
                    beyond[of] += usize::from(truth > *bound);
                    slack[of] += bound - truth;
                }
            }
        }
        let pairs = 50 * vectors.len();
        assert!(
            beyond[0] * 500 < pairs && beyond[1] * 1000 < pairs,
            "{beyond:?} of {pairs} beyond their bound"
        );
        let slack = slack.map(|slack| slack / pairs as f32);
        assert!((0.02..0.14).contains(&slack[0]), "{slack:?}");
        assert!((0.01..0.6 * slack[0]).contains(&slack[1]), "{slack:?}");
    }

    #[test]
    fn a_row_of_zeros_is_at_right_angles_to_all() {
        let sketch = sketched(&[vec![0.0; 200]]);
        let asked = sketch.ask(&drawn(3, 0.0));
        let by_signs = sketch.by_signs(&asked, 0, 1);
        for bound in [by_signs.bounds[0], sketch.by_both(&asked, &[(0, by_signs.products[0])])[0]] {
            assert!((0.0..0.05).contains(&bound), "{bound}");
        }
    }
}
