//! Looks of one class and sex that show it in several poses, heads or directions.
//!
//! One template cannot stand for them all: its mean would be of none. So they are clustered
//! (k-means), with the number of clusters chosen by cross-validation: more are taken only while
//! held-out looks come clearly nearer to their cluster's mean.

/// Numbers of clusters that are tried, in turn.
const COUNTS: [usize; 8] = [2, 3, 4, 6, 8, 12, 16, 24];
/// A cluster needs this many looks on average.
const LEAST_LOOKS: usize = 3;
/// Held-out distances must shrink to this share for more clusters to be worth it.
const WORTHWHILE: f32 = 0.75;
/// Folds of the cross-validation.
const FOLDS: usize = 3;
/// Rounds of k-means.
const ROUNDS: usize = 10;

/// The cluster of each description, and how many there are. Deterministic.
pub(super) fn cluster(descriptions: &[Vec<f32>]) -> (Vec<usize>, usize) {
    let all: Vec<&[f32]> = descriptions.iter().map(Vec::as_slice).collect();
    let mut best = (1, held_out_distance(&all, 1));
    for count in COUNTS.into_iter().take_while(|count| count * LEAST_LOOKS <= all.len()) {
        let distance = held_out_distance(&all, count);
        if distance < WORTHWHILE * best.1 {
            best = (count, distance);
        }
    }
    let centres = k_means(&all, best.0);
    let assigned: Vec<usize> = all.iter().map(|look| nearest(look, &centres).0).collect();
    // Numbers without gaps: a centre may have lost all its looks.
    let mut used: Vec<usize> = assigned.clone();
    used.sort_unstable();
    used.dedup();
    let cluster = assigned.iter().map(|centre| used.binary_search(centre).unwrap_or(0)).collect();
    (cluster, used.len().max(1))
}

/// Sum of squared distances of held-out descriptions to the nearest centre of the others.
fn held_out_distance(all: &[&[f32]], count: usize) -> f32 {
    if all.len() < FOLDS {
        return 0.0;
    }
    (0..FOLDS)
        .map(|fold| {
            let kept: Vec<&[f32]> = all
                .iter()
                .enumerate()
                .filter(|(at, _)| fold_of(*at) != fold)
                .map(|(_, look)| *look)
                .collect();
            let centres = k_means(&kept, count);
            let held_out = all.iter().enumerate().filter(|(at, _)| fold_of(*at) == fold);
            held_out.map(|(_, look)| nearest(look, &centres).1).sum::<f32>()
        })
        .sum()
}

/// Deals looks into folds out of step with any order the export lists its poses in.
fn fold_of(at: usize) -> usize {
    ((at as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize % FOLDS
}

/// Centres by Lloyd's rounds from seeds that lie as far apart as possible.
fn k_means(all: &[&[f32]], count: usize) -> Vec<Vec<f32>> {
    let mut centres = vec![mean_of(all.iter().copied())];
    if count == 1 {
        return centres;
    }
    let mut apart: Vec<f32> = all.iter().map(|look| distance(look, &centres[0])).collect();
    // The first seed is the most typical look, the others each the farthest from those before.
    let typical = (0..all.len()).min_by(|left, right| apart[*left].total_cmp(&apart[*right])).unwrap_or(0);
    centres = vec![all[typical].to_vec()];
    apart.fill(f32::MAX);
    while centres.len() < count {
        for (apart, look) in apart.iter_mut().zip(all) {
            *apart = apart.min(distance(look, &centres[centres.len() - 1]));
        }
        let farthest =
            (0..all.len()).max_by(|left, right| apart[*left].total_cmp(&apart[*right])).unwrap_or(0);
        centres.push(all[farthest].to_vec());
    }
    for _ in 0..ROUNDS {
        let assigned: Vec<usize> = all.iter().map(|look| nearest(look, &centres).0).collect();
        for (number, centre) in centres.iter_mut().enumerate() {
            let members =
                || all.iter().zip(&assigned).filter(|(_, at)| **at == number).map(|(look, _)| *look);
            if members().next().is_some() {
                *centre = mean_of(members());
            }
        }
    }
    centres
}

fn mean_of<'a>(looks: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
    let mut sums: Vec<f32> = Vec::new();
    let mut count = 0.0f32;
    for look in looks {
        sums.resize(look.len(), 0.0);
        count += 1.0;
        for (sum, value) in sums.iter_mut().zip(look) {
            *sum += value;
        }
    }
    sums.iter().map(|sum| sum / count.max(1.0)).collect()
}

fn nearest(look: &[f32], centres: &[Vec<f32>]) -> (usize, f32) {
    let mut best = (0, f32::MAX);
    for (number, centre) in centres.iter().enumerate() {
        let apart = distance(look, centre);
        if apart < best.1 {
            best = (number, apart);
        }
    }
    best
}

fn distance(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| (left - right) * (left - right)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks around `poses` places, with noise.
    fn looks(poses: usize, count: usize) -> Vec<Vec<f32>> {
        let mut random = fastrand::Rng::with_seed(11);
        let places: Vec<Vec<f32>> = (0..poses).map(|_| (0..40).map(|_| random.f32()).collect()).collect();
        (0..count)
            .map(|at| places[at % poses].iter().map(|value| value + 0.1 * (random.f32() - 0.5)).collect())
            .collect()
    }

    #[test]
    fn looks_of_one_pose_are_not_split() {
        assert_eq!(cluster(&looks(1, 40)).1, 1);
    }

    #[test]
    fn poses_are_found_and_kept_apart() {
        for poses in [2, 3, 4] {
            let (clusters, count) = cluster(&looks(poses, 48));
            assert_eq!(count, poses);
            for (at, cluster) in clusters.iter().enumerate() {
                assert_eq!(*cluster, clusters[at % poses]);
            }
        }
    }

    #[test]
    fn one_look_is_one_cluster() {
        assert_eq!(cluster(&looks(1, 1)), (vec![0], 1));
    }
}
