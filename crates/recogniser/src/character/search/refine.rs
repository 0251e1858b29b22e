//! The later passes: near templates place a candidate, fine ones tell who it is.

use lorgnon_imaging::{Beyond, CELL_STRIDE_PX, GradientGrid, Picture};

use super::{Candidate, Wanted, leaders};
use crate::Frame;
use crate::character::descriptor::Pass;
use crate::character::discriminant::Templates;
use crate::character::model::CharacterModel;

const FINE_SIZES: [f32; 3] = [0.957_603_3, 1.0, 1.044_273_8];
/// Grid steps about a candidate that they look at.
const NEAR_REACH: usize = 3;
const FINE_REACH: usize = 2;
/// Times a candidate is refined at most, and the gain in score below which it has arrived.
const CLIMBS: usize = 4;
const WORTH_CLIMBING: f32 = 3.0;
/// Steps of the last polish, of the body height.
const POLISH_STEPS: [f32; 4] = [0.014, 0.014, 0.007, 0.004];
/// Tilts lie this far apart; templates stand half of it.
pub(in crate::character) const TILT_STEP_DEGREES: f32 = 8.0;
/// A best class this likely ends the search for another tilt.
const SURE: f32 = 0.98;

impl CharacterModel {
    /// Refines a candidate's place and size until it stays: the peak may lie outside one reach.
    pub(super) fn climb(
        &self,
        picture: &Picture,
        beyond: Beyond,
        candidate: &mut Candidate,
        wanted: Wanted<'_>,
    ) {
        for _ in 0..CLIMBS {
            let next = self.look_around(picture, beyond, Pass::Fine, candidate, &FINE_SIZES, wanted);
            let gained = next.score - candidate.score;
            if gained > 0.0 {
                *candidate = next;
            }
            if gained < WORTH_CLIMBING {
                break;
            }
        }
    }

    /// Tries the character tilted, unless it is plainly upright.
    pub(super) fn tilt(
        &self,
        picture: &Picture,
        beyond: Beyond,
        candidate: &mut Candidate,
        wanted: Wanted<'_>,
        threshold: f32,
    ) {
        let sure = self.probabilities(&candidate.scores).first().is_some_and(|pair| pair.2 >= SURE);
        if sure && candidate.score > 2.0 * threshold {
            return;
        }
        let upright = candidate.frame;
        for rotation_degrees in [-TILT_STEP_DEGREES, TILT_STEP_DEGREES] {
            let turned = Candidate { frame: Frame { rotation_degrees, ..upright }, ..candidate.clone() };
            let tilted = self.look_around(picture, beyond, Pass::Fine, &turned, &[1.0], wanted);
            if tilted.score > candidate.score {
                *candidate = tilted;
            }
        }
    }

    /// Scores the windows of a pass around a candidate, sizes multiplied by `sizes`: by its leaders
    /// at every place, by all templates at the best.
    pub(super) fn look_around(
        &self,
        picture: &Picture,
        beyond: Beyond,
        pass: Pass,
        near: &Candidate,
        sizes: &[f32],
        wanted: Wanted<'_>,
    ) -> Candidate {
        let (window, reach) = (pass.window(), reach_of(pass));
        let asked = self.templates(pass).only(&near.leaders);
        let upright = Frame { mirrored: false, ..near.frame };
        let mut best = Best::new(upright, self.labels.len());
        let first = window.margin_px / CELL_STRIDE_PX;
        let side = 2 * reach + 1;
        let mut descriptions = Vec::with_capacity(side * side * window.dimensions());
        let step = CELL_STRIDE_PX as f32 / window.body_px as f32;
        let offset = |cells: usize| (cells as f32 - reach as f32) * step;
        for size in sizes {
            let frame = upright.grown(*size);
            let grid = GradientGrid::measure(&window.cut(picture, beyond, &frame, reach * CELL_STRIDE_PX));
            descriptions.clear();
            for place in 0..side * side {
                let (across, down) = (place % side, place / side);
                window.describe(&grid, first + across, first + down, &mut descriptions);
            }
            let scores = asked.score(&descriptions);
            for (place, scores) in scores.chunks_exact(asked.count()).enumerate() {
                for (template, score) in near.leaders.iter().zip(scores) {
                    if best.take(*template, *score) {
                        let (x, y) = frame.to_picture(offset(place % side), offset(place / side) + 0.5);
                        best.frame = Frame { centre_x: x, top: y - 0.5 * frame.height, ..frame };
                        best.description.clear();
                        best.description.extend_from_slice(
                            &descriptions[place * window.dimensions()..][..window.dimensions()],
                        );
                    }
                }
            }
        }
        best.candidate(self.templates(pass), wanted)
    }

    /// Moves a candidate to the peak of its own template between the steps of the search, by pattern
    /// search (Hooke and Jeeves, 1961): what is worn is told from what stands where, to the pixel.
    pub(super) fn polish(&self, picture: &Picture, beyond: Beyond, candidate: &mut Candidate) {
        let window = Pass::Fine.window();
        let column = candidate.template + if candidate.frame.mirrored { self.labels.len() } else { 0 };
        let mut description = Vec::with_capacity(window.dimensions());
        let mut score_at = |frame: &Frame| {
            description.clear();
            let upright = Frame { mirrored: false, ..*frame };
            window.describe_cut(&window.cut(picture, beyond, &upright, 0), &mut description);
            self.fine.score_one(column, &description)
        };
        let mut best = score_at(&candidate.frame);
        for step in POLISH_STEPS {
            for (right, down, grow) in [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)] {
                for sign in [step, -step] {
                    let at = candidate.frame;
                    let frame = at
                        .shifted(right * sign * at.height, down * sign * at.height)
                        .grown(1.0 + grow * sign);
                    let score = score_at(&frame);
                    if score > best {
                        (best, candidate.frame) = (score, frame);
                        break;
                    }
                }
            }
        }
    }

    fn templates(&self, pass: Pass) -> &Templates {
        match pass {
            Pass::Coarse => &self.coarse,
            Pass::Near => &self.near,
            Pass::Fine => &self.fine,
        }
    }
}

/// The best place of a look so far.
struct Best {
    frame: Frame,
    description: Vec<f32>,
    score: f32,
    /// Whose it is, straight or mirrored.
    template: usize,
    /// Best score of each pair of straight and mirrored template, at any place.
    scores: Vec<f32>,
}

impl Best {
    fn new(frame: Frame, labels: usize) -> Self {
        Self { frame, description: Vec::new(), score: f32::MIN, template: 0, scores: vec![f32::MIN; labels] }
    }

    /// Takes a score; whether it is the greatest.
    fn take(&mut self, template: usize, score: f32) -> bool {
        let count = self.scores.len();
        let kept = &mut self.scores[template % count];
        *kept = kept.max(score);
        let greatest = score > self.score;
        if greatest {
            (self.score, self.template) = (score, template);
        }
        greatest
    }

    /// The candidate at the place, all templates asked.
    fn candidate(mut self, templates: &Templates, wanted: Wanted<'_>) -> Candidate {
        let scores = templates.score(&self.description);
        let leaders = leaders(&scores, wanted);
        let takes_part = |template: usize| wanted.is_empty() || wanted.contains(&template);
        for (template, score) in scores.into_iter().enumerate().filter(|(template, _)| takes_part(*template))
        {
            self.take(template, score);
        }
        let count = self.scores.len();
        Candidate {
            frame: Frame { mirrored: self.template >= count, ..self.frame },
            scores: self.scores,
            score: self.score,
            template: self.template % count,
            leaders,
        }
    }
}

const fn reach_of(pass: Pass) -> usize {
    match pass {
        Pass::Coarse => 0,
        Pass::Near => NEAR_REACH,
        Pass::Fine => FINE_REACH,
    }
}
