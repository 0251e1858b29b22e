//! `GET /api/redraw`: a class drawn in colours, to lay beside a picture and ask "is this it?".
//!
//! An address of its own, not a part of the answer: whoever corrects a colour by hand can see at
//! once what that would look like, and browsers keep the drawings they have.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use lorgnon_look::{COLOUR_COUNT, ClassLabel, Colour, Gender};

use crate::error::{ApiError, ApiResult};
use crate::fields::Fields;
use crate::state::AppState;

/// What is to be drawn.
#[derive(Debug, PartialEq, Eq)]
struct RedrawQuery {
    class: ClassLabel,
    gender: Gender,
    /// By position; what is unknown is drawn grey.
    colours: [Option<Colour>; COLOUR_COUNT],
}

impl RedrawQuery {
    /// # Errors
    /// When a field is missing or holds what it cannot mean.
    fn read(fields: &BTreeMap<String, String>) -> ApiResult<Self> {
        let field =
            |name: &'static str| Fields(fields).text(name).ok_or_else(|| ApiError::query_invalid(name));
        Ok(Self {
            class: ClassLabel::new(field("class")?),
            gender: Gender::parse(field("gender")?).ok_or_else(|| ApiError::query_invalid("gender"))?,
            colours: read_colours(fields.get("colors").map_or("", String::as_str))?,
        })
    }
}

/// Colours by position, separated by commas. An empty place is unknown, and so are those after the last.
fn read_colours(text: &str) -> ApiResult<[Option<Colour>; COLOUR_COUNT]> {
    let refused = || ApiError::query_invalid("colors");
    let mut colours = [None; COLOUR_COUNT];
    for (position, text) in text.split(',').map(str::trim).enumerate() {
        let colour = colours.get_mut(position).ok_or_else(refused)?;
        if !text.is_empty() {
            *colour = Colour::parse(text).map_err(|_| refused())?;
        }
    }
    Ok(colours)
}

/// A PNG file.
pub(crate) async fn show(
    State(state): State<AppState>,
    Query(fields): Query<BTreeMap<String, String>>,
) -> ApiResult<Response> {
    let RedrawQuery { class, gender, colours } = RedrawQuery::read(&fields)?;
    let drawn = state.read(move |backend| backend.redraw(&class, gender, &colours)).await??;
    let bytes = drawn.ok_or_else(ApiError::drawing_not_found)?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "private, max-age=300")];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_keep_their_positions() {
        let colour = |bits| Some(Colour::from_rgb(bits));
        let read = read_colours("#E59BE8,,  , #0CF,16777215").unwrap();
        assert_eq!(read, [colour(0xE5_9B_E8), None, None, colour(0x00_CC_FF), colour(0xFF_FF_FF), None]);
        assert_eq!(read_colours(""), Ok([None; COLOUR_COUNT]));
        assert_eq!(read_colours("-1,,,,,"), Ok([None; COLOUR_COUNT]));
        for bad in ["red", "#12345", ",,,,,,", "#111,#222,#333,#444,#555,#666,#777"] {
            assert_eq!(read_colours(bad), Err(ApiError::query_invalid("colors")), "{bad}");
        }
    }
}
