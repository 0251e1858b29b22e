//! The later passes: near templates place a candidate, fine ones tell who it is.

use lorgnon_imaging::{Beyond, CELL_STRIDE_PX, GradientGrid, Picture};

use super::{Candidate, Wanted};
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
            let next = self.look_around(picture, beyond, Pass::Fine, &candidate.frame, &FINE_SIZES, wanted);
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
    ) {
        let sure = self.probabilities(&candidate.scores).first().is_some_and(|pair| pair.2 >= SURE);
        if sure && candidate.score > 2.0 * self.calibration.threshold {
            return;
        }
        let upright = candidate.frame;
        for rotation_degrees in [-TILT_STEP_DEGREES, TILT_STEP_DEGREES] {
            let frame = Frame { rotation_degrees, ..upright };
            let tilted = self.look_around(picture, beyond, Pass::Fine, &frame, &[1.0], wanted);
            if tilted.score > candidate.score {
                *candidate = tilted;
            }
        }
    }

    /// Scores the windows of a pass around a place, sizes multiplied by `sizes`.
    pub(super) fn look_around(
        &self,
        picture: &Picture,
        beyond: Beyond,
        pass: Pass,
        near: &Frame,
        sizes: &[f32],
        wanted: Wanted<'_>,
    ) -> Candidate {
        let (window, templates, reach) = (pass.window(), self.templates(pass), reach_of(pass));
        let mut best = Candidate {
            frame: *near,
            scores: vec![f32::MIN; self.labels.len()],
            score: f32::MIN,
            template: 0,
        };
        let upright = Frame { mirrored: false, ..*near };
        let first = window.margin_px / CELL_STRIDE_PX;
        let side = 2 * reach + 1;
        let mut descriptions = Vec::with_capacity(side * side * window.dimensions());
        for size in sizes {
            let frame = upright.grown(*size);
            let grid = GradientGrid::measure(&window.cut(picture, beyond, &frame, reach * CELL_STRIDE_PX));
            descriptions.clear();
            let step = CELL_STRIDE_PX as f32 / window.body_px as f32;
            let offset = |cells: usize| (cells as f32 - reach as f32) * step;
            for place in 0..side * side {
                let (across, down) = (place % side, place / side);
                window.describe(&grid, first + across, first + down, &mut descriptions);
            }
            let scores = templates.score(&descriptions);
            for (place, scores) in scores.chunks_exact(templates.count()).enumerate() {
                let (across, down) = (place % side, place / side);
                self.take_best(&mut best, scores, wanted, |mirrored| {
                    let (x, y) = frame.to_picture(offset(across), offset(down) + 0.5);
                    Frame { centre_x: x, top: y - 0.5 * frame.height, mirrored, ..frame }
                });
            }
        }
        best
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

    /// Keeps the greatest score of every pair of straight and mirrored template, and the greatest
    /// of all with its frame.
    fn take_best(
        &self,
        best: &mut Candidate,
        scores: &[f32],
        wanted: Wanted<'_>,
        frame: impl Fn(bool) -> Frame,
    ) {
        let count = self.labels.len();
        let mut take = |template: usize, score: f32| {
            let kept = &mut best.scores[template % count];
            *kept = kept.max(score);
            if score > best.score {
                best.score = score;
                best.template = template % count;
                best.frame = frame(template >= count);
            }
        };
        if wanted.is_empty() {
            scores.iter().enumerate().for_each(|(template, score)| take(template, *score));
        } else {
            wanted.iter().for_each(|template| take(*template, scores[*template]));
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
