//! The six colours: position says which part is tinted, so no position may ever shift.

use lorgnon_look::{COLOUR_COUNT, Colour, ColourError};
use serde_json::Value;

use super::{Fields, named, text_of, whole};
use crate::Warning;
use crate::skipped::shortened;

const COLOUR_FIELDS: [&str; 6] = ["colors", "palette", "skinColors", "lookColors", "couleurs", "colours"];
/// The field of collection files.
const COLLECTION_FIELD: &str = "couleurs";
/// Barbofus rows, in the order of the channels.
const BARBOFUS_FIELDS: [&str; COLOUR_COUNT] =
    ["color_skin", "color_hair", "color_cloth_1", "color_cloth_2", "color_cloth_3", "color_cloth_4"];

/// The colours by position; a colour that cannot be read keeps its place as `None`, as does `-1`,
/// "the class's default".
pub(crate) fn colours(fields: &Fields, warnings: &mut Vec<Warning>) -> Vec<Option<Colour>> {
    for (field, value) in named(fields, &COLOUR_FIELDS) {
        let placed = listed(field, value);
        if !placed.is_empty() {
            let placed: Vec<_> =
                placed.into_iter().map(|(position, value)| Written { field, position, value }).collect();
            return read(&placed, warnings);
        }
    }
    let row: Vec<_> = BARBOFUS_FIELDS
        .iter()
        .enumerate()
        .filter_map(|(position, field)| Some(Written { field, position, value: fields.get(*field)?.clone() }))
        .collect();
    read(&row, warnings)
}

/// A colour as it is written, and where.
struct Written<'a> {
    field: &'a str,
    position: usize,
    value: Value,
}

/// The written values with their positions.
fn listed(field: &str, value: &Value) -> Vec<(usize, Value)> {
    let in_order = |values: Vec<Value>| -> Vec<(usize, Value)> {
        // `2=15047528` and the network's `(index << 24) | rgb` say their own position.
        let said: Option<Vec<usize>> =
            values.iter().filter(|value| !value.is_null()).map(own_position).collect();
        match said {
            Some(positions) if all_different(&positions) => {
                positions.into_iter().zip(values.into_iter().filter(|value| !value.is_null())).collect()
            }
            _ => values.into_iter().enumerate().collect(),
        }
    };
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => in_order(values.clone()),
        Value::Object(by_key) => {
            let keys: Option<Vec<usize>> = by_key.keys().map(|key| key.trim().parse().ok()).collect();
            match keys {
                // Numbered from 0 or from 1; a missing number is a missing colour. Collection files
                // count from 0, also where the first colour is missing.
                Some(keys) if all_different(&keys) => {
                    let from_nought = field == COLLECTION_FIELD && !keys.contains(&COLOUR_COUNT);
                    let first = usize::from(!keys.contains(&0) && !from_nought);
                    let mut placed: Vec<_> =
                        keys.into_iter().map(|key| key - first).zip(by_key.values().cloned()).collect();
                    placed.sort_by_key(|(position, _)| *position);
                    placed
                }
                _ => in_order(by_key.values().cloned().collect()),
            }
        }
        Value::String(text) if text.contains([',', ';', '|']) => {
            in_order(text.split([',', ';', '|']).map(|part| Value::String(part.trim().to_owned())).collect())
        }
        Value::String(text) if text.trim().is_empty() => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => in_order(vec![value.clone()]),
    }
}

/// The position a value itself names, from 0.
fn own_position(value: &Value) -> Option<usize> {
    let index = match value {
        Value::String(text) => text.split_once('=')?.0.trim().parse::<usize>().ok()?,
        Value::Number(number) => {
            let bits = whole(number)?;
            // Negative where a signed reader overflowed; `-1` is the default, not a position.
            if bits <= 0xFF_FFFF {
                return None;
            }
            usize::try_from(bits >> 24).ok()?
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (1..=COLOUR_COUNT).contains(&index).then(|| index - 1)
}

fn all_different(positions: &[usize]) -> bool {
    let mut sorted = positions.to_vec();
    sorted.sort_unstable();
    !sorted.is_empty() && sorted.windows(2).all(|pair| pair[0] != pair[1])
}

fn read(written: &[Written<'_>], warnings: &mut Vec<Warning>) -> Vec<Option<Colour>> {
    let last = written.iter().max_by_key(|written| written.position);
    let count = last.map_or(0, |last| last.position.saturating_add(1));
    if let Some(last) = last
        && count > COLOUR_COUNT
    {
        warnings.push(Warning::ExtraColours { field: last.field.to_owned(), count });
    }
    let mut colours = vec![None; count.min(COLOUR_COUNT)];
    for Written { field, position, value } in written {
        let Some(place) = colours.get_mut(*position) else { continue };
        match one(value) {
            Ok(colour) => *place = colour,
            Err(_) => {
                let (field, position) = ((*field).to_owned(), position + 1);
                warnings.push(Warning::UnusableColour { field, position, value: shortened(value) });
            }
        }
    }
    colours
}

fn one(value: &Value) -> Result<Option<Colour>, ColourError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::Number(number) => match whole(number).and_then(|whole| i64::try_from(whole).ok()) {
            Some(whole) => Colour::from_integer(whole),
            None => Colour::parse(&number.to_string()),
        },
        Value::String(text) => Colour::parse(text),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Colour::parse(&text_of(value).unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::fields;
    use super::*;
    use serde_json::json;

    fn written(value: Value) -> (Vec<String>, Vec<Warning>) {
        let mut warnings = Vec::new();
        let read = colours(&fields(value), &mut warnings);
        let text = |colour: &Option<Colour>| colour.map_or("-".to_owned(), |colour| colour.to_string());
        (read.iter().map(text).collect(), warnings)
    }

    #[test]
    fn decimal_text_is_decimal() {
        assert_eq!(written(json!({ "colors": ["15134214", 15_134_214, "#e6ee06"] })).0, ["#E6EE06"; 3]);
    }

    #[test]
    fn minus_one_is_unknown_not_black() {
        let (read, warnings) = written(json!({ "palette": [-1, "-1", null, 0] }));
        assert_eq!(read, ["-", "-", "-", "#000000"]);
        assert_eq!(warnings, []);
    }

    #[test]
    fn an_unusable_colour_keeps_its_position_and_is_reported() {
        let (read, warnings) = written(json!({ "colors": ["#111111", "oops", true, "#444444"] }));
        assert_eq!(read, ["#111111", "-", "-", "#444444"]);
        let unusable = |position, value: &str| Warning::UnusableColour {
            field: "colors".to_owned(),
            position,
            value: value.to_owned(),
        };
        assert_eq!(warnings, [unusable(2, "oops"), unusable(3, "true")]);
        let (read, warnings) = written(json!({ "color_skin": 1, "color_hair": "oops" }));
        assert_eq!(read, ["#000001", "-"]);
        assert_eq!((warnings[0].field(), warnings.len()), ("color_hair", 1));
    }

    #[test]
    fn repeats_and_order_stay_and_the_first_six_are_kept() {
        let (read, warnings) = written(json!({ "skinColors": [3, 1, 1, 3, 2, 2, 9] }));
        assert_eq!(read, ["#000003", "#000001", "#000001", "#000003", "#000002", "#000002"]);
        assert_eq!(warnings, [Warning::ExtraColours { field: "skinColors".to_owned(), count: 7 }]);
    }

    #[test]
    fn objects_single_values_and_rows_are_read() {
        assert_eq!(
            written(json!({ "couleurs": { "1": 2, "0": 1, "3": 4 } })).0,
            ["#000001", "#000002", "-", "#000004"]
        );
        assert_eq!(written(json!({ "colors": { "2": 2, "1": 1 } })).0, ["#000001", "#000002"]);
        assert_eq!(written(json!({ "couleurs": { "2": 2, "1": 1 } })).0, ["-", "#000001", "#000002"]);
        assert_eq!(written(json!({ "couleurs": { "1": 1, "6": 6 } })).0.len(), 6);
        assert_eq!(
            written(json!({ "lookColors": { "skin": 5, "hair": "#000006" } })).0,
            ["#000005", "#000006"]
        );
        assert_eq!(written(json!({ "colors": 7 })).0, ["#000007"]);
        assert_eq!(written(json!({ "colors": "#000001, #000002" })).0, ["#000001", "#000002"]);
        assert_eq!(written(json!({ "colors": [], "palette": [8] })).0, ["#000008"]);
        assert_eq!(
            written(json!({ "color_skin": 1, "color_hair": "2", "color_cloth_2": 4 })).0,
            ["#000001", "#000002", "-", "#000004"]
        );
    }

    #[test]
    fn colours_that_name_their_position_stand_there() {
        assert_eq!(written(json!({ "colors": ["2=15047528", "1=#E59BE8"] })).0, ["#E59BE8", "#E59B68"]);
        assert_eq!(
            written(json!({ "colors": [(3 << 24) | 5, (1 << 24) | 6] })).0,
            ["#000006", "-", "#000005"]
        );
    }
}
