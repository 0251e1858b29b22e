//! What happens to every request before and after its handler, one file each.

mod access_log;
mod cors;
mod error_body;
mod rate_limit;
mod request_id;
mod security_headers;
mod timeout;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

pub(crate) use request_id::RequestId;

use crate::error::ApiError;
use crate::state::AppState;

/// Wraps the routes. A request passes the layers from the last line to the first.
pub(crate) fn apply(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    routes
        .layer(CatchPanicLayer::custom(panic_response))
        .layer(from_fn_with_state(state.clone(), timeout::limit))
        .layer(from_fn_with_state(state.clone(), rate_limit::limit))
        .layer(from_fn(error_body::write))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), cors::allow))
        .layer(from_fn(security_headers::set))
        .layer(from_fn_with_state(state.clone(), access_log::record))
        .layer(from_fn(request_id::assign))
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that the panic layer calls")]
fn panic_response(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = text, "a handler panicked");
    let response = ApiError::internal().into_response();
    debug_assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    response
}
