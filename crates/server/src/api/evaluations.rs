//! `GET /api/evaluations`: how right the answers were found to be, newest first, and what the worst showed.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use lorgnon_recogniser::evaluate::StoredEvaluation;
use serde::Serialize;

use super::looks::picture_response;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

#[derive(Serialize)]
struct EvaluationsAnswer {
    evaluations: Vec<StoredEvaluation>,
}

/// What `lorgnon evaluate` found.
pub(crate) async fn list(State(state): State<AppState>) -> ApiResult<Response> {
    let evaluations = state.read(|backend| backend.evaluations()).await??;
    Ok(Json(EvaluationsAnswer { evaluations }).into_response())
}

/// The picture of a worst case of the newest evaluation.
pub(crate) async fn picture(State(state): State<AppState>, Path(name): Path<String>) -> ApiResult<Response> {
    let found = state.read(move |backend| backend.evaluation_picture(&name)).await??;
    picture_response(found.ok_or_else(ApiError::picture_not_found)?)
}
