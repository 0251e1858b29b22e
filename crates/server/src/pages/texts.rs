//! Every text of the pages, in both languages.

mod of_scripts;
mod of_templates;

use crate::language::Language;

fn texts() -> impl Iterator<Item = &'static (&'static str, &'static str, &'static str)> {
    of_templates::TEXTS.iter().chain(of_scripts::TEXTS)
}

/// A text of a language.
pub(crate) fn text(key: &str, language: Language) -> Option<&'static str> {
    let (_, french, english) = texts().find(|(known, ..)| *known == key)?;
    Some(match language {
        Language::French => french,
        Language::English => english,
    })
}

/// The scripts' texts as JSON that is safe inside an HTML element.
pub(crate) fn for_scripts(language: Language) -> String {
    let texts: serde_json::Map<String, serde_json::Value> = of_scripts::TEXTS
        .iter()
        .filter_map(|(key, french, english)| {
            let value = match language {
                Language::French => french,
                Language::English => english,
            };
            Some((key.strip_prefix("js.")?.to_owned(), (*value).into()))
        })
        .collect();
    serde_json::Value::Object(texts).to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::pages::assets::FILES;

    #[test]
    fn every_text_is_there_once_in_both_languages() {
        let mut keys = BTreeSet::new();
        for (key, french, english) in texts() {
            assert!(keys.insert(key), "{key} twice");
            assert!(!french.trim().is_empty() && !english.trim().is_empty(), "{key}");
        }
    }

    /// An apostrophe is no straight quote, and no line begins with a colon or a question mark.
    #[test]
    fn texts_are_set_as_their_language_is() {
        // That title is the old system's, to the letter.
        for (key, french, english) in texts().filter(|(key, ..)| *key != "title.progress") {
            assert!(!french.contains('\'') && !english.contains('\''), "{key}: a straight apostrophe");
            for broken in [" :", " ;", " !", " ?", " %", "« ", " »"] {
                assert!(!french.contains(broken), "{key}: `{broken}` may break across lines");
            }
        }
    }

    /// The keys between `before`, where it begins a word, and `after`.
    fn keys<'a>(source: &'a str, before: &str, after: char) -> Vec<&'a str> {
        source
            .match_indices(before)
            .filter(|(at, _)| !source[..*at].ends_with(char::is_alphanumeric))
            .filter_map(|(at, _)| source[at + before.len()..].split(after).next())
            .collect()
    }

    #[test]
    fn every_text_that_a_template_or_script_names_exists() {
        let templates = [
            include_str!("../assets/base.html"),
            include_str!("../assets/home.html"),
            include_str!("../assets/progress.html"),
            include_str!("../assets/evaluation.html"),
            include_str!("../assets/looks.html"),
            include_str!("../assets/look.html"),
            include_str!("../assets/map.html"),
            include_str!("../assets/duplicates.html"),
            include_str!("../assets/api_docs.html"),
            include_str!("../assets/not_found.html"),
        ];
        let mut seen = 0;
        for key in templates.iter().flat_map(|template| keys(template, "{{t:", '}')) {
            assert!(text(key, Language::French).is_some(), "{key}");
            seen += 1;
        }
        for (name, _, source) in FILES.iter().filter(|(name, ..)| name.ends_with(".js")) {
            for key in keys(source, "t(\"", '"') {
                assert!(text(&format!("js.{key}"), Language::French).is_some(), "{key} of {name}");
                seen += 1;
            }
        }
        assert!(seen > 50, "{seen}: the search itself is broken");
    }

    #[test]
    fn texts_cannot_end_the_element_they_stand_in() {
        assert!(!for_scripts(Language::French).contains('<'));
    }
}
