//! Items no training look wears, recognised from their icons.
//!
//! An icon is nearly the worn art at the same angle. Each is drawn into the character's window at
//! the sizes its slot wears, and measured as a window is; the cells it covers then are a template
//! that slides over the slot's region. Colours pick the few icons worth sliding; gradients and
//! paint, cell by cell, judge them. Partly covered items lose only the covered cells.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lorgnon_imaging::{CELL_FEATURES, CELL_STRIDE_PX, ImagingError, Limits, Picture, Rect, decode};
use lorgnon_look::{Catalogue, CatalogueItem, ItemId, Slot};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::descriptor::{BINS, CellBox, Descriptor, PAINT_FEATURES};
use super::merging::MatchOdds;
use super::window::{BODY_PX, COLUMNS, HEIGHT_PX, ROWS, WIDTH_PX};

/// Icons slid over a region, chosen by colour.
const SLID: usize = 32;
/// Alpha above which an icon's pixel counts.
const OPAQUE: u8 = 128;
/// Largest icon decoded.
const LIMITS: Limits = Limits { max_bytes: 4 << 20, max_pixels: 4 << 20 };
/// Paint this far apart, of 1, counts e^-1/2.
const PAINT_SPREAD: f32 = 0.16;
/// Where an icon is drawn before it is measured, in cells from the window's corner.
const MARGIN_CELLS: usize = 3;

/// Sizes an item of a slot is worn at, in body heights, and whether that is its width.
fn worn_sizes(slot: Slot) -> (bool, [f32; 3]) {
    match slot {
        Slot::Coiffe => (true, [0.24, 0.30, 0.37]),
        Slot::Bouclier => (false, [0.26, 0.32, 0.39]),
        Slot::Familier => (false, [0.21, 0.26, 0.32]),
        Slot::Cape => (false, [0.28, 0.40, 0.52]),
        Slot::Epauliere | Slot::Costume | Slot::Ailes => (false, [0.30, 0.45, 0.60]),
    }
}

/// One cell of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct TemplateCell {
    column: u8,
    row: u8,
    gradients: [u8; CELL_FEATURES],
    paint: [u8; PAINT_FEATURES],
}

/// An icon at one worn size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Template {
    columns: usize,
    rows: usize,
    cells: Vec<TemplateCell>,
}

/// One icon of a slot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Icon {
    items: Vec<ItemId>,
    /// Share of its pixels in each colour bin.
    colours: Vec<f32>,
    templates: Vec<Template>,
}

/// How well an icon matches a region.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct IconMatch {
    /// Every item with that icon.
    pub(super) items: Vec<ItemId>,
    /// 0 to 1.
    pub(super) score: f32,
}

/// The icons of a catalogue, one entry an icon and slot.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct IconIndex {
    icons: BTreeMap<Slot, BTreeMap<u64, Icon>>,
    /// What scores mean in the slots that looks have taught.
    odds: BTreeMap<Slot, MatchOdds>,
}

impl IconIndex {
    /// How many icons it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.icons.values().map(BTreeMap::len).sum()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.icons.values().all(BTreeMap::is_empty)
    }

    /// Brings the index up to a catalogue's icons in a folder: those it holds already are not read
    /// again, and one that cannot be read is answered with its error.
    pub fn update(&mut self, catalogue: &Catalogue, folder: &Path) -> Vec<(PathBuf, ImagingError)> {
        let read: Vec<_> = IconFile::all(catalogue, folder)
            .into_par_iter()
            .filter_map(|IconFile { slot, icon, path, items }| {
                if let Some(held) = self.icons.get(&slot).and_then(|icons| icons.get(&icon)) {
                    return Some(Ok((slot, icon, Icon { items, ..held.clone() })));
                }
                let bytes = std::fs::read(&path).ok()?;
                match decode(&bytes, &LIMITS) {
                    Ok(picture) => Icon::new(slot, items, &picture).map(|made| Ok((slot, icon, made))),
                    Err(error) => Some(Err((path, error))),
                }
            })
            .collect();
        self.icons.clear();
        let mut failed = Vec::new();
        for result in read {
            match result {
                Ok((slot, icon, made)) => {
                    self.icons.entry(slot).or_default().insert(icon, made);
                }
                Err(error) => failed.push(error),
            }
        }
        failed
    }

    /// What scores mean in a slot.
    pub(super) fn odds(&self, slot: Slot) -> MatchOdds {
        self.odds.get(&slot).copied().unwrap_or_default()
    }

    pub(crate) fn set_odds(&mut self, odds: BTreeMap<Slot, MatchOdds>) {
        self.odds = odds;
    }

    /// Whether an icon of a slot shows an item.
    pub(super) fn shows(&self, slot: Slot, item: ItemId) -> bool {
        self.icons.get(&slot).is_some_and(|icons| icons.values().any(|icon| icon.items.contains(&item)))
    }

    /// The icons of a slot that match a region best, best first. Those of the `named` items are always
    /// among the judged.
    pub(super) fn matches(
        &self,
        slot: Slot,
        window: &Descriptor,
        bounds: CellBox,
        named: &[ItemId],
    ) -> Vec<IconMatch> {
        let Some(icons) = self.icons.get(&slot) else { return Vec::new() };
        let shown = window.histogram(bounds, 0, 0);
        let mut usual = [1e-3f32; BINS];
        for icon in icons.values() {
            for (usual, share) in usual.iter_mut().zip(&icon.colours) {
                *usual += share / icons.len() as f32;
            }
        }
        let mut chosen: Vec<(f32, &Icon)> =
            icons.values().map(|icon| (icon.colour_score(&shown, &usual), icon)).collect();
        chosen.sort_by(|left, right| right.0.total_cmp(&left.0));
        let is_named = |icon: &Icon| icon.items.iter().any(|item| named.contains(item));
        let mut rank = 0;
        chosen.retain(|(_, icon)| {
            rank += 1;
            rank <= SLID || is_named(icon)
        });
        let mut matches: Vec<IconMatch> = chosen
            .into_iter()
            .map(|(_, icon)| IconMatch {
                items: icon.items.clone(),
                score: icon
                    .templates
                    .iter()
                    .map(|template| template.slide(window, bounds))
                    .fold(0.0, f32::max),
            })
            .collect();
        matches.sort_by(|left, right| right.score.total_cmp(&left.score));
        matches
    }
}

impl Icon {
    /// Measures an icon; `None` when nothing of it is opaque.
    fn new(slot: Slot, items: Vec<ItemId>, picture: &Picture) -> Option<Self> {
        let icon = tight(picture)?;
        let (by_width, sizes) = worn_sizes(slot);
        let mut colours = Vec::new();
        let mut templates = Vec::new();
        for size in sizes {
            let side = if by_width { icon.width() } else { icon.height() };
            let most = (WIDTH_PX.min(HEIGHT_PX) as f32 - 32.0) / icon.width().max(icon.height()) as f32;
            let scale = (size * BODY_PX / side as f32).min(most);
            let scaled = icon.resized(
                (icon.width() as f32 * scale).round() as u32,
                (icon.height() as f32 * scale).round() as u32,
            );
            let corner = (MARGIN_CELLS * CELL_STRIDE_PX) as f32;
            let window = scaled.cropped(&Rect {
                x: -corner,
                y: -corner,
                width: WIDTH_PX as f32,
                height: HEIGHT_PX as f32,
            });
            let measured = Descriptor::measure(&window);
            if colours.is_empty() {
                let all = CellBox { left: 0, top: 0, right: COLUMNS, bottom: ROWS };
                let histogram = measured.histogram(all, 0, 0);
                let total: f32 = histogram.iter().sum::<f32>().max(1.0);
                colours = histogram.iter().map(|bin| bin / total).collect();
            }
            templates.push(Template::new(&scaled, &window, &measured));
        }
        Some(Self { items, colours, templates })
    }

    /// How much of the icon's colours the region shows, rare colours counting more.
    fn colour_score(&self, shown: &[f32; BINS], usual: &[f32; BINS]) -> f32 {
        // The icon covers about its share of the region: compare at a seventeenth of a body.
        let pixels = 0.06 * BODY_PX * BODY_PX * 255.0 / 400.0;
        let (mut found, mut sought) = (0.0, 0.0);
        for ((share, shown), usual) in self.colours.iter().zip(shown).zip(usual) {
            let weight = 1.0 / (0.01 + usual).sqrt();
            sought += weight * share;
            found += weight * share.min(shown / pixels);
        }
        found / sought.max(1e-6)
    }
}

/// The picture of an icon that a catalogue names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IconFile {
    pub(crate) slot: Slot,
    /// Its number: the icon's, or the item's in folders that name files by item.
    pub(crate) icon: u64,
    pub(crate) path: PathBuf,
    items: Vec<ItemId>,
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

/// The icon without its see-through border.
fn tight(picture: &Picture) -> Option<Picture> {
    let inside = |x: u32, y: u32| picture.pixel(x, y)[3] > OPAQUE;
    let columns: Vec<u32> =
        (0..picture.width()).filter(|x| (0..picture.height()).any(|y| inside(*x, y))).collect();
    let rows: Vec<u32> =
        (0..picture.height()).filter(|y| (0..picture.width()).any(|x| inside(x, *y))).collect();
    let (left, right) = (columns.first()?, columns.last()?);
    let (top, bottom) = (rows.first()?, rows.last()?);
    Some(picture.cropped(&Rect {
        x: *left as f32,
        y: *top as f32,
        width: (right - left + 1) as f32,
        height: (bottom - top + 1) as f32,
    }))
}

impl Template {
    fn new(icon: &Picture, window: &Picture, measured: &Descriptor) -> Self {
        let columns = (icon.width() as usize / CELL_STRIDE_PX).max(1);
        let rows = (icon.height() as usize / CELL_STRIDE_PX).max(1);
        let mut cells = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                let (at_column, at_row) = (column + MARGIN_CELLS, row + MARGIN_CELLS);
                let covered = (0..16u32)
                    .filter(|at| {
                        let x = (at_column * CELL_STRIDE_PX) as u32 + 2 * (at % 4) + 1;
                        let y = (at_row * CELL_STRIDE_PX) as u32 + 2 * (at / 4) + 1;
                        x < window.width() && y < window.height() && window.pixel(x, y)[3] > OPAQUE
                    })
                    .count();
                if covered >= 8 && at_column < COLUMNS && at_row < ROWS {
                    let mut cell = TemplateCell {
                        column: column as u8,
                        row: row as u8,
                        gradients: [0; CELL_FEATURES],
                        paint: [0; PAINT_FEATURES],
                    };
                    cell.gradients.copy_from_slice(measured.gradients_at(at_column, at_row));
                    cell.paint.copy_from_slice(measured.paint_at(at_column, at_row));
                    cells.push(cell);
                }
            }
        }
        Self { columns, rows, cells }
    }

    /// The best score with the template's middle inside the region.
    fn slide(&self, window: &Descriptor, bounds: CellBox) -> f32 {
        if self.cells.is_empty() || self.columns > COLUMNS || self.rows > ROWS {
            return 0.0;
        }
        let range = |from: usize, to: usize, size: usize, length: usize| {
            let first = from.saturating_sub(size / 2).min(length - size);
            let last = to.saturating_sub(size / 2).clamp(first, length - size);
            (first, last)
        };
        let (left, right) = range(bounds.left, bounds.right, self.columns, COLUMNS);
        let (top, bottom) = range(bounds.top, bounds.bottom, self.rows, ROWS);
        let mut best = (0.0, left, top);
        let look = |column: usize, row: usize, best: &mut (f32, usize, usize)| {
            let score = self.score(window, column, row);
            if score > best.0 {
                *best = (score, column, row);
            }
        };
        for row in (top..=bottom).step_by(2) {
            for column in (left..=right).step_by(2) {
                look(column, row, &mut best);
            }
        }
        let (_, column, row) = best;
        for row in row.saturating_sub(1).max(top)..=(row + 1).min(bottom) {
            for column in column.saturating_sub(1).max(left)..=(column + 1).min(right) {
                look(column, row, &mut best);
            }
        }
        best.0
    }

    fn score(&self, window: &Descriptor, left: usize, top: usize) -> f32 {
        let (mut product, mut own, mut shown, mut paint) = (0u32, 0u32, 0u32, 0.0f32);
        for cell in &self.cells {
            let (column, row) = (left + usize::from(cell.column), top + usize::from(cell.row));
            for (mine, seen) in cell.gradients.iter().zip(window.gradients_at(column, row)) {
                let (mine, seen) = (u32::from(*mine), u32::from(*seen));
                product += mine * seen;
                own += mine * mine;
                shown += seen * seen;
            }
            let apart: f32 = cell
                .paint
                .iter()
                .zip(window.paint_at(column, row))
                .map(|(mine, seen)| ((f32::from(*mine) - f32::from(*seen)) / 127.0).powi(2))
                .sum();
            paint += 1.0 / (1.0 + apart / (2.0 * PAINT_SPREAD * PAINT_SPREAD));
        }
        let shape = product as f32 / (own as f32 * shown as f32).sqrt().max(1.0);
        0.5 * shape + 0.5 * paint / self.cells.len() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A striped disc; the seed chooses its paint and stripes.
    fn icon(seed: u8) -> Picture {
        let mut picture = Picture::filled(60, 60, [0; 4]);
        for (at, pixel) in picture.pixels_mut().iter_mut().enumerate() {
            let (x, y) = ((at % 60) as i32 - 30, (at / 60) as i32 - 30);
            if x * x + y * y < 26 * 26 {
                let along = if seed.is_multiple_of(2) { x + y } else { x - y };
                let stripe = (along + 60) / (4 + i32::from(seed)) % 2 == 0;
                let shade = if stripe { 230 } else { 60 };
                *pixel = [shade, seed.wrapping_mul(70), 255 - seed.wrapping_mul(50), 255];
            }
        }
        picture
    }

    #[test]
    fn a_worn_icon_is_found_wherever_it_hangs() {
        let folder = tempfile::tempdir().unwrap();
        let mut catalogue = Catalogue::default();
        for seed in 0..4u8 {
            let bytes = lorgnon_imaging::encode_png(&icon(seed)).unwrap();
            std::fs::write(folder.path().join(format!("{seed}.png")), bytes).unwrap();
            catalogue.insert(CatalogueItem {
                id: 100 + ItemId::from(seed),
                slot: Some(Slot::Bouclier),
                name: lorgnon_look::CatalogueName::default(),
                level: None,
                icon_id: Some(u64::from(seed)),
                appearance_id: None,
            });
        }
        let mut index = IconIndex::default();
        assert!(index.update(&catalogue, folder.path()).is_empty());
        assert_eq!(index.len(), 4);
        for seed in 0..4u8 {
            let worn = icon(seed).resized(33, 33);
            let window = worn.cropped(&Rect {
                x: -37.0 - f32::from(seed),
                y: -90.0,
                width: WIDTH_PX as f32,
                height: HEIGHT_PX as f32,
            });
            let bounds = super::super::region::prior_box(Slot::Bouclier);
            let matches = index.matches(Slot::Bouclier, &Descriptor::measure(&window), bounds, &[]);
            assert_eq!(matches[0].items, [100 + ItemId::from(seed)], "{matches:?}");
        }
        std::fs::write(folder.path().join("0.png"), b"no picture any more").unwrap();
        assert!(index.update(&catalogue, folder.path()).is_empty());
        assert_eq!(index.len(), 4, "an icon that is held is not read again");
        std::fs::remove_file(folder.path().join("0.png")).unwrap();
        assert!(index.update(&catalogue, folder.path()).is_empty());
        assert_eq!(index.len(), 3, "an icon whose file is gone is forgotten");
    }
}
