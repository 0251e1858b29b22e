//! One log line and one count a request, without personal data: no address, no query, no agent.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

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
    // Everything that is logged on the way carries the request's id; a collector of traces gets it whole.
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        %method,
        route,
        request_id = id.as_ref().map(RequestId::as_str),
        status = tracing::field::Empty,
    );
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let took = started.elapsed();
    state.metrics.request(&route, status, took);
    span.record("status", status);
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, route, status, took_ms, request_id = id.as_ref().map(RequestId::as_str), "request");
    response
}
