//! Finds characters: coarse over all places and sizes, fine on the best of them.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use lorgnon_imaging::{Beyond, CELL_FEATURES, CELL_STRIDE_PX, ForegroundKind, GradientGrid, Picture, Rect};
use lorgnon_look::Look;
use rayon::prelude::*;

use super::descriptor::{CELL_STEP, COARSE, Pass};
use super::discriminant::Templates;
use super::model::CharacterModel;
use super::{Detection, Location};
use crate::{Frame, Verdict};

/// Sizes of the search lie this far apart.
const SIZE_STEP: f32 = 1.189_207_1;
/// Best windows of every size that all templates look at, likewise.
const GLANCED: usize = 16;
const GLANCED_PLAIN: usize = 8;
/// Coarse candidates kept for the fine stage, on a busy and on a plain background.
const CANDIDATES: usize = 10;
const CANDIDATES_PLAIN: usize = 4;
/// Coarse candidates of every size that are kept whatever their rank.
const CANDIDATES_A_SIZE: usize = 2;
/// Candidates that the fine templates look at.
const APPROACHED: usize = 24;
/// Candidates that are refined in size and place.
const REFINED: usize = 5;
/// Sizes, of the candidate's, that the near and the fine templates look at.
const NEAR_SIZES: [f32; 3] = [0.917, 1.0, 1.0905];
const FINE_SIZES: [f32; 3] = [0.957_603_3, 1.0, 1.044_273_8];
/// Candidates nearer to each other than this, of the body height, are the same; of those nearer than
/// the other, the better one climbs to the other's peak.
const SAME_PLACE: f32 = 0.05;
const WITHIN_CLIMB: f32 = 0.12;
/// Grid steps about a candidate that they look at.
const NEAR_REACH: usize = 3;
const FINE_REACH: usize = 2;
/// Candidates below this share of the best score are not worth refining.
const LEAST_OF_LEADER: f32 = 0.4;
/// Times a candidate is refined at most, and the gain in score below which it has arrived.
const CLIMBS: usize = 4;
const WORTH_CLIMBING: f32 = 3.0;
/// Steps of the last polish, of the body height.
const POLISH_STEPS: [f32; 4] = [0.014, 0.014, 0.007, 0.004];
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
/// Bodies smaller than this have too few pixels to be told apart.
const SMALLEST_BODY_PX: f32 = 24.0;
const LARGEST_BODY: f32 = 1.9;
/// A foreground of this share of both sides is no foreground.
const WHOLE: f32 = 0.97;
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

/// Which templates take part; all where empty.
type Wanted<'a> = &'a [usize];

impl CharacterModel {
    /// Finds the characters in a picture.
    #[must_use]
    pub fn locate(&self, picture: &Picture) -> Location {
        self.accept(self.candidates(picture))
    }

    /// Of what [`Self::candidates`] gave, the characters: those that reach the threshold, one a place.
    #[must_use]
    pub fn accept(&self, mut candidates: Vec<Detection>) -> Location {
        candidates.retain(|candidate| candidate.score >= self.calibration.threshold);
        candidates.sort_by(|left, right| right.score.total_cmp(&left.score));
        let mut characters: Vec<Detection> = Vec::new();
        for detection in candidates {
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
        let wanted: Vec<usize> = (0..2 * count).filter(|template| agrees(*template)).collect();
        if wanted.is_empty() {
            return None;
        }
        self.search(picture, &wanted).first().map(|found| found.frame)
    }

    /// Every place that was looked at closely, best first, however unlikely.
    #[must_use]
    pub fn candidates(&self, picture: &Picture) -> Vec<Detection> {
        self.search(picture, &[]).into_iter().map(|found| self.detection(picture, found)).collect()
    }

    /// The best place for a character in a picture, however unlikely.
    #[must_use]
    pub fn best_guess(&self, picture: &Picture) -> Option<Detection> {
        self.candidates(picture).into_iter().next()
    }

    /// The score below which a detection is nobody.
    #[must_use]
    pub fn threshold(&self) -> f32 {
        self.calibration.threshold
    }

    fn detection(&self, picture: &Picture, found: Candidate) -> Detection {
        let label = &self.labels[found.template % self.labels.len()];
        let [left, top, right, bottom] = label.extent;
        let region = crate::crops::Region { u: left, v: top, width: right - left, height: bottom - top };
        Detection {
            frame: found.frame,
            bounds: crate::crops::picture_bounds(&found.frame, &region),
            score: found.score / evidence_seen(picture, &found.frame),
            pairs: self.probabilities(&found.scores),
            cluster: self.cluster_of_template(found.template % self.labels.len()),
        }
    }

    /// Candidates refined, best first.
    fn search(&self, picture: &Picture, wanted: Wanted<'_>) -> Vec<Candidate> {
        let beyond = super::descriptor::beyond(picture);
        let look = |pass: Pass, near: &Frame, sizes: &[f32]| {
            self.look_around(picture, beyond, pass, near, sizes, wanted)
        };
        let mut candidates = self.coarse(picture, beyond, wanted);
        candidates
            .par_iter_mut()
            .for_each(|candidate| *candidate = look(Pass::Near, &candidate.frame, &NEAR_SIZES));
        let mut candidates = best_apart(candidates, APPROACHED, SAME_PLACE);
        candidates
            .par_iter_mut()
            .for_each(|candidate| *candidate = look(Pass::Fine, &candidate.frame, &[1.0]));
        let mut candidates = best_apart(candidates, REFINED, WITHIN_CLIMB);
        let leader = candidates.first().map_or(0.0, |best| best.score);
        candidates.retain(|candidate| candidate.score >= LEAST_OF_LEADER * leader);
        candidates.par_iter_mut().for_each(|candidate| self.climb(picture, beyond, candidate, wanted));
        candidates.sort_by(|left, right| right.score.total_cmp(&left.score));
        for candidate in candidates.iter_mut().take(1) {
            self.tilt(picture, beyond, candidate, wanted);
            self.polish(picture, beyond, candidate);
        }
        candidates
    }

    /// Refines a candidate's place and size until it stays: the peak may lie outside one reach.
    fn climb(&self, picture: &Picture, beyond: Beyond, candidate: &mut Candidate, wanted: Wanted<'_>) {
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
    fn tilt(&self, picture: &Picture, beyond: Beyond, candidate: &mut Candidate, wanted: Wanted<'_>) {
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
    fn look_around(
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
            let height = near.height * size;
            let frame = Frame { height, top: near.top + 0.5 * (near.height - height), ..upright };
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
                    Frame { centre_x: x, top: y - 0.5 * height, mirrored, ..frame }
                });
            }
        }
        best
    }

    /// Moves a candidate to the peak of its own template between the steps of the search, by pattern
    /// search (Hooke and Jeeves, 1961): what is worn is told from what stands where, to the pixel.
    fn polish(&self, picture: &Picture, beyond: Beyond, candidate: &mut Candidate) {
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
                    let frame = moved(&candidate.frame, right * sign, down * sign, grow * sign);
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

    /// The best coarse windows that are not near a better one.
    ///
    /// Three sieves: a few shared directions on every other window, all templates on the best of
    /// them and their neighbours, then the best apart from each other. There are many more small
    /// windows than large ones, whose best score higher by chance: so every size sends its own.
    fn coarse(&self, picture: &Picture, beyond: Beyond, wanted: Wanted<'_>) -> Vec<Candidate> {
        let search = SearchArea::of(picture);
        let (glanced, most) =
            if search.plain { (GLANCED_PLAIN, CANDIDATES_PLAIN) } else { (GLANCED, CANDIDATES) };
        let sizes: Vec<f32> = std::iter::successors(Some(search.largest), |height| Some(height / SIZE_STEP))
            .take_while(|height| *height >= search.smallest)
            .collect();
        let mut looked: Vec<(Glance, Frame)> = sizes
            .into_par_iter()
            .flat_map_iter(|height| {
                let level = Level::new(picture, beyond, &search.area, height);
                let mut glances = self.glance(&level, wanted);
                glances.sort_by(Glance::better);
                let places = glances.into_iter().map(|glance| (glance, level.frame(&glance)));
                apart(places, glanced, 0.15).into_iter().map(move |(glance, _)| {
                    let glance = self.look_closer(&level, &glance, wanted);
                    (glance, level.frame(&glance))
                })
            })
            .collect();
        looked.sort_by(|left, right| left.0.better(&right.0).then(right.1.height.total_cmp(&left.1.height)));
        let mut heights: Vec<f32> = Vec::new();
        let ranked = apart(looked.into_iter(), usize::MAX, 0.2).into_iter().enumerate();
        let chosen = ranked.filter(|(rank, (_, frame))| {
            let same = heights.iter().filter(|height| height.total_cmp(&frame.height).is_eq()).count();
            heights.push(frame.height);
            *rank < most || same < CANDIDATES_A_SIZE
        });
        chosen
            .map(|(_, (glance, frame))| Candidate {
                frame,
                scores: Vec::new(),
                score: glance.score,
                template: 0,
            })
            .collect()
    }

    /// Scores every other window of a level, across and down, by the sketch.
    fn glance(&self, level: &Level, wanted: Wanted<'_>) -> Vec<Glance> {
        const CELLS: usize = COARSE.columns * CELL_FEATURES;
        let grid = &level.grid;
        // Every other cell: the cells of these windows, which touch.
        let (columns, rows) = (grid.columns().div_ceil(CELL_STEP), grid.rows().div_ceil(CELL_STEP));
        if columns < COARSE.columns || rows < COARSE.rows {
            return Vec::new();
        }
        let (across, down) = (columns + 1 - COARSE.columns, rows + 1 - COARSE.rows);
        let rank = self.sketch.rank();
        let mut products = vec![0.0f32; across * down * rank];
        let mut line = Vec::with_capacity(columns * CELL_FEATURES);
        let mut windows = vec![0.0f32; across * CELLS];
        let mut parts = vec![0.0f32; across * COARSE.rows * rank];
        for row in 0..rows {
            line.clear();
            for column in 0..columns {
                line.extend_from_slice(grid.cell(column * CELL_STEP, row * CELL_STEP));
            }
            for (column, window) in windows.chunks_exact_mut(CELLS).enumerate() {
                window.copy_from_slice(&line[column * CELL_FEATURES..][..CELLS]);
            }
            // A row of cells is the first row of one row of windows, the second of the one above, …
            matmul(
                MatMut::from_row_major_slice_mut(&mut parts, across, COARSE.rows * rank),
                Accum::Replace,
                MatRef::from_row_major_slice(&windows, across, CELLS),
                MatRef::from_row_major_slice(&self.sketch_rows, CELLS, COARSE.rows * rank),
                1.0,
                Par::Seq,
            );
            for part in row.saturating_sub(down - 1)..COARSE.rows.min(row + 1) {
                let to = &mut products[(row - part) * across * rank..][..across * rank];
                for (to, from) in to.chunks_exact_mut(rank).zip(parts.chunks_exact(COARSE.rows * rank)) {
                    for (to, from) in to.iter_mut().zip(&from[part * rank..]) {
                        *to += from;
                    }
                }
            }
        }
        let scores = self.sketch.mix(&products);
        let mut found = Vec::with_capacity(across * down);
        for (at, scores) in scores.chunks_exact(self.sketch.bias.len()).enumerate() {
            let best = if wanted.is_empty() {
                scores.iter().copied().fold(f32::MIN, f32::max)
            } else {
                wanted.iter().map(|template| scores[*template]).fold(f32::MIN, f32::max)
            };
            found.push(Glance { score: best, column: at % across * CELL_STEP, row: at / across * CELL_STEP });
        }
        found
    }

    /// Scores a window and those one grid step around it by all coarse templates.
    fn look_closer(&self, level: &Level, glance: &Glance, wanted: Wanted<'_>) -> Glance {
        let last_column = (level.grid.columns() + 1).saturating_sub(COARSE.columns * CELL_STEP);
        let last_row = (level.grid.rows() + 1).saturating_sub(COARSE.rows * CELL_STEP);
        let mut descriptions = Vec::with_capacity(9 * COARSE.dimensions());
        let mut places = Vec::with_capacity(9);
        for row in glance.row.saturating_sub(1)..=(glance.row + 1).min(last_row) {
            for column in glance.column.saturating_sub(1)..=(glance.column + 1).min(last_column) {
                COARSE.describe(&level.grid, column, row, &mut descriptions);
                places.push((column, row));
            }
        }
        let scores = self.coarse.score(&descriptions);
        let mut best = Glance { score: f32::MIN, ..*glance };
        for ((column, row), scores) in places.into_iter().zip(scores.chunks_exact(self.coarse.count())) {
            let score = if wanted.is_empty() {
                scores.iter().copied().fold(f32::MIN, f32::max)
            } else {
                wanted.iter().map(|template| scores[*template]).fold(f32::MIN, f32::max)
            };
            if score > best.score {
                best = Glance { score, column, row };
            }
        }
        best
    }
}

const fn reach_of(pass: Pass) -> usize {
    match pass {
        Pass::Coarse => 0,
        Pass::Near => NEAR_REACH,
        Pass::Fine => FINE_REACH,
    }
}

/// Less of a body than this is judged as this.
const LEAST_SEEN: f32 = 0.4;
/// A body whose lower part is not in the picture: what is seen of it ends above this part of it.
const WAIST_DOWN: f32 = 0.88;

/// The share of a body's evidence that is in the picture: 1 unless its lower part is cut off.
fn evidence_seen(picture: &Picture, frame: &Frame) -> f32 {
    let seen = (picture.height() as f32 - frame.top) / frame.height;
    if seen < WAIST_DOWN { seen.max(LEAST_SEEN).sqrt() } else { 1.0 }
}

/// A frame moved by shares of its height, and grown about its middle.
fn moved(frame: &Frame, right: f32, down: f32, grow: f32) -> Frame {
    let height = frame.height * (1.0 + grow);
    Frame {
        centre_x: frame.centre_x + right * frame.height,
        top: frame.top + down * frame.height + 0.5 * (frame.height - height),
        height,
        ..*frame
    }
}

/// The best `most` candidates that do not stand where a better one does.
fn best_apart(mut candidates: Vec<Candidate>, most: usize, reach: f32) -> Vec<Candidate> {
    candidates.sort_by(|left, right| right.score.total_cmp(&left.score));
    let mut kept: Vec<Candidate> = Vec::with_capacity(most);
    for candidate in candidates {
        if kept.len() == most {
            break;
        }
        if !kept.iter().any(|other| is_near(&other.frame, &candidate.frame, reach)) {
            kept.push(candidate);
        }
    }
    kept
}

/// A coarse window that may hold a character.
#[derive(Debug, Clone, Copy)]
struct Glance {
    score: f32,
    column: usize,
    row: usize,
}

impl Glance {
    /// Greatest score first, ties by place.
    fn better(&self, other: &Self) -> std::cmp::Ordering {
        other.score.total_cmp(&self.score).then((self.row, self.column).cmp(&(other.row, other.column)))
    }
}

/// The first `most` of them that are not near an earlier one.
fn apart(glances: impl Iterator<Item = (Glance, Frame)>, most: usize, reach: f32) -> Vec<(Glance, Frame)> {
    let mut kept: Vec<(Glance, Frame)> = Vec::new();
    for (glance, frame) in glances {
        if kept.len() == most {
            break;
        }
        if !kept.iter().any(|(_, other)| is_near(other, &frame, reach)) {
            kept.push((glance, frame));
        }
    }
    kept
}

/// Whether two upright frames stand for the same place and size; `reach` in body heights.
fn is_near(left: &Frame, right: &Frame, reach: f32) -> bool {
    let size = left.height.min(right.height) * reach;
    let middle = |frame: &Frame| frame.top + 0.5 * frame.height;
    (left.centre_x - right.centre_x).abs() < size
        && (middle(left) - middle(right)).abs() < size
        && (left.height / right.height).ln().abs() < 1.25 * reach
}

/// Where to look and for which body heights, in pixels: the foreground where it is plain, else
/// everywhere.
struct SearchArea {
    plain: bool,
    area: Rect,
    smallest: f32,
    largest: f32,
}

impl SearchArea {
    fn of(picture: &Picture) -> Self {
        // What fills the picture stands before nothing: a map whose border happens to be even.
        let plain = picture.foreground(160).filter(|found| {
            found.kind == ForegroundKind::Alpha
                || found.bounds.width < WHOLE * picture.width() as f32
                || found.bounds.height < WHOLE * picture.height() as f32
        });
        if let Some(foreground) = plain {
            let high = foreground.bounds.height;
            return Self {
                plain: true,
                area: foreground.bounds,
                smallest: SMALLEST_OF_FOREGROUND * high,
                largest: LARGEST_OF_FOREGROUND * high,
            };
        }
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        Self {
            plain: false,
            area: Rect { x: 0.0, y: 0.0, width, height },
            smallest: (SMALLEST_BODY * height).max(SMALLEST_BODY_PX),
            largest: LARGEST_BODY * height,
        }
    }
}

/// The searched part of a picture at one scale, with room for windows that reach over its border.
struct Level {
    grid: GradientGrid,
    /// Picture position of the level's corner.
    corner: (f32, f32),
    /// Level pixels a picture pixel.
    scale: f32,
    /// Height of the bodies looked for, in picture pixels.
    height: f32,
}

/// Room around the searched area, in level pixels: half a window on the sides, the head room above,
/// and most of a body below for characters cut off at the waist.
const ROOM_SIDE_PX: f32 = 28.0;
const ROOM_ABOVE_PX: f32 = 12.0;
const ROOM_BELOW_PX: f32 = 44.0;

impl Level {
    fn new(picture: &Picture, beyond: Beyond, area: &Rect, height: f32) -> Self {
        let scale = COARSE.body_px as f32 / height;
        let corner = (area.x - ROOM_SIDE_PX / scale, area.y - ROOM_ABOVE_PX / scale);
        let width = (area.width * scale + 2.0 * ROOM_SIDE_PX).ceil() as u32;
        let rows = (area.height * scale + ROOM_ABOVE_PX + ROOM_BELOW_PX).ceil() as u32;
        let scaled = picture.resized(
            ((picture.width() as f32 * scale).round() as u32).max(1),
            ((picture.height() as f32 * scale).round() as u32).max(1),
        );
        let (left, top) = ((corner.0 * scale).round() as i64, (corner.1 * scale).round() as i64);
        let mut level = Picture::filled(width, rows, [0; 4]);
        let (last_x, last_y) = (i64::from(scaled.width()) - 1, i64::from(scaled.height()) - 1);
        for (row, line) in level.pixels_mut().chunks_exact_mut(width as usize).enumerate() {
            let y = top + row as i64;
            let inside_y = y.clamp(0, last_y);
            if beyond == Beyond::Clear && inside_y != y {
                continue;
            }
            let source = scaled.row(inside_y as u32);
            for (column, pixel) in line.iter_mut().enumerate() {
                let x = left + column as i64;
                let inside_x = x.clamp(0, last_x);
                if beyond == Beyond::Repeated || inside_x == x {
                    *pixel = source[inside_x as usize];
                }
            }
        }
        Self { grid: GradientGrid::measure(&level), corner, scale, height }
    }

    /// Where a character in the window of a glance stands.
    fn frame(&self, glance: &Glance) -> Frame {
        let x = (glance.column * CELL_STRIDE_PX) as f32 + COARSE.width_px() as f32 / 2.0;
        let y = (glance.row * CELL_STRIDE_PX + COARSE.head_room_px) as f32;
        Frame {
            centre_x: self.corner.0 + x / self.scale,
            top: self.corner.1 + y / self.scale,
            height: self.height,
            mirrored: false,
            rotation_degrees: 0.0,
        }
    }
}
