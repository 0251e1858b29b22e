//! `GET /metrics`: counters for Prometheus.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::api::progress::RunStatus;
use crate::error::ApiResult;
use crate::metrics::Gauges;
use crate::public_name::model_name;
use crate::state::AppState;

/// Everything counted, as text.
pub(crate) async fn show(State(state): State<AppState>) -> ApiResult<Response> {
    let health = state.read(|backend| backend.health()).await?;
    let progress = state.progress.current(&state).await?;
    let running = progress.current.as_ref().filter(|_| progress.status == RunStatus::Running);
    let gauges = Gauges {
        waiting: state.pictures.waiting(),
        streams: state.config().max_streams.saturating_sub(state.streams.available_permits()),
        looks: health.looks,
        trained_at_ms: progress.latest_index.as_ref().map(|index| index.updated_at),
        encoder: model_name(&health.encoder),
        model: health.model,
        healthy: health.problems.is_empty(),
        training: running.map(|run| (run.processed_examples, run.total_examples)),
    };
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((headers, state.metrics.render(&gauges)).into_response())
}
