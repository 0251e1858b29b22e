//! Writes the body of an error, once, in the client's language and with the request's id.

use axum::Json;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::RequestId;
use crate::error::ApiError;
use crate::language::Language;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody<'a> {
    error: &'a str,
    code: &'a str,
    request_id: &'a str,
}

pub(super) async fn write(request: Request, next: Next) -> Response {
    let language =
        Language::from_query(request.uri()).unwrap_or_else(|| Language::from_headers(request.headers()));
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    let Some(error) = known_error(&mut response) else { return response };
    let body = ErrorBody {
        error: error.message(language),
        code: error.code,
        request_id: id.as_ref().map_or("", RequestId::as_str),
    };
    let mut answer = (response.status(), [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
    for name in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::CONNECTION] {
        if let Some(value) = response.headers_mut().remove(&name) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

/// Ours, or one that the framework's extractors answered in plain text.
fn known_error(response: &mut Response) -> Option<ApiError> {
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        return Some(error);
    }
    let is_text = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    (response.status() == StatusCode::BAD_REQUEST && is_text).then(ApiError::body_invalid)
}
