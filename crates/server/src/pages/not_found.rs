//! What unknown addresses answer: a page to people, an error to programs.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::layout::Page;
use super::template::{Values, render};
use crate::error::ApiError;
use crate::language::Language;
use crate::state::AppState;

const TEMPLATE: &str = include_str!("../assets/not_found.html");

/// 404, in the form that the client can read.
pub(crate) async fn show(State(state): State<AppState>, language: Language, request: Request) -> Response {
    let accepts_html = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if !accepts_html || request.uri().path().contains("/api/") {
        return ApiError::not_found().into_response();
    }
    page(&state, language)
}

/// The page for people.
pub(super) fn page(state: &AppState, language: Language) -> Response {
    let values = Values::default().with("base", state.base_path.as_str());
    let content = render(TEMPLATE, language, &values);
    Page { title: "title.not_found", content, script: None, style: None, address: "", head: "" }.with_status(
        StatusCode::NOT_FOUND,
        state,
        language,
    )
}
