//! `/`: give a picture, get the look.

use std::ops::ControlFlow;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;

use super::layout::{Page, remember_language};
use super::looks::class_list;
use super::template::{Values, escape, percent_encode, render};
use super::texts::text;
use crate::api::health::ProblemAnswer;
use crate::error::ApiResult;
use crate::language::Language;
use crate::public_name::model_name;
use crate::state::AppState;

const TEMPLATE: &str = include_str!("../assets/home.html");
/// Stored looks offered as examples.
const EXAMPLES: usize = 6;

/// The page, with looks of the index as examples.
pub(crate) async fn show(State(state): State<AppState>, language: Language, uri: Uri) -> ApiResult<Response> {
    let (health, examples) = state
        .read(|backend| {
            let health = backend.health();
            // Spread over the index: neighbours by id are often of one export.
            let step = usize::try_from(health.looks).unwrap_or(usize::MAX).div_ceil(EXAMPLES).max(1);
            let mut examples = Vec::new();
            let mut number = 0;
            let visited = backend.visit(&mut |look| {
                if number % step == 0 {
                    examples.push(look);
                }
                number += 1;
                if examples.len() < EXAMPLES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            if let Err(error) = visited {
                tracing::warn!(error = &error as &dyn std::error::Error, "no examples");
            }
            (health, examples)
        })
        .await?;
    let mut notice = String::new();
    for problem in &health.problems {
        let message = ProblemAnswer::new(problem, language).message;
        notice.push_str(&format!("<p class=\"notice\" role=\"status\">{}</p>", escape(&message)));
    }
    let base = &state.base_path;
    let label = text("home.example", language).unwrap_or_default();
    let examples: String = examples
        .iter()
        .map(|look| {
            let (id, address) = (escape(&look.id), percent_encode(&look.id));
            format!(
                "<button type=\"button\" class=\"example\" data-example=\"{id}\" aria-label=\"{label} {id}\">\
                 <img src=\"{base}/api/looks/{address}/thumbnail?side=96\" alt=\"\" width=\"72\" height=\"72\" loading=\"lazy\">\
                 </button>"
            )
        })
        .collect();
    let values = Values::default()
        .with("base", base.as_str())
        .with("notice", notice)
        .with("has-examples", if examples.is_empty() { "hidden" } else { "" })
        .with("examples", examples)
        .with("classes", class_list())
        .with("collects", if state.collection.is_some() { "true" } else { "false" })
        .with("looks", health.looks.to_string())
        .with("encoder", model_name(&health.encoder))
        .with("max-mb", (state.config().limits.max_bytes >> 20).to_string());
    let content = render(TEMPLATE, language, &values);
    let page =
        Page { title: "title.home", content, script: Some("home.js"), style: None, address: "/", head: "" };
    let chosen = Language::from_query(&uri);
    Ok(remember_language(chosen, base, page.into_response(&state, language)))
}
