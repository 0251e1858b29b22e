//! Icons whose item is worn in a dye, found by colour.
//!
//! A dyed item shows none of the hue of its icon, but its other paints, and some of the wearer's colours in the
//! shades of the dyed part. So the colours of an icon are known under each dye that the wearer may have.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lorgnon_imaging::Picture;
use lorgnon_look::{COLOUR_COUNT, Colour, ItemId};
use serde::{Deserialize, Serialize};

use super::{Compared, Icon, best};
use crate::items::art::{Dyeing, Glance, IconArt, Sought, shaded};
use crate::items::descriptor::{BINS, CellBox, Descriptor, vote};
use crate::items::window::{COLUMNS, ROWS, seen};

/// Icons glanced at under the dye that their colours speak for.
const GLANCED_AT: usize = 24;
/// Icons compared pixel by pixel, chosen by that glance.
const COMPARED: usize = 8;
/// What a dye costs: with six to choose from, more of what may be seen is like an icon.
const DYE_COST: f32 = 40.0;
/// Shades of a dye that are told apart, and how far they lie apart: most is shown in less than twice the mean.
const SHADES: usize = 12;
const STEP: f32 = 0.2;
/// Pixels that a histogram's unit stands for.
const PIXELS_A_COUNT: f32 = 400.0 / 255.0;
/// Channels of dyes that differ by less are one dye.
const ALIKE: u8 = 24;

/// The colours that may dye what a character wears.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::items) struct Dyes([Option<[u8; 3]>; COLOUR_COUNT]);

impl Dyes {
    /// Of the character's colours, as far as they are known.
    pub(in crate::items) fn of(colours: impl Iterator<Item = Option<Colour>>) -> Self {
        let mut dyes = Self::default();
        for (at, Colour { red, green, blue }) in colours.flatten().take(COLOUR_COUNT).enumerate() {
            let dye = [red, green, blue];
            let alike = |other: [u8; 3]| (0..3).all(|at| dye[at].abs_diff(other[at]) < ALIKE);
            if !dyes.all().any(alike) {
                dyes.0[at] = Some(dye);
            }
        }
        dyes
    }

    /// All of them.
    pub(super) fn all(self) -> impl Iterator<Item = [u8; 3]> {
        self.0.into_iter().flatten()
    }
}

/// A dye, and where its shades are among the colours that a region shows.
pub(super) struct Shaded {
    pub(super) dye: [u8; 3],
    bins: Vec<Bin>,
}

/// A colour bin that the region shows.
struct Bin {
    at: usize,
    /// Root of what it shows.
    root: f32,
    /// How much of each shade lies in it.
    shades: [f32; SHADES],
}

impl Shaded {
    /// From the roots of what a region shows by colour bin.
    pub(super) fn new(dye: [u8; 3], shown_roots: &[f32; BINS]) -> Self {
        let shades: [[f32; BINS]; SHADES] = std::array::from_fn(|at| {
            let [red, green, blue] =
                shaded(dye, (at as f32 + 0.5) * STEP).map(|channel| f32::from(channel) / 255.0);
            let mut bins = [0.0; BINS];
            vote(&mut bins, [red, green, blue, 1.0]);
            bins
        });
        let bins = (0..BINS).map(|at| Bin { at, root: shown_roots[at], shades: shades.map(|bins| bins[at]) });
        let is_shown = |bin: &Bin| bin.root > 0.0 && bin.shades.iter().any(|share| *share > 0.0);
        Self { dye, bins: bins.filter(is_shown).collect() }
    }
}

/// The colours of an icon that may be dyed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct DyedColours {
    pub(super) dyeing: Dyeing,
    /// By bin, roots of the shares of its pixels that keep their paint.
    kept_roots: Vec<f32>,
    /// By shade, shares of its pixels that take the dye.
    shades: [f32; SHADES],
}

impl DyedColours {
    /// Of an icon and the same drawn in a window; `None` where nothing of it would take a dye.
    pub(super) fn measure(art: &IconArt, window: &Picture) -> Option<Self> {
        let dyeing = art.dyeing()?;
        let mut kept = window.clone();
        let mut shades = [0.0; SHADES];
        for pixel in kept.pixels_mut() {
            let [red, green, blue, _] = *pixel;
            if let Some(shade) = dyeing.shade([red, green, blue]) {
                shades[((shade / STEP) as usize).min(SHADES - 1)] += seen(*pixel)[3];
                pixel[3] = 0;
            }
        }
        let all = CellBox { left: 0, top: 0, right: COLUMNS, bottom: ROWS };
        let kept = Descriptor::measure(&kept).histogram(all, 0, 0).map(|count| count * PIXELS_A_COUNT);
        let total = (kept.iter().sum::<f32>() + shades.iter().sum::<f32>()).max(1.0);
        Some(Self {
            dyeing,
            kept_roots: kept.iter().map(|count| (count / total).sqrt()).collect(),
            shades: shades.map(|count| count / total),
        })
    }

    /// The dye under which a region shows most of its colours, and how far it does: the overlap of the two
    /// histograms (Bhattacharyya), which does not ask how large the item is worn.
    pub(super) fn likeliest(&self, dyes: &[Shaded], shown_roots: &[f32; BINS]) -> Option<(f32, [u8; 3])> {
        let kept: f32 = self.kept_roots.iter().zip(shown_roots).map(|(own, shown)| own * shown).sum();
        let under = |shaded: &Shaded| {
            let more = shaded.bins.iter().map(|bin| {
                let dyed: f32 = self.shades.iter().zip(&bin.shades).map(|(own, part)| own * part).sum();
                let root = self.kept_roots[bin.at];
                bin.root * ((root * root + dyed).sqrt() - root)
            });
            (kept + more.sum::<f32>(), shaded.dye)
        };
        dyes.iter().map(under).max_by(|left, right| left.0.total_cmp(&right.0))
    }
}

/// The icons that match a region of such colours best under some of the dyes, as compared.
pub(super) fn under_dyes<'a>(
    icons: &'a BTreeMap<u64, Icon>,
    dyes: Dyes,
    colours: &[f32; BINS],
    sought: &Sought<'_>,
    named: &[ItemId],
) -> Vec<(Compared<'a>, &'a Icon)> {
    let roots = colours.map(f32::sqrt);
    let dyes: Vec<Shaded> = dyes.all().map(|dye| Shaded::new(dye, &roots)).collect();
    let coloured =
        icons.values().filter_map(|icon| Some((icon.dyed.as_ref()?.likeliest(&dyes, &roots)?, icon)));
    let glanced = best(coloured.collect(), GLANCED_AT, named, |(score, _)| *score)
        .into_iter()
        .filter_map(|((_, dye), icon)| {
            let art = icon.art.dyed(icon.dyed.as_ref()?.dyeing, dye);
            Some(((art.glance(sought), art), icon))
        })
        .collect();
    best(glanced, COMPARED, named, |(glance, _): &(Glance, IconArt)| glance.score)
        .into_iter()
        .map(|((glance, art), icon)| (Compared::new(Cow::Owned(art), glance, DYE_COST, sought), icon))
        .collect()
}

#[cfg(test)]
mod tests {
    use lorgnon_look::{Colour, Slot};

    use super::*;
    use crate::items::art::{ArtHead, Seen, View};
    use crate::items::icons::{IconIndex, IconMatch, Shown};
    use crate::items::region::prior_box;
    use crate::items::window::{Behind, HEIGHT_PX, WIDTH_PX};
    use crate::items::worn::NO_OUTLINE;

    const ORANGE: [[f32; 3]; 2] = [[240.0, 130.0, 20.0], [120.0, 65.0, 10.0]];
    const GREEN: [u8; 3] = [30, 190, 60];

    /// A disc of stripes in two shades and a plain ring; the seed says how broad they are and how dark the ring is.
    fn icon(seed: u8, dye: Option<[u8; 3]>) -> Picture {
        let mut picture = Picture::filled(60, 60, [0; 4]);
        for (at, pixel) in picture.pixels_mut().iter_mut().enumerate() {
            let (x, y) = ((at % 60) as i32 - 30, (at / 60) as i32 - 30);
            let away = x * x + y * y;
            if away >= 26 * 26 {
                continue;
            }
            let width = 5 + i32::from(seed) * 2;
            let ring = (14 + i32::from(seed) * 3).pow(2);
            let shade = usize::from((x + y + 60) / width % 2 == 0);
            let [red, green, blue] = match dye {
                _ if away > ring => [40.0 + f32::from(seed) * 60.0; 3],
                None => ORANGE[shade],
                // The two shades cover about the same: they lie a third above and below their mean.
                Some(dye) => dye.map(|channel| f32::from(channel) * [1.33, 0.67][shade]),
            }
            .map(|channel| channel as u8);
            *pixel = [red, green, blue, 255];
        }
        picture
    }

    fn index() -> IconIndex {
        let mut index = IconIndex::default();
        for seed in 0..4 {
            let own = Icon::new(Slot::Bouclier, vec![u64::from(seed)], &icon(seed, None)).unwrap();
            index.icons.entry(Slot::Bouclier).or_default().insert(u64::from(seed), own);
        }
        index
    }

    fn window(icon: &Picture) -> Picture {
        let place =
            lorgnon_imaging::Rect { x: -37.0, y: -90.0, width: WIDTH_PX as f32, height: HEIGHT_PX as f32 };
        icon.resized(33, 33).cropped(&place)
    }

    fn matches(index: &IconIndex, worn: &Picture, dyes: Dyes) -> Vec<IconMatch> {
        let window = window(worn);
        let view = Seen::new(&View::measure(&window, &window, &NO_OUTLINE), Behind::Nothing);
        let (bounds, art) = (prior_box(Slot::Bouclier), None::<&ArtHead>);
        index.matches(
            Slot::Bouclier,
            Shown { window: &Descriptor::measure(&window), view: &view, bounds, art, dyes },
            &[],
        )
    }

    fn dyes(all: &[[u8; 3]]) -> Dyes {
        Dyes::of(all.iter().map(|[red, green, blue]| Some(Colour::new(*red, *green, *blue))))
    }

    #[test]
    fn a_dyed_item_is_found_under_its_wearers_colours_alone() {
        let index = index();
        for seed in 0..4 {
            let worn = icon(seed, Some(GREEN));
            let own = |matches: &[IconMatch]| {
                matches
                    .iter()
                    .find(|found| found.items == [u64::from(seed)])
                    .map_or(f32::MIN, |found| found.score)
            };
            let found = matches(&index, &worn, dyes(&[[200, 40, 120], GREEN]));
            assert_eq!(found[0].items, [u64::from(seed)], "{found:?}");
            let others = matches(&index, &worn, dyes(&[[200, 40, 120], [30, 60, 220]]));
            // Of the narrowest disc most is the ring, which no dye changes.
            let undyed = matches(&index, &worn, Dyes::default());
            assert!(
                own(&others).max(own(&undyed)) + 50.0 < own(&found),
                "{seed}: {others:?} {undyed:?} {found:?}"
            );
        }
    }

    #[test]
    fn a_dye_costs_so_an_item_as_it_is_stays_itself() {
        let index = index();
        let worn = icon(2, None);
        let plain = matches(&index, &worn, Dyes::default());
        let dyed = matches(&index, &worn, dyes(&[[250, 140, 30], GREEN]));
        assert_eq!((&plain[0], plain[0].items[0]), (&dyed[0], 2));
        // Of an icon the better of both ways is answered, once.
        assert_eq!(dyed.iter().filter(|found| found.items == [2]).count(), 1);
    }

    #[test]
    fn colours_tell_the_dye_and_the_icon_whatever_the_size() {
        let index = index();
        let all = CellBox { left: 0, top: 0, right: COLUMNS, bottom: ROWS };
        for side in [25, 50] {
            let worn = window(&icon(3, Some(GREEN)).resized(side, side));
            let roots = Descriptor::measure(&worn).histogram(all, 0, 0).map(f32::sqrt);
            let dyes = [[200, 40, 120], GREEN, [30, 60, 220]].map(|dye| Shaded::new(dye, &roots));
            let found: Vec<(f32, [u8; 3])> = index.icons[&Slot::Bouclier]
                .values()
                .map(|icon| icon.dyed.as_ref().unwrap().likeliest(&dyes, &roots).unwrap())
                .collect();
            assert_eq!(found[3].1, GREEN);
            assert!((0..3).all(|other| found[other].0 < found[3].0), "{found:?}");
        }
    }

    #[test]
    fn alike_colours_are_one_dye_and_unknown_ones_none() {
        let colours = [
            Some(Colour::new(10, 20, 30)),
            None,
            Some(Colour::new(20, 10, 40)),
            Some(Colour::new(200, 0, 0)),
        ];
        assert_eq!(Dyes::of(colours.into_iter()).all().collect::<Vec<_>>(), [[10, 20, 30], [200, 0, 0]]);
        assert_eq!(Dyes::of([None; 6].into_iter()), Dyes::default());
    }
}
