//! `GET /api/looks…`: the stored looks and their pictures.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use lorgnon_look::{Class, ClassLabel, Colour, Gender, ItemId, Look, Slot, SlotMap};
use lorgnon_recogniser::{ClassNames, Doubt, DoubtedField};
use serde::Serialize;

use crate::backend::{LookFilter, Standing};
use crate::error::{ApiError, ApiResult};
use crate::fields::Fields;
use crate::looks::{StoredLook, THUMBNAIL_SIDE_PX};
use crate::state::AppState;

/// Looks of a page where the client names no number.
const PAGE_LENGTH: usize = 24;
/// Most looks a client may ask for at once.
const PAGE_LENGTH_MAX: usize = 200;
/// The smallest thumbnail that is made.
const THUMBNAIL_SIDE_LEAST_PX: usize = 16;

/// A stored look, as every route answers it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LookAnswer {
    pub(crate) id: String,
    pub(crate) class_label: Option<ClassLabel>,
    pub(crate) class_id: Option<u32>,
    pub(crate) class_names: Option<ClassNames>,
    pub(crate) gender: Option<Gender>,
    /// By position; null where unknown or the class's default.
    pub(crate) colors: Vec<Option<Colour>>,
    /// Null where the slot wears nothing.
    pub(crate) items: SlotMap<Option<ItemId>>,
    pub(crate) standing: Standing,
    /// Whether its picture was added through this server.
    pub(crate) collected: bool,
    /// Whether the last training found that its labels are likely wrong.
    pub(crate) suspect: bool,
    /// Which of them, and how likely.
    pub(crate) doubt: Option<DoubtAnswer>,
}

/// A label that is doubted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DoubtAnswer {
    /// `class`, `gender` or `colors`.
    field: &'static str,
    /// That the label is wrong, 0 to 1.
    likelihood: f32,
    /// What is likelier, of a class or a sex.
    says: Option<String>,
}

impl From<Doubt> for DoubtAnswer {
    fn from(doubt: Doubt) -> Self {
        let (field, says) = match doubt.field {
            DoubtedField::Class(class) => ("class", Some(class.as_str().to_owned())),
            DoubtedField::Gender(gender) => ("gender", Some(gender.as_str().to_owned())),
            DoubtedField::Colours => ("colors", None),
        };
        Self { field, likelihood: doubt.likelihood, says }
    }
}

impl From<StoredLook> for LookAnswer {
    fn from(stored: StoredLook) -> Self {
        let StoredLook { look, standing, collected, doubt } = stored;
        Self {
            standing,
            collected,
            suspect: doubt.is_some(),
            doubt: doubt.map(DoubtAnswer::from),
            ..Self::from(look)
        }
    }
}

impl From<Look> for LookAnswer {
    fn from(look: Look) -> Self {
        let class = look.class.as_ref().and_then(|label| Class::parse(label.as_str()));
        Self {
            items: SlotMap::from_fn(|slot| look.items.get(&slot).copied()),
            id: look.id,
            class_id: class.map(|class| class.id),
            class_names: class
                .map(|class| ClassNames { fr: class.french.to_owned(), en: class.english.to_owned() }),
            class_label: look.class,
            gender: look.gender,
            colors: look.colours,
            standing: Standing::Learned,
            collected: false,
            suspect: false,
            doubt: None,
        }
    }
}

#[derive(Serialize)]
struct LooksAnswer {
    looks: Vec<LookAnswer>,
    total: usize,
    offset: usize,
    limit: usize,
}

/// Which looks a client asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LookQuery {
    pub(crate) filter: LookFilter,
    pub(crate) offset: usize,
    pub(crate) limit: usize,
}

impl LookQuery {
    /// From the fields of an address or form; empty ones ask for nothing.
    ///
    /// # Errors
    /// When a field holds what it cannot mean.
    pub(crate) fn read(fields: &BTreeMap<String, String>) -> ApiResult<Self> {
        Ok(Self {
            filter: read_filter(fields)?,
            offset: Fields(fields).number("offset", 0)?,
            limit: Fields(fields).number("limit", PAGE_LENGTH)?.clamp(1, PAGE_LENGTH_MAX),
        })
    }
}

/// The filter of an address or form: `class`, `gender`, `slot` with `item`, `q`, `color`, `standing`, `suspect`.
///
/// # Errors
/// When a field holds what it cannot mean.
pub(crate) fn read_filter(fields: &BTreeMap<String, String>) -> ApiResult<LookFilter> {
    let field = |name| Fields(fields).text(name);
    let gender = field("gender")
        .map(|text| Gender::parse(text).ok_or_else(|| ApiError::query_invalid("gender")))
        .transpose()?;
    let slot = field("slot")
        .map(|text| Slot::parse(text).ok_or_else(|| ApiError::query_invalid("slot")))
        .transpose()?;
    let item = field("item")
        .map(|text| text.parse::<ItemId>().map_err(|_| ApiError::query_invalid("item")))
        .transpose()?;
    let item = match (slot, item) {
        (Some(slot), Some(item)) => Some((slot, item)),
        (None, None) => None,
        (Some(_), None) => return Err(ApiError::query_invalid("item")),
        (None, Some(_)) => return Err(ApiError::query_invalid("slot")),
    };
    let colour = match field("color") {
        Some(text) => Colour::parse(text).map_err(|_| ApiError::query_invalid("color"))?,
        None => None,
    };
    let standing = field("standing")
        .map(|text| match text {
            "learned" => Ok(Standing::Learned),
            "pending" => Ok(Standing::Pending),
            "removed" => Ok(Standing::Removed),
            _ => Err(ApiError::query_invalid("standing")),
        })
        .transpose()?;
    let suspect = match field("suspect") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(ApiError::query_invalid("suspect")),
    };
    Ok(LookFilter {
        class: field("class").map(ClassLabel::new),
        gender,
        item,
        id_contains: field("q").unwrap_or_default().to_owned(),
        colour,
        standing,
        suspect,
    })
}

/// Some of the looks, by id.
pub(crate) async fn list(
    State(state): State<AppState>,
    Query(fields): Query<BTreeMap<String, String>>,
) -> ApiResult<Response> {
    let LookQuery { filter, offset, limit } = LookQuery::read(&fields)?;
    let page = state.read_looks(move |looks| looks.page(&filter, offset, limit)).await?;
    let looks = page.looks.into_iter().map(LookAnswer::from).collect();
    Ok(Json(LooksAnswer { looks, total: page.total, offset, limit }).into_response())
}

/// One look.
pub(crate) async fn show(State(state): State<AppState>, Path(id): Path<String>) -> ApiResult<Response> {
    let look = state.read_looks(move |looks| looks.find(&id)).await?.ok_or_else(ApiError::look_not_found)?;
    Ok(Json(LookAnswer::from(look)).into_response())
}

/// A look's small picture; `side` asks for a smaller one.
pub(crate) async fn thumbnail(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(fields): Query<BTreeMap<String, String>>,
) -> ApiResult<Response> {
    let limits = state.config().limits;
    let whole = THUMBNAIL_SIDE_PX as usize;
    let side_px = Fields(&fields).number("side", whole)?.clamp(THUMBNAIL_SIDE_LEAST_PX, whole) as u32;
    picture(state.read_looks(move |looks| looks.thumbnail(&id, side_px, &limits)).await?)
}

/// A look's largest picture.
pub(crate) async fn image(State(state): State<AppState>, Path(id): Path<String>) -> ApiResult<Response> {
    picture(state.read_looks(move |looks| looks.image(&id)).await?)
}

fn picture(found: Option<Vec<u8>>) -> ApiResult<Response> {
    picture_response(found.ok_or_else(ApiError::look_not_found)?)
}

/// A picture of ours, by what it is.
pub(crate) fn picture_response(bytes: Vec<u8>) -> ApiResult<Response> {
    let (media_type, _) = media_type(&bytes).ok_or_else(|| {
        tracing::error!("a stored picture has an unknown format");
        ApiError::internal()
    })?;
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "private, max-age=300")];
    Ok((headers, bytes).into_response())
}

/// Media type and file extension by the bytes: only pictures are ever sent, whatever the store holds.
pub(crate) fn media_type(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some(("image/png", "png")),
        [0xFF, 0xD8, 0xFF, ..] => Some(("image/jpeg", "jpg")),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(("image/webp", "webp")),
        [b'G', b'I', b'F', b'8', ..] => Some(("image/gif", "gif")),
        [b'B', b'M', ..] => Some(("image/bmp", "bmp")),
        _ => None,
    }
}
