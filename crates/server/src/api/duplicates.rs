//! `GET /api/duplicates`: looks whose picture is there twice or more, whatever was done to its size, background
//! and bytes.
//!
//! Nothing is computed beforehand: looks are gone through by id, each is compared with the others that were gone
//! through and those most like it, and an answer says where to go on. However many looks there are, a request looks
//! at a bounded number.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use lorgnon_imaging::{Limits, decode};
use serde::Serialize;

use super::collect::contradictions;
use super::looks::LookAnswer;
use crate::backend::{LookFilter, Standing};
use crate::error::ApiResult;
use crate::fields::Fields;
use crate::looks::{Looks, StoredLook};
use crate::state::AppState;

/// Groups of an answer where the client names no number.
const GROUPS: usize = 24;
/// Most groups a client may ask for at once.
const GROUPS_MAX: usize = 100;
/// Looks that one request goes through.
const LOOKED_AT_MAX: usize = 1000;
/// Looks that are compared with one that no training knows yet.
const COMPARED: usize = 12;

/// Some of the groups.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DuplicatesAnswer {
    pub(crate) groups: Vec<DuplicateGroup>,
    /// Looks that were gone through.
    pub(crate) looked_at: usize,
    /// Where to go on (`after`); null at the end.
    pub(crate) next: Option<String>,
}

/// Looks of the same picture.
#[derive(Debug, Serialize)]
pub(crate) struct DuplicateGroup {
    pub(crate) looks: Vec<LookAnswer>,
    /// Which labels differ among them: `class`, `gender`, `colors`, or a slot.
    pub(crate) fields: Vec<&'static str>,
}

/// At most `count` groups, from the looks after an id.
pub(crate) fn duplicates(
    looks: &Looks<'_>,
    after: &str,
    count: usize,
    limits: &Limits,
) -> ApiResult<DuplicatesAnswer> {
    let mut stored: BTreeMap<String, StoredLook> = BTreeMap::new();
    let mut more = false;
    looks.visit(&mut |look| {
        if look.look.id.as_str() <= after || look.standing == Standing::Removed {
            return ControlFlow::Continue(());
        }
        if stored.len() == LOOKED_AT_MAX {
            more = true;
            return ControlFlow::Break(());
        }
        stored.insert(look.look.id.clone(), look);
        ControlFlow::Continue(())
    })?;
    let looked_at = stored.len();
    let last = stored.keys().next_back().cloned();
    let pairs = pairs(looks, &stored, limits)?;
    for other in pairs.iter().flat_map(|(one, other)| [one, other]) {
        if !stored.contains_key(other)
            && let Some(look) = looks.find(other)?.filter(|look| look.standing != Standing::Removed)
        {
            stored.insert(other.clone(), look);
        }
    }
    let mut groups = Vec::new();
    for ids in joined(&pairs) {
        // A group is told at the first of its looks: another request told this one.
        let told = ids.first().is_some_and(|first| first.as_str() <= after);
        let members: Vec<&StoredLook> = ids.iter().filter_map(|id| stored.get(id)).collect();
        if !told && members.len() > 1 {
            groups.push(group_of(&members));
        }
    }
    let mut next = last.filter(|_| more);
    if groups.len() > count {
        groups.truncate(count);
        next = groups.last().and_then(|group| group.looks.first()).map(|look| look.id.clone());
    }
    Ok(DuplicatesAnswer { groups, looked_at, next })
}

/// Which looks show the same.
fn pairs(
    looks: &Looks<'_>,
    stored: &BTreeMap<String, StoredLook>,
    limits: &Limits,
) -> ApiResult<Vec<(String, String)>> {
    let (mut learned, mut new) = (Vec::new(), Vec::new());
    for id in stored.keys() {
        if looks.backend.look(id)?.is_some() { learned.push(id.clone()) } else { new.push(id) }
    }
    let mut pairs = looks.backend.copies(&learned)?;
    // Collected since the last training: these have no vector yet.
    for id in new {
        let Some(bytes) = looks.image(id)? else { continue };
        let picture = decode(&bytes, limits)?;
        for similar in looks.backend.similar(&picture, COMPARED, &LookFilter::default())? {
            if looks.backend.shows_the_same(&picture, &similar.look.id)? {
                pairs.push((id.clone(), similar.look.id));
            }
        }
    }
    Ok(pairs)
}

/// Pairs that share a look, together; sets by their first id.
fn joined(pairs: &[(String, String)]) -> Vec<BTreeSet<String>> {
    let mut sets: Vec<BTreeSet<String>> = Vec::new();
    for (one, other) in pairs {
        let (touched, mut others): (Vec<_>, Vec<_>) =
            sets.into_iter().partition(|set| set.contains(one) || set.contains(other));
        let mut set: BTreeSet<String> = touched.into_iter().flatten().collect();
        set.extend([one.clone(), other.clone()]);
        others.push(set);
        sets = others;
    }
    sets.sort();
    sets
}

fn group_of(members: &[&StoredLook]) -> DuplicateGroup {
    let mut fields = Vec::new();
    let first = members.first();
    for field in
        members.iter().flat_map(|other| first.map(|first| contradictions(&first.look, &other.look))).flatten()
    {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    DuplicateGroup { looks: members.iter().map(|look| LookAnswer::from((*look).clone())).collect(), fields }
}

/// What an address asks for.
pub(crate) async fn read(state: &AppState, fields: &BTreeMap<String, String>) -> ApiResult<DuplicatesAnswer> {
    let fields = Fields(fields);
    let after = fields.text("after").unwrap_or_default().to_owned();
    let count = fields.number("limit", GROUPS)?.clamp(1, GROUPS_MAX);
    let limits = state.config().limits;
    state.work_at_looks(move |looks| duplicates(looks, &after, count, &limits)).await
}

/// Groups of looks.
pub(crate) async fn show(
    State(state): State<AppState>,
    Query(fields): Query<BTreeMap<String, String>>,
) -> ApiResult<Response> {
    Ok(Json(read(&state, &fields).await?).into_response())
}
