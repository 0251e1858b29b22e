//! The two directions in which vectors differ most, by subspace iteration.

/// Iterations: the map begins here, it does not end here.
const ROUNDS: usize = 12;

/// Each vector's coordinates along the first two principal components; the signs are chosen so that the
/// largest of each direction's own numbers is positive.
pub(super) fn first_two(vectors: &[Vec<f32>]) -> Vec<[f32; 2]> {
    let Some(dimensions) = vectors.first().map(Vec::len).filter(|length| *length > 0) else {
        return vec![[0.0; 2]; vectors.len()];
    };
    let mut mean = vec![0f32; dimensions];
    for vector in vectors {
        mean.iter_mut().zip(vector).for_each(|(mean, value)| *mean += value / vectors.len() as f32);
    }
    let mut axes = [start(dimensions, 1), start(dimensions, 2)];
    for _ in 0..ROUNDS {
        let mut next = [vec![0f32; dimensions], vec![0f32; dimensions]];
        for vector in vectors {
            for (axis, next) in axes.iter().zip(&mut next) {
                let along = along(vector, &mean, axis);
                next.iter_mut()
                    .zip(vector)
                    .zip(&mean)
                    .for_each(|((next, value), mean)| *next += along * (value - mean));
            }
        }
        let [mut first, mut second] = next;
        scale(&mut first);
        let shared: f32 = first.iter().zip(&second).map(|(first, second)| first * second).sum();
        second.iter_mut().zip(&first).for_each(|(second, first)| *second -= shared * first);
        scale(&mut second);
        axes = [first, second];
    }
    for axis in &mut axes {
        let largest = axis
            .iter()
            .copied()
            .fold(0f32, |most, value| if value.abs() > most.abs() { value } else { most });
        if largest < 0.0 {
            axis.iter_mut().for_each(|value| *value = -*value);
        }
    }
    vectors.iter().map(|vector| axes.each_ref().map(|axis| along(vector, &mean, axis))).collect()
}

/// A direction that is nearly square to none.
fn start(dimensions: usize, number: usize) -> Vec<f32> {
    (0..dimensions).map(|at| ((at * (2 * number + 1) * 7919) % 101) as f32 / 101.0 - 0.5).collect()
}

fn along(vector: &[f32], mean: &[f32], axis: &[f32]) -> f32 {
    vector.iter().zip(mean).zip(axis).map(|((value, mean), axis)| (value - mean) * axis).sum()
}

fn scale(axis: &mut [f32]) {
    let length = axis.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        axis.iter_mut().for_each(|value| *value /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_direction_comes_first() {
        let vectors: Vec<Vec<f32>> = (0..40)
            .map(|at| {
                let (long, short) = (at as f32 - 19.5, if at % 2 == 0 { 2.0 } else { -2.0 });
                vec![0.6 * long, 7.0 + short, 0.8 * long]
            })
            .collect();
        let found = first_two(&vectors);
        assert!(
            (found[39][0] - 19.5).abs() < 0.1 && (found[39][1].abs() - 2.0).abs() < 0.2,
            "{:?}",
            found[39]
        );
        assert_eq!(first_two(&[]), Vec::<[f32; 2]>::new());
    }
}
