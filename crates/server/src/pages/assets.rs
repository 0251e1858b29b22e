//! The files of the pages, built into the program: nothing is fetched from anywhere else.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::error::{ApiError, ApiResult};

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const DRAWING: &str = "image/svg+xml";

/// Name, media type and content.
pub(crate) const FILES: &[(&str, &str, &str)] = &[
    ("style.css", STYLE, include_str!("../assets/style.css")),
    ("answer.css", STYLE, include_str!("../assets/answer.css")),
    ("form.css", STYLE, include_str!("../assets/form.css")),
    ("figures.css", STYLE, include_str!("../assets/figures.css")),
    ("logo.svg", DRAWING, include_str!("../assets/logo.svg")),
    ("answer.js", SCRIPT, include_str!("../assets/answer.js")),
    ("api_docs.js", SCRIPT, include_str!("../assets/api_docs.js")),
    ("authorised.js", SCRIPT, include_str!("../assets/authorised.js")),
    ("batch.js", SCRIPT, include_str!("../assets/batch.js")),
    ("clipboard.js", SCRIPT, include_str!("../assets/clipboard.js")),
    ("collect.js", SCRIPT, include_str!("../assets/collect.js")),
    ("colours.js", SCRIPT, include_str!("../assets/colours.js")),
    ("crop.js", SCRIPT, include_str!("../assets/crop.js")),
    ("duplicates.js", SCRIPT, include_str!("../assets/duplicates.js")),
    ("editor.js", SCRIPT, include_str!("../assets/editor.js")),
    ("element.js", SCRIPT, include_str!("../assets/element.js")),
    ("evaluation.js", SCRIPT, include_str!("../assets/evaluation.js")),
    ("home.js", SCRIPT, include_str!("../assets/home.js")),
    ("items.js", SCRIPT, include_str!("../assets/items.js")),
    ("look.js", SCRIPT, include_str!("../assets/look.js")),
    ("looks.js", SCRIPT, include_str!("../assets/looks.js")),
    ("lz.js", SCRIPT, include_str!("../assets/lz.js")),
    ("map.js", SCRIPT, include_str!("../assets/map.js")),
    ("picker.js", SCRIPT, include_str!("../assets/picker.js")),
    ("picture.js", SCRIPT, include_str!("../assets/picture.js")),
    ("progress.js", SCRIPT, include_str!("../assets/progress.js")),
    ("redrawn.js", SCRIPT, include_str!("../assets/redrawn.js")),
    ("share.js", SCRIPT, include_str!("../assets/share.js")),
    ("texts.js", SCRIPT, include_str!("../assets/texts.js")),
    ("times.js", SCRIPT, include_str!("../assets/times.js")),
    ("why.js", SCRIPT, include_str!("../assets/why.js")),
];

/// One file. Browsers keep it and ask whether it changed.
pub(crate) async fn show(Path(name): Path<String>, headers: HeaderMap) -> ApiResult<Response> {
    file(&name, &headers)
}

/// The icon where browsers look for it unasked.
pub(crate) async fn favicon(headers: HeaderMap) -> ApiResult<Response> {
    file("logo.svg", &headers)
}

fn file(name: &str, headers: &HeaderMap) -> ApiResult<Response> {
    let (_, media_type, content) =
        FILES.iter().find(|(known, ..)| *known == name).ok_or_else(ApiError::not_found)?;
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let caching = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "no-cache")];
    if known.is_some_and(|known| known.split(',').any(|other| other.trim() == tag)) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, [(header::CONTENT_TYPE, *media_type)], *content).into_response())
}
