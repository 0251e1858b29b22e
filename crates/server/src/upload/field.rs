//! A value of a JSON body, kept only if it is short of structure.
//!
//! A general JSON value would let 40 MB of `[[[[…` grow to gigabytes; here anything nested is
//! skipped without being kept.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A text, number or truth value; anything else is only known to have been there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Field {
    /// As text.
    Scalar(String),
    /// `null`.
    #[default]
    Null,
    /// An array or object, skipped.
    Nested,
}

impl Field {
    /// The text; nested values become text that no field accepts.
    pub(crate) fn into_text(self) -> Option<String> {
        match self {
            Self::Scalar(text) => Some(text),
            Self::Null => None,
            Self::Nested => Some("{}".to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Field, E> {
        Ok(Field::Scalar(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Field, E> {
        Ok(Field::Scalar(text))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Field, E> {
        Ok(Field::Scalar(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Field, E> {
        Ok(Field::Scalar(number.to_string()))
    }

    /// JSON has one kind of number: `5.0` is the integer 5.
    fn visit_f64<E>(self, number: f64) -> Result<Field, E> {
        Ok(Field::Scalar(number.to_string()))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Field, E> {
        Ok(Field::Scalar(truth.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Field, E> {
        Ok(Field::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Field, A::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Field::Nested)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Field, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field::Nested)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Option<String> {
        serde_json::from_str::<Field>(json).unwrap().into_text()
    }

    #[test]
    fn scalars_become_text_and_nested_values_are_not_kept() {
        assert_eq!(text("5").as_deref(), Some("5"));
        assert_eq!(text("5.0").as_deref(), Some("5"));
        assert_eq!(text("1e9").as_deref(), Some("1000000000"));
        assert_eq!(text("-1").as_deref(), Some("-1"));
        assert_eq!(text("\"abc\"").as_deref(), Some("abc"));
        assert_eq!(text("null"), None);
        assert_eq!(text("[[1,2],{\"a\":3}]").as_deref(), Some("{}"));
    }
}
