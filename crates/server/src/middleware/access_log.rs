//! One log line and one count a request, without personal data: no address, no query, no agent.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::RequestId;
use crate::state::AppState;

pub(super) async fn record(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    // The pattern (`/api/looks/{id}`), not the address; unknown addresses share one name.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let id = request.extensions().get::<RequestId>().cloned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    state.metrics.request(&route, status);
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, route, status, took_ms, request_id = id.as_ref().map(RequestId::as_str), "request");
    response
}
