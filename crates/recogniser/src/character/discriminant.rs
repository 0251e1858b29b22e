//! Shrinkage linear discriminant analysis against background.
//!
//! With within-class scatter `S`, `S' = (1 - l) S + l tr(S)/d I`, a class's template is
//! `w = S'^-1 (m - b)` with bias `-m'S'^-1 m / 2 + b'S'^-1 b / 2`, where `m` and `b` are the means of
//! class and background: `w x + bias` is then the log odds under equal Gaussians (Hariharan, Malik
//! and Ramanan, 2012; shrinkage after Ledoit and Wolf, 2004).

use faer::linalg::matmul::matmul;
use faer::linalg::solvers::{Llt, Solve};
use faer::{Accum, Mat, MatRef, Par, Side};
use serde::{Deserialize, Serialize};

/// Share of the scatter that is replaced by its mean variance.
const SHRINKAGE: f32 = 0.2;

/// Linear templates: for each, as many weights as a description has numbers, and a bias.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Templates {
    pub(super) dimensions: usize,
    /// One template after the other.
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Templates {
    pub(super) fn count(&self) -> usize {
        self.bias.len()
    }

    /// Log odds of one description by one template.
    pub(super) fn score_one(&self, template: usize, description: &[f32]) -> f32 {
        let weights = &self.weights[template * self.dimensions..][..self.dimensions];
        let product: f32 = weights.iter().zip(description).map(|(weight, value)| weight * value).sum();
        self.bias[template] + product
    }

    /// Log odds of descriptions (one after the other) against background: a row a description, a
    /// column a template.
    pub(super) fn score(&self, descriptions: &[f32]) -> Vec<f32> {
        affine(descriptions, self.dimensions, &self.weights, &self.bias)
    }

    /// Some of the templates, in this order.
    pub(super) fn only(&self, chosen: &[usize]) -> Self {
        let mut weights = Vec::with_capacity(chosen.len() * self.dimensions);
        for template in chosen {
            weights.extend_from_slice(&self.weights[template * self.dimensions..][..self.dimensions]);
        }
        Self {
            dimensions: self.dimensions,
            weights,
            bias: chosen.iter().map(|template| self.bias[*template]).collect(),
        }
    }
}

/// A cheap stand-in for many templates: a few shared directions, and each template as a mix of
/// them. What is computed per window does not grow with the number of classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Sketch {
    pub(super) dimensions: usize,
    /// Directions, one after the other.
    pub(super) basis: Vec<f32>,
    /// For each template, the weight of each direction.
    pub(super) mixing: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Sketch {
    /// Number of shared directions.
    pub(super) fn rank(&self) -> usize {
        self.basis.len() / self.dimensions
    }

    /// From descriptions' products with the directions (a row a description) the greatest score of each by the
    /// templates that take part.
    pub(super) fn greatest(&self, products: &[f32], takes_part: impl Fn(usize) -> bool) -> Vec<f32> {
        let (rank, count) = (self.rank(), self.bias.len());
        let descriptions = products.len() / rank;
        // A row a template, so that the greatest are found in vector instructions.
        let mut scores = vec![0.0; count * descriptions];
        matmul(
            faer::MatMut::from_row_major_slice_mut(&mut scores, count, descriptions),
            Accum::Replace,
            MatRef::from_row_major_slice(&self.mixing, count, rank),
            MatRef::from_row_major_slice(products, descriptions, rank).transpose(),
            1.0,
            Par::Seq,
        );
        let mut greatest = vec![f32::MIN; descriptions];
        let rows = scores.chunks_exact(descriptions.max(1)).zip(&self.bias).enumerate();
        for (_, (scores, bias)) in rows.filter(|(template, _)| takes_part(*template)) {
            for (greatest, score) in greatest.iter_mut().zip(scores) {
                *greatest = greatest.max(score + bias);
            }
        }
        greatest
    }
}

/// `inputs weights' + bias`: a row for each input of `length` numbers, a column for each bias.
fn affine(inputs: &[f32], length: usize, weights: &[f32], bias: &[f32]) -> Vec<f32> {
    let (rows, count) = (inputs.len() / length.max(1), bias.len());
    let mut outputs = vec![0.0; rows * count];
    for row in outputs.chunks_exact_mut(count.max(1)) {
        row.copy_from_slice(bias);
    }
    matmul(
        faer::MatMut::from_row_major_slice_mut(&mut outputs, rows, count),
        Accum::Add,
        MatRef::from_row_major_slice(inputs, rows, length),
        MatRef::from_row_major_slice(weights, count, length).transpose(),
        1.0,
        Par::Seq,
    );
    outputs
}

/// The scatter of all classes and the background, factorised: templates of any means come cheap.
pub(super) struct Whitening {
    dimensions: usize,
    factor: Llt<f32>,
    background: Vec<f32>,
}

/// The scatter could not be inverted: descriptions without any variation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the looks' descriptions do not vary enough to be told apart")]
pub struct SingularError;

impl Whitening {
    /// From deviations of descriptions from their class's mean (one after the other).
    pub(super) fn new(
        dimensions: usize,
        deviations: &[f32],
        background: Vec<f32>,
    ) -> Result<Self, SingularError> {
        let rows = deviations.len() / dimensions;
        let deviations = MatRef::from_row_major_slice(deviations, rows, dimensions);
        let mut scatter = Mat::<f32>::zeros(dimensions, dimensions);
        let share = (1.0 - SHRINKAGE) / rows.max(1) as f32;
        matmul(scatter.as_mut(), Accum::Replace, deviations.transpose(), deviations, share, Par::Seq);
        let trace: f32 = (0..dimensions).map(|at| scatter[(at, at)]).sum();
        let floor = (trace / dimensions as f32) * SHRINKAGE / (1.0 - SHRINKAGE);
        for at in 0..dimensions {
            scatter[(at, at)] += floor.max(1e-7);
        }
        let factor = scatter.llt(Side::Lower).map_err(|_| SingularError)?;
        Ok(Self { dimensions, factor, background })
    }

    /// The templates of classes with these means.
    pub(super) fn templates(&self, means: &[Vec<f32>]) -> Templates {
        let background = &self.background;
        let mut sides =
            Mat::from_fn(self.dimensions, means.len(), |row, column| means[column][row] - background[row]);
        self.factor.solve_in_place(sides.as_mut());
        let mut weights = Vec::with_capacity(self.dimensions * means.len());
        let mut bias = Vec::with_capacity(means.len());
        for (column, mean) in means.iter().enumerate() {
            let start = weights.len();
            weights.extend((0..self.dimensions).map(|row| sides[(row, column)]));
            // -(m'S m - b'S b) / 2 = -(m - b)'S (m + b) / 2
            let product: f64 = weights[start..]
                .iter()
                .zip(mean.iter().zip(background))
                .map(|(weight, (mean, background))| f64::from(*weight) * f64::from(mean + background))
                .sum();
            bias.push((-0.5 * product) as f32);
        }
        Templates { dimensions: self.dimensions, weights, bias }
    }
}

impl Whitening {
    /// The sketch of templates that this whitening made of these means: the directions along which
    /// the whitened means differ most from the background's (their principal components).
    pub(super) fn sketch(
        &self,
        means: &[Vec<f32>],
        templates: &Templates,
        most: usize,
    ) -> Result<Sketch, SingularError> {
        let (count, dimensions) = (templates.count(), self.dimensions);
        // Products of whitened means: (m_i - b)' S'^-1 (m_j - b).
        let gram = Mat::<f32>::from_fn(count, count, |row, column| {
            let weights = &templates.weights[column * dimensions..][..dimensions];
            let sides = means[row].iter().zip(&self.background).zip(weights);
            sides
                .map(|((mean, background), weight)| f64::from(mean - background) * f64::from(*weight))
                .sum::<f64>() as f32
        });
        let eigen = gram.self_adjoint_eigen(Side::Lower).map_err(|_| SingularError)?;
        let rank = most.min(count);
        let (mut basis, mut mixing) = (Vec::with_capacity(rank * dimensions), vec![0.0; count * rank]);
        for direction in 0..rank {
            // Eigenvalues ascend.
            let vector = eigen.U().col(count - 1 - direction);
            let start = basis.len();
            basis.resize(start + dimensions, 0.0f32);
            for (template, weights) in templates.weights.chunks_exact(dimensions).enumerate() {
                let share = vector[template];
                mixing[template * rank + direction] = share;
                for (to, weight) in basis[start..].iter_mut().zip(weights) {
                    *to += share * weight;
                }
            }
        }
        Ok(Sketch { dimensions, basis, mixing, bias: templates.bias.clone() })
    }
}

/// The mean of descriptions (one after the other).
pub(super) fn mean(dimensions: usize, descriptions: &[f32]) -> Vec<f32> {
    let mut sums = vec![0.0f64; dimensions];
    let mut rows = 0.0;
    for description in descriptions.chunks_exact(dimensions) {
        rows += 1.0;
        for (sum, value) in sums.iter_mut().zip(description) {
            *sum += f64::from(*value);
        }
    }
    sums.into_iter().map(|sum| (sum / f64::max(rows, 1.0)) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_gaussians_are_told_apart_along_the_discriminating_direction() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut noise = || {
            let common = random.f32() - 0.5;
            [common * 4.0 + random.f32() * 0.2, common * 4.0 + random.f32() * 0.2, random.f32()]
        };
        let deviations: Vec<f32> = (0..400).flat_map(|_| noise()).map(|value| value - 0.1).collect();
        let whitening = Whitening::new(3, &deviations, vec![0.0; 3]).unwrap();
        let templates = whitening.templates(&[vec![0.5, -0.5, 0.0], vec![-0.5, 0.5, 0.0]]);
        let scores = templates.score(&[2.5, 1.5, 0.0, 1.5, 2.5, 0.0, 0.0, 0.0, 0.0]);
        assert!(scores[0] > 0.0 && scores[0] > scores[1], "{scores:?}");
        assert!(scores[3] > 0.0 && scores[3] > scores[2], "{scores:?}");
        assert!(scores[4] < 0.0 && scores[5] < 0.0, "the background is neither: {scores:?}");
    }
}
