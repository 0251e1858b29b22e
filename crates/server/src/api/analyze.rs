//! `POST /api/analyze-look`: a picture becomes a look.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::error::{ApiError, ApiResult};
use crate::pool::PoolError;
use crate::public_name::model_name;
use crate::state::AppState;
use crate::upload::Upload;

/// Answers with the whole analysis.
pub(crate) async fn analyze(State(state): State<AppState>, request: Request) -> ApiResult<Response> {
    let upload = Upload::collect(&state, request).await?;
    let (worker, limits) = (state.clone(), state.config().limits);
    let asked = Instant::now();
    let work = move || -> ApiResult<_> {
        let (started, metrics) = (Instant::now(), &worker.metrics);
        metrics.wait.took(started - asked);
        let upload =
            metrics.decode.time(|| tracing::info_span!("decode").in_scope(|| upload.open(&limits)))?;
        let neighbours = upload.neighbours()?;
        let predict = tracing::info_span!("predict");
        let analysed =
            metrics.predict.time(|| predict.in_scope(|| worker.backend.analyze(&upload.picture, neighbours)));
        let mut analysis = analysed.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "analysis failed");
            ApiError::analysis_failed()
        })?;
        analysis.encoder = model_name(&analysis.encoder);
        let body = serde_json::to_vec(&analysis).map_err(|error| {
            tracing::error!(%error, "analysis could not be written as JSON");
            ApiError::analysis_failed()
        })?;
        metrics.analysed(started.elapsed(), &analysis);
        Ok(body)
    };
    let body = match state.pictures.run(work).await {
        Ok(result) => result?,
        Err(PoolError::Full) => return Err(ApiError::overloaded()),
        Err(PoolError::Panicked) => return Err(ApiError::analysis_failed()),
    };
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body)
        .into_response())
}
