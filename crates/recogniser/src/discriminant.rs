//! Directions that tell classes (items, or characters' classes) apart, and how sure few examples of one
//! can make us.
//!
//! Linear discriminant analysis with a shrunk within-scatter (Ledoit and Wolf's form) gives a
//! space where one look differs from another of the same item by unit noise in every direction.
//! There, probabilistic discriminant analysis (Ioffe, 2006) says what an item seen `n` times
//! predicts: its mean, drawn to the common mean, and a variance that falls as `n` grows.

use faer::linalg::matmul::matmul;
use faer::linalg::solvers::Solve;
use faer::{Accum, Mat, MatRef, Par, Side};

/// Rows are added to the scatter this many at a time.
const BATCH: usize = 256;
/// Directions kept at most.
const DIRECTIONS: usize = 96;
/// More classes than this are sketched by random combinations when directions are sought.
const SKETCH: usize = 256;
/// A direction whose between-item variance is below this share of the noise is dropped.
const LEAST_RATIO: f32 = 0.02;

/// Sums of rows from which a discriminant is fitted; two can be added.
pub(crate) struct Scatter {
    length: usize,
    products: Mat<f32>,
    /// By class: rows, sum of rows.
    classes: Vec<(f32, Vec<f32>)>,
    waiting: Vec<f32>,
}

impl Scatter {
    pub(crate) fn new(length: usize, classes: usize) -> Self {
        Self {
            length,
            products: Mat::zeros(length, length),
            classes: vec![(0.0, vec![0.0; length]); classes],
            waiting: Vec::new(),
        }
    }

    /// Adds a row of a class.
    pub(crate) fn add(&mut self, class: usize, row: &[f32]) {
        let (count, sum) = &mut self.classes[class];
        *count += 1.0;
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += value;
        }
        self.waiting.extend_from_slice(row);
        if self.waiting.len() >= BATCH * self.length {
            self.flush();
        }
    }

    /// Brings the rows that wait into the sums.
    pub(crate) fn flush(&mut self) {
        let rows = self.waiting.len() / self.length.max(1);
        if rows > 0 {
            let rows = MatRef::from_row_major_slice(&self.waiting, rows, self.length);
            matmul(self.products.as_mut(), Accum::Add, rows.transpose(), rows, 1.0, Par::Seq);
        }
        self.waiting.clear();
    }

    /// Classes, seen or not.
    pub(crate) fn class_count(&self) -> usize {
        self.classes.len()
    }

    /// Rows of a class.
    pub(crate) fn class_rows(&self, class: usize) -> f32 {
        self.classes.get(class).map_or(0.0, |class| class.0)
    }

    /// The mean row of a class, `None` when it has none.
    pub(crate) fn class_mean(&self, class: usize) -> Option<Vec<f32>> {
        let (count, sum) = self.classes.get(class)?;
        (*count > 0.0).then(|| sum.iter().map(|sum| sum / count).collect())
    }

    /// The sums of several flushed parts.
    pub(crate) fn sum<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let first = parts.next()?;
        let mut total = Self {
            length: first.length,
            products: first.products.clone(),
            classes: first.classes.clone(),
            waiting: Vec::new(),
        };
        for part in parts {
            total.products += &part.products;
            for ((count, sum), (more, add)) in total.classes.iter_mut().zip(&part.classes) {
                *count += more;
                for (sum, add) in sum.iter_mut().zip(add) {
                    *sum += add;
                }
            }
        }
        Some(total)
    }
}

/// The projection into the space where items are told apart.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Discriminant {
    /// The mean of all rows.
    mean: Vec<f32>,
    /// `directions` rows as long as the mean.
    directions: Vec<f32>,
    /// Between-item variance of each direction; the noise is 1.
    between: Vec<f32>,
}

impl Discriminant {
    /// From flushed sums; `None` when there are fewer than two classes or nothing varies.
    pub(crate) fn fit(scatter: &Scatter, shrinkage: f32) -> Option<Self> {
        let length = scatter.length;
        let seen: Vec<&(f32, Vec<f32>)> = scatter.classes.iter().filter(|class| class.0 > 0.0).collect();
        let rows: f32 = seen.iter().map(|class| class.0).sum();
        if seen.len() < 2 || length == 0 {
            return None;
        }
        let mut mean = vec![0f32; length];
        for (_, sum) in &seen {
            for (mean, sum) in mean.iter_mut().zip(sum) {
                *mean += sum / rows;
            }
        }
        // Within-scatter: all products less those of the class means.
        let weighted = Mat::from_fn(seen.len(), length, |class, at| seen[class].1[at] / seen[class].0.sqrt());
        let mut within = scatter.products.clone();
        matmul(within.as_mut(), Accum::Add, weighted.transpose(), &weighted, -1.0, Par::Seq);
        let share = (1.0 - shrinkage) / (rows - seen.len() as f32).max(1.0);
        let trace: f32 = (0..length).map(|at| within[(at, at)]).sum::<f32>() * share / (1.0 - shrinkage);
        let ridge = shrinkage * trace / length as f32 + 1e-6;
        for column in 0..length {
            for row in 0..length {
                within[(row, column)] *= share;
            }
            within[(column, column)] += ridge;
        }
        let centred =
            Mat::from_fn(length, seen.len(), |at, class| seen[class].1[at] / seen[class].0 - mean[at]);
        let sketched = sketch(centred);
        let solved = within.llt(Side::Lower).ok()?.solve(&sketched);
        let mut gram = Mat::<f32>::zeros(sketched.ncols(), sketched.ncols());
        matmul(gram.as_mut(), Accum::Replace, sketched.transpose(), &solved, 1.0, Par::Seq);
        let eigen = gram.self_adjoint_eigen(Side::Lower).ok()?;
        let (vectors, values) = (eigen.U(), eigen.S());
        let mut directions = Vec::new();
        let mut between = Vec::new();
        for at in (0..gram.ncols()).rev().take(DIRECTIONS) {
            let value = values[at];
            let ratio = value / gram.ncols() as f32;
            if ratio < LEAST_RATIO {
                break;
            }
            let direction = &solved * vectors.col(at);
            directions.extend(direction.iter().map(|weight| weight / value.sqrt()));
            between.push(ratio);
        }
        (!between.is_empty()).then_some(Self { mean, directions, between })
    }

    /// A row in the space.
    pub(crate) fn project(&self, row: &[f32]) -> Vec<f32> {
        let centred: Vec<f32> = row.iter().zip(&self.mean).map(|(value, mean)| value - mean).collect();
        self.directions
            .chunks_exact(self.mean.len().max(1))
            .map(|direction| dot(direction, &centred))
            .collect()
    }

    /// Numbers that a row has.
    pub(crate) fn length(&self) -> usize {
        self.mean.len()
    }

    /// Numbers a projected row has.
    pub(crate) fn dimensions(&self) -> usize {
        self.between.len()
    }

    /// What an item predicts whose `count` looks have this mean in the space.
    pub(crate) fn predictive(&self, mean: &[f32], count: f32) -> Predictive {
        let mut normaliser = 0.0;
        let mut centre = Vec::with_capacity(mean.len());
        let mut precision = Vec::with_capacity(mean.len());
        for (mean, between) in mean.iter().zip(&self.between) {
            let sure = count * between / (1.0 + count * between);
            let variance = 1.0 + between / (1.0 + count * between);
            centre.push(mean * sure);
            precision.push(1.0 / variance);
            normaliser -= 0.5 * variance.ln();
        }
        Predictive { centre, precision, normaliser }
    }
}

/// What an item looks like, as a normal distribution with independent directions.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Predictive {
    centre: Vec<f32>,
    precision: Vec<f32>,
    normaliser: f32,
}

impl Predictive {
    /// Log likelihood of a projected row, but for a constant.
    pub(crate) fn log_likelihood(&self, row: &[f32]) -> f32 {
        let distance: f32 = row
            .iter()
            .zip(&self.centre)
            .zip(&self.precision)
            .map(|((value, centre), precision)| (value - centre) * (value - centre) * precision)
            .sum();
        self.normaliser - 0.5 * distance
    }
}

/// At most [`SKETCH`] columns that span nearly what all span.
fn sketch(columns: Mat<f32>) -> Mat<f32> {
    let count = columns.ncols();
    if count <= SKETCH {
        return columns;
    }
    let mut random = crate::random::Random::from_name("sketch");
    let scale = 1.0 / (SKETCH as f32).sqrt();
    let signs = Mat::from_fn(count, SKETCH, |_, _| if random.bits() >> 63 == 0 { scale } else { -scale });
    let mut sketched = Mat::zeros(columns.nrows(), SKETCH);
    matmul(sketched.as_mut(), Accum::Replace, &columns, &signs, 1.0, Par::Seq);
    sketched
}

/// Inner product in eight lanes, so that it is fast and always added in the same order.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    let (left_lanes, left_rest) = left.as_chunks::<8>();
    let (right_lanes, right_rest) = right.as_chunks::<8>();
    let mut sums = [0f32; 8];
    for (left, right) in left_lanes.iter().zip(right_lanes) {
        for lane in 0..8 {
            sums[lane] += left[lane] * right[lane];
        }
    }
    let rest: f32 = left_rest.iter().zip(right_rest).map(|(left, right)| left * right).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Three classes that differ in two of twelve numbers, under noise that is strong elsewhere.
    fn row(class: usize, random: &mut Random) -> Vec<f32> {
        let mut row: Vec<f32> =
            (0..12).map(|at| random.between(-1.0, 1.0) * if at < 2 { 0.1 } else { 2.0 }).collect();
        row[0] += [0.0, 1.0, 0.0][class];
        row[1] += [0.0, 0.0, 1.0][class];
        row
    }

    #[test]
    fn noise_is_ignored_and_classes_are_told_apart() {
        let mut random = Random::from_name("rows");
        let mut scatter = Scatter::new(12, 3);
        for at in 0..300 {
            scatter.add(at % 3, &row(at % 3, &mut random));
        }
        scatter.flush();
        let discriminant = Discriminant::fit(&scatter, 0.01).unwrap();
        assert_eq!(discriminant.dimensions(), 2);
        let classes: Vec<Predictive> = scatter
            .classes
            .iter()
            .map(|(count, sum)| {
                let mean: Vec<f32> = sum.iter().map(|sum| sum / count).collect();
                discriminant.predictive(&discriminant.project(&mean), *count)
            })
            .collect();
        let right = (0..90)
            .filter(|at| {
                let z = discriminant.project(&row(at % 3, &mut random));
                let best = (0..3).max_by(|left, right| {
                    classes[*left].log_likelihood(&z).total_cmp(&classes[*right].log_likelihood(&z))
                });
                best == Some(at % 3)
            })
            .count();
        assert!(right >= 88, "{right}");
    }

    #[test]
    fn more_examples_make_surer() {
        let discriminant = Discriminant { mean: vec![0.0], directions: vec![1.0], between: vec![4.0] };
        let likelihood = |count| discriminant.predictive(&[2.0], count).log_likelihood(&[2.0]);
        assert!(likelihood(1.0) < likelihood(5.0) && likelihood(5.0) < likelihood(20.0));
    }
}
