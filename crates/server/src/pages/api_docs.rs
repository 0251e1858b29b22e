//! `/api/docs`: the API for people, drawn from the OpenAPI document; no CDN, no large library.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;

use super::layout::{Page, remember_language};
use super::template::{Values, render};
use crate::language::Language;
use crate::state::AppState;

const TEMPLATE: &str = include_str!("../assets/api_docs.html");

/// The page; its script fills in the document.
pub(crate) async fn show(State(state): State<AppState>, language: Language, uri: Uri) -> Response {
    let values = Values::default().with("base", state.base_path.as_str());
    let content = render(TEMPLATE, language, &values);
    let page = Page {
        title: "title.docs",
        content,
        script: Some("api_docs.js"),
        style: None,
        address: "/api/docs",
        head: "",
    };
    remember_language(Language::from_query(&uri), &state.base_path, page.into_response(&state, language))
}
