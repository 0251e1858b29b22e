//! A map of the looks: what resembles each other lies together.
//!
//! Looks are laid out by t-SNE (van der Maaten and Hinton, 2008) from their vectors' cosine, beginning at
//! the first two principal components, which keeps the large-scale order and makes the map the same every
//! time (Kobak and Berens, 2019). Only a bounded number of looks, of every class in turn, are laid out so;
//! any other stands among those that it resembles most. A map of 100,000 looks therefore costs what one of a
//! thousand does, and a walk over their labels.

mod layout;
mod principal;

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use lorgnon_index::{Filter, LookRecord, Reader};
use lorgnon_look::ClassLabel;

use crate::RecogniserError;
use crate::seed::seed_of;

/// Looks that are laid out against each other.
const LANDMARKS: usize = 1000;
/// Landmarks among which any other look stands.
const NEAREST: usize = 3;

/// Where a look stands on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapPlace {
    /// The look's id.
    pub id: String,
    /// From the left, 0 to 1.
    pub x: f32,
    /// From the top, 0 to 1.
    pub y: f32,
}

/// Looks laid out, to stand others among.
pub(crate) struct LookMap {
    /// Those laid out, and their number.
    landmarks: HashMap<String, usize>,
    vectors: Vec<Vec<f32>>,
    places: Vec<[f32; 2]>,
}

impl LookMap {
    /// Lays the index's looks out.
    pub(crate) fn new(reader: &dyn Reader) -> Result<Self, RecogniserError> {
        let (mut landmarks, mut vectors) = (HashMap::new(), Vec::new());
        for id in sample(reader, &Filter::default(), LANDMARKS)? {
            if let Some(vector) = unit_vector(reader, &id)? {
                landmarks.insert(id, vectors.len());
                vectors.push(vector);
            }
        }
        let places = layout::layout(&vectors);
        Ok(Self { landmarks, vectors, places })
    }

    /// At most `count` looks that pass `filter`, by id, each with its place.
    pub(crate) fn places(
        &self,
        reader: &dyn Reader,
        filter: &Filter,
        count: usize,
    ) -> Result<Vec<MapPlace>, RecogniserError> {
        let mut ids = sample(reader, filter, count)?;
        ids.sort_unstable();
        let mut places = Vec::with_capacity(ids.len());
        for id in ids {
            let place = match self.landmarks.get(&id) {
                Some(at) => Some(self.places[*at]),
                None => unit_vector(reader, &id)?.and_then(|vector| self.place(&vector)),
            };
            if let Some([x, y]) = place {
                places.push(MapPlace { id, x, y });
            }
        }
        Ok(places)
    }

    /// Where a vector stands: a landmark's own at its place, any other between the nearest ones.
    fn place(&self, vector: &[f32]) -> Option<[f32; 2]> {
        let mut nearest: Vec<(f32, usize)> = Vec::with_capacity(NEAREST + 1);
        for (at, landmark) in self.vectors.iter().enumerate() {
            let distance = distance(vector, landmark);
            let rank = nearest.partition_point(|(other, _)| *other <= distance);
            if rank < NEAREST {
                nearest.insert(rank, (distance, at));
                nearest.truncate(NEAREST);
            }
        }
        let (mut sum, mut weights) = ([0.0; 2], 0.0);
        for (distance, at) in nearest {
            let weight = 1.0 / (distance * distance + 1e-9);
            let [x, y] = self.places[at];
            sum = [sum[0] + weight * x, sum[1] + weight * y];
            weights += weight;
        }
        (weights > 0.0).then(|| sum.map(|value| value / weights))
    }
}

/// The squared distance of two vectors of length 1: 0 to 4.
fn distance(one: &[f32], other: &[f32]) -> f32 {
    let cosine: f32 = one.iter().zip(other).map(|(one, other)| one * other).sum();
    (2.0 - 2.0 * cosine).max(0.0)
}

fn unit_vector(reader: &dyn Reader, id: &str) -> Result<Option<Vec<f32>>, RecogniserError> {
    let Some(vectors) = reader.vectors(id)? else { return Ok(None) };
    let mut vector = vectors.global;
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
    Ok(Some(vector))
}

/// At most `count` ids of looks that pass `filter`: of every class in turn, so that rare ones are there, and
/// the same ones whatever else is added to a class that has room.
fn sample(reader: &dyn Reader, filter: &Filter, count: usize) -> Result<Vec<String>, RecogniserError> {
    let mut classes: BTreeMap<Option<ClassLabel>, Vec<(u64, String)>> = BTreeMap::new();
    reader.visit(&mut |record: LookRecord| {
        let look = record.look;
        if passes(filter, &look) {
            let own = classes.entry(look.class).or_default();
            own.push((seed_of(&look.id), look.id));
            // What cannot be chosen any more is let go: no more than twice the count is held of a class.
            if own.len() > 2 * count {
                own.sort_unstable();
                own.truncate(count);
            }
        }
        ControlFlow::Continue(())
    })?;
    let mut turns: Vec<(usize, u64, String)> = Vec::new();
    for mut own in classes.into_values() {
        own.sort_unstable();
        turns.extend(own.into_iter().take(count).enumerate().map(|(turn, (hash, id))| (turn, hash, id)));
    }
    turns.sort_unstable();
    Ok(turns.into_iter().take(count).map(|(_, _, id)| id).collect())
}

fn passes(filter: &Filter, look: &lorgnon_look::Look) -> bool {
    filter.class.as_ref().is_none_or(|class| look.class.as_ref() == Some(class))
        && filter.gender.is_none_or(|gender| look.gender == Some(gender))
        && filter.item.is_none_or(|(slot, item)| look.items.get(&slot) == Some(&item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Looks of a few kinds, each near its kind's own direction.
    fn kinds(kinds: usize, each: usize) -> Vec<Vec<f32>> {
        let mut random = Random::from_name("map");
        let mut vectors = Vec::new();
        for kind in 0..kinds {
            for _ in 0..each {
                let mut vector: Vec<f32> = (0..32).map(|_| random.between(-0.1, 0.1)).collect();
                vector[kind] += 1.0;
                let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
                vectors.push(vector.iter().map(|value| value / length).collect());
            }
        }
        vectors
    }

    fn map_of(vectors: Vec<Vec<f32>>) -> LookMap {
        let places = layout::layout(&vectors);
        LookMap { landmarks: HashMap::new(), vectors, places }
    }

    #[test]
    fn each_kind_keeps_to_itself_and_every_run_is_the_same() {
        let map = map_of(kinds(5, 40));
        let far = |one: [f32; 2], other: [f32; 2]| (one[0] - other[0]).hypot(one[1] - other[1]);
        let mut among_own = 0;
        for (at, place) in map.places.iter().enumerate() {
            assert!(place.iter().all(|value| (0.0..=1.0).contains(value)), "{place:?}");
            let others = map.places.iter().enumerate().filter(|(other, _)| *other != at);
            let nearest =
                others.min_by(|(_, one), (_, two)| far(*place, **one).total_cmp(&far(*place, **two)));
            among_own += usize::from(nearest.unwrap().0 / 40 == at / 40);
        }
        assert!(among_own >= 198, "{among_own} of 200");
        assert_eq!(map_of(kinds(5, 40)).places, map.places);
    }

    #[test]
    fn a_stranger_stands_where_it_belongs() {
        let mut vectors = kinds(4, 30);
        let stranger = vectors.remove(47);
        let map = map_of(vectors);
        let [x, y] = map.place(&stranger).unwrap();
        let own = &map.places[30..59];
        let (low, high) = own.iter().fold(([1f32; 2], [0f32; 2]), |(low, high), place| {
            ([low[0].min(place[0]), low[1].min(place[1])], [high[0].max(place[0]), high[1].max(place[1])])
        });
        assert!((low[0]..=high[0]).contains(&x) && (low[1]..=high[1]).contains(&y), "{x} {y}");
        assert_eq!(
            map.place(&map.vectors[3]).map(|place| place.map(|value| (value * 1e3).round())),
            Some(map.places[3].map(|value| (value * 1e3).round()))
        );
    }

    #[test]
    fn few_looks_are_laid_out_too() {
        assert_eq!(map_of(Vec::new()).place(&[1.0]), None);
        for count in 1..12 {
            let map = map_of(kinds(1, count));
            assert!(map.places.iter().flatten().all(|value| value.is_finite()), "{count}: {:?}", map.places);
        }
        let twins = vec![vec![1.0, 0.0]; 20];
        assert!(map_of(twins).places.iter().flatten().all(|value| value.is_finite()));
    }
}
