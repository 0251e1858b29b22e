//! Finds characters: coarse over all places and sizes, fine on the best of them.

use lorgnon_imaging::{Beyond, CELL_STRIDE_PX, GradientGrid, Picture, Rect};
use lorgnon_look::Look;

use super::descriptor::{CELL_STEP, COARSE, FINE};
use super::model::CharacterModel;
use super::{Detection, Location};
use crate::{Frame, Verdict};

/// Sizes of the search lie this far apart.
const SIZE_STEP: f32 = 1.189_207_1;
/// Coarse windows start every this many grid steps.
const COARSE_STRIDE: usize = 2;
/// Coarse candidates kept for the fine stage.
const CANDIDATES: usize = 6;
/// Candidates that are refined in size and place.
const REFINED: usize = 3;
/// Tilts lie this far apart; templates stand half of it.
pub(super) const TILT_STEP_DEGREES: f32 = 8.0;
/// A best class this likely ends the search for another tilt.
const SURE: f32 = 0.98;
/// A best class less likely than this is uncertain.
const UNCERTAIN_BELOW: f32 = 0.6;
/// Two detections that share this much are the same character.
const SAME_SHARE: f32 = 0.35;
/// Characters told of in one picture at most.
const MOST_CHARACTERS: usize = 8;
/// Smallest and largest body looked for on a busy background, of the picture's height.
const SMALLEST_BODY: f32 = 0.11;
const LARGEST_BODY: f32 = 1.9;
/// The same before a plain background, of the foreground's height: hats and pets make the
/// foreground larger than the body, cut-off legs smaller.
const SMALLEST_OF_FOREGROUND: f32 = 0.55;
const LARGEST_OF_FOREGROUND: f32 = 2.3;

/// A place where a character may stand.
#[derive(Debug, Clone)]
struct Candidate {
    frame: Frame,
    /// Best score of every template near the place.
    scores: Vec<f32>,
    /// The greatest of them.
    score: f32,
    /// Whose it is.
    template: usize,
}

/// Which templates take part.
type Wanted<'a> = &'a dyn Fn(usize) -> bool;

impl CharacterModel {
    /// Finds the characters in a picture.
    #[must_use]
    pub fn locate(&self, picture: &Picture) -> Location {
        let found = self.search(picture, &|_| true);
        let mut characters: Vec<Detection> = Vec::new();
        for candidate in found.into_iter().filter(|found| found.score >= self.calibration.threshold) {
            let detection = self.detection(candidate);
            let seen =
                |other: &Detection| other.bounds.intersection_over_union(&detection.bounds) > SAME_SHARE;
            if characters.len() < MOST_CHARACTERS && !characters.iter().any(seen) {
                characters.push(detection);
            }
        }
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
        if !(0..count).any(agrees) {
            return None;
        }
        self.search(picture, &agrees).first().map(|found| found.frame)
    }

    fn detection(&self, found: Candidate) -> Detection {
        let label = &self.labels[found.template % self.labels.len()];
        let [left, top, right, bottom] = label.extent;
        let region = crate::crops::Region { u: left, v: top, width: right - left, height: bottom - top };
        Detection {
            frame: found.frame,
            bounds: crate::crops::picture_bounds(&found.frame, &region),
            score: found.score,
            pairs: self.probabilities(&found.scores),
        }
    }

    /// Candidates refined, best first.
    fn search(&self, picture: &Picture, wanted: Wanted<'_>) -> Vec<Candidate> {
        let beyond = super::descriptor::beyond(picture);
        let mut candidates = self.coarse(picture, beyond, wanted);
        for candidate in &mut candidates {
            *candidate = self.fine(picture, beyond, &candidate.frame, &[1.0], 2, wanted);
        }
        candidates.sort_by(|left, right| right.score.total_cmp(&left.score));
        candidates.truncate(REFINED);
        let steps = [SIZE_STEP.sqrt().recip(), 1.0, SIZE_STEP.sqrt()];
        for candidate in &mut candidates {
            *candidate = self.fine(picture, beyond, &candidate.frame, &steps, 1, wanted);
        }
        candidates.sort_by(|left, right| right.score.total_cmp(&left.score));
        for candidate in candidates.iter_mut().take(1) {
            self.tilt(picture, beyond, candidate, wanted);
        }
        candidates
    }

    /// Tries the character tilted, unless it is plainly upright.
    fn tilt(&self, picture: &Picture, beyond: Beyond, candidate: &mut Candidate, wanted: Wanted<'_>) {
        let sure = self.probabilities(&candidate.scores).first().is_some_and(|pair| pair.2 >= SURE);
        if sure && candidate.score > 2.0 * self.calibration.threshold {
            return;
        }
        let upright = candidate.frame;
        for rotation_degrees in [-TILT_STEP_DEGREES, TILT_STEP_DEGREES] {
            let frame = Frame { rotation_degrees, ..upright };
            let tilted = self.fine(picture, beyond, &frame, &[1.0], 1, wanted);
            if tilted.score > candidate.score {
                *candidate = tilted;
            }
        }
    }

    /// Scores the fine windows around a place, sizes multiplied by `sizes`, every `stride` grid
    /// steps within two.
    fn fine(
        &self,
        picture: &Picture,
        beyond: Beyond,
        near: &Frame,
        sizes: &[f32],
        stride: usize,
        wanted: Wanted<'_>,
    ) -> Candidate {
        const REACH: usize = 2;
        let mut best = Candidate {
            frame: *near,
            scores: vec![f32::MIN; self.labels.len()],
            score: f32::MIN,
            template: 0,
        };
        let upright = Frame { mirrored: false, ..*near };
        let first = FINE.margin_px / CELL_STRIDE_PX;
        let mut descriptions = Vec::with_capacity(25 * FINE.dimensions());
        for size in sizes {
            let height = near.height * size;
            let frame = Frame { height, top: near.top + 0.5 * (near.height - height), ..upright };
            let grid = GradientGrid::measure(&FINE.cut(picture, beyond, &frame, REACH * CELL_STRIDE_PX));
            descriptions.clear();
            let mut places = Vec::with_capacity(25);
            for down in (0..=2 * REACH).step_by(stride) {
                for across in (0..=2 * REACH).step_by(stride) {
                    FINE.describe(&grid, first + across, first + down, &mut descriptions);
                    places.push((across, down));
                }
            }
            let scores = self.fine.score(&descriptions);
            for ((across, down), scores) in places.into_iter().zip(scores.chunks_exact(self.fine.count())) {
                let step = CELL_STRIDE_PX as f32 / FINE.body_px as f32;
                let offset = |cells: usize| (cells as f32 - REACH as f32) * step;
                self.take_best(&mut best, scores, wanted, |mirrored| {
                    let (x, y) = frame.to_picture(offset(across), offset(down) + 0.5);
                    Frame { centre_x: x, top: y - 0.5 * height, mirrored, ..frame }
                });
            }
        }
        best
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
        for (template, score) in scores.iter().enumerate().filter(|(template, _)| wanted(*template)) {
            let kept = &mut best.scores[template % count];
            *kept = kept.max(*score);
            if *score > best.score {
                best.score = *score;
                best.template = template % count;
                best.frame = frame(template >= count);
            }
        }
    }

    /// The best coarse windows that are not near a better one.
    fn coarse(&self, picture: &Picture, beyond: Beyond, wanted: Wanted<'_>) -> Vec<Candidate> {
        let (area, smallest, largest) = search_area(picture);
        let mut found: Vec<(f32, Frame)> = Vec::new();
        let mut height = largest;
        while height >= smallest {
            self.coarse_level(picture, beyond, &area, height, wanted, &mut found);
            height /= SIZE_STEP;
        }
        found.sort_by(|left, right| right.0.total_cmp(&left.0));
        let mut kept: Vec<Candidate> = Vec::new();
        for (score, frame) in found {
            let near = |other: &Candidate| {
                let other = &other.frame;
                let size = other.height.min(frame.height);
                (other.centre_x - frame.centre_x).abs() < 0.2 * size
                    && (other.top + 0.5 * other.height - frame.top - 0.5 * frame.height).abs() < 0.2 * size
                    && (other.height / frame.height).ln().abs() < 0.25
            };
            if !kept.iter().any(near) {
                kept.push(Candidate { frame, scores: Vec::new(), score, template: 0 });
                if kept.len() == CANDIDATES {
                    break;
                }
            }
        }
        kept
    }

    /// Scores the coarse windows of bodies of one height whose middle lies in `area`.
    fn coarse_level(
        &self,
        picture: &Picture,
        beyond: Beyond,
        area: &Rect,
        height: f32,
        wanted: Wanted<'_>,
        found: &mut Vec<(f32, Frame)>,
    ) {
        let scale = COARSE.body_px as f32 / height;
        let level = padded_level(picture, beyond, area, scale);
        let grid = GradientGrid::measure(&level.picture);
        let (span_across, span_down) = (COARSE.columns * CELL_STEP - 1, COARSE.rows * CELL_STEP - 1);
        let mut descriptions = Vec::new();
        let mut places = Vec::new();
        for row in (0..(grid.rows() + 1).saturating_sub(span_down)).step_by(COARSE_STRIDE) {
            for column in (0..(grid.columns() + 1).saturating_sub(span_across)).step_by(COARSE_STRIDE) {
                COARSE.describe(&grid, column, row, &mut descriptions);
                places.push((column, row));
            }
        }
        let scores = self.coarse.score(&descriptions);
        for ((column, row), scores) in places.into_iter().zip(scores.chunks_exact(self.coarse.count())) {
            let best = scores
                .iter()
                .enumerate()
                .filter(|(template, _)| wanted(*template))
                .map(|(_, score)| *score)
                .fold(f32::MIN, f32::max);
            let x = (column * CELL_STRIDE_PX) as f32 + COARSE.width_px() as f32 / 2.0;
            let y = (row * CELL_STRIDE_PX + COARSE.head_room_px) as f32;
            let (centre_x, top) = level.to_picture(x, y);
            found.push((best, Frame { centre_x, top, height, mirrored: false, rotation_degrees: 0.0 }));
        }
    }
}

/// Where to look and for which body heights, in pixels: the foreground where it is plain, else
/// everywhere.
fn search_area(picture: &Picture) -> (Rect, f32, f32) {
    match picture.foreground(160) {
        Some(foreground) => {
            let high = foreground.bounds.height;
            (foreground.bounds, SMALLEST_OF_FOREGROUND * high, LARGEST_OF_FOREGROUND * high)
        }
        None => {
            let (width, height) = (picture.width() as f32, picture.height() as f32);
            (Rect { x: 0.0, y: 0.0, width, height }, SMALLEST_BODY * height, LARGEST_BODY * height)
        }
    }
}

/// A scaled part of the picture with room for windows that reach over its border.
struct Level {
    picture: Picture,
    /// Picture position of the level's corner.
    corner: (f32, f32),
    /// Level pixels a picture pixel.
    scale: f32,
}

impl Level {
    fn to_picture(&self, x: f32, y: f32) -> (f32, f32) {
        (self.corner.0 + x / self.scale, self.corner.1 + y / self.scale)
    }
}

/// Room around the searched area, in level pixels: half a window on the sides, the head room above,
/// and most of a body below for characters cut off at the waist.
const ROOM_SIDE_PX: f32 = 28.0;
const ROOM_ABOVE_PX: f32 = 12.0;
const ROOM_BELOW_PX: f32 = 44.0;

fn padded_level(picture: &Picture, beyond: Beyond, area: &Rect, scale: f32) -> Level {
    let corner = (area.x - ROOM_SIDE_PX / scale, area.y - ROOM_ABOVE_PX / scale);
    let width = (area.width * scale + 2.0 * ROOM_SIDE_PX).ceil() as u32;
    let height = (area.height * scale + ROOM_ABOVE_PX + ROOM_BELOW_PX).ceil() as u32;
    let scaled = picture.resized(
        ((picture.width() as f32 * scale).round() as u32).max(1),
        ((picture.height() as f32 * scale).round() as u32).max(1),
    );
    let (left, top) = ((corner.0 * scale).round() as i64, (corner.1 * scale).round() as i64);
    let mut level = Picture::filled(width, height, [0; 4]);
    let (last_x, last_y) = (i64::from(scaled.width()) - 1, i64::from(scaled.height()) - 1);
    for (row, line) in level.pixels_mut().chunks_exact_mut(width as usize).enumerate() {
        let y = top + row as i64;
        for (column, pixel) in line.iter_mut().enumerate() {
            let x = left + column as i64;
            let (inside_x, inside_y) = (x.clamp(0, last_x), y.clamp(0, last_y));
            if beyond == Beyond::Repeated || (inside_x == x && inside_y == y) {
                *pixel = scaled.pixel(inside_x as u32, inside_y as u32);
            }
        }
    }
    Level { picture: level, corner, scale }
}
