//! Refuses a client that asks for more than its share with 429, and says when it may again.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::client::client_address;
use crate::error::ApiError;
use crate::listener::Peer;
use crate::rate_limit::RateError;
use crate::state::AppState;

/// What is asked every few seconds by those who watch the server, and costs next to nothing.
const WATCHERS: [&str; 4] = ["/health", "/health/live", "/health/ready", "/metrics"];

pub(super) async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match refusal(&state, &request) {
        Some(error) => error.into_response(),
        None => next.run(request).await,
    }
}

fn refusal(state: &AppState, request: &Request) -> Option<ApiError> {
    if WATCHERS.contains(&request.uri().path()) {
        return None;
    }
    let peer = request.extensions().get::<ConnectInfo<Peer>>()?.0.0.ip();
    let in_force = state.in_force();
    let config = &in_force.config;
    let client = client_address(peer, request.headers(), &config.trusted_proxies);
    if config.is_free(client) {
        return None;
    }
    let whole = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    match in_force.rate_limit.take(client, whole) {
        Ok(()) => None,
        Err(RateError::TooMany(wait)) => Some(ApiError::rate_limited(wait)),
        Err(RateError::TooManyClients) => Some(ApiError::overloaded()),
    }
}
