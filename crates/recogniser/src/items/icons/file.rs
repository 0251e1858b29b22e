//! Where the pictures of a catalogue's icons lie.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lorgnon_look::{Catalogue, CatalogueItem, ItemId, Slot};

/// The picture of an icon that a catalogue names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IconFile {
    pub(crate) slot: Slot,
    /// Its number: the icon's, or the item's in folders that name files by item.
    pub(crate) icon: u64,
    pub(crate) path: PathBuf,
    pub(super) items: Vec<ItemId>,
}

impl IconFile {
    /// The icons that are there: `<icon>.png` or `<slot>/<icon>.png` in `folder`, or, when more files
    /// bear those names, `<item>.png` or `<slot>/<item>.png`.
    pub(crate) fn all(catalogue: &Catalogue, folder: &Path) -> Vec<Self> {
        let named = |number_of: fn(&CatalogueItem) -> Option<u64>| -> Vec<Self> {
            let mut wanted: BTreeMap<(Slot, u64), Vec<ItemId>> = BTreeMap::new();
            for item in catalogue.iter() {
                if let (Some(slot), Some(icon)) = (item.slot, number_of(item)) {
                    wanted.entry((slot, icon)).or_default().push(item.id);
                }
            }
            let present = wanted.into_iter().filter_map(|((slot, icon), items)| {
                Some(Self { slot, icon, path: file_of(folder, slot, icon)?, items })
            });
            present.collect()
        };
        let (by_icon, by_item) = (named(|item| item.icon_id), named(|item| Some(item.id)));
        if by_item.len() > by_icon.len() { by_item } else { by_icon }
    }
}

/// The file of an icon, where there is one.
fn file_of(folder: &Path, slot: Slot, icon: u64) -> Option<PathBuf> {
    let names = [format!("{icon}.png"), format!("{slot}/{icon}.png")];
    names.iter().map(|name| folder.join(name)).find(|path| path.is_file())
}
