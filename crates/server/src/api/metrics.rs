//! `GET /metrics`: counters for Prometheus.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::error::ApiResult;
use crate::metrics::Gauges;
use crate::state::AppState;

/// Everything counted, as text.
pub(crate) async fn show(State(state): State<AppState>) -> ApiResult<Response> {
    let health = state.read(|backend| backend.health()).await?;
    let progress = state.progress.current(&state).await?;
    let gauges = Gauges {
        waiting: state.pictures.waiting(),
        looks: health.looks,
        healthy: health.problems.is_empty(),
        training: progress.current.as_ref().map(|run| (run.processed_examples, run.total_examples)),
    };
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((headers, state.metrics.render(&gauges)).into_response())
}
