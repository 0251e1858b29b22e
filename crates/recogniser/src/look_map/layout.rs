//! t-SNE of at most about a thousand vectors, exactly.

use rayon::prelude::*;

use super::distance;
use super::principal::first_two;

/// How many neighbours a look is compared with, softly.
const PERPLEXITY: f32 = 30.0;
/// Neighbours beyond this many times the perplexity pull on nobody.
const REACH: usize = 3;
/// Below this many looks their principal components are the map.
const FEW: usize = 10;
const ROUNDS: usize = 400;
/// Rounds in which neighbours pull harder, so that kinds find together, and how much.
const GATHERING: usize = 120;
const GATHERING_PULL: f32 = 12.0;
/// Bisections that find the width of a look's neighbourhood.
const BISECTIONS: usize = 40;

/// Places in the unit square, one a vector of length 1.
pub(super) fn layout(vectors: &[Vec<f32>]) -> Vec<[f32; 2]> {
    let mut places = first_two(vectors);
    if vectors.len() >= FEW {
        let spread =
            (places.iter().map(|place| place[0] * place[0]).sum::<f32>() / places.len() as f32).sqrt();
        let scale = 1e-4 / spread.max(1e-12);
        places.iter_mut().for_each(|place| *place = place.map(|value| value * scale));
        descend(&attraction(vectors), &mut places);
    }
    into_unit_square(&mut places);
    places
}

/// How strongly each look is drawn to which others: symmetric, in all 1.
fn attraction(vectors: &[Vec<f32>]) -> Vec<Vec<(usize, f32)>> {
    let count = vectors.len();
    let perplexity = PERPLEXITY.min((count - 1) as f32 / REACH as f32);
    let neighbours = ((REACH as f32 * perplexity).ceil() as usize).min(count - 1);
    let one_sided: Vec<Vec<(usize, f32)>> = (0..count)
        .into_par_iter()
        .map(|at| {
            let others = (0..count).filter(|other| *other != at);
            let mut near: Vec<(f32, usize)> =
                others.map(|other| (distance(&vectors[at], &vectors[other]), other)).collect();
            near.sort_unstable_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            near.truncate(neighbours);
            let shares = neighbourhood(&near, perplexity);
            near.into_iter().zip(shares).map(|((_, other), share)| (other, share)).collect()
        })
        .collect();
    let mut both: Vec<std::collections::BTreeMap<usize, f32>> =
        vec![std::collections::BTreeMap::new(); count];
    for (at, near) in one_sided.iter().enumerate() {
        for (other, share) in near {
            let half = share / (2 * count) as f32;
            *both[at].entry(*other).or_default() += half;
            *both[*other].entry(at).or_default() += half;
        }
    }
    both.into_iter().map(|near| near.into_iter().collect()).collect()
}

/// Gaussian shares whose perplexity is the one wanted.
fn neighbourhood(near: &[(f32, usize)], perplexity: f32) -> Vec<f32> {
    let least = near.first().map_or(0.0, |(distance, _)| *distance);
    let (mut low, mut high, mut sharpness) = (0f32, f32::INFINITY, 1f32);
    let mut shares = Vec::new();
    for _ in 0..BISECTIONS {
        shares =
            near.iter().map(|(distance, _)| (-(distance - least) * sharpness).exp()).collect::<Vec<f32>>();
        let sum: f32 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= sum);
        let entropy: f32 = -shares.iter().map(|share| share * share.max(1e-20).ln()).sum::<f32>();
        if entropy > perplexity.ln() {
            low = sharpness;
            sharpness = if high.is_finite() { 0.5 * (low + high) } else { 2.0 * sharpness };
        } else {
            high = sharpness;
            sharpness = 0.5 * (low + high);
        }
    }
    shares
}

/// Gradient descent with momentum and gains (van der Maaten and Hinton, 2008), the step after Belkina et al.
/// (2019). Each look's forces are summed in a fixed order, so threads change nothing.
fn descend(attraction: &[Vec<(usize, f32)>], places: &mut [[f32; 2]]) {
    let count = places.len();
    let step = (count as f32 / GATHERING_PULL).max(50.0);
    let (mut speeds, mut gains) = (vec![[0f32; 2]; count], vec![[1f32; 2]; count]);
    for round in 0..ROUNDS {
        let pull = if round < GATHERING { GATHERING_PULL } else { 1.0 };
        let momentum = if round < GATHERING { 0.5 } else { 0.8 };
        let pushes: Vec<([f32; 2], f32)> = places.par_iter().map(|place| push(*place, places)).collect();
        // Every look pushes itself by nothing but counts in its own sum.
        let all: f32 = pushes.iter().map(|(_, sum)| sum - 1.0).sum();
        let forces: Vec<[f32; 2]> = (0..count)
            .into_par_iter()
            .map(|at| {
                let [x, y] = places[at];
                let mut force = pushes[at].0.map(|push| -push / all);
                for (other, share) in &attraction[at] {
                    let (right, down) = (x - places[*other][0], y - places[*other][1]);
                    let weight = pull * share / (1.0 + right * right + down * down);
                    force[0] += weight * right;
                    force[1] += weight * down;
                }
                force.map(|value| 4.0 * value)
            })
            .collect();
        for at in 0..count {
            for axis in 0..2 {
                let (force, speed, gain) = (forces[at][axis], &mut speeds[at][axis], &mut gains[at][axis]);
                *gain = if (force > 0.0) == (*speed > 0.0) { (*gain * 0.8).max(0.01) } else { *gain + 0.2 };
                *speed = momentum * *speed - step * *gain * force;
                places[at][axis] += *speed;
            }
        }
    }
}

/// How all looks push one away, and the sum that this is a share of.
fn push([x, y]: [f32; 2], places: &[[f32; 2]]) -> ([f32; 2], f32) {
    let (mut right_sum, mut down_sum, mut sum) = (0f32, 0f32, 0f32);
    for other in places {
        let (right, down) = (x - other[0], y - other[1]);
        let near = 1.0 / (1.0 + right * right + down * down);
        sum += near;
        right_sum += near * near * right;
        down_sum += near * near * down;
    }
    ([right_sum, down_sum], sum)
}

/// Both sides filled: a map is no measurement, its paper may be stretched.
fn into_unit_square(places: &mut [[f32; 2]]) {
    for axis in 0..2 {
        let least = places.iter().map(|place| place[axis]).fold(f32::INFINITY, f32::min);
        let most = places.iter().map(|place| place[axis]).fold(f32::NEG_INFINITY, f32::max);
        for place in places.iter_mut() {
            let wide = most - least;
            place[axis] = if wide > 0.0 { (place[axis] - least) / wide } else { 0.5 };
        }
    }
}
