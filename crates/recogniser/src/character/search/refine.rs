//! The later passes: near templates place a candidate, fine ones tell who it is.

use lorgnon_imaging::{CELL_STRIDE_PX, GradientGrid};

use super::area::Level;
use super::candidate::{Candidate, Wanted, leaders};
use super::glance::Glance;
use crate::Frame;
use crate::character::descriptor::{Opaque, Pass};
use crate::character::discriminant::Templates;
use crate::character::model::CharacterModel;

/// A look around a candidate: at windows of a pass up to so many grid steps off, its size multiplied by these.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pass: Pass,
    reach: usize,
    sizes: &'a [f32],
}

/// Grid steps around a coarse window: it may be a step and a half off.
const PLACE_REACH: usize = 3;
/// The same around a place that no window of a level stands for.
pub(super) const NEAR: Around<'_> = Around { pass: Pass::Near, reach: PLACE_REACH, sizes: &[1.0] };
/// Where that put it, in the sizes between those of the coarse search.
pub(super) const NEAR_RESIZED: Around<'_> = Around { pass: Pass::Near, reach: 1, sizes: &[0.917, 1.0905] };
pub(super) const FINE: Around<'_> = Around { pass: Pass::Fine, reach: 2, sizes: &[1.0] };
const FINE_RESIZED: Around<'_> = Around { sizes: &[0.957_603_3, 1.044_273_8], ..FINE };
const FINE_ALL_SIZES: Around<'_> = Around { sizes: &[0.957_603_3, 1.0, 1.044_273_8], ..FINE };
/// Times a candidate is refined at most, and the gain in score below which it has arrived.
const CLIMBS: usize = 4;
const WORTH_CLIMBING: f32 = 3.0;
/// Steps of the last polish, of the body height, and how many steps the peak is sought from the middle one.
const POLISH_STEPS: [f32; 3] = [0.016, 0.008, 0.004];
const FURTHEST_VERTEX: f32 = 1.5;
/// Tilts lie this far apart; templates stand half of it.
pub(in crate::character) const TILT_STEP_DEGREES: f32 = 8.0;
/// A best class this likely ends the search for another tilt.
const SURE: f32 = 0.98;

impl CharacterModel {
    /// Refines a candidate's place and size until it stays: the peak may lie outside one reach.
    pub(super) fn climb(&self, shown: &Opaque<'_>, candidate: &mut Candidate, wanted: Wanted<'_>) {
        for _ in 0..CLIMBS {
            // Its own size was looked at already, unless the peak may lie outside.
            let around = if candidate.inside { FINE_RESIZED } else { FINE_ALL_SIZES };
            let next = self.look_around(shown, around, candidate, wanted);
            let gained = next.score - candidate.score;
            if gained > 0.0 {
                let last = std::mem::replace(candidate, next);
                for (score, last) in candidate.scores.iter_mut().zip(last.scores) {
                    *score = score.max(last);
                }
            }
            if gained < WORTH_CLIMBING {
                break;
            }
        }
    }

    /// Tries the character tilted, unless it is plainly upright.
    pub(super) fn tilt(
        &self,
        shown: &Opaque<'_>,
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
            let tilted = self.look_around(shown, FINE, &turned, wanted);
            if tilted.score > candidate.score {
                *candidate = tilted;
            }
        }
    }

    /// Places a coarse window by the near templates: those that lead there score the windows around it, all of
    /// them the best.
    pub(super) fn place(&self, level: &Level, glance: &Glance, leaders: &[usize]) -> Candidate {
        let mut best = Best::new(level.frame(glance), self.labels.len());
        let (places, descriptions) = level.windows_around(glance, PLACE_REACH);
        let frame_of = |place: usize| {
            let (column, row) = places[place];
            (level.frame(&Glance { column, row, ..*glance }), false)
        };
        best.take_windows(&self.near.only(leaders), leaders, &descriptions, frame_of);
        best.candidate(&self.near, &[])
    }

    /// Scores the windows around a candidate: by its leaders at every place, by all templates at the best.
    pub(super) fn look_around(
        &self,
        shown: &Opaque<'_>,
        Around { pass, reach, sizes }: Around<'_>,
        near: &Candidate,
        wanted: Wanted<'_>,
    ) -> Candidate {
        let window = pass.window();
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
            let grid = GradientGrid::measure(&window.cut(shown, &frame, reach * CELL_STRIDE_PX));
            descriptions.clear();
            for place in 0..side * side {
                let (across, down) = (place % side, place / side);
                window.describe(&grid, first + across, first + down, &mut descriptions);
            }
            let frame_of = |place: usize| {
                let (across, down) = (place % side, place / side);
                let (x, y) = frame.to_picture(offset(across), offset(down) + 0.5);
                let inside = [across, down].iter().all(|at| *at > 0 && at + 1 < side);
                (Frame { centre_x: x, top: y - 0.5 * frame.height, ..frame }, inside)
            };
            best.take_windows(&asked, &near.leaders, &descriptions, frame_of);
        }
        best.candidate(self.templates(pass), wanted)
    }

    /// Moves a candidate to the peak of its own template between the steps of the search: what is worn is told
    /// from what stands where, to the pixel. Training looks are measured where this puts them, so the scores
    /// told are those of the peak.
    ///
    /// To the vertex of a parabola through three scores along each axis (successive parabolic interpolation:
    /// Brent, 1973).
    pub(super) fn polish(&self, shown: &Opaque<'_>, candidate: &mut Candidate) {
        let column = candidate.template + if candidate.frame.mirrored { self.labels.len() } else { 0 };
        let mut best = Peak { frame: candidate.frame, score: f32::MIN, description: Vec::new() };
        let mut description = Vec::with_capacity(Pass::Fine.window().dimensions());
        let mut score_at = |best: &mut Peak, frame: Frame| {
            description.clear();
            let upright = Frame { mirrored: false, ..frame };
            Pass::Fine.window().describe_cut(&Pass::Fine.window().cut(shown, &upright, 0), &mut description);
            let score = self.fine.score_one(column, &description);
            if score > best.score {
                (best.frame, best.score) = (frame, score);
                std::mem::swap(&mut best.description, &mut description);
            }
            score
        };
        score_at(&mut best, candidate.frame);
        for step in POLISH_STEPS {
            let (here, at) = (best.score, best.frame);
            let moved = |[right, down, grow]: [f32; 3]| {
                at.shifted(right * step * at.height, down * step * at.height).grown(1.0 + grow * step)
            };
            let vertex = [0, 1, 2].map(|axis: usize| {
                let along = |by: f32| std::array::from_fn(|other| if other == axis { by } else { 0.0 });
                let [before, after] = [-1.0, 1.0].map(|by| score_at(&mut best, moved(along(by))));
                vertex([before, here, after])
            });
            score_at(&mut best, moved(vertex));
        }
        candidate.frame = best.frame;
        let count = self.labels.len();
        for (template, score) in self.fine.score(&best.description).into_iter().enumerate() {
            let kept = &mut candidate.scores[template % count];
            *kept = kept.max(score);
        }
        candidate.score = candidate.scores[candidate.template];
    }

    fn templates(&self, pass: Pass) -> &Templates {
        match pass {
            Pass::Coarse => &self.coarse,
            Pass::Near => &self.near,
            Pass::Fine => &self.fine,
        }
    }
}

/// Where the parabola through three scores, at -1, 0 and 1, is greatest; 0 where it is nowhere.
fn vertex([before, here, after]: [f32; 3]) -> f32 {
    let bend = before - 2.0 * here + after;
    let vertex = if bend < 0.0 { 0.5 * (before - after) / bend } else { 0.0 };
    vertex.clamp(-FURTHEST_VERTEX, FURTHEST_VERTEX)
}

/// The best place of a polish so far.
struct Peak {
    frame: Frame,
    score: f32,
    description: Vec<f32>,
}

/// The best place of a look so far.
struct Best {
    frame: Frame,
    /// Whether the look reached further on every side.
    inside: bool,
    description: Vec<f32>,
    score: f32,
    /// Whose it is, straight or mirrored.
    template: usize,
    /// Best score of each pair of straight and mirrored template, at any place.
    scores: Vec<f32>,
}

impl Best {
    fn new(frame: Frame, labels: usize) -> Self {
        let scores = vec![f32::MIN; labels];
        Self { frame, inside: false, description: Vec::new(), score: f32::MIN, template: 0, scores }
    }

    /// Takes the scores of windows, described one after the other, by the templates `asked`, whose numbers are
    /// `leaders`. `frame_of` says where a window stands, and whether windows on every side of it were looked at.
    fn take_windows(
        &mut self,
        asked: &Templates,
        leaders: &[usize],
        descriptions: &[f32],
        frame_of: impl Fn(usize) -> (Frame, bool),
    ) {
        let scores = asked.score(descriptions);
        for (place, scores) in scores.chunks_exact(asked.count()).enumerate() {
            for (template, score) in leaders.iter().zip(scores) {
                if self.take(*template, *score) {
                    (self.frame, self.inside) = frame_of(place);
                    self.description.clear();
                    self.description
                        .extend_from_slice(&descriptions[place * asked.dimensions..][..asked.dimensions]);
                }
            }
        }
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
            inside: self.inside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parabola_is_greatest_at_its_vertex() {
        let parabola = |at: f32| 3.0 - 2.0 * (at - 0.3) * (at - 0.3);
        let found = vertex([-1.0, 0.0, 1.0].map(parabola));
        assert!((found - 0.3).abs() < 1e-5, "{found}");
        assert!(vertex([1.0, 0.0, 1.0]).abs() < 1e-6);
        assert!((vertex([1.0, 2.0, 3.0]).abs()) < 1e-6, "a slope has none");
        assert!((vertex([0.0, 1.0, 1.99]) - FURTHEST_VERTEX).abs() < 1e-6);
    }
}
