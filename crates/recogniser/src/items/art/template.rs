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
/// Wearers that what is seen on others stands for.
const PRIOR_LOOKS: f32 = 1.0;
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
    /// From pixels with what the wearers and the others show there.
    pub(super) fn new(pixels: &[(ArtPixel, Counts, Counts)]) -> Self {
        let telling: Vec<Telling> = pixels
            .iter()
            .map(|(pixel, worn, others)| {
                let chance = |art: f32, body: f32| {
                    (art.clamp(LEAST_CHANCE, 0.95), body.clamp(0.02, 0.95), (1.0 - art - body).max(0.03))
                };
                let share = |sum: f32, usual: f32| (sum + 2.0 * usual) / (others.looks + 2.0);
                let usual = chance(share(others.art, 0.02), share(others.body, 0.3));
                let own = |sum: f32, usual: f32| (sum + PRIOR_LOOKS * usual) / (worn.looks + PRIOR_LOOKS);
                let (art, body) = (own(worn.art, usual.0), own(worn.body, usual.1));
                let (art, body) = (art.clamp(0.01, 0.97), body.clamp(0.02, 0.95));
                let steps = |own: f32, usual: f32| ((own / usual).ln() * STEPS).clamp(-127.0, 127.0) as i8;
                Telling {
                    pixel: *pixel,
                    art: steps(art, usual.0),
                    body: steps(body, usual.1),
                    other: steps((1.0 - art - body).max(0.03), usual.2),
                }
            })
            .collect();
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
