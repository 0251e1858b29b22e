//! `POST /api/similar`: the stored looks most like a picture.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::api::looks::{LookAnswer, read_filter};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use crate::upload::Upload;

#[derive(Serialize)]
struct SimilarAnswer {
    looks: Vec<SimilarLookAnswer>,
}

#[derive(Serialize)]
struct SimilarLookAnswer {
    /// Cosine, -1 to 1.
    similarity: f32,
    look: LookAnswer,
}

/// Takes a picture as `analyze-look` does, and `class`, `gender`, `slot` with `item` as filters.
pub(crate) async fn search(State(state): State<AppState>, request: Request) -> ApiResult<Response> {
    let upload = Upload::collect(&state, request).await?;
    let (backend, limits) = (Arc::clone(&state.backend), state.config().limits);
    let found = state
        .pictures
        .run(move || {
            let upload = upload.open(&limits)?;
            let filter = read_filter(&upload.fields)?;
            let count = upload.neighbours()?;
            backend.similar(&upload.picture, count, &filter).map_err(ApiError::from)
        })
        .await??;
    let looks = found
        .into_iter()
        .map(|similar| SimilarLookAnswer { similarity: similar.similarity, look: similar.look.into() })
        .collect();
    Ok(Json(SimilarAnswer { looks }).into_response())
}
