//! What each pixel of an item's art says when it is seen.

use serde::{Deserialize, Serialize};

use super::paint::{ArtPixel, Dye};
use super::search::{Asked, Offset, Said, Weight};
use super::seen::Seen;

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
pub(super) const ASKED_FIRST: usize = 120;

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
    says: Says,
}

/// What a pixel adds to the score when it shows the art, the body, anything else; in [`STEPS`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Says {
    art: i8,
    body: i8,
    other: i8,
}

impl Says {
    /// From what the wearers and the others show there. What `hangs_behind` the body is judged where the body
    /// leaves it seen: who hides a pixel tells the class, not the item.
    pub(super) fn new(worn: Counts, others: Counts, hangs_behind: bool) -> Self {
        if hangs_behind { Self::behind_the_body(worn, others) } else { Self::on_the_body(worn, others) }
    }

    fn on_the_body(worn: Counts, others: Counts) -> Self {
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
            art: steps(art, usual_art),
            body: steps(body, usual_body),
            other: steps((1.0 - art - body).max(LEAST_OTHER), usual_other),
        }
    }

    fn behind_the_body(worn: Counts, others: Counts) -> Self {
        let share = |counts: Counts, looks: f32, usual: f32| {
            (counts.art + looks * usual) / ((counts.looks - counts.body).max(0.0) + looks)
        };
        let usual = share(others, USUAL_LOOKS, LEAST_CHANCE).clamp(LEAST_CHANCE, 0.9);
        let own = share(worn, PRIOR_LOOKS, usual).clamp(0.01, 0.97);
        Self { art: steps(own, usual), body: 0, other: steps((1.0 - own).max(LEAST_OTHER), 1.0 - usual) }
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
    pub(super) offset: Offset,
}

impl Template {
    /// From pixels and what each says.
    pub(super) fn new(pixels: impl Iterator<Item = (ArtPixel, Says)>) -> Self {
        let telling: Vec<Telling> = pixels.map(|(pixel, says)| Telling { pixel, says }).collect();
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
        let few = self.probes(ASKED_FIRST).likeliest(seen, reach);
        self.probes(usize::MAX).around(seen, few.offset, reach)
    }

    /// How far each pixel of the art shows, found at an offset: where in the view, and 0 to 1.
    pub(super) fn shown<'a>(
        &'a self,
        seen: &'a Seen,
        offset: Offset,
    ) -> impl Iterator<Item = (isize, isize, f32)> + 'a {
        let dye = if self.is_dyed {
            Dye::solve(self.pixels.iter().map(|telling| (telling.pixel, 1.0)), seen, offset)
        } else {
            Dye::default()
        };
        self.pixels.iter().map(move |telling| {
            let pixel = telling.pixel;
            let likeness = pixel.paint.likeness(seen.paint(pixel.place(offset)), dye);
            (isize::from(pixel.x) + offset.0, isize::from(pixel.y) + offset.1, likeness)
        })
    }

    /// At most so many pixels, evenly chosen, ready to be asked at many places.
    fn probes(&self, most: usize) -> Probes {
        let every = self.pixels.len().div_ceil(most).max(1);
        let asked = self.pixels.iter().step_by(every).map(|telling| (telling.pixel, telling.says));
        Probes::new(asked, every, self.is_dyed)
    }
}

/// Some of a template's pixels, ready to be asked at many places.
pub(super) struct Probes {
    pixels: Asked,
    /// What they would add where all showed neither the art nor the body.
    other: f32,
    /// How much a stored step is of the score of all pixels.
    scale: f32,
}

impl Probes {
    /// Of one in `every` pixel.
    pub(super) fn new(
        pixels: impl Iterator<Item = (ArtPixel, Says)> + Clone,
        every: usize,
        is_dyed: bool,
    ) -> Self {
        let apart = |shown: i8, other: i8| f32::from(i16::from(shown) - i16::from(other));
        let weighted = pixels.clone().map(|(pixel, says)| {
            let (alike, body) = (apart(says.art, says.other), apart(says.body, says.other));
            (pixel, Weight { alike, body, dye: 1.0 })
        });
        Self {
            pixels: Asked::new(weighted, is_dyed),
            other: pixels.map(|(_, says)| f32::from(says.other)).sum(),
            scale: every as f32 / STEPS,
        }
    }

    /// The highest score within `reach`, and where.
    pub(super) fn likeliest(&self, seen: &Seen, reach: usize) -> Found {
        let (score, offset) = self.pixels.likeliest(seen, reach, |said, _| self.score(said));
        Found { score, offset }
    }

    /// The highest score at a place and those about it, and where.
    pub(super) fn around(&self, seen: &Seen, middle: Offset, reach: usize) -> Found {
        let (score, offset) = self.pixels.around(seen, middle, reach, |said, _| self.score(said));
        Found { score, offset }
    }

    fn score(&self, said: Said) -> f32 {
        (self.other + said.alike + said.body) * self.scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_before_what_hangs_behind_says_nothing() {
        // Half of the wearers hide the pixel, far fewer of the others do.
        let worn = Counts { looks: 12.0, art: 5.5, body: 6.0 };
        let others = Counts { looks: 40.0, art: 1.0, body: 4.0 };
        let behind = Says::behind_the_body(worn, others);
        assert_eq!(behind.body, 0);
        assert!(behind.art > 40 && behind.other < -20, "{behind:?}");
        // On the body it would speak for the item, and the item for less where it shows.
        let on_it = Says::on_the_body(worn, others);
        assert!(on_it.body > 20 && on_it.art < behind.art, "{on_it:?}");
        // Of a pixel that all hide, nothing is known.
        let hidden = Says::behind_the_body(Counts { art: 0.0, body: 12.0, ..worn }, others);
        assert_eq!((hidden.art, hidden.body, hidden.other), (0, 0, 0), "{hidden:?}");
    }
}
