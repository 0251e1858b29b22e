//! `GET /api/evaluations`: how right the answers were found to be, newest first.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use lorgnon_recogniser::evaluate::StoredEvaluation;
use serde::Serialize;

use crate::error::ApiResult;
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
