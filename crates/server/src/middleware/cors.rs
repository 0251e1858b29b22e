//! Which other sites' pages may call the API: those on the operator's list, without cookies.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::state::AppState;

pub(super) async fn allow(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let allowed = origin.and_then(|origin| answer_for(&state.config().allowed_origins, &origin));
    let asks = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks && allowed.is_some() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    // Caches must not give one site's answer to another.
    response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(allowed) = allowed {
        grant(response.headers_mut(), allowed, asks);
    }
    response
}

fn answer_for(list: &[String], origin: &HeaderValue) -> Option<HeaderValue> {
    if list.iter().any(|entry| entry == "*") {
        return Some(HeaderValue::from_static("*"));
    }
    list.iter()
        .any(|entry| entry.trim_end_matches('/').as_bytes() == origin.as_bytes())
        .then(|| origin.clone())
}

fn grant(headers: &mut HeaderMap, allowed: HeaderValue, asks: bool) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    headers
        .insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("x-request-id, retry-after"));
    if asks {
        let set = |headers: &mut HeaderMap, name, value| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PATCH, DELETE");
        set(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, accept-language");
        set(headers, header::ACCESS_CONTROL_MAX_AGE, "600");
    }
}
