//! Which rows belong to a class, a sex or an item.
//!
//! Made on the first filtered search of a commit, not when the store is opened: most processes
//! never filter.

use std::collections::HashMap;

use lorgnon_look::{ClassLabel, Gender, ItemId, Look, Slot};

use crate::Filter;

/// Rows by what the look wears and is; every list ascending.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    classes: HashMap<ClassLabel, Vec<u64>>,
    genders: HashMap<Gender, Vec<u64>>,
    items: HashMap<(Slot, ItemId), Vec<u64>>,
}

impl Attributes {
    /// Notes a look; [`Attributes::finish`] when all were.
    pub(crate) fn add(&mut self, row: u64, look: &Look) {
        if let Some(class) = &look.class {
            self.classes.entry(class.clone()).or_default().push(row);
        }
        if let Some(gender) = look.gender {
            self.genders.entry(gender).or_default().push(row);
        }
        for (slot, item) in &look.items {
            self.items.entry((*slot, *item)).or_default().push(row);
        }
    }

    pub(crate) fn finish(mut self) -> Self {
        for rows in self.classes.values_mut() {
            rows.sort_unstable();
        }
        for rows in self.genders.values_mut() {
            rows.sort_unstable();
        }
        for rows in self.items.values_mut() {
            rows.sort_unstable();
        }
        self
    }

    /// The rows for which everything the filter sets holds, ascending. `None`: it sets nothing.
    pub(crate) fn rows(&self, filter: &Filter) -> Option<Vec<u64>> {
        let mut lists = Vec::<&[u64]>::new();
        if let Some(class) = &filter.class {
            lists.push(self.classes.get(class).map_or(&[], Vec::as_slice));
        }
        if let Some(gender) = &filter.gender {
            lists.push(self.genders.get(gender).map_or(&[], Vec::as_slice));
        }
        if let Some(item) = &filter.item {
            lists.push(self.items.get(item).map_or(&[], Vec::as_slice));
        }
        lists.sort_by_key(|list| list.len());
        let (shortest, others) = lists.split_first()?;
        let in_all = |row: &&u64| others.iter().all(|list| list.binary_search(row).is_ok());
        Some(shortest.iter().filter(in_all).copied().collect())
    }
}
