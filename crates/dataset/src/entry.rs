//! One JSON value to one example.

use lorgnon_look::Look;
use serde_json::Value;

use crate::fields::{self, Described, Fields, text_of};
use crate::image_reference::{Places, image};
use crate::{Example, Options, Origin, SkipReason, Warning};

/// Reads the fields of an entry; `default_id` names it where it has no id.
pub(crate) fn example(
    fields: &Fields,
    default_id: &str,
    origin: Origin,
    places: &Places,
    options: &Options,
    warnings: &mut Vec<Warning>,
) -> Result<Example, SkipReason> {
    let own_id = id(fields);
    let image = image(fields, own_id.as_deref(), places, options)?;
    let class = fields::class(fields, warnings);
    let gender = fields::gender(fields, warnings);
    fields::check_head(fields, class.as_ref(), gender, warnings);
    let catalogue = options.catalogue.as_deref();
    let mut look = Look {
        id: own_id.unwrap_or_else(|| default_id.to_owned()),
        class,
        gender,
        colours: fields::colours(fields, warnings),
        items: fields::items(fields, catalogue, warnings),
    };
    if let Some(described) = fields::described(fields, catalogue, warnings) {
        complete(&mut look, described, warnings);
    }
    Ok(Example { look, image, origin })
}

/// Fills what an entry's labels leave open with what a text of it says, and tells contradictions.
fn complete(look: &mut Look, said: Described, warnings: &mut Vec<Warning>) {
    let mut contradicts = |label, says: String| {
        warnings.push(Warning::LookContradicts { field: said.field.clone(), label, says });
    };
    match (&look.class, said.class) {
        (Some(labelled), Some(said)) if *labelled != said => contradicts("class", said.to_string()),
        (Some(_), _) | (None, None) => {}
        (None, said @ Some(_)) => look.class = said,
    }
    match (look.gender, said.gender) {
        (Some(labelled), Some(said)) if labelled != said => contradicts("sex", said.to_string()),
        (Some(_), _) | (None, None) => {}
        (None, said @ Some(_)) => look.gender = said,
    }
    if look.colours.iter().all(Option::is_none) {
        look.colours = said.colours;
    } else {
        let both = (1..).zip(look.colours.iter().zip(&said.colours));
        let other = both.filter_map(|(position, (labelled, said))| {
            Some((position, (*said)?)).filter(|(_, said)| labelled.is_some_and(|labelled| labelled != *said))
        });
        for (position, said) in other {
            contradicts("colour", format!("{position} {said}"));
        }
    }
    if look.items.is_empty() {
        look.items = said.items;
    } else {
        for (slot, said) in said.items {
            if look.items.get(&slot).is_some_and(|labelled| *labelled != said) {
                contradicts("item", format!("{slot} {said}"));
            }
        }
    }
}

/// The entry's own id, as text.
pub(crate) fn id(fields: &Fields) -> Option<String> {
    fields.get("id").and_then(text_of)
}

/// The fields of a JSON text.
pub(crate) fn parse(bytes: &[u8]) -> Result<Fields, SkipReason> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            Err(SkipReason::NotAnObject)
        }
        Err(error) => Err(SkipReason::InvalidJson { message: error.to_string() }),
    }
}
