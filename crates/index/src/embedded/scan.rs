//! The nearest rows to a vector, exactly.
//!
//! A key design decision: the 8-bit codes carry how wrong they can be. Their dot product and that
//! error bound the true cosine from both sides, so a scan of the codes leaves a few rows that could
//! be among the best and proves that no other can; those few are computed from the exact vectors.
//! The answer is that of a scan of the exact vectors at a quarter of its cost.
//!
//! In a large store [sketches](super::sketch) leave out most rows before their codes are read.

use std::ops::Range;

use rayon::prelude::*;

use super::codes::{BLOCK_ROWS, Codes};
use super::kernels::{Quantised, code_dots, exact_dot, margin, quantise, upper_bounds};
use super::largest::{Largest, Threshold};
use super::rows::Rows;
use super::sketch::{BySigns, Sketch, SketchedQuery};
use crate::StoreError;

/// Blocks one thread takes at a time: 32,768 rows.
const BLOCKS_A_TASK: usize = 128;

/// A row and how like the query it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scored {
    pub(crate) row: u64,
    pub(crate) similarity: f32,
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

/// A search of all rows that are wanted.
pub(crate) struct Scan<'a> {
    pub(crate) codes: &'a Codes,
    pub(crate) rows: &'a Rows,
    pub(crate) place: usize,
    pub(crate) query: Query<'a>,
    pub(crate) count: usize,
    pub(crate) wanted: &'a (dyn Fn(u64) -> bool + Sync),
}

/// A row and the largest similarity it can have.
type Bounded = (u64, f32);

impl Scan<'_> {
    /// The same as [`best_of`] over all rows that are wanted. With a sketch a neighbour may be missed, as
    /// seldom as it says.
    pub(crate) fn best(&self, sketch: Option<&Sketch>) -> Result<Vec<Scored>, StoreError> {
        let asked = self.quantised_query();
        let mut candidates = Vec::new();
        let mut threshold = Threshold::new(f32::NEG_INFINITY);
        if let Some(sketch) = sketch {
            let query = sketch.ask(self.query.vector);
            let sketched = Sketched { sketch, query, codes: &asked };
            let tasks = self.by_signs(&sketched);
            let proven = self.proven(&sketched, &tasks)?;
            candidates = self.reaching(proven, &sketched, &tasks);
            threshold = Threshold::new(proven);
        }
        let unsketched = sketch.map_or(0, Sketch::blocks)..self.codes.blocks();
        candidates.extend(over_tasks(unsketched, |blocks| self.scan_blocks(blocks, &threshold, &asked)));

        // Likeliest first, so that the rest can be left out as soon as possible.
        candidates.sort_unstable_by(by_bound);
        let mut largest = Largest::new(self.count);
        let mut scored = Vec::new();
        for (row, upper) in candidates {
            if upper < largest.threshold() {
                break;
            }
            let similarity = self.query.similarity(self.rows, row, self.place)?;
            if similarity >= largest.threshold() {
                largest.push(similarity);
                scored.push(Scored { row, similarity });
            }
        }
        Ok(finish(scored, largest.threshold()))
    }

    fn quantised_query(&self) -> QuantisedQuery {
        let mut narrow = vec![0i8; self.codes.stride()];
        let quantised = quantise(self.query.vector, &mut narrow);
        QuantisedQuery { wide: narrow.iter().map(|code| i16::from(*code)).collect(), quantised }
    }

    /// What the signs say of all sketched rows, in order, a task's together.
    fn by_signs(&self, Sketched { sketch, query, .. }: &Sketched<'_>) -> Vec<SketchedTask> {
        over_tasks(0..sketch.blocks(), |blocks| {
            let first_row = blocks.start * BLOCK_ROWS;
            let rows = sketch.by_signs(query, blocks.start, blocks.len() * BLOCK_ROWS);
            let mut largest = Largest::new(self.tried());
            let mut likeliest = Vec::new();
            visit_reaching(&rows.bounds, f32::NEG_INFINITY, |index, bound| {
                if (self.wanted)((first_row + index) as u64) {
                    largest.push(bound);
                    likeliest.push(index);
                }
                largest.threshold()
            });
            likeliest.retain(|index| rows.bounds[*index] >= largest.threshold());
            vec![SketchedTask { first_row, rows, likeliest }]
        })
    }

    /// Rows of whose codes the likeliest neighbours are chosen.
    fn tried(&self) -> usize {
        self.count.saturating_mul(4).max(64)
    }

    /// The similarity that the wanted number of rows reach for sure: the likeliest by their codes of those that are
    /// by their sketches.
    fn proven(
        &self,
        Sketched { sketch, query, codes }: &Sketched<'_>,
        tasks: &[SketchedTask],
    ) -> Result<f32, StoreError> {
        let rows: Vec<(usize, f32)> =
            tasks.iter().flat_map(|task| task.likeliest.iter().map(|index| task.row(*index))).collect();
        let bounds = sketch.by_both(query, &rows);
        let mut likeliest: Vec<Bounded> =
            rows.iter().zip(bounds).map(|((row, _), bound)| (*row as u64, bound)).collect();
        likeliest.sort_unstable_by(by_bound);
        likeliest.truncate(self.tried());
        for (row, likely) in &mut likeliest {
            *likely = self.bounds(*row, codes).0;
        }
        likeliest.sort_unstable_by(by_bound);
        // Exactly, since codes leave a doubt that lets twice as many rows pass.
        let mut largest = Largest::new(self.count);
        for (row, _) in likeliest.into_iter().take(self.count) {
            largest.push(self.query.similarity(self.rows, row, self.place)?);
        }
        Ok(largest.threshold())
    }

    /// Of the sketched rows, those that can reach `least`: first by their signs, then by all of their sketch, then
    /// by their codes.
    fn reaching(
        &self,
        least: f32,
        Sketched { sketch, query, codes }: &Sketched<'_>,
        tasks: &[SketchedTask],
    ) -> Vec<Bounded> {
        let of_task = |task: &SketchedTask| -> Vec<Bounded> {
            let mut rows = task.reaching(least);
            rows.retain(|(row, _)| (self.wanted)(*row as u64));
            let mut found = Vec::new();
            visit_reaching(&sketch.by_both(query, &rows), least, |index, _| {
                let row = rows[index].0 as u64;
                let (middle, margin) = self.bounds(row, codes);
                let upper = middle + margin;
                // A damaged section may give NaN: then the row is looked at, not passed over.
                if upper.is_nan() || upper >= least {
                    found.push((row, upper));
                }
                least
            });
            found
        };
        tasks.par_iter().flat_map_iter(of_task).collect()
    }

    /// A row's similarity by its codes, and how far that can be off.
    fn bounds(&self, row: u64, asked: &QuantisedQuery) -> (f32, f32) {
        let stride = self.codes.stride();
        let index = (row % BLOCK_ROWS as u64) as usize;
        let section = self.codes.section((row / BLOCK_ROWS as u64) as usize, self.place);
        let mut dot = [0];
        code_dots(&section.codes[index * stride..(index + 1) * stride], &asked.wide, &mut dot);
        let (of_row, of_query) = (section.quantised(index), asked.quantised);
        (dot[0] as f32 * (of_row.scale * of_query.scale), margin(of_row.error, of_query))
    }

    /// Rows of some blocks that could be among the best, by their codes.
    fn scan_blocks(
        &self,
        blocks: Range<usize>,
        threshold: &Threshold,
        asked: &QuantisedQuery,
    ) -> Vec<Bounded> {
        let stride = self.codes.stride();
        let mut largest = Largest::new(self.count);
        let mut found = Vec::new();
        let mut dots = [0i32; BLOCK_ROWS];
        let mut bounds = [0f32; BLOCK_ROWS];
        for block in blocks {
            let section = self.codes.section(block, self.place);
            let rows_here = section.codes.len() / stride;
            let (dots, bounds) = (&mut dots[..rows_here], &mut bounds[..rows_here]);
            code_dots(section.codes, &asked.wide, dots);
            upper_bounds(dots, section.scales(), section.errors(), asked.quantised, bounds);
            let mut least = threshold.get().max(largest.threshold());
            for (index, bound) in bounds.iter().enumerate() {
                // A damaged section may give NaN: then the row is looked at, not passed over.
                if *bound < least {
                    continue;
                }
                let row = section.first_row + index as u64;
                if !(self.wanted)(row) {
                    continue;
                }
                found.push((row, *bound));
                let lower = *bound - 2.0 * margin(section.quantised(index).error, asked.quantised);
                if lower.is_finite() {
                    largest.push(lower);
                }
                least = least.max(largest.threshold());
            }
            threshold.raise(largest.threshold());
        }
        found
    }
}

/// A query in 8 bits.
struct QuantisedQuery {
    wide: Vec<i16>,
    quantised: Quantised,
}

/// A sketch, and the query as it and the codes are asked.
struct Sketched<'a> {
    sketch: &'a Sketch,
    query: SketchedQuery,
    codes: &'a QuantisedQuery,
}

/// What the signs say of a task's rows.
struct SketchedTask {
    first_row: usize,
    rows: BySigns,
    /// Those with the largest bounds.
    likeliest: Vec<usize>,
}

impl SketchedTask {
    /// Number of a row in the store, and its product by signs.
    fn row(&self, index: usize) -> (usize, f32) {
        (self.first_row + index, self.rows.products[index])
    }

    /// Rows whose bound is at least `least`.
    fn reaching(&self, least: f32) -> Vec<(usize, f32)> {
        const GROUP: usize = 256;
        let mut reaching = Vec::new();
        let mut indices = [0; GROUP];
        for (group, bounds) in self.rows.bounds.chunks(GROUP).enumerate() {
            // Which do cannot be foretold, so none is asked by a branch.
            let mut count = 0;
            for (index, bound) in bounds.iter().enumerate() {
                indices[count] = group * GROUP + index;
                count += usize::from(*bound >= least);
            }
            reaching.extend(indices[..count].iter().map(|index| self.row(*index)));
        }
        reaching
    }
}

/// Shows those whose bound is at least `least` to `visit`, which says what is the least from there on.
fn visit_reaching(bounds: &[f32], mut least: f32, mut visit: impl FnMut(usize, f32) -> f32) {
    const GROUP: usize = 32;
    for (group, bounds) in bounds.chunks(GROUP).enumerate() {
        // Hardly any group holds one, which is seen without looking at them one by one.
        if !bounds.iter().fold(false, |some, bound| some | (*bound >= least)) {
            continue;
        }
        for (index, bound) in bounds.iter().enumerate() {
            if *bound >= least {
                least = visit(group * GROUP + index, *bound);
            }
        }
    }
}

/// Largest bound first.
fn by_bound(left: &Bounded, right: &Bounded) -> std::cmp::Ordering {
    right.1.total_cmp(&left.1).then(left.0.cmp(&right.0))
}

/// What is found in parts of the blocks, in order, on all cores where there are several parts.
fn over_tasks<T: Send>(blocks: Range<usize>, found_in: impl Fn(Range<usize>) -> Vec<T> + Sync) -> Vec<T> {
    let part = |task: usize| {
        let start = blocks.start + task * BLOCKS_A_TASK;
        found_in(start..(start + BLOCKS_A_TASK).min(blocks.end))
    };
    let tasks = blocks.len().div_ceil(BLOCKS_A_TASK);
    if tasks <= 1 {
        (0..tasks).flat_map(part).collect()
    } else {
        (0..tasks).into_par_iter().flat_map_iter(part).collect()
    }
}

fn finish(mut scored: Vec<Scored>, threshold: f32) -> Vec<Scored> {
    scored.retain(|one| one.similarity >= threshold);
    scored.sort_unstable_by(|left, right| {
        right.similarity.total_cmp(&left.similarity).then(left.row.cmp(&right.row))
    });
    scored
}
