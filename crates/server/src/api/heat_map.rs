//! `POST /api/heat-map`: which parts of a picture spoke for the answer.
//!
//! Apart from the analysis: few visitors ask why, and the cells would be most of every answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use crate::upload::Upload;

/// Takes a picture as `analyze-look` does.
pub(crate) async fn explain(State(state): State<AppState>, request: Request) -> ApiResult<Response> {
    let upload = Upload::collect(&state, request).await?;
    let (backend, limits) = (Arc::clone(&state.backend), state.config().limits);
    let found = state
        .pictures
        .run(move || -> ApiResult<_> {
            let upload = upload.open(&limits)?;
            backend.heat_map(&upload.picture)?.ok_or_else(ApiError::character_not_found)
        })
        .await??;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(found)).into_response())
}
