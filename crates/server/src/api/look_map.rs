//! `GET /api/look-map`: where the looks stand among each other, on two axes.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use lorgnon_look::{ClassLabel, Gender};
use serde::Serialize;

use super::looks::read_filter;
use crate::backend::{LookFilter, Standing};
use crate::error::ApiResult;
use crate::fields::Fields;
use crate::looks::Looks;
use crate::state::AppState;

/// Looks of a map where the client names no number: as many as a page draws well.
pub(crate) const MAP_LENGTH: usize = 1000;
/// Most looks a client may ask for at once.
const MAP_LENGTH_MAX: usize = 2000;
/// Looks that a look is compared with on the map.
const NEIGHBOURS: usize = 8;
/// A class of fewer looks than this cannot be among its own.
const CLASS_LEAST: usize = 4;

/// Some of the looks, where they stand.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(crate) struct LookMapAnswer {
    /// Looks that pass the filter in all.
    pub(crate) total: usize,
    pub(crate) looks: Vec<MapLook>,
    pub(crate) classes: Vec<MapClass>,
}

/// A look on the map.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MapLook {
    pub(crate) id: String,
    pub(crate) class_label: Option<ClassLabel>,
    pub(crate) gender: Option<Gender>,
    /// From the left, 0 to 1.
    pub(crate) x: f32,
    /// From the top, 0 to 1.
    pub(crate) y: f32,
    /// The class among whose looks it stands, where that is not its own.
    pub(crate) among: Option<ClassLabel>,
}

/// How a class keeps to itself on the map.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MapClass {
    pub(crate) class_label: ClassLabel,
    /// Looks of it on the map.
    pub(crate) looks: usize,
    /// Share of its looks' neighbours that are of the class, 0 to 1.
    pub(crate) own: f32,
    /// The class that is most often a neighbour beside it.
    pub(crate) nearest: Option<ClassLabel>,
}

/// The map of at most `count` looks that pass the class, sex and item of `filter`.
pub(crate) fn look_map(looks: &Looks<'_>, filter: &LookFilter, count: usize) -> ApiResult<LookMapAnswer> {
    let places: BTreeMap<String, [f32; 2]> = looks
        .backend
        .look_map(filter, count)?
        .into_iter()
        .map(|place| (place.id, [place.x, place.y]))
        .collect();
    let mut answer = LookMapAnswer::default();
    looks.visit(&mut |stored| {
        if stored.standing == Standing::Removed {
            return ControlFlow::Continue(());
        }
        if let Some([x, y]) = places.get(&stored.look.id) {
            answer.looks.push(MapLook {
                id: stored.look.id,
                class_label: stored.look.class,
                gender: stored.look.gender,
                x: *x,
                y: *y,
                among: None,
            });
            answer.total += 1;
        } else if filter.passes_labels(&stored.look) {
            answer.total += 1;
        }
        ControlFlow::Continue(())
    })?;
    compare(&mut answer);
    Ok(answer)
}

/// Finds each look's neighbours, and from them what stands among others and how classes keep to themselves.
fn compare(answer: &mut LookMapAnswer) {
    let mut classes: BTreeMap<ClassLabel, (usize, usize, BTreeMap<ClassLabel, usize>)> = BTreeMap::new();
    for class in answer.looks.iter().filter_map(|look| look.class_label.as_ref()) {
        classes.entry(class.clone()).or_default().0 += 1;
    }
    let mut among = vec![None; answer.looks.len()];
    for (at, look) in answer.looks.iter().enumerate() {
        let Some(class) = &look.class_label else { continue };
        let mut near: Vec<(f32, &ClassLabel)> = answer
            .looks
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .filter_map(|(_, other)| {
                let (right, down) = (other.x - look.x, other.y - look.y);
                Some((right * right + down * down, other.class_label.as_ref()?))
            })
            .collect();
        let neighbours = NEIGHBOURS.min(near.len());
        if neighbours == 0 {
            continue;
        }
        near.select_nth_unstable_by(neighbours - 1, |one, other| {
            one.0.total_cmp(&other.0).then(one.1.cmp(other.1))
        });
        let mut counts: BTreeMap<&ClassLabel, usize> = BTreeMap::new();
        for (_, other) in &near[..neighbours] {
            *counts.entry(*other).or_default() += 1;
        }
        let own = counts.remove(class).unwrap_or(0);
        let most =
            counts.iter().max_by_key(|(_, count)| **count).map(|(other, count)| ((*other).clone(), *count));
        let enough = classes.get(class).is_some_and(|(looks, ..)| *looks >= CLASS_LEAST);
        if let Some((other, count)) = most
            && enough
            && 4 * own < neighbours
            && 2 * count >= neighbours
        {
            among[at] = Some(other);
        }
        if let Some((_, own_sum, others)) = classes.get_mut(class) {
            *own_sum += own;
            for (other, count) in counts {
                *others.entry(other.clone()).or_default() += count;
            }
        }
    }
    let neighbours = NEIGHBOURS.min(answer.looks.len().saturating_sub(1)).max(1);
    answer.classes = classes
        .into_iter()
        .map(|(class_label, (looks, own, others))| MapClass {
            class_label,
            looks,
            own: own as f32 / (looks * neighbours) as f32,
            nearest: others.into_iter().max_by_key(|(_, count)| *count).map(|(other, _)| other),
        })
        .collect();
    for (look, among) in answer.looks.iter_mut().zip(among) {
        look.among = among;
    }
}

/// What an address asks for.
pub(crate) async fn read(state: &AppState, fields: &BTreeMap<String, String>) -> ApiResult<LookMapAnswer> {
    let filter = read_filter(fields)?;
    let count = Fields(fields).number("limit", MAP_LENGTH)?.clamp(1, MAP_LENGTH_MAX);
    // Laying it out takes as long as several pictures.
    state.work_at_looks(move |looks| look_map(looks, &filter, count)).await
}

/// Where looks stand.
pub(crate) async fn show(
    State(state): State<AppState>,
    Query(fields): Query<BTreeMap<String, String>>,
) -> ApiResult<Response> {
    Ok(Json(read(&state, &fields).await?).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(id: &str, class: &str, x: f32, y: f32) -> MapLook {
        let class_label = Some(ClassLabel::new(class));
        MapLook { id: id.to_owned(), class_label, gender: None, x, y, among: None }
    }

    #[test]
    fn who_stands_among_others_is_told() {
        let mut looks: Vec<MapLook> = (0..10).map(|at| look("i", "Iop", 0.01 * at as f32, 0.0)).collect();
        looks.extend((0..10).map(|at| look("s", "Sram", 0.01 * at as f32, 1.0)));
        looks.push(look("stray", "Iop", 0.055, 1.0));
        let mut answer = LookMapAnswer { total: 21, looks, classes: Vec::new() };
        compare(&mut answer);
        let astray: Vec<&str> =
            answer.looks.iter().filter(|look| look.among.is_some()).map(|look| look.id.as_str()).collect();
        assert_eq!(astray, ["stray"]);
        assert_eq!(answer.looks[20].among, Some(ClassLabel::new("Sram")));
        let [iop, sram] = &answer.classes[..] else { panic!("{:?}", answer.classes) };
        assert_eq!((iop.looks, sram.looks, sram.nearest.clone()), (11, 10, Some(ClassLabel::new("Iop"))));
        assert!(iop.own > 0.8 && sram.own > 0.8, "{} {}", iop.own, sram.own);
    }

    #[test]
    fn a_map_of_one_is_a_map() {
        let mut answer =
            LookMapAnswer { total: 1, looks: vec![look("a", "Iop", 0.5, 0.5)], classes: Vec::new() };
        compare(&mut answer);
        assert_eq!((answer.classes.len(), answer.looks[0].among.clone()), (1, None));
    }
}
