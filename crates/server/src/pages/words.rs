//! Names and numbers as people read them, in each language: the marks between digits are not the same.

use lorgnon_look::{ClassLabel, Gender, Slot};

use super::texts::text;
use crate::language::Language;

/// A text that must exist: a test looks for every key.
pub(super) fn t(key: &str, language: Language) -> &'static str {
    text(key, language).unwrap_or_default()
}

/// A class by its name in the language; any other label as the export wrote it.
pub(super) fn class_name(label: &ClassLabel, language: Language) -> String {
    match (label.class(), language) {
        (Some(class), Language::French) => class.french.to_owned(),
        (Some(class), Language::English) => class.english.to_owned(),
        (None, _) => label.as_str().to_owned(),
    }
}

pub(super) fn gender_word(gender: Gender, language: Language) -> &'static str {
    match gender {
        Gender::Male => t("js.male", language),
        Gender::Female => t("js.female", language),
    }
}

/// "Iop · Masculin", whatever of it is known.
pub(super) fn who(class: Option<&ClassLabel>, gender: Option<Gender>, language: Language) -> String {
    let class = class.map(|class| class_name(class, language));
    let gender = gender.map(|gender| gender_word(gender, language).to_owned());
    let known: Vec<String> = class.into_iter().chain(gender).collect();
    if known.is_empty() { t("looks.unlabelled", language).to_owned() } else { known.join(" · ") }
}

pub(super) fn slot_word(slot: Slot, language: Language) -> &'static str {
    t(&format!("js.slot.{slot}"), language)
}

/// `1 234` or `1,234`: a narrow space that does not break, or a comma, between thousands.
pub(super) fn integer(value: u64, language: Language) -> String {
    let separator = match language {
        Language::French => '\u{202f}',
        Language::English => ',',
    };
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// `3,25` or `3.25`.
pub(super) fn decimal(value: f64, places: usize, language: Language) -> String {
    let text = format!("{value:.places$}");
    match language {
        Language::French => text.replace('.', ","),
        Language::English => text,
    }
}

/// `97,3 %` or `97.3%`, of a share.
pub(super) fn percent(share: f64, places: usize, language: Language) -> String {
    let figures = decimal(100.0 * share, places, language);
    match language {
        Language::French => format!("{figures}\u{202f}%"),
        Language::English => format!("{figures}%"),
    }
}

/// `1 look`, `3 looks`: `key` has the singular under `.one`, the plural under `.many`.
pub(super) fn counted(count: u64, key: &str, language: Language) -> String {
    let one = match language {
        Language::French => count < 2,
        Language::English => count == 1,
    };
    let form = if one { "one" } else { "many" };
    format!("{}\u{a0}{}", integer(count, language), t(&format!("{key}.{form}"), language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_marked_as_each_language_does() {
        assert_eq!(integer(0, Language::French), "0");
        assert_eq!(integer(123, Language::English), "123");
        assert_eq!(integer(1_234_567, Language::French), "1\u{202f}234\u{202f}567");
        assert_eq!(integer(100_000, Language::English), "100,000");
        assert_eq!(percent(0.973, 1, Language::French), "97,3\u{202f}%");
        assert_eq!(percent(0.973, 0, Language::English), "97%");
    }

    #[test]
    fn nothing_is_singular_in_french_only() {
        assert_eq!(counted(0, "count.look", Language::French), "0\u{a0}look");
        assert_eq!(counted(0, "count.look", Language::English), "0\u{a0}looks");
        assert_eq!(counted(2, "count.look", Language::French), "2\u{a0}looks");
    }

    #[test]
    fn classes_have_their_names() {
        let label = ClassLabel::new("Roublard");
        assert_eq!(class_name(&label, Language::English), "Rogue");
        assert_eq!(class_name(&ClassLabel::new("Elf"), Language::French), "Elf");
    }
}
