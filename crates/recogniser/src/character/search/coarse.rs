//! From glances to candidates: all coarse templates look at the best windows, the best of those are followed.

use std::ops::Range;

use rayon::prelude::*;

use super::candidate::{Candidate, Wanted, apart, greatest, leaders};
use super::glance::{Glance, Sighting};
use super::refine::NEAR;
use crate::Frame;
use crate::character::descriptor::{CELL_STEP, Opaque};
use crate::character::model::CharacterModel;

/// Windows nearer to each other than this, of the body height, are followed once.
const SAME_TRACK: f32 = 0.2;

/// What one round of the search looks at.
#[derive(Debug, Clone)]
pub(super) struct Round {
    /// Ranks of each size's windows that all templates look at.
    glanced: Range<usize>,
    /// Best windows that are followed, and best of every size that are whatever their rank: there are many
    /// more small windows than large ones, whose best score higher by chance.
    followed: usize,
    followed_a_size: usize,
    /// Windows below this share of the best score are not followed.
    least_of_leader: Option<f32>,
}

/// The rounds of a search. The second depends on whether the first found somebody who is plainly there.
#[derive(Debug, Clone)]
pub(super) struct Rounds {
    pub(super) first: Round,
    /// Where nobody is: what the first left, and much more.
    pub(super) harder: Round,
    /// Where somebody is: who else may stand there.
    pub(super) beside: Round,
}

impl Rounds {
    /// Those of a picture that is plain around the character or not.
    pub(super) fn of(plain: bool) -> Self {
        let (first, harder, beside) = if plain { (4, 8, 4) } else { (2, 16, 4) };
        let (followed, followed_harder) = if plain { (4, 8) } else { (8, 20) };
        let round = |glanced, followed, followed_a_size| Round {
            glanced,
            followed,
            followed_a_size,
            least_of_leader: None,
        };
        Self {
            first: round(0..first, followed, 1),
            harder: round(first..harder, followed_harder, if plain { 4 } else { 6 }),
            beside: Round { least_of_leader: Some(0.4), ..round(first..beside, usize::MAX, 0) },
        }
    }

    /// Windows of each size that any round looks at.
    pub(super) fn most_glanced(&self) -> usize {
        self.harder.glanced.end.max(self.beside.glanced.end)
    }
}

/// What rounds have looked at but not followed.
#[derive(Default)]
pub(super) struct Left<'a> {
    seen: Vec<Seen<'a>>,
    /// The best score of all rounds.
    leader: f32,
}

/// A window that all coarse templates have looked at.
struct Seen<'a> {
    sighting: &'a Sighting,
    glance: Glance,
    frame: Frame,
    /// The templates that lead there.
    leaders: Vec<usize>,
}

impl CharacterModel {
    /// A round: the best windows that are not near a better one, placed by the near templates.
    pub(super) fn follow<'a>(
        &self,
        shown: &Opaque<'_>,
        sightings: &'a [Sighting],
        round: &Round,
        left: &mut Left<'a>,
        wanted: Wanted<'_>,
    ) -> Vec<Candidate> {
        let glances: Vec<(&Sighting, &Glance)> = sightings
            .iter()
            .flat_map(|sighting| {
                let glances = sighting.glances.iter().take(round.glanced.end).skip(round.glanced.start);
                glances.map(move |glance| (sighting, glance))
            })
            .collect();
        let mut seen: Vec<Seen<'_>> = glances
            .into_par_iter()
            .map(|(sighting, glance)| self.look_closer(sighting, glance, wanted))
            .collect();
        seen.append(&mut left.seen);
        seen.sort_by(|left, right| {
            left.glance.better(&right.glance).then(right.frame.height.total_cmp(&left.frame.height))
        });
        left.leader = seen.first().map_or(left.leader, |best| left.leader.max(best.glance.score));
        if let Some(share) = round.least_of_leader {
            seen.retain(|seen| seen.glance.score >= share * left.leader);
        }
        let mut heights: Vec<f32> = Vec::new();
        let mut followed = Vec::new();
        for (rank, seen) in apart(seen, |seen| &seen.frame, usize::MAX, SAME_TRACK).into_iter().enumerate() {
            let height = seen.frame.height;
            let same = heights.iter().filter(|other| other.total_cmp(&height).is_eq()).count();
            heights.push(height);
            let is_followed = rank < round.followed || same < round.followed_a_size;
            if is_followed { followed.push(seen) } else { left.seen.push(seen) }
        }
        // What is learned hangs on where training looks stand: their windows are cut, not read from the level.
        let placed = |seen: Seen<'_>| {
            if wanted.is_empty() {
                self.place(&seen.sighting.level, &seen.glance, &seen.leaders)
            } else {
                self.look_around(shown, NEAR, &Candidate::at(seen.frame, seen.leaders), wanted)
            }
        };
        followed.into_par_iter().map(placed).collect()
    }

    /// Scores a window and those one grid step around it by all coarse templates; the best of them,
    /// and whose templates lead there.
    fn look_closer<'a>(&self, sighting: &'a Sighting, glance: &Glance, wanted: Wanted<'_>) -> Seen<'a> {
        let level = &sighting.level;
        let (places, descriptions) = level.windows_around(glance, CELL_STEP / 2);
        let scores = self.coarse.score(&descriptions);
        let mut best = (Glance { score: f32::MIN, ..*glance }, &scores[..0]);
        for ((column, row), scores) in places.into_iter().zip(scores.chunks_exact(self.coarse.count())) {
            let score = greatest(scores, wanted);
            if score > best.0.score {
                best = (Glance { score, column, row }, scores);
            }
        }
        let (glance, scores) = best;
        Seen { sighting, glance, frame: level.frame(&glance), leaders: leaders(scores, wanted) }
    }
}
