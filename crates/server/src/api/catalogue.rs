//! `GET /api/catalogue/items`: the items that exist, by name, and their icons.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use lorgnon_look::{CatalogueItem, ItemId, Slot, fold};
use serde::Serialize;

use crate::api::looks::picture_response;
use crate::backend::Backend;
use crate::error::{ApiError, ApiResult};
use crate::fields::Fields;
use crate::state::AppState;

/// Items answered where the client names no number.
const LIMIT: usize = 20;
/// Most items answered at once.
const LIMIT_MAX: usize = 200;

#[derive(Serialize)]
struct ItemsAnswer {
    items: Vec<ItemAnswer>,
    /// How many match in all.
    total: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemAnswer {
    #[serde(flatten)]
    item: CatalogueItem,
    /// Whether `/api/catalogue/items/{id}/icon` has one.
    has_icon: bool,
}

struct ItemQuery {
    /// Folded words, all of which a name must hold.
    words: Vec<String>,
    slot: Option<Slot>,
    ids: Option<Vec<ItemId>>,
    limit: usize,
}

impl ItemQuery {
    fn read(fields: &BTreeMap<String, String>) -> ApiResult<Self> {
        let field = |name| Fields(fields).text(name);
        let slot = field("slot")
            .map(|text| Slot::parse(text).ok_or_else(|| ApiError::query_invalid("slot")))
            .transpose()?;
        let ids = field("ids")
            .map(|text| text.split(',').map(|id| id.trim().parse::<ItemId>()).collect::<Result<_, _>>())
            .transpose()
            .map_err(|_| ApiError::query_invalid("ids"))?;
        Ok(Self {
            words: fold(field("q").unwrap_or_default()).split_whitespace().map(str::to_owned).collect(),
            slot,
            ids,
            limit: Fields(fields).number("limit", LIMIT)?.clamp(1, LIMIT_MAX),
        })
    }

    fn accepts(&self, item: &CatalogueItem) -> bool {
        let in_name = |name: &Option<String>| {
            name.as_deref().is_some_and(|name| {
                let name = fold(name);
                self.words.iter().all(|word| name.contains(word.as_str()))
            })
        };
        self.slot.is_none_or(|slot| item.slot == Some(slot))
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&item.id))
            && (self.words.is_empty() || in_name(&item.name.fr) || in_name(&item.name.en))
    }

    fn search(&self, backend: &dyn Backend) -> ItemsAnswer {
        let mut total = 0;
        let mut items = Vec::new();
        for item in backend.catalogue().iter().filter(|item| self.accepts(item)) {
            total += 1;
            if items.len() < self.limit {
                items.push(ItemAnswer { item: item.clone(), has_icon: backend.has_icon(item.id) });
            }
        }
        ItemsAnswer { items, total }
    }
}

/// Searches by words of either language (`q`), `slot` and `ids` (a comma between two).
pub(crate) async fn search(
    State(state): State<AppState>,
    Query(fields): Query<BTreeMap<String, String>>,
) -> ApiResult<Response> {
    let query = ItemQuery::read(&fields)?;
    let answer = state.read(move |backend| query.search(backend)).await?;
    Ok(Json(answer).into_response())
}

/// An item's icon.
pub(crate) async fn icon(State(state): State<AppState>, Path(id): Path<String>) -> ApiResult<Response> {
    let id: ItemId = id.parse().map_err(|_| ApiError::icon_not_found())?;
    let found = state.read(move |backend| backend.icon(id)).await??;
    picture_response(found.ok_or_else(ApiError::icon_not_found)?)
}
