//! Items no training look wears, recognised from their icons.
//!
//! An icon is nearly the worn art at the same angle. Colours, then a glance at few pixels pick the few icons worth
//! comparing; those are judged as learned art is, pixel by pixel, at the sizes that the slot wears and wherever in its
//! region they fit best ([`IconArt`]). Partly covered items lose only the covered pixels. Icons are also tried
//! under the wearer's colours ([`dyed`]).

mod dyed;
mod file;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lorgnon_imaging::{CELL_STRIDE_PX, ImagingError, Limits, Picture, Rect, decode};
use lorgnon_look::{Catalogue, ItemId, Slot};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::art::{ArtHead, Glance, IconArt, Laid, Seen, Sought, Usual, VIEW_PX_A_CELL};
use super::descriptor::{BINS, CellBox, Descriptor};
use super::head::hangs_behind;
use super::merging::{KnownMatch, MatchOdds};
use super::region::prior_box;
use super::window::{BODY_PX, Behind, COLUMNS, HEIGHT_PX, ROWS, WIDTH_PX};

use dyed::{DyedColours, under_dyes};

pub(super) use dyed::Dyes;
pub(crate) use file::IconFile;

/// Version of what is kept of an icon.
const VERSION: u32 = 4;
/// Icons glanced at, chosen by colour.
const GLANCED_AT: usize = 32;
/// Icons compared pixel by pixel, chosen by that glance.
const COMPARED: usize = 12;
/// Of those, the likeliest that are also compared between two sizes and two pixels.
const LAID_FINER: usize = 5;
/// Pixels of a region that an icon covers about, as its histogram counts them: a seventeenth of a body.
const COLOUR_PX: f32 = 0.06 * BODY_PX * BODY_PX * 255.0 / 400.0;
/// Bins that are summed beside each other, so that adding is fast and always in one order.
const COLOUR_LANES: usize = 25;
const _: () = assert!(BINS.is_multiple_of(COLOUR_LANES));
/// Alpha above which an icon's pixel counts.
const OPAQUE: u8 = 128;
/// Sizes tried.
const SIZES: usize = 6;
/// Largest icon decoded.
const LIMITS: Limits = Limits { max_bytes: 4 << 20, max_pixels: 4 << 20 };

/// Sizes an item of a slot is worn at, in body heights, least first, and whether that is its width.
fn worn_sizes(slot: Slot) -> (bool, [f32; SIZES]) {
    match slot {
        Slot::Coiffe => (true, [0.22, 0.25, 0.28, 0.31, 0.34, 0.37]),
        Slot::Bouclier => (false, [0.24, 0.27, 0.30, 0.33, 0.36, 0.39]),
        Slot::Familier => (false, [0.18, 0.20, 0.23, 0.26, 0.29, 0.32]),
        Slot::Cape => (false, [0.40, 0.47, 0.54, 0.62, 0.70, 0.78]),
        Slot::Epauliere | Slot::Costume | Slot::Ailes => (false, [0.30, 0.36, 0.42, 0.48, 0.54, 0.60]),
    }
}

/// One icon of a slot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Icon {
    items: Vec<ItemId>,
    /// Share of its pixels in each colour bin.
    colours: Vec<f32>,
    art: IconArt,
    /// Its colours where it is dyed.
    dyed: Option<DyedColours>,
}

/// What is seen of a slot.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) window: &'a Descriptor,
    pub(super) view: &'a Seen,
    pub(super) bounds: CellBox,
    /// The slot's learned art.
    pub(super) art: Option<&'a ArtHead>,
    /// What may dye what is worn.
    pub(super) dyes: Dyes,
}

/// How well an icon matches a region.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct IconMatch {
    /// Every item with that icon.
    pub(super) items: Vec<ItemId>,
    /// A log likelihood ratio.
    pub(super) score: f32,
}

/// The icons of a catalogue, one entry an icon and slot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IconIndex {
    version: u32,
    icons: BTreeMap<Slot, BTreeMap<u64, Icon>>,
    /// What scores mean in the slots that looks have taught, by what stands behind.
    odds: BTreeMap<Slot, [MatchOdds; 2]>,
}

impl Default for IconIndex {
    fn default() -> Self {
        Self { version: VERSION, icons: BTreeMap::new(), odds: BTreeMap::new() }
    }
}

impl IconIndex {
    /// Whether this version of the program made it.
    pub(crate) fn is_current(&self) -> bool {
        self.version == VERSION
    }

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
    /// again (of several with one picture it holds the first), and one that cannot be read is answered with its error.
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
        let mut drawn: BTreeMap<(Slot, IconArt), u64> = BTreeMap::new();
        for result in read {
            match result {
                Ok((slot, icon, made)) => {
                    let icons = self.icons.entry(slot).or_default();
                    // Items with the same picture cannot be told apart.
                    let same = drawn.entry((slot, made.art.clone())).or_insert(icon);
                    match icons.get_mut(same) {
                        Some(first) => first.items.extend(made.items),
                        None => drop(icons.insert(icon, made)),
                    }
                }
                Err(error) => failed.push(error),
            }
        }
        failed
    }

    /// What scores mean in a slot.
    pub(super) fn odds(&self, slot: Slot, behind: Behind) -> MatchOdds {
        self.odds.get(&slot).map(|odds| odds[behind as usize]).unwrap_or_default()
    }

    /// Learns that from what looks say, of what stands behind them in turn.
    pub(crate) fn learn_odds(&mut self, seen: &BTreeMap<Slot, Vec<[KnownMatch; 2]>>) {
        let learned = |seen: &Vec<[KnownMatch; 2]>| {
            [0, 1].map(|behind: usize| MatchOdds::learn(seen.iter().map(|seen| seen[behind])))
        };
        self.odds = seen.iter().map(|(slot, seen)| (*slot, learned(seen))).collect();
    }

    /// Whether an icon of a slot shows an item.
    pub(super) fn shows(&self, slot: Slot, item: ItemId) -> bool {
        self.icons.get(&slot).is_some_and(|icons| icons.values().any(|icon| icon.items.contains(&item)))
    }

    /// The icons of a slot that match a region best, best first. Those of the `named` items are always
    /// among the judged.
    pub(super) fn matches(&self, slot: Slot, shown: Shown<'_>, named: &[ItemId]) -> Vec<IconMatch> {
        let Some(icons) = self.icons.get(&slot) else { return Vec::new() };
        let colours = shown.window.histogram(shown.bounds, 0, 0);
        let mut common = [1e-3f32; BINS];
        for icon in icons.values() {
            for (common, share) in common.iter_mut().zip(&icon.colours) {
                *common += share / icons.len() as f32;
            }
        }
        // Rare colours count more.
        let weights = common.map(|usual| 1.0 / (0.01 + usual).sqrt());
        let shares = colours.map(|shown| shown / COLOUR_PX);
        let coloured = icons.values().map(|icon| (icon.colour_score(&shares, &weights), icon)).collect();
        let unknown;
        let usual = match shown.art {
            Some(art) => art.usual(shown.view.behind()),
            None => {
                unknown = Usual::unknown();
                &unknown
            }
        };
        let middle = shown.art.and_then(ArtHead::middle).unwrap_or_else(|| middle_of(prior_box(slot)));
        let sizes = shares_of_largest(slot);
        let sought = Sought::new(shown.view, middle, &sizes, usual, hangs_behind(&slot));
        let glanced = best(coloured, GLANCED_AT, named, |score| *score)
            .into_iter()
            .map(|(_, icon)| (icon.art.glance(&sought), icon))
            .collect();
        let plain = best(glanced, COMPARED, named, |glance| glance.score)
            .into_iter()
            .map(|(glance, icon)| (Compared::new(Cow::Borrowed(&icon.art), glance, 0.0, &sought), icon));
        let dyed = under_dyes(icons, shown.dyes, &colours, &sought, named);
        let mut compared = best(plain.chain(dyed).collect(), usize::MAX, named, |compared| compared.score);
        for (rank, (compared, icon)) in compared.iter_mut().enumerate() {
            if rank < LAID_FINER || icon.is_among(named) {
                compared.lay_finer(&sought);
            }
        }
        let mut matches: Vec<IconMatch> = Vec::with_capacity(compared.len());
        for (compared, icon) in best(compared, usize::MAX, named, |compared| compared.score) {
            // The better of an icon as it is and under a dye.
            if matches.iter().all(|found| found.items != icon.items) {
                matches.push(IconMatch { items: icon.items.clone(), score: compared.score });
            }
        }
        matches
    }
}

/// An icon compared pixel by pixel, as it is or under a dye.
struct Compared<'a> {
    art: Cow<'a, IconArt>,
    laid: Laid,
    /// What its score is less, for its dye.
    cost: f32,
    /// A log likelihood ratio.
    score: f32,
}

impl<'a> Compared<'a> {
    fn new(art: Cow<'a, IconArt>, glance: Glance, cost: f32, sought: &Sought<'_>) -> Self {
        let laid = art.lay(sought, glance);
        Self { art, laid, cost, score: laid.score - cost }
    }

    fn lay_finer(&mut self, sought: &Sought<'_>) {
        self.score = self.art.lay_finer(sought, self.laid) - self.cost;
    }
}

/// The icons of the highest scores, and those of the `named` items.
fn best<'a, Seen>(
    mut seen: Vec<(Seen, &'a Icon)>,
    most: usize,
    named: &[ItemId],
    score: impl Fn(&Seen) -> f32,
) -> Vec<(Seen, &'a Icon)> {
    seen.sort_by(|left, right| score(&right.0).total_cmp(&score(&left.0)));
    let kept = seen.into_iter().enumerate().filter(|(rank, (_, icon))| *rank < most || icon.is_among(named));
    kept.map(|(_, seen)| seen).collect()
}

/// The sizes of a slot as shares of the largest.
fn shares_of_largest(slot: Slot) -> [f32; SIZES] {
    let (_, sizes) = worn_sizes(slot);
    sizes.map(|size| size / sizes[SIZES - 1])
}

/// The middle of a box, in view pixels.
fn middle_of(bounds: CellBox) -> (f32, f32) {
    let middle = |from: usize, to: usize| (from + to) as f32 / 2.0 * VIEW_PX_A_CELL as f32;
    (middle(bounds.left, bounds.right), middle(bounds.top, bounds.bottom))
}

impl Icon {
    /// Measures an icon; `None` when nothing of it is opaque.
    fn new(slot: Slot, items: Vec<ItemId>, picture: &Picture) -> Option<Self> {
        let icon = tight(picture)?;
        let (by_width, [least, .., largest]) = worn_sizes(slot);
        let side = if by_width { icon.width() } else { icon.height() };
        let scale = |size: f32| size * BODY_PX / side as f32;
        let most = WIDTH_PX.min(HEIGHT_PX) as f32 / icon.width().max(icon.height()) as f32;
        let drawn = |scale: f32| {
            let side = |pixels: u32| (pixels as f32 * scale.min(most)).round().max(1.0) as u32;
            icon.resized(side(icon.width()), side(icon.height()))
        };
        let window = drawn(scale(least)).cropped(&Rect {
            x: 0.0,
            y: 0.0,
            width: WIDTH_PX as f32,
            height: HEIGHT_PX as f32,
        });
        let all = CellBox { left: 0, top: 0, right: COLUMNS, bottom: ROWS };
        let histogram = Descriptor::measure(&window).histogram(all, 0, 0);
        let total: f32 = histogram.iter().sum::<f32>().max(1.0);
        let colours = histogram.iter().map(|bin| bin / total).collect();
        let height_px = icon.height() as f32 * scale(largest) * VIEW_PX_A_CELL as f32 / CELL_STRIDE_PX as f32;
        let art = IconArt::new(&icon, height_px);
        let dyed = DyedColours::measure(&art, &window);
        Some(Self { items, colours, art, dyed })
    }

    /// Whether it shows one of some items.
    fn is_among(&self, items: &[ItemId]) -> bool {
        self.items.iter().any(|item| items.contains(item))
    }

    /// How much of the icon's colours the region shows, as shares of an icon, each counting for so much.
    fn colour_score(&self, shown: &[f32; BINS], weights: &[f32; BINS]) -> f32 {
        let (mut found, mut sought) = ([0.0; COLOUR_LANES], [0.0; COLOUR_LANES]);
        let all = lanes(&self.colours).iter().zip(lanes(shown)).zip(lanes(weights));
        for ((shares, shown), weights) in all {
            for lane in 0..COLOUR_LANES {
                let (share, shown) = (shares[lane], shown[lane]);
                sought[lane] += weights[lane] * share;
                found[lane] += weights[lane] * if share < shown { share } else { shown };
            }
        }
        found.iter().sum::<f32>() / sought.iter().sum::<f32>().max(1e-6)
    }
}

fn lanes(bins: &[f32]) -> &[[f32; COLOUR_LANES]] {
    bins.as_chunks().0
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

#[cfg(test)]
mod tests {
    use lorgnon_look::CatalogueItem;

    use super::*;
    use crate::items::art::View;
    use crate::items::worn::NO_OUTLINE;

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
            let view = Seen::new(&View::measure(&window, &window, &NO_OUTLINE), Behind::Nothing);
            let bounds = prior_box(Slot::Bouclier);
            let shown = Shown {
                window: &Descriptor::measure(&window),
                view: &view,
                bounds,
                art: None,
                dyes: Dyes::default(),
            };
            let matches = index.matches(Slot::Bouclier, shown, &[]);
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
