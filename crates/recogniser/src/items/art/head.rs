//! The art of all items of a slot.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::icon::Usual;
use super::learn::{Learned, learn};
use super::seen::{REACH, Seen};
use super::template::Template;
use super::view::{Views, pixels_of};
use crate::items::descriptor::CellBox;
use crate::items::window::Behind;
use crate::observer::{Steps, Stopped};

/// Wearers an item's art is learned from.
const WEARERS: usize = 16;
/// Looks that show, cut out and before scenery, what is seen where an item is not worn.
const CROWD: usize = 36;
/// Cells beside a slot's region that art may lie in.
const MARGIN_CELLS: usize = 4;
/// Items that are judged by their art: those that the other features find likeliest.
const JUDGED: usize = 24;
/// Share of the wearers that the reach holds.
const WITHIN_REACH: f32 = 0.95;
/// How far the frame of a picture may be off, which those of training looks are not, in view pixels.
const LOCATED_WITHIN: usize = 3;

/// The art of a slot's items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::items) struct ArtHead {
    /// By item, `None` where there is none to go by.
    templates: Vec<Option<Template>>,
    /// How far items lie from where they usually do, in view pixels.
    reach: usize,
    /// Where the middle of most items' art lies, in view pixels.
    middle: Option<(f32, f32)>,
    /// What is seen in the region, by what stands behind.
    usual: [Usual; 2],
}

impl ArtHead {
    /// Learns the art of `items` items in a region from looks and what they wear: 0 for nothing, else
    /// the item's place plus 1. What `hangs_behind` the body is learned from views that hide it there
    /// ([`Seen::hide_body`]).
    ///
    /// # Errors
    /// When `steps` are asked to stop.
    pub(in crate::items) fn fit(
        looks: &[(&Views, usize)],
        items: usize,
        bounds: CellBox,
        hangs_behind: bool,
        steps: &Steps<'_>,
    ) -> Result<Self, Stopped> {
        let pixels = pixels_of(bounds, MARGIN_CELLS);
        let mut wearers: Vec<Vec<&Views>> = vec![Vec::new(); items + 1];
        for (views, class) in looks {
            wearers[*class].push(views);
        }
        let crowd = crowd(looks);
        let without =
            |item: usize| crowd.iter().filter(move |(_, class)| *class != item).map(|(seen, _)| seen);
        let learned = (1..=items)
            .into_par_iter()
            .map(|item| {
                steps.go_on()?;
                let mine: Vec<Seen> =
                    wearers[item].iter().take(WEARERS).map(|views| views.seen(Behind::Nothing)).collect();
                Ok(learn(&mine, &without(item).collect::<Vec<_>>(), &pixels, hangs_behind))
            })
            .collect::<Result<Vec<Learned>, Stopped>>()?;
        let mut strays: Vec<usize> = learned
            .iter()
            // Two lie as far from the middle as the middle was put.
            .filter(|learned| learned.strays.len() > 2)
            .flat_map(|learned| learned.strays.iter().copied())
            .collect();
        let mut templates: Vec<Option<Template>> =
            learned.into_iter().map(|learned| learned.template).collect();
        strays.sort_unstable();
        let within = (WITHIN_REACH * strays.len() as f32) as usize;
        let reach = strays.get(within).map_or(REACH, |stray| (stray + LOCATED_WITHIN).min(REACH));
        templates.par_iter_mut().enumerate().try_for_each(|(at, template)| {
            steps.go_on()?;
            if let Some(template) = template {
                template.set_others(without(at + 1), reach);
            }
            Ok(())
        })?;
        let usual = Behind::ALL.map(|behind| {
            Usual::learn(crowd.iter().map(|(seen, _)| seen).filter(|seen| seen.behind() == behind), &pixels)
        });
        let middles: Vec<(f32, f32)> = templates.iter().flatten().map(Template::middle).collect();
        Ok(Self { templates, reach, middle: median(&middles), usual })
    }

    /// An item's art; `None` where there is none to go by.
    fn template(&self, item: usize) -> Option<&Template> {
        self.templates.get(item)?.as_ref()
    }

    /// Where the middle of most items' art lies, in view pixels; `None` where none was learned.
    pub(in crate::items) fn middle(&self) -> Option<(f32, f32)> {
        self.middle
    }

    /// Whether an item's art takes the wearer's dye.
    pub(in crate::items) fn is_dyed(&self, item: usize) -> bool {
        self.template(item).is_some_and(Template::is_dyed)
    }

    /// What such views usually show.
    pub(in crate::items) fn usual(&self, behind: Behind) -> &Usual {
        &self.usual[behind as usize]
    }

    /// Takes an item's art for the body, where it is likeliest.
    pub(in crate::items) fn hide(&self, seen: &mut Seen, item: usize) {
        if let Some(template) = self.template(item) {
            let offset = template.find(seen, self.reach).offset;
            let shown: Vec<_> = template.shown(seen, offset).collect();
            seen.hide(shown);
        }
    }

    /// How much likelier a view is with one item than without; least where there is no art to go by.
    pub(in crate::items) fn score_of(&self, seen: &Seen, item: usize) -> f32 {
        self.template(item).map_or(f32::NEG_INFINITY, |template| template.find(seen, self.reach).score)
    }

    /// How much likelier a picture's view is with each item than without, of the items that `scores`
    /// find likeliest; of the others the least of theirs.
    fn score(&self, seen: &Seen, scores: &[f32]) -> Vec<f32> {
        let mut order: Vec<usize> = (0..scores.len()).filter(|at| scores[*at].is_finite()).collect();
        order.sort_by(|left, right| scores[*right].total_cmp(&scores[*left]));
        order.truncate(JUDGED);
        let judged: Vec<(usize, f32)> = order
            .into_iter()
            .map(|at| {
                // Of an item without art nothing is known.
                (at, self.template(at).map_or(0.0, |template| template.find(seen, self.reach).score))
            })
            .collect();
        let least = judged.iter().map(|(_, score)| *score).fold(0.0, f32::min);
        let mut all = vec![least; scores.len()];
        for (at, score) in judged {
            all[at] = score;
        }
        all
    }

    /// Those scores, and how far they lie above those of looks that do not wear the item.
    pub(in crate::items) fn judge(&self, seen: &Seen, scores: &[f32]) -> [Vec<f32>; 2] {
        let art = self.score(seen, scores);
        let above = |(score, template): (&f32, &Option<Template>)| {
            template.as_ref().map_or(0.0, |template| template.above_others(*score, seen))
        };
        let above_others = art.iter().zip(&self.templates).map(above).collect();
        [art, above_others]
    }
}

/// The median across and down.
fn median(places: &[(f32, f32)]) -> Option<(f32, f32)> {
    let middle = |mut values: Vec<f32>| {
        values.sort_by(f32::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let (across, down) = places.iter().copied().unzip();
    Some((middle(across)?, middle(down)?))
}

/// Looks by whom items are told from what is worn else, cut out and before scenery, and what they wear:
/// half of them nothing, if there are as many.
fn crowd(looks: &[(&Views, usize)]) -> Vec<(Seen, usize)> {
    let (bare, dressed): (Vec<_>, Vec<_>) = looks.iter().partition(|(_, class)| *class == 0);
    let every = |looks: usize, most: usize| looks.div_ceil(most).max(1);
    let bare: Vec<_> = bare.iter().step_by(every(bare.len(), CROWD / 2)).copied().collect();
    let dressed = dressed.iter().step_by(every(dressed.len(), CROWD - bare.len())).copied();
    let both = bare.into_iter().chain(dressed);
    both.flat_map(|(views, class)| Behind::ALL.map(|behind| (views.seen(behind), class))).collect()
}

#[cfg(test)]
mod tests {
    use lorgnon_imaging::Picture;

    use super::*;
    use crate::items::art::View;
    use crate::items::window::{HEIGHT_PX, WIDTH_PX};
    use crate::items::worn::NO_OUTLINE;
    use crate::observer::{Stage, Unobserved};
    use crate::scenery::{Paints, scene};

    const BOUNDS: CellBox = CellBox { left: 4, top: 4, right: 26, bottom: 26 };

    /// The views of an item of 28 pixels: stripes across or along, before a body of its own colour.
    fn views(item: usize, right: u32, down: u32, dye: Option<[u8; 3]>) -> Views {
        let mut window = Picture::filled(WIDTH_PX, HEIGHT_PX, [0; 4]);
        let mut worn = window.clone();
        let shade = (60 * item + 7 * right as usize + 13 * down as usize) as u8;
        for at in 0..(WIDTH_PX * HEIGHT_PX) as usize {
            let (x, y) = (at as u32 % WIDTH_PX, at as u32 / WIDTH_PX);
            if (50..90).contains(&x) && (60..170).contains(&y) {
                window.pixels_mut()[at] = [shade, 255 - shade, 90, 255];
            }
            let inside = |at: u32, shift: u32| at.checked_sub(40 + shift).filter(|at| *at < 28);
            let (Some(x), Some(y)) = (inside(x, right), inside(y, down)) else { continue };
            let band = if item == 1 { x } else { y };
            let gain = [1.0, 0.35, 0.7][(band / 7) as usize % 3];
            let paint = match (item, dye) {
                (0, _) => continue,
                (_, Some(dye)) => dye,
                (1, None) => [240, 60, 30],
                (_, None) => [30, 90, 250],
            };
            let [red, green, blue] = paint.map(|channel| (f32::from(channel) * gain) as u8);
            window.pixels_mut()[at] = [red, green, blue, 255];
            worn.pixels_mut()[at] = [red, green, blue, 255];
        }
        let cut_out = View::measure(&window, &worn, &NO_OUTLINE);
        // Before scenery only the body is left out.
        let mut random = fastrand::Rng::with_seed(u64::from(right + 31 * down) + 997 * item as u64);
        let scenery = scene(WIDTH_PX, HEIGHT_PX, Paints::Any, &mut random);
        for ((pixel, worn), behind) in
            window.pixels_mut().iter_mut().zip(worn.pixels_mut()).zip(scenery.pixels())
        {
            if pixel[3] == 0 {
                (*pixel, *worn) = (*behind, *behind);
            }
        }
        Views::new(cut_out, View::measure(&window, &worn, &NO_OUTLINE))
    }

    fn fitted(dyes: &[Option<[u8; 3]>]) -> ArtHead {
        let views: Vec<(Views, usize)> = (0..24)
            .map(|at| {
                let (right, down) = (4 + 4 * (at / 3 % 3), 4 + 2 * (at / 9));
                let item = (at % 3) as usize;
                (views(item, right, down, dyes[at as usize % dyes.len()]), item)
            })
            .collect();
        let looks: Vec<(&Views, usize)> = views.iter().map(|(views, item)| (views, *item)).collect();
        ArtHead::fit(&looks, 2, BOUNDS, false, &Steps::new(&Unobserved, Stage::Items, 1)).unwrap()
    }

    #[test]
    fn art_is_told_wherever_it_hangs_and_whatever_stands_behind() {
        let head = fitted(&[None]);
        for item in 1..=2 {
            let shown = views(item, 9, 7, None);
            for behind in Behind::ALL {
                let [scores, above_others] = head.judge(&shown.seen(behind), &[0.0; 2]);
                assert!(scores[item - 1] > 50.0 && scores[2 - item] < 0.5 * scores[item - 1], "{scores:?}");
                assert!(above_others[item - 1] > 0.0, "{above_others:?}");
            }
        }
        for behind in Behind::ALL {
            let [scores, above_others] = head.judge(&views(0, 9, 7, None).seen(behind), &[0.0; 2]);
            assert!(above_others.iter().all(|score| *score < 0.0), "{behind:?} {scores:?} {above_others:?}");
        }
    }

    #[test]
    fn dyed_art_is_told_under_a_dye_never_seen() {
        let dyes = [[250, 40, 40], [40, 230, 60], [60, 60, 240], [220, 200, 30], [200, 40, 220]].map(Some);
        let head = fitted(&dyes);
        for item in 1..=2 {
            let shown = views(item, 8, 6, Some([30, 200, 210]));
            let [scores, _] = head.judge(&shown.seen(Behind::Nothing), &[0.0; 2]);
            assert!(scores[item - 1] > 30.0 && scores[2 - item] < 0.5 * scores[item - 1], "{scores:?}");
        }
    }

    #[test]
    fn art_that_is_found_hides_what_hangs_behind() {
        let head = fitted(&[None]);
        let mut seen = views(1, 8, 6, None).seen(Behind::Nothing);
        let place = Seen::place(30, 28);
        assert!(seen.paint(place)[3] > 0.9);
        head.hide(&mut seen, 0);
        assert!(seen.paint(place)[3] < 0.2 && seen.body(place) > 0.8);
        assert!(Seen::new(&seen.packed(), Behind::Nothing).body(place) > 0.8);
    }
}
