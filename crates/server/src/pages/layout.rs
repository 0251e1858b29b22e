//! What all pages share: head, header with the ways through the site, footer.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::template::{Values, percent_encode, render};
use super::texts::{for_scripts, text};
use crate::language::{LANGUAGE_COOKIE, Language};
use crate::state::AppState;

const BASE: &str = include_str!("../assets/base.html");

/// Pages that are reached through another, and that one.
const BELOW: &[(&str, &str)] = &[("/map", "/evaluation"), ("/duplicates", "/looks")];

/// One page, before it is put into the layout.
pub(crate) struct Page<'a> {
    /// The key of its title among the texts.
    pub(crate) title: &'static str,
    /// Its content, as HTML.
    pub(crate) content: String,
    /// The module that brings it to life, if any.
    pub(crate) script: Option<&'static str>,
    /// A stylesheet that only this page needs, if any.
    pub(crate) style: Option<&'static str>,
    /// Its address below the base path, for the language switch.
    pub(crate) address: &'a str,
    /// More for the head, as HTML.
    pub(crate) head: &'static str,
}

impl Page<'_> {
    /// The whole document.
    pub(crate) fn into_response(self, state: &AppState, language: Language) -> Response {
        self.with_status(StatusCode::OK, state, language)
    }

    /// The whole document, with another status than 200.
    pub(crate) fn with_status(self, status: StatusCode, state: &AppState, language: Language) -> Response {
        let base = &state.base_path;
        let script = self.script.map_or_else(String::new, |name| {
            format!("<script type=\"module\" src=\"{base}/assets/{name}\"></script>")
        });
        let style = self.style.map_or_else(String::new, |name| {
            format!("<link rel=\"stylesheet\" href=\"{base}/assets/{name}\">")
        });
        let other = match language {
            Language::French => Language::English,
            Language::English => Language::French,
        };
        let mark = |prefix: &str| {
            let here = if prefix == "/" { self.address == "/" } else { self.address.starts_with(prefix) };
            let below = BELOW.iter().any(|(address, above)| *address == self.address && *above == prefix);
            match (here, below) {
                (true, _) => "aria-current=\"page\"",
                (false, true) => "aria-current=\"true\"",
                (false, false) => "",
            }
        };
        let values = Values::default()
            .with("language", language.code())
            .with("other-language", other.code())
            .with("title", text(self.title, language).unwrap_or("Lorgnon"))
            .with("base", base.as_str())
            .with("address", self.address)
            .with("script", script)
            .with("style", style)
            .with("head", self.head)
            .with("texts", for_scripts(language))
            .with("content", self.content)
            .with("mark-home", mark("/"))
            .with("mark-looks", mark("/looks"))
            .with("mark-progress", mark("/vision"))
            .with("mark-evaluation", mark("/evaluation"))
            .with("mark-docs", mark("/api"))
            .with("version", env!("CARGO_PKG_VERSION"));
        let html = render(BASE, language, &values);
        let headers = [
            (header::CACHE_CONTROL, "no-cache"),
            (header::CONTENT_LANGUAGE, language.code()),
            (header::VARY, "accept-language, cookie"),
        ];
        (status, headers, Html(html)).into_response()
    }
}

/// Keeps a language that was chosen in the address.
pub(crate) fn remember_language(chosen: Option<Language>, base: &str, mut response: Response) -> Response {
    if let Some(language) = chosen {
        let cookie =
            format!("{LANGUAGE_COOKIE}={}; Path={base}/; Max-Age=31536000; SameSite=Lax", language.code());
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// The address of a look's page, below the base path.
pub(crate) fn look_address(id: &str) -> String {
    format!("/looks/{}", percent_encode(id))
}
