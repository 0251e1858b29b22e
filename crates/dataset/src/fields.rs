//! Labels as exports write them: which field means what, under all its names.

mod colours;
mod described;
mod items;

use lorgnon_look::{Class, ClassLabel, Gender};
use serde_json::{Map, Value};

use crate::Warning;
use crate::skipped::shortened;

pub(crate) use colours::colours;
pub(crate) use described::{Described, described};
pub(crate) use items::items;

/// An entry's fields.
pub(crate) type Fields = Map<String, Value>;

const CLASS_FIELDS: [&str; 9] =
    ["class", "breed", "classe", "className", "breedName", "breedId", "breed_id", "race", "race_id"];
const GENDER_FIELDS: [&str; 5] = ["gender", "sexe", "sex", "genderId", "genre"];
const HEAD_FIELDS: [&str; 3] = ["head", "headId", "head_id"];

/// The text of a text or number field; other kinds and blank text have none.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => match whole(number) {
            Some(whole) => whole.to_string(),
            None => number.to_string(),
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A number without fraction, however it is written (`1`, `1.0`).
pub(crate) fn whole(number: &serde_json::Number) -> Option<i128> {
    /// Up to here every whole number is exact in a double.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if let Some(whole) = number.as_i128() {
        return Some(whole);
    }
    let real = number.as_f64()?;
    (real.fract().abs() < f64::EPSILON && real.abs() <= EXACT).then_some(real as i128)
}

/// The class under the first of its names that holds text or a number.
pub(crate) fn class(fields: &Fields, warnings: &mut Vec<Warning>) -> Option<ClassLabel> {
    for (field, value) in named(fields, &CLASS_FIELDS) {
        match text_of(value) {
            Some(text) => return Some(ClassLabel::new(&text)),
            None if value.is_string() => {}
            None => {
                let field = field.to_owned();
                warnings.push(Warning::UnusableClass { field, value: shortened(value) });
            }
        }
    }
    None
}

/// The sex under the first of its names that holds a known word.
pub(crate) fn gender(fields: &Fields, warnings: &mut Vec<Warning>) -> Option<Gender> {
    let mut unusable = Vec::new();
    for (field, value) in named(fields, &GENDER_FIELDS) {
        let text = text_of(value);
        if let Some(gender) = text.as_deref().and_then(Gender::parse) {
            return Some(gender);
        }
        if text.is_some() || !value.is_string() {
            let field = field.to_owned();
            unusable.push(Warning::UnusableGender { field, value: shortened(value) });
        }
    }
    warnings.append(&mut unusable);
    None
}

/// Checks class and sex against what the head id says of them.
pub(crate) fn check_head(
    fields: &Fields,
    class: Option<&ClassLabel>,
    gender: Option<Gender>,
    warnings: &mut Vec<Warning>,
) {
    let head = |(field, value)| Some((field, text_of(value)?.parse::<u64>().ok()?));
    let Some((field, head)) = named(fields, &HEAD_FIELDS).find_map(head) else { return };
    let Some((said_class, said_gender)) = Class::from_head(head) else {
        return;
    };
    // A label of another game says nothing a head id could contradict.
    let other_class = class.and_then(ClassLabel::class).is_some_and(|class| class.id != said_class.id);
    let other_gender = gender.is_some_and(|gender| gender != said_gender);
    if other_class || other_gender {
        let says = format!("{} {said_gender}", said_class.french);
        warnings.push(Warning::HeadContradicts { field: field.to_owned(), head, says });
    }
}

/// The non-null values under these names, in the order of the names.
pub(crate) fn present<'a>(fields: &'a Fields, names: &'a [&str]) -> impl Iterator<Item = &'a Value> {
    named(fields, names).map(|(_, value)| value)
}

/// As [`present`], with the names.
pub(crate) fn named<'a>(fields: &'a Fields, names: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a Value)> {
    names.iter().filter_map(|name| Some((*name, fields.get(*name)?))).filter(|(_, value)| !value.is_null())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    pub(crate) fn fields(value: Value) -> Fields {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn every_alias_of_class_and_sex_is_read() {
        for name in CLASS_FIELDS {
            let mut warnings = Vec::new();
            let read = class(&fields(json!({ "x": 1, name: 20 })), &mut warnings);
            assert_eq!(read.unwrap().as_str(), "Forgelance", "{name}");
            assert!(warnings.is_empty());
        }
        for name in GENDER_FIELDS {
            let mut warnings = Vec::new();
            assert_eq!(gender(&fields(json!({ name: 1 })), &mut warnings), Some(Gender::Female), "{name}");
        }
    }

    #[test]
    fn null_blank_and_unknown_fall_to_the_next_alias() {
        let mut warnings = Vec::new();
        let entry = fields(json!({
            "class": null, "breed": "  ", "classe": "Iop", "gender": "?", "sexe": "Femme"
        }));
        assert_eq!(class(&entry, &mut warnings).unwrap().as_str(), "Iop");
        assert_eq!(gender(&entry, &mut warnings), Some(Gender::Female));
        assert_eq!(warnings, []);
        assert_eq!(gender(&fields(json!({ "sex": 7 })), &mut warnings), None);
        assert_eq!(warnings, [Warning::UnusableGender { field: "sex".to_owned(), value: "7".to_owned() }]);
    }

    #[test]
    fn a_class_of_another_game_stays_as_written() {
        let mut warnings = Vec::new();
        assert_eq!(class(&fields(json!({ "class": " Lizard " })), &mut warnings).unwrap().as_str(), "Lizard");
        assert_eq!(class(&fields(json!({ "class": [1] })), &mut warnings), None);
        assert_eq!(warnings, [Warning::UnusableClass { field: "class".to_owned(), value: "[1]".to_owned() }]);
    }

    #[test]
    fn a_head_of_another_class_is_doubted() {
        let check = |entry: Value| {
            let (entry, mut warnings) = (fields(entry), Vec::new());
            let (class, gender) = (class(&entry, &mut warnings), gender(&entry, &mut warnings));
            check_head(&entry, class.as_ref(), gender, &mut warnings);
            warnings.len()
        };
        assert_eq!(check(json!({ "breed": 1, "sex": 0, "head": 1 })), 0);
        assert_eq!(check(json!({ "breed": 2, "sex": 0, "head": 1 })), 1);
        assert_eq!(check(json!({ "breed": 1, "sex": 1, "head": "1" })), 1);
        assert_eq!(check(json!({ "class": "Lizard", "sex": 0, "head": 1 })), 0);
        assert_eq!(check(json!({ "breed": 1, "head": 99_999 })), 0);
    }
}
