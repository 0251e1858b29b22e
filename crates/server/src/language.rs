//! Which language an answer is in: French, the language of the sites that use it, or English.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};

/// The name of the cookie that keeps a visitor's choice.
pub(crate) const LANGUAGE_COOKIE: &str = "lorgnon-lang";

/// A language of the pages and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    /// The default.
    #[default]
    French,
    /// On demand.
    English,
}

impl Language {
    /// `fr` or `en`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        let primary = code.split('-').next().unwrap_or_default();
        [Self::French, Self::English]
            .into_iter()
            .find(|language| primary.eq_ignore_ascii_case(language.code()))
    }

    /// Chosen in the address (`?lang=en`).
    pub(crate) fn from_query(uri: &Uri) -> Option<Self> {
        uri.query()?.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Self::from_code)
    }

    /// Chosen before, else what the browser prefers, else French.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = text(header::COOKIE)
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == LANGUAGE_COOKIE)
            .and_then(|(_, code)| Self::from_code(code));
        cookie.or_else(|| preferred(text(header::ACCEPT_LANGUAGE))).unwrap_or_default()
    }
}

/// The known language with the highest `q` of an `Accept-Language` header; the first of equals.
fn preferred(accept: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for range in accept.split(',') {
        let mut parts = range.split(';');
        let Some(language) = parts.next().and_then(|code| Language::from_code(code.trim())) else { continue };
        let quality = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1.0, |quality| quality.parse::<f32>().unwrap_or(0.0));
        if quality > 0.0 && best.is_none_or(|(other, _)| quality > other) {
            best = Some((quality, language));
        }
    }
    best.map(|(_, language)| language)
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::from_query(&parts.uri).unwrap_or_else(|| Self::from_headers(&parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_known_language_of_a_header_wins() {
        assert_eq!(preferred("en-GB,en;q=0.9,fr;q=0.8"), Some(Language::English));
        assert_eq!(preferred("de, fr-CH;q=0.5, en;q=0.3"), Some(Language::French));
        assert_eq!(preferred("en;q=0, de"), None);
        assert_eq!(preferred(""), None);
    }

    #[test]
    fn a_choice_made_before_beats_the_header() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "en".parse().unwrap());
        assert_eq!(Language::from_headers(&headers), Language::English);
        headers.insert(header::COOKIE, "a=b; lorgnon-lang=fr".parse().unwrap());
        assert_eq!(Language::from_headers(&headers), Language::French);
    }
}
