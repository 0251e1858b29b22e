//! Finds characters: coarse over all places and sizes, fine on the best of them.
//!
//! The public questions are answered here; the passes are in `glance` and `coarse`, over the whole picture, and
//! `refine`, around each candidate.

mod area;
mod candidate;
mod coarse;
mod glance;
mod refine;

use lorgnon_imaging::Picture;
use lorgnon_look::Look;
use rayon::prelude::*;

use super::descriptor::Opaque;
use super::model::CharacterModel;
use super::nobody::Chance;
use super::{Detection, Location};
use crate::{Frame, Verdict};

use area::SearchArea;
use candidate::{Candidate, Wanted, apart, best_apart, leave_unlikely};
use coarse::{Left, Rounds};
pub(super) use refine::TILT_STEP_DEGREES;
use refine::{Around, FINE, NEAR, NEAR_RESIZED};

/// Candidates that the fine templates look at.
const APPROACHED: usize = 32;
/// Candidates that are refined in size and place.
const REFINED: usize = 12;
/// Candidates nearer to each other than this, of the body height, are the same; of those nearer than
/// the other, the better one climbs to the other's peak.
const SAME_PLACE: f32 = 0.05;
const WITHIN_CLIMB: f32 = 0.12;
/// Refined candidates nearer to each other than this, of the body height, are one character.
const ANOTHER: f32 = 0.2;
/// Candidates below these shares of the threshold will not reach it: not by being tried tilted, not by being
/// polished and believed for their colours.
const WORTH_TILTING: f32 = 0.25;
const WORTH_POLISHING: f32 = 0.4;
/// Who reaches so many times the threshold at the first fine look is plainly there: nobody else is sought but
/// beside.
const ENOUGH: f32 = 1.2;
/// A training look whose outline scores this much, of the threshold, is not searched for.
const SURE_OUTLINE: f32 = 1.5;
/// A best class less likely than this is uncertain.
const UNCERTAIN_BELOW: f32 = 0.6;
/// A detection with so many times the threshold's score is plainly somebody.
const PLAIN: f32 = 1.8;
/// Two detections that share this much are the same character.
const SAME_SHARE: f32 = 0.35;
/// Characters told of in one picture at most.
const MOST_CHARACTERS: usize = 8;

impl CharacterModel {
    /// Finds the characters in a picture.
    #[must_use]
    pub fn locate(&self, picture: &Picture) -> Location {
        self.accept(self.candidates(picture))
    }

    /// Of what [`Self::candidates`] gave, the characters: those that reach the threshold, one a place.
    /// The largest of those plainly seen comes first, then the others, best first.
    #[must_use]
    pub fn accept(&self, mut candidates: Vec<Detection>) -> Location {
        candidates.retain(|candidate| candidate.score >= candidate.threshold);
        candidates.sort_by(|left, right| right.score.total_cmp(&left.score));
        let mut characters: Vec<Detection> = Vec::new();
        for detection in candidates {
            let seen =
                |other: &Detection| other.bounds.intersection_over_union(&detection.bounds) > SAME_SHARE;
            if characters.len() < MOST_CHARACTERS && !characters.iter().any(seen) {
                characters.push(detection);
            }
        }
        // Of several who are plainly there, the one the picture is of stands in front.
        let plain = |detection: &Detection| detection.score >= PLAIN * detection.threshold;
        let in_front = |detection: &Detection| if plain(detection) { detection.frame.height } else { 0.0 };
        characters.sort_by(|left, right| in_front(right).total_cmp(&in_front(left)));
        let verdict = match characters.first().and_then(|best| best.pairs.first()) {
            None => Verdict::Unknown,
            Some((_, _, probability)) if *probability < UNCERTAIN_BELOW => Verdict::Uncertain,
            Some(_) => Verdict::Recognised,
        };
        Location { characters, verdict }
    }

    /// Where the character of a training look stands, given its labels. `None` when the model knows
    /// no such class, or nothing is found.
    #[must_use]
    pub fn locate_labelled(&self, picture: &Picture, look: &Look) -> Option<Frame> {
        let count = self.labels.len();
        let agrees = |template: usize| self.labels[template % count].agrees(look.class.as_ref(), look.gender);
        let wanted: Vec<usize> = (0..2 * count).filter(|template| agrees(*template)).collect();
        if wanted.is_empty() {
            return None;
        }
        // The outline of a body that wears nothing is right, and much cheaper than a search.
        let outline = look.items.is_empty().then(|| super::anchor(picture)).flatten();
        let threshold = self.calibration.threshold(true);
        let shown = Opaque::of(picture);
        let outlined = outline.and_then(|frame| {
            let there = Candidate::at(frame, wanted.clone());
            let there = vec![self.look_around(&shown, NEAR, &there, &wanted)];
            self.settle(&shown, self.approach(&shown, there, &wanted), &wanted, threshold).into_iter().next()
        });
        outlined
            .filter(|found| found.score >= SURE_OUTLINE * threshold)
            .or_else(|| self.search(&shown, &SearchArea::of(picture), &wanted).into_iter().next())
            .map(|found| found.frame)
    }

    /// Every place that was looked at closely, best first, however unlikely.
    #[must_use]
    pub fn candidates(&self, picture: &Picture) -> Vec<Detection> {
        let area = SearchArea::of(picture);
        let found = self.search(&Opaque::of(picture), &area, &[]).into_iter();
        found.map(|found| self.detection(picture, found, area.plain)).collect()
    }

    /// What is taken for somebody in a picture of nobody, best first.
    pub(super) fn chances(&self, picture: &Picture) -> Vec<Chance> {
        let found = self.search(&Opaque::of(picture), &SearchArea::of(picture), &[]).into_iter();
        found
            .map(|found| Chance { template: found.template, score: score_of_seen(picture, &found) })
            .collect()
    }

    /// The best place for a character in a picture, however unlikely.
    #[must_use]
    pub fn best_guess(&self, picture: &Picture) -> Option<Detection> {
        self.candidates(picture).into_iter().next()
    }

    fn detection(&self, picture: &Picture, found: Candidate, plain: bool) -> Detection {
        let label = &self.labels[found.template];
        let [left, top, right, bottom] = label.extent;
        let region = crate::crops::Region { u: left, v: top, width: right - left, height: bottom - top };
        Detection {
            frame: found.frame,
            bounds: crate::crops::picture_bounds(&found.frame, &region),
            score: score_of_seen(picture, &found),
            threshold: self.calibration.threshold_of(found.template, plain),
            pairs: self.probabilities(&found.scores),
            cluster: self.cluster_of_template(found.template),
        }
    }

    /// Candidates refined, best first. Looks harder where the first round found nobody who is plainly there;
    /// where it did, only for others as plain.
    fn search(&self, shown: &Opaque<'_>, area: &SearchArea, wanted: Wanted<'_>) -> Vec<Candidate> {
        let threshold = self.calibration.threshold(area.plain);
        let rounds = Rounds::of(area.plain);
        let sightings = self.sightings(shown, area, rounds.most_glanced(), wanted);
        let mut left = Left::default();
        let mut found =
            self.approach(shown, self.follow(shown, &sightings, &rounds.first, &mut left, wanted), wanted);
        let best = found.iter().map(|candidate| candidate.score).fold(f32::MIN, f32::max);
        // Where a training look stands is found once, and everything that is learned hangs on it.
        let hurries = wanted.is_empty() && threshold > 0.0;
        let next = if hurries && best >= ENOUGH * threshold { rounds.beside } else { rounds.harder };
        found.extend(self.approach(shown, self.follow(shown, &sightings, &next, &mut left, wanted), wanted));
        self.settle(shown, found, wanted, threshold)
    }

    /// The fine look at the best of candidates that the near templates placed.
    fn approach(
        &self,
        shown: &Opaque<'_>,
        mut candidates: Vec<Candidate>,
        wanted: Wanted<'_>,
    ) -> Vec<Candidate> {
        let look = |around: Around<'_>, near: &Candidate| self.look_around(shown, around, near, wanted);
        candidates.par_iter_mut().for_each(|candidate| {
            let resized = look(NEAR_RESIZED, candidate);
            if resized.score > candidate.score {
                *candidate = resized;
            }
        });
        let mut candidates = best_apart(candidates, APPROACHED, SAME_PLACE);
        leave_unlikely(&mut candidates);
        candidates.par_iter_mut().for_each(|candidate| *candidate = look(FINE, candidate));
        candidates
    }

    /// The later passes over candidates; who is twice above `threshold` is plainly there.
    fn settle(
        &self,
        shown: &Opaque<'_>,
        candidates: Vec<Candidate>,
        wanted: Wanted<'_>,
        threshold: f32,
    ) -> Vec<Candidate> {
        let mut candidates = best_apart(candidates, REFINED, WITHIN_CLIMB);
        leave_unlikely(&mut candidates);
        candidates.par_iter_mut().for_each(|candidate| self.climb(shown, candidate, wanted));
        candidates.sort_by(|left, right| right.score.total_cmp(&left.score));
        let mut candidates = apart(candidates, |candidate| &candidate.frame, MOST_CHARACTERS, ANOTHER);
        // Without a threshold only the best are asked for.
        let leader = candidates.first().map_or(0.0, |best| best.score);
        let least = |share: f32| if threshold > 0.0 { (share * threshold).min(leader) } else { 0.8 * leader };
        candidates.par_iter_mut().for_each(|candidate| {
            if candidate.score >= least(WORTH_TILTING) {
                self.tilt(shown, candidate, wanted, threshold);
            }
            if candidate.score >= least(WORTH_POLISHING) {
                self.polish(shown, candidate);
            }
        });
        candidates.sort_by(|left, right| right.score.total_cmp(&left.score));
        candidates
    }
}

/// Less of a body than this is judged as this.
const LEAST_SEEN: f32 = 0.4;
/// A body whose lower part is not in the picture: what is seen of it ends above this part of it.
const WAIST_DOWN: f32 = 0.88;

/// The score of a whole body, from what is seen of it: its own unless its lower part is cut off.
fn score_of_seen(picture: &Picture, found: &Candidate) -> f32 {
    let seen = found.frame.part_above(picture.height() as f32);
    if seen < WAIST_DOWN { found.score / seen.max(LEAST_SEEN).sqrt() } else { found.score }
}
