//! One JSON value to one example.

use lorgnon_look::Look;
use serde_json::Value;

use crate::fields::{self, Fields, text_of};
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
    let image = image(fields, places, options)?;
    let class = fields::class(fields, warnings);
    let gender = fields::gender(fields, warnings);
    fields::check_head(fields, class.as_ref(), gender, warnings);
    let look = Look {
        id: id(fields).unwrap_or_else(|| default_id.to_owned()),
        class,
        gender,
        colours: fields::colours(fields, warnings),
        items: fields::items(fields, options.catalogue.as_deref(), warnings),
    };
    Ok(Example { look, image, origin })
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
