//! `GET /api/duplicates`: looks whose picture is there twice or more, whatever was done to its size, background
//! and bytes.
//!
//! Looks are gone through by id, block by block; each is compared with the others of its block and those of the rest
//! most like it, once for each index ([`KnownCopies`](crate::copies::KnownCopies)). However many looks there are, a
//! request goes through a bounded number and says where to go on.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use lorgnon_imaging::Limits;
use serde::Serialize;

use super::collect::contradictions;
use super::looks::LookAnswer;
use crate::backend::{Backend, Standing};
use crate::copies::{Copies, KnownCopies, joined};
use crate::error::ApiResult;
use crate::fields::Fields;
use crate::looks::{Looks, StoredLook};
use crate::state::AppState;

/// Groups of an answer where the client names no number.
const GROUPS: usize = 24;
/// Most groups a client may ask for at once.
const GROUPS_MAX: usize = 100;
/// Learned looks of a block.
const BLOCK: usize = 1000;
/// Looks without a training that one request goes through: each takes as long as a picture.
const COLLECTED_MAX: usize = 100;

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

/// Learned looks that follow one another by id.
#[derive(Default)]
struct Block {
    number: usize,
    ids: Vec<String>,
    /// Whether another one follows.
    more: bool,
}

impl Block {
    /// The block of the first learned look after an id; the last one where there is none.
    fn after(backend: &dyn Backend, after: &str) -> ApiResult<Self> {
        let mut block = Self::default();
        backend.visit(&mut |look| {
            if block.ids.len() == BLOCK {
                if block.ids.last().is_some_and(|last| last.as_str() > after) {
                    block.more = true;
                    return ControlFlow::Break(());
                }
                block.number += 1;
                block.ids.clear();
            }
            block.ids.push(look.id);
            ControlFlow::Continue(())
        })?;
        Ok(block)
    }
}

/// At most `count` groups, from the looks after an id.
fn duplicates(
    looks: &Looks<'_>,
    known: &KnownCopies,
    after: &str,
    count: usize,
    limits: &Limits,
) -> ApiResult<DuplicatesAnswer> {
    // Read before anything else: what is found then may be of a newer index, and is forgotten with this one.
    let version = looks.backend.version()?;
    let block = Block::after(looks.backend, after)?;
    let learned: HashSet<&str> = block.ids.iter().map(String::as_str).collect();
    let mut end = block.ids.last().filter(|_| block.more).cloned();
    let mut stored: BTreeMap<String, StoredLook> = BTreeMap::new();
    let mut collected: Vec<String> = Vec::new();
    looks.visit(&mut |look| {
        let id = &look.look.id;
        if id.as_str() <= after || look.standing == Standing::Removed {
            return ControlFlow::Continue(());
        }
        if end.as_ref().is_some_and(|end| id > end) {
            return ControlFlow::Break(());
        }
        if !learned.contains(id.as_str()) {
            if collected.len() == COLLECTED_MAX {
                end = collected.last().cloned();
                return ControlFlow::Break(());
            }
            collected.push(id.clone());
        }
        stored.insert(id.clone(), look);
        ControlFlow::Continue(())
    })?;
    stored.retain(|id, _| end.as_ref().is_none_or(|end| id <= end));
    let looked_at = stored.len();
    let mut sets: Vec<Copies> = known.of_block(looks.backend, &version, block.number, &block.ids)?.to_vec();
    for id in &collected {
        sets.push(known.of_collected(looks, &version, id, limits)?);
    }
    let mut groups = Vec::new();
    for set in joined(sets.into_iter()) {
        let mut members = Vec::new();
        for id in &set {
            let member = match stored.get(id) {
                Some(look) => Some(look.clone()),
                None => looks.find(id)?.filter(|look| look.standing != Standing::Removed),
            };
            members.extend(member);
        }
        // A group is told at the first of its looks: another request tells those that begin elsewhere.
        let begins_here = members.first().is_some_and(|first| stored.contains_key(&first.look.id));
        if begins_here && members.len() > 1 {
            groups.push(members);
        }
    }
    // By the first that is left.
    groups.sort_by(|one, other| one[0].look.id.cmp(&other[0].look.id));
    let mut next = end;
    if groups.len() > count {
        groups.truncate(count);
        next = groups.last().map(|group| group[0].look.id.clone());
    }
    let groups = groups.iter().map(|members| group_of(members)).collect();
    Ok(DuplicatesAnswer { groups, looked_at, next })
}

fn group_of(members: &[StoredLook]) -> DuplicateGroup {
    let mut fields = Vec::new();
    let first = members.first();
    for field in
        members.iter().flat_map(|other| first.map(|first| contradictions(&first.look, &other.look))).flatten()
    {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    DuplicateGroup { looks: members.iter().map(|look| LookAnswer::from(look.clone())).collect(), fields }
}

/// What an address asks for.
pub(crate) async fn read(state: &AppState, fields: &BTreeMap<String, String>) -> ApiResult<DuplicatesAnswer> {
    let fields = Fields(fields);
    let after = fields.text("after").unwrap_or_default().to_owned();
    let count = fields.number("limit", GROUPS)?.clamp(1, GROUPS_MAX);
    let (limits, shared) = (state.config().limits, state.clone());
    // The first time takes as long as several pictures.
    state.work_at_looks(move |looks| duplicates(looks, &shared.copies, &after, count, &limits)).await
}

/// Groups of looks.
pub(crate) async fn show(
    State(state): State<AppState>,
    Query(fields): Query<BTreeMap<String, String>>,
) -> ApiResult<Response> {
    Ok(Json(read(&state, &fields).await?).into_response())
}
