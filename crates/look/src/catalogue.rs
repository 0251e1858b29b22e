//! The list of items that exist: names, levels, icons, and which of them look alike.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ItemId, Slot};

/// An item's name in the languages of the pages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CatalogueName {
    /// French.
    pub fr: Option<String>,
    /// English.
    pub en: Option<String>,
}

/// One item that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogueItem {
    /// Item id.
    pub id: ItemId,
    /// Where it is worn; `None` for a type that does not change the picture.
    pub slot: Option<Slot>,
    /// Names.
    pub name: CatalogueName,
    /// Level it is worn from.
    pub level: Option<u32>,
    /// Its icon's number (the file name of the icon, without extension).
    pub icon_id: Option<u64>,
    /// Items with the same number look the same when worn.
    pub appearance_id: Option<u64>,
}

/// Items by id. Reading one from a file is the dataset crate's work.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    items: BTreeMap<ItemId, CatalogueItem>,
}

impl Catalogue {
    /// Adds an item; a later one with the same id replaces it.
    pub fn insert(&mut self, item: CatalogueItem) {
        self.items.insert(item.id, item);
    }

    /// The item with an id.
    #[must_use]
    pub fn get(&self, id: ItemId) -> Option<&CatalogueItem> {
        self.items.get(&id)
    }

    /// All items by id.
    pub fn iter(&self) -> impl Iterator<Item = &CatalogueItem> {
        self.items.values()
    }

    /// How many items it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Every item of the same slot that looks the same as `id` when worn, `id` first.
    #[must_use]
    pub fn same_appearance(&self, id: ItemId) -> Vec<ItemId> {
        let mut ids = vec![id];
        if let Some(CatalogueItem { appearance_id: Some(appearance), slot, .. }) = self.get(id)
            && *appearance != 0
        {
            ids.extend(
                self.iter()
                    .filter(|item| {
                        item.id != id && item.appearance_id == Some(*appearance) && item.slot == *slot
                    })
                    .map(|item| item.id),
            );
        }
        ids
    }
}
