//! `GET /api/duplicates`: looks whose picture is there twice or more, whatever was done to its size, background
//! and bytes.
//!
//! Nothing is computed beforehand: looks are gone through by id, each is compared with those most like it, and an
//! answer says where to go on. However many looks there are, a request looks at a bounded number.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use lorgnon_imaging::{Limits, decode};
use serde::Serialize;

use super::collect::contradictions;
use super::looks::LookAnswer;
use crate::backend::{LookFilter, Standing};
use crate::error::{ApiError, ApiResult};
use crate::looks::{Looks, StoredLook};
use crate::state::AppState;

/// Groups of an answer where the client names no number.
const GROUPS: usize = 24;
/// Most groups a client may ask for at once.
const GROUPS_MAX: usize = 100;
/// Looks that one request goes through.
const LOOKED_AT_MAX: usize = 1000;
/// Copies of one picture that are followed.
const GROUP_MAX: usize = 20;
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
    let mut candidates: Vec<StoredLook> = Vec::new();
    let mut more = false;
    looks.visit(&mut |stored| {
        if stored.look.id.as_str() <= after || stored.standing == Standing::Removed {
            return ControlFlow::Continue(());
        }
        if candidates.len() == LOOKED_AT_MAX {
            more = true;
            return ControlFlow::Break(());
        }
        candidates.push(stored);
        ControlFlow::Continue(())
    })?;
    let mut answer = DuplicatesAnswer { groups: Vec::new(), looked_at: 0, next: None };
    let mut told = BTreeSet::new();
    for (at, stored) in candidates.iter().enumerate() {
        let id = &stored.look.id;
        answer.looked_at += 1;
        if !told.contains(id)
            && let Some(group) = group_of(looks, stored, limits)?
        {
            told.extend(group.looks.iter().map(|look| look.id.clone()));
            answer.groups.push(group);
        }
        if answer.groups.len() == count {
            more |= at + 1 < candidates.len();
            break;
        }
    }
    if more {
        answer.next = answer.looked_at.checked_sub(1).map(|last| candidates[last].look.id.clone());
    }
    Ok(answer)
}

/// The group that a look is the first of; `None` where its picture is there once, or the group is told at
/// another look.
fn group_of(looks: &Looks<'_>, first: &StoredLook, limits: &Limits) -> ApiResult<Option<DuplicateGroup>> {
    let mut group: BTreeMap<String, StoredLook> = [(first.look.id.clone(), first.clone())].into();
    let learned = looks.backend.look(&first.look.id)?.is_some();
    let mut open = vec![first.look.id.clone()];
    while let Some(id) = open.pop() {
        for copy in copies(looks, &id, limits)? {
            if group.len() == GROUP_MAX || group.contains_key(&copy) {
                continue;
            }
            let Some(stored) = looks.find(&copy)?.filter(|stored| stored.standing != Standing::Removed)
            else {
                continue;
            };
            // One that no training knows yet is found by nobody else: its group is told at itself.
            if copy < first.look.id && learned {
                return Ok(None);
            }
            open.push(copy.clone());
            group.insert(copy, stored);
        }
    }
    if group.len() < 2 {
        return Ok(None);
    }
    let mut fields = Vec::new();
    for other in group.values() {
        for field in contradictions(&first.look, &other.look) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    }
    Ok(Some(DuplicateGroup { looks: group.into_values().map(LookAnswer::from).collect(), fields }))
}

fn copies(looks: &Looks<'_>, id: &str, limits: &Limits) -> ApiResult<Vec<String>> {
    if looks.backend.look(id)?.is_some() {
        return Ok(looks.backend.copies(id)?);
    }
    // Collected since the last training.
    let Some(bytes) = looks.image(id)? else { return Ok(Vec::new()) };
    let picture = decode(&bytes, limits)?;
    let mut copies = Vec::new();
    for similar in looks.backend.similar(&picture, COMPARED, &LookFilter::default())? {
        if looks.backend.shows_the_same(&picture, &similar.look.id)? {
            copies.push(similar.look.id);
        }
    }
    Ok(copies)
}

/// What an address asks for.
pub(crate) async fn read(state: &AppState, fields: &BTreeMap<String, String>) -> ApiResult<DuplicatesAnswer> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let after = field("after").unwrap_or_default().to_owned();
    let limit = field("limit")
        .map_or(Ok(GROUPS), |text| text.parse::<usize>().map_err(|_| ApiError::query_invalid("limit")))?;
    let (count, limits) = (limit.clamp(1, GROUPS_MAX), state.config().limits);
    let (backend, collection) = (Arc::clone(&state.backend), state.collection.clone());
    // Pictures are decoded: not on the threads that look things up.
    let read = move || {
        let looks = Looks { backend: &*backend, collection: collection.as_deref() };
        duplicates(&looks, &after, count, &limits)
    };
    state.pictures.run(read).await?
}

/// Groups of looks.
pub(crate) async fn show(
    State(state): State<AppState>,
    Query(fields): Query<BTreeMap<String, String>>,
) -> ApiResult<Response> {
    Ok(Json(read(&state, &fields).await?).into_response())
}
