//! `GET /api/openapi.json`: the description of this API, for programs.
//!
//! Written by hand beside the code: a test holds it against the router and against the answers'
//! snapshots, which a generator would only restate.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// OpenAPI 3.1.
pub(crate) const DOCUMENT: &str = include_str!("../assets/openapi.json");

/// The document with this server's version and base path.
pub(crate) async fn show(State(state): State<AppState>) -> ApiResult<Response> {
    let mut document: serde_json::Value = serde_json::from_str(DOCUMENT).map_err(|error| {
        tracing::error!(%error, "the built-in API description is no JSON");
        ApiError::internal()
    })?;
    if let Some(version) = document.pointer_mut("/info/version") {
        *version = env!("CARGO_PKG_VERSION").into();
    }
    if let Some(url) = document.pointer_mut("/servers/0/url") {
        *url = if state.base_path.is_empty() { "/".into() } else { state.base_path.clone().into() };
    }
    Ok(([(header::CONTENT_TYPE, "application/json")], document.to_string()).into_response())
}
