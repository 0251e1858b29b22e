//! `POST /api/looks`, `PATCH` and `DELETE /api/looks/{id}`, `POST …/restore`: what people teach.
//!
//! Nothing is learned at once: what is added, corrected or removed waits for the next training, and
//! every answer says so (`standing`).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lorgnon_dataset::{Collection, Labels};
use lorgnon_imaging::{Picture, ciede2000};
use lorgnon_look::{Look, Slot};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::access::WriteAccess;
use crate::api::looks::LookAnswer;
use crate::backend::{Backend, LookFilter, SimilarLook};
use crate::error::{ApiError, ApiResult};
use crate::labels::LabelPatch;
use crate::looks::Looks;
use crate::state::AppState;
use crate::upload::{Upload, read_body};

/// Longest body of labels.
const LABELS_MAX_BYTES: usize = 64 << 10;
/// Looks that are compared with a new one.
const COMPARED: usize = 12;
/// Cosine similarity from which two pictures show the same thing: a contradiction is worth a look. Of 100
/// learned looks of dofus-items, 92 are as near to themselves when their picture comes again, and none to
/// its nearest other look. Pixels tell the others.
const SAME: f32 = 0.94;
/// Colours further apart (CIEDE2000) contradict each other.
const CONTRADICTS: f32 = 10.0;

/// What became of a picture that was added.
#[derive(Serialize)]
struct AddedAnswer {
    look: LookAnswer,
    /// Looks that show the same and are labelled otherwise.
    conflicts: Vec<Conflict>,
}

/// A look that contradicts a new one.
#[derive(Debug, Serialize)]
struct Conflict {
    /// Cosine, -1 to 1; 1 for the same picture.
    similarity: f32,
    /// Which labels differ: `class`, `gender`, `colors`, or a slot.
    fields: Vec<&'static str>,
    look: LookAnswer,
}

/// Takes a picture as `analyze-look` does, with its labels.
pub(crate) async fn add(
    _access: WriteAccess,
    State(state): State<AppState>,
    request: Request,
) -> ApiResult<Response> {
    let collection = collection(&state)?;
    let upload = Upload::collect(&state, request).await?;
    let (backend, limits) = (Arc::clone(&state.backend), state.config().limits);
    let (added, known) = state
        .pictures
        .run(move || -> ApiResult<_> {
            let upload = upload.open_labelled(&limits)?;
            let note = upload.patch.note().map(str::to_owned);
            let mut labels = Labels::default();
            upload.patch.apply(&mut labels);
            if labels.is_empty() {
                return Err(ApiError::labels_missing());
            }
            let mut provenance = Map::new();
            provenance.insert("model".to_owned(), Value::from(backend.health().model));
            if let Some(note) = note {
                provenance.insert("note".to_owned(), Value::from(note));
            }
            let (_, extension) =
                crate::api::looks::media_type(&upload.bytes).ok_or_else(ApiError::image_missing)?;
            let added = collection.add(&upload.bytes, extension, &labels, provenance)?;
            let conflicts = conflicts(&*backend, &upload.picture, &added.look, added.before.as_ref())?;
            let stored = Looks { backend: &*backend, collection: Some(&collection) }.find(&added.look.id)?;
            let look = stored.map_or_else(|| added.look.into(), LookAnswer::from);
            Ok((AddedAnswer { look, conflicts }, added.before.is_some()))
        })
        .await??;
    let status = if known { StatusCode::OK } else { StatusCode::CREATED };
    let address = format!("{}/api/looks/{}", state.base_path, added.look.id);
    let mut response = (status, Json(added)).into_response();
    if let Ok(address) = HeaderValue::try_from(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    Ok(response)
}

/// Corrects labels; those not named stay.
pub(crate) async fn correct(
    _access: WriteAccess,
    State(state): State<AppState>,
    Path(id): Path<String>,
    request: Request,
) -> ApiResult<Response> {
    let bytes = read_body(request.into_body(), LABELS_MAX_BYTES, &mut state.bodies.reserve()).await?;
    let patch = LabelPatch::from_json(&bytes)?;
    change(&state, id, move |collection, id, known| {
        Ok(collection.correct(id, known, |labels| patch.apply(labels))?)
    })
    .await
}

/// Leaves a look out of the next training; `restore` takes it back.
pub(crate) async fn remove(
    _access: WriteAccess,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> ApiResult<Response> {
    change(&state, id, |collection, id, known| Ok(collection.remove(id, known)?)).await
}

/// Takes a removed look back.
pub(crate) async fn restore(
    _access: WriteAccess,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> ApiResult<Response> {
    change(&state, id, |collection, id, _| Ok(collection.restore(id)?)).await
}

async fn change(
    state: &AppState,
    id: String,
    change: impl FnOnce(&Collection, &str, Option<&Look>) -> ApiResult<Option<Look>> + Send + 'static,
) -> ApiResult<Response> {
    let collection = collection(state)?;
    let stored = state
        .read_looks(move |looks| {
            let learned = looks.backend.look(&id)?;
            change(&collection, &id, learned.as_ref())?.ok_or_else(ApiError::look_not_found)?;
            looks.find(&id)
        })
        .await?;
    Ok(Json(LookAnswer::from(stored.ok_or_else(ApiError::look_not_found)?)).into_response())
}

fn collection(state: &AppState) -> ApiResult<Arc<Collection>> {
    state.collection.clone().ok_or_else(ApiError::collection_missing)
}

/// Looks that show what the new one shows and say otherwise, and what the same picture was labelled.
fn conflicts(
    backend: &dyn Backend,
    picture: &Picture,
    new: &Look,
    before: Option<&Look>,
) -> ApiResult<Vec<Conflict>> {
    let similar = backend.similar(picture, COMPARED, &LookFilter::default())?;
    let mut known: Vec<(Look, f32)> = before.map(|look| (look.clone(), 1.0)).into_iter().collect();
    for SimilarLook { look, similarity } in similar {
        if look.id != new.id && (similarity >= SAME || backend.shows_the_same(picture, &look.id)?) {
            known.push((look, similarity));
        }
    }
    let conflicts = known.into_iter().map(|(look, similarity)| {
        let fields = contradictions(new, &look);
        Conflict { similarity, fields, look: look.into() }
    });
    Ok(conflicts.filter(|conflict| !conflict.fields.is_empty()).collect())
}

/// Which labels two looks both have and have differently.
pub(super) fn contradictions(one: &Look, other: &Look) -> Vec<&'static str> {
    let mut fields = Vec::new();
    let differ = |one: Option<bool>| one.unwrap_or(false);
    if differ(one.class.as_ref().zip(other.class.as_ref()).map(|(one, other)| one != other)) {
        fields.push("class");
    }
    if differ(one.gender.zip(other.gender).map(|(one, other)| one != other)) {
        fields.push("gender");
    }
    let mut colours = one.colours.iter().zip(&other.colours).filter_map(|(one, other)| one.zip(*other));
    if colours.any(|(one, other)| ciede2000(one, other) > CONTRADICTS) {
        fields.push("colors");
    }
    for slot in Slot::ALL {
        if differ(one.items.get(&slot).zip(other.items.get(&slot)).map(|(one, other)| one != other)) {
            fields.push(slot.as_str());
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use lorgnon_look::{ClassLabel, Colour, Gender};

    #[test]
    fn only_labels_that_both_have_can_contradict() {
        let look = |class: &str, blue: u8, item| Look {
            id: String::new(),
            class: Some(ClassLabel::new(class)),
            gender: Some(Gender::Male),
            colours: vec![Some(Colour::new(0, 0, blue)), None],
            items: [(Slot::Coiffe, item)].into(),
        };
        let (one, other) = (look("Iop", 250, 1), look("Sram", 0, 2));
        assert_eq!(contradictions(&one, &other), ["class", "colors", "coiffe"]);
        assert_eq!(contradictions(&one, &look("Iop", 248, 1)), [""; 0]);
        assert_eq!(contradictions(&one, &Look { id: "x".to_owned(), ..Look::default() }), [""; 0]);
    }
}
