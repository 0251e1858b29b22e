//! `POST` and `DELETE /api/training`: start and cancel a training.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::access::WriteAccess;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// Starts a training in the background; its progress is told by `/api/vision-progress`.
pub(crate) async fn start(_access: WriteAccess, State(state): State<AppState>) -> ApiResult<Response> {
    state.read(|backend| backend.start_training()).await??;
    Ok((StatusCode::ACCEPTED, Json(json!({ "status": "started" }))).into_response())
}

/// Asks the running training to stop.
pub(crate) async fn cancel(_access: WriteAccess, State(state): State<AppState>) -> ApiResult<Response> {
    if state.read(|backend| backend.cancel_training()).await?? {
        Ok((StatusCode::ACCEPTED, Json(json!({ "status": "cancelling" }))).into_response())
    } else {
        Err(ApiError::training_not_running())
    }
}
