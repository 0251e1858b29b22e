//! Fills holes in HTML. A template engine of three kinds of holes: more would be a language.
//!
//! `{{t:key}}` is a text of the page's language, `{{name}}` a value, escaped, `{{&name}}` a value
//! that is HTML already. A hole that nothing fills stays visible, and a test looks for one.

use std::collections::BTreeMap;

use super::texts::text;
use crate::language::Language;

/// The values of one page.
#[derive(Default)]
pub(crate) struct Values(BTreeMap<&'static str, String>);

impl Values {
    /// Adds a value.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.insert(name, value.into());
        self
    }
}

/// Fills a template.
pub(crate) fn render(template: &str, language: Language, values: &Values) -> String {
    let mut html = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        html.push_str(before);
        let Some((hole, after)) = after.split_once("}}") else {
            html.push_str("{{");
            rest = after;
            continue;
        };
        let filled = match (hole.strip_prefix("t:"), hole.strip_prefix('&')) {
            (Some(key), _) => text(key, language).map(escape),
            (None, Some(name)) => values.0.get(name).cloned(),
            (None, None) => values.0.get(hole).map(|value| escape(value)),
        };
        match filled {
            Some(value) => html.push_str(&value),
            None => html.push_str(&format!("{{{{{hole}}}}}")),
        }
        rest = after;
    }
    html.push_str(rest);
    html
}

/// A text as HTML, safe in elements and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// A text as one part of an address.
pub(crate) fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_unless_they_are_html() {
        let values = Values::default().with("name", "<b>&\"'").with("html", "<i>");
        assert_eq!(
            render("a {{name}} {{&html}} {{none}} {{", Language::French, &values),
            "a &lt;b&gt;&amp;&quot;&#39; <i> {{none}} {{"
        );
    }

    #[test]
    fn ids_of_any_kind_fit_an_address() {
        assert_eq!(percent_encode("a/b?é#1"), "a%2Fb%3F%C3%A9%231");
    }
}
