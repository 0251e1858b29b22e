//! What each pixel of an item's art says when it is seen.

use serde::{Deserialize, Serialize};

use super::paint::{ArtPixel, Dye, Paint, likeness};
use super::register::likeliest;
use super::view::Seen;

/// Spreads above the mean that nine in ten lie below.
const HIGH: f32 = 1.3;
/// Added to the spread of scores: few looks without an item may happen to score alike.
const LEAST_SPREAD: f32 = 10.0;
/// A usual spread, so that scores above others' weigh about what scores do.
const USUAL_SPREAD: f32 = 30.0;
/// Stored steps a unit of log likelihood.
const STEPS: f32 = 24.0;
/// Chance that something else looks like a pixel of art, at least.
const LEAST_CHANCE: f32 = 0.05;
/// Chance that anything else is seen, at least.
const LEAST_OTHER: f32 = 0.03;
/// Wearers that what is seen on others stands for.
const PRIOR_LOOKS: f32 = 1.0;
/// Looks that the usual shares of such art and of the body stand for.
const USUAL_LOOKS: f32 = 2.0;
const USUAL_ART: f32 = 0.02;
const USUAL_BODY: f32 = 0.3;
/// Pixels that are asked first, over all places.
const ASKED_FIRST: usize = 120;
/// And for a glance.
const GLANCED_AT: usize = 60;

/// How often a pixel showed the art, and how often the body, among so many looks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) looks: f32,
    pub(super) art: f32,
    pub(super) body: f32,
}

/// A pixel and what it adds to the score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Telling {
    pixel: ArtPixel,
    /// Added when it shows the art, the body, anything else; in [`STEPS`].
    art: i8,
    body: i8,
    other: i8,
}

impl Telling {
    fn on_the_body(pixel: ArtPixel, worn: Counts, others: Counts) -> Self {
        let share = |sum: f32, usual: f32| (sum + USUAL_LOOKS * usual) / (others.looks + USUAL_LOOKS);
        let usual_art = share(others.art, USUAL_ART).clamp(LEAST_CHANCE, 0.95);
        let (usual_body, usual_other) = {
            let (art, body) = (share(others.art, USUAL_ART), share(others.body, USUAL_BODY));
            (body.clamp(0.02, 0.95), (1.0 - art - body).max(LEAST_OTHER))
        };
        let own = |sum: f32, usual: f32| (sum + PRIOR_LOOKS * usual) / (worn.looks + PRIOR_LOOKS);
        let art = own(worn.art, usual_art).clamp(0.01, 0.97);
        let body = own(worn.body, usual_body).clamp(0.02, 0.95);
        Self {
            pixel,
            art: steps(art, usual_art),
            body: steps(body, usual_body),
            other: steps((1.0 - art - body).max(LEAST_OTHER), usual_other),
        }
    }

    fn behind_the_body(pixel: ArtPixel, worn: Counts, others: Counts) -> Self {
        let share = |counts: Counts, looks: f32, usual: f32| {
            (counts.art + looks * usual) / ((counts.looks - counts.body).max(0.0) + looks)
        };
        let usual = share(others, USUAL_LOOKS, LEAST_CHANCE).clamp(LEAST_CHANCE, 0.9);
        let own = share(worn, PRIOR_LOOKS, usual).clamp(0.01, 0.97);
        Self {
            pixel,
            art: steps(own, usual),
            body: 0,
            other: steps((1.0 - own).max(LEAST_OTHER), 1.0 - usual),
        }
    }
}

/// A log likelihood ratio as it is stored.
fn steps(own: f32, usual: f32) -> i8 {
    ((own / usual).ln() * STEPS).clamp(-127.0, 127.0) as i8
}

/// One item's art.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Template {
    pixels: Vec<Telling>,
    is_dyed: bool,
    /// What looks score that do not wear the item, by what stands behind them.
    others: [Others; 2],
}

/// Scores of looks without an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Others {
    mean: f32,
    spread: f32,
}

impl Others {
    fn of(scores: &[f32]) -> Self {
        let count = scores.len().max(1) as f32;
        let mean = scores.iter().sum::<f32>() / count;
        let variance = scores.iter().map(|score| (score - mean).powi(2)).sum::<f32>() / count;
        Self { mean, spread: variance.sqrt() }
    }

    /// How far a score lies above the highest tenth of these, in their spread, as far as scores usually lie
    /// apart: plain or dark art is found in many a scenery, and says little where it is.
    fn above(self, score: f32) -> f32 {
        (score - self.mean - HIGH * self.spread) * USUAL_SPREAD / (LEAST_SPREAD + self.spread)
    }
}

/// Where art lies likeliest in a view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// The log likelihood ratio of the item against none.
    pub(super) score: f32,
    pub(super) offset: (isize, isize),
}

impl Template {
    /// From pixels with what the wearers and the others show there. What `hangs_behind` the body is judged
    /// where the body leaves it seen: who hides a pixel tells the class, not the item.
    pub(super) fn new(pixels: &[(ArtPixel, Counts, Counts)], hangs_behind: bool) -> Self {
        let judge = if hangs_behind { Telling::behind_the_body } else { Telling::on_the_body };
        let telling: Vec<Telling> =
            pixels.iter().map(|(pixel, worn, others)| judge(*pixel, *worn, *others)).collect();
        let dyed = telling.iter().filter(|telling| telling.pixel.paint.is_dyed()).count();
        Self { is_dyed: 10 * dyed > telling.len(), pixels: telling, others: Default::default() }
    }

    /// Whether a good part of it takes the wearer's dye.
    pub(super) fn is_dyed(&self) -> bool {
        self.is_dyed
    }

    /// The middle of the box that holds it, in view pixels.
    pub(super) fn middle(&self) -> (f32, f32) {
        let middle = |of: fn(&ArtPixel) -> u8| {
            let places = || self.pixels.iter().map(|telling| f32::from(of(&telling.pixel)));
            f32::midpoint(places().fold(f32::MAX, f32::min), places().fold(0.0, f32::max)) + 0.5
        };
        (middle(|pixel| pixel.x), middle(|pixel| pixel.y))
    }

    /// Learns what looks score that do not wear the item.
    pub(super) fn set_others<'a>(&mut self, others: impl Iterator<Item = &'a Seen>, reach: usize) {
        let mut scores = [Vec::new(), Vec::new()];
        for seen in others {
            scores[seen.behind() as usize].push(self.find(seen, reach).score);
        }
        self.others = scores.map(|scores| Others::of(&scores));
    }

    /// How far a view's score lies above those of looks without the item.
    pub(super) fn above_others(&self, score: f32, seen: &Seen) -> f32 {
        self.others[seen.behind() as usize].above(score)
    }

    /// Where within `reach` the item is likeliest.
    pub(super) fn find(&self, seen: &Seen, reach: usize) -> Found {
        let few = self.probes(self.pixels.len().div_ceil(ASKED_FIRST).max(1));
        let all = self.probes(1);
        let (_, (middle_x, middle_y)) = likeliest(reach, |offset| self.score_at(seen, offset, &few));
        let mut best = Found { score: f32::NEG_INFINITY, offset: (0, 0) };
        let reach = reach as isize;
        for down in (middle_y - 1).max(-reach)..=(middle_y + 1).min(reach) {
            for right in (middle_x - 1).max(-reach)..=(middle_x + 1).min(reach) {
                let score = self.score_at(seen, (right, down), &all);
                if score > best.score {
                    best = Found { score, offset: (right, down) };
                }
            }
        }
        best
    }

    /// About what [`Self::find`] scores, from few pixels.
    pub(super) fn glance(&self, seen: &Seen, reach: usize) -> f32 {
        let few = self.probes(self.pixels.len().div_ceil(GLANCED_AT).max(1));
        likeliest(reach, |offset| self.score_at(seen, offset, &few)).0
    }

    /// How far each pixel of the art shows, found at an offset: where in the view, and 0 to 1.
    pub(super) fn shown<'a>(
        &'a self,
        seen: &'a Seen,
        offset: (isize, isize),
    ) -> impl Iterator<Item = (isize, isize, f32)> + 'a {
        let dye = self.dye(seen, offset, 1);
        self.pixels.iter().map(move |telling| {
            let pixel = telling.pixel;
            let likeness = pixel.paint.likeness(seen.paint(pixel.place(offset.0, offset.1)), dye);
            (isize::from(pixel.x) + offset.0, isize::from(pixel.y) + offset.1, likeness)
        })
    }

    fn dye(&self, seen: &Seen, offset: (isize, isize), every: usize) -> Dye {
        if !self.is_dyed {
            return Dye::default();
        }
        let asked = self.pixels.iter().step_by(every);
        Dye::solve(asked.map(|telling| (&telling.pixel, 1.0)), seen, offset)
    }

    /// Every so many pixels, ready to be asked at many places.
    fn probes(&self, every: usize) -> Probes {
        let probe = |telling: &Telling| Probe {
            place: telling.pixel.place(0, 0),
            fixed: match telling.pixel.paint {
                Paint::Fixed(paint) => Some(paint.map(f32::from)),
                Paint::Dyed(_) => None,
            },
            telling: *telling,
            art: f32::from(telling.art),
            body: f32::from(telling.body),
            other: f32::from(telling.other),
        };
        Probes { every, probes: self.pixels.iter().step_by(every).map(probe).collect() }
    }

    fn score_at(&self, seen: &Seen, (right, down): (isize, isize), asked: &Probes) -> f32 {
        let dye = self.dye(seen, (right, down), asked.every);
        let moved = Seen::distance(right, down);
        let mut sum = 0.0;
        for probe in &asked.probes {
            let place = probe.place.wrapping_add_signed(moved);
            let (shown, body) = (seen.paint(place), seen.body(place));
            let alike = match probe.fixed {
                Some(expected) => likeness(shown, expected),
                None => probe.telling.pixel.paint.likeness(shown, dye),
            };
            sum += alike * probe.art + body * probe.body + (1.0 - alike - body) * probe.other;
        }
        sum * asked.every as f32 / STEPS
    }
}

/// A pixel that is asked at many places.
struct Probe {
    /// Where it is in an unmoved view.
    place: usize,
    /// Its paint, where that is no dye's.
    fixed: Option<[f32; 3]>,
    telling: Telling,
    art: f32,
    body: f32,
    other: f32,
}

/// Every so many of a template's pixels.
struct Probes {
    every: usize,
    probes: Vec<Probe>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_before_what_hangs_behind_says_nothing() {
        let pixel = ArtPixel { x: 3, y: 3, paint: Paint::fixed([200.0, 30.0, 30.0]) };
        // Half of the wearers hide the pixel, far fewer of the others do.
        let worn = Counts { looks: 12.0, art: 5.5, body: 6.0 };
        let others = Counts { looks: 40.0, art: 1.0, body: 4.0 };
        let behind = Telling::behind_the_body(pixel, worn, others);
        assert_eq!(behind.body, 0);
        assert!(behind.art > 40 && behind.other < -20, "{behind:?}");
        // On the body it would speak for the item, and the item for less where it shows.
        let on_it = Telling::on_the_body(pixel, worn, others);
        assert!(on_it.body > 20 && on_it.art < behind.art, "{on_it:?}");
        // Of a pixel that all hide, nothing is known.
        let hidden = Telling::behind_the_body(pixel, Counts { art: 0.0, body: 12.0, ..worn }, others);
        assert_eq!((hidden.art, hidden.body, hidden.other), (0, 0, 0), "{hidden:?}");
    }
}
