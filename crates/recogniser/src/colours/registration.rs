//! Moves a character's frame to where its colour map fits best.
//!
//! A detector is right within a few pixels; a colour map wants to be right within one. No colours
//! are known yet, so a frame is judged by how *consistent* it makes each part: with their tints
//! undone, the pixels of a part must all say the same colour. The tolerance grows with the
//! brightness of that colour, or a dark background, on which all differences are small, would
//! always win.

use lorgnon_look::COLOUR_COUNT;

use super::grid::{BODY_PX, Canvas, Placement};
use super::map::{ColourMap, Witness};
use super::tinting::Tinting;
use crate::Frame;
use crate::equations::solve;

/// Parts: the six colours and the fixed one.
const PARTS: usize = COLOUR_COUNT + 1;
/// Pixels with which a frame is judged, finely and roughly.
const FINE: usize = 900;
const ROUGH: usize = 320;
/// A miss of a white part, in levels, at which a pixel no longer speaks for the frame.
const TOLERANCE: f32 = 24.0;
/// The given frame stays unless another is better by this.
const CLEARLY: f32 = 0.012;
/// A training look judged above this is left where it stands.
const ALIGNED: f32 = 0.97;
/// More than rounding changes a judgement by.
const ROUNDING: f32 = 1e-4;
/// A frame judged below this after the near search is looked for farther away.
const LOST: f32 = 0.62;

/// The pixels with which frames are judged.
pub(super) struct Judge {
    fine: [Vec<Witness>; PARTS],
    rough: [Vec<Witness>; PARTS],
}

/// Every so-manieth pixel of each part, at least a few of the small ones.
fn thin(map: &ColourMap, count: usize) -> [Vec<Witness>; PARTS] {
    let lists: [&Vec<Witness>; PARTS] =
        std::array::from_fn(|part| map.witnesses.get(part).unwrap_or(&map.fixed));
    let all: f32 = lists.iter().map(|list| (list.len() as f32).sqrt()).sum();
    lists.map(|list| {
        let share = (count as f32 * (list.len() as f32).sqrt() / all.max(1.0)).ceil();
        let step = (list.len() as f32 / share.max(1.0)).max(1.0);
        let mut thinned = Vec::with_capacity(share as usize + 1);
        let mut at = 0.5 * (step - 1.0);
        while (at as usize) < list.len() {
            thinned.push(list[at as usize]);
            at += step;
        }
        thinned
    })
}

/// A number whose order among others is that of the value: whole numbers are selected more quickly.
fn key(value: f32) -> i32 {
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 31).cast_unsigned() >> 1).cast_signed()
}

/// The middle of the values with these keys; reorders them.
fn median(keys: &mut [i32]) -> f32 {
    let middle = keys.len() / 2;
    let bits = *keys.select_nth_unstable(middle).1;
    f32::from_bits((bits ^ ((bits >> 31).cast_unsigned() >> 1).cast_signed()).cast_unsigned())
}

/// Room for the values of one judgement, kept between judgements.
#[derive(Default)]
struct Scratch {
    seen: Vec<[f32; 3]>,
    tintings: Vec<Tinting>,
    /// Their [`key`]s.
    guesses: [Vec<i32>; 3],
}

/// Colours by position, gamma-encoded, 0 to 255.
pub(super) type Colours = [Option<[f32; 3]>; COLOUR_COUNT];

/// How consistent a placement makes the parts, 0 to 1. With `known` colours: how well these
/// explain the parts. A placement that cannot come to `least` is not judged to the end, and is 0.
fn judge(
    parts: &[Vec<Witness>; PARTS],
    canvas: &Canvas,
    placement: &Placement,
    known: Option<&Colours>,
    least: f32,
    scratch: &mut Scratch,
) -> f32 {
    let all: f32 = parts.iter().map(|witnesses| (witnesses.len() as f32).sqrt()).sum();
    let (mut score, mut whole) = (0.0, 0.0);
    for (part, witnesses) in parts.iter().enumerate() {
        if witnesses.is_empty() {
            continue;
        }
        if score + (all - whole) < (least - ROUNDING) * all {
            return 0.0;
        }
        scratch.seen.clear();
        scratch.tintings.clear();
        for witness in witnesses {
            let [red, green, blue, alpha] =
                canvas.sample(placement.centre(usize::from(witness.column), usize::from(witness.row)));
            if alpha >= 0.98 {
                scratch.seen.push([red, green, blue]);
                scratch.tintings.push(witness.tinting);
            }
        }
        let weight = (witnesses.len() as f32).sqrt();
        whole += weight;
        // Half of a part outside the picture or its mask is no part.
        if scratch.seen.len() * 3 < witnesses.len() {
            continue;
        }
        let colour: [f32; 3] = if part == COLOUR_COUNT {
            [255.0; 3]
        } else if let Some(colour) = known.and_then(|known| known[part]) {
            colour
        } else {
            std::array::from_fn(|channel| {
                let guesses = &mut scratch.guesses[channel];
                guesses.clear();
                guesses.extend(
                    scratch
                        .seen
                        .iter()
                        .zip(&scratch.tintings)
                        .map(|(seen, tinting)| key(tinting.undone(channel, seen[channel]))),
                );
                median(guesses).clamp(0.0, 255.0)
            })
        };
        let brightest = if part == COLOUR_COUNT { 200.0 } else { colour.into_iter().fold(0.0, f32::max) };
        let tolerance = TOLERANCE * (30.0 + brightest) / 285.0;
        let scale = 1.0 / (tolerance * tolerance);
        let mut sum = 0.0;
        for (seen, tinting) in scratch.seen.iter().zip(&scratch.tintings) {
            let worst = tinting.miss(colour, *seen);
            sum += (1.0 - worst * worst * scale).max(0.0);
        }
        score += weight * sum / witnesses.len() as f32;
    }
    if whole > 0.0 { score / whole } else { 0.0 }
}

/// A frame moved by grid pixels and scaled about the middle of its body.
pub(super) fn moved(frame: &Frame, right: f32, down: f32, larger: f32, turn_degrees: f32) -> Frame {
    let unit = frame.height / BODY_PX;
    let moved = frame.shifted(right * unit, down * unit).grown(1.0 + larger);
    Frame { rotation_degrees: frame.rotation_degrees + turn_degrees, ..moved }
}

impl Judge {
    pub(super) fn new(map: &ColourMap) -> Self {
        Self { fine: thin(map, FINE), rough: thin(map, ROUGH) }
    }

    /// The frame near `frame` that the map fits best, and how well, 0 to 1.
    pub(super) fn register(&self, canvas: &Canvas, frame: &Frame) -> (Frame, f32) {
        let mut scratch = Scratch::default();
        let given = judge(&self.fine, canvas, &canvas.placement(frame), None, 0.0, &mut scratch);
        let mut best = self.climb(&self.fine, canvas, *frame, given, [4.0, 0.03, 2.0], None, &mut scratch);
        if best.1 < LOST {
            let mut far = (*frame, 0.0);
            for larger in -2i8..=2 {
                for down in -4i8..=4 {
                    for right in -4i8..=4 {
                        let larger = 0.05 * f32::from(larger);
                        let tried = moved(frame, 5.0 * f32::from(right), 5.0 * f32::from(down), larger, 0.0);
                        let score =
                            judge(&self.rough, canvas, &canvas.placement(&tried), None, far.1, &mut scratch);
                        if score > far.1 {
                            far = (tried, score);
                        }
                    }
                }
            }
            let score = judge(&self.fine, canvas, &canvas.placement(&far.0), None, 0.0, &mut scratch);
            let far = self.climb(&self.fine, canvas, far.0, score, [3.0, 0.03, 2.0], None, &mut scratch);
            if far.1 > best.1 + CLEARLY {
                best = far;
            }
        }
        if best.1 > given + CLEARLY { best } else { (*frame, given) }
    }

    /// The frame near `frame` at which the labelled colours explain a training look best.
    pub(super) fn align(&self, canvas: &Canvas, frame: &Frame, known: &Colours) -> (Frame, f32) {
        let mut scratch = Scratch::default();
        let given = judge(&self.rough, canvas, &canvas.placement(frame), Some(known), 0.0, &mut scratch);
        if given > ALIGNED {
            return (*frame, given);
        }
        let best =
            self.climb(&self.rough, canvas, *frame, given, [3.0, 0.02, 1.0], Some(known), &mut scratch);
        if best.1 > given + CLEARLY { best } else { (*frame, given) }
    }

    /// Climbs from a frame in steps of grid pixels, scale and degrees, halved while they help.
    #[expect(
        clippy::too_many_arguments,
        reason = "one start, one canvas and one scratch space, all borrowed"
    )]
    fn climb(
        &self,
        parts: &[Vec<Witness>; PARTS],
        canvas: &Canvas,
        start: Frame,
        score: f32,
        steps: [f32; 3],
        known: Option<&Colours>,
        scratch: &mut Scratch,
    ) -> (Frame, f32) {
        let mut best = (start, score);
        let mut size = 1.0;
        while size > 0.05 {
            let [shift, scale, turn] = steps.map(|step| step * size);
            let mut better = best;
            for [right, down, larger, turned] in [
                [shift, 0.0, 0.0, 0.0],
                [-shift, 0.0, 0.0, 0.0],
                [0.0, shift, 0.0, 0.0],
                [0.0, -shift, 0.0, 0.0],
                [0.0, 0.0, scale, 0.0],
                [0.0, 0.0, -scale, 0.0],
                [0.0, 0.0, 0.0, turn],
                [0.0, 0.0, 0.0, -turn],
            ] {
                let tried = moved(&best.0, right, down, larger, turned);
                let score = judge(parts, canvas, &canvas.placement(&tried), known, better.1, scratch);
                if score > better.1 {
                    better = (tried, score);
                }
            }
            if better.1 > best.1 + 1e-4 {
                best = better;
            } else {
                size *= 0.5;
            }
        }
        best
    }
}

/// Pixels with which a frame is polished.
const POLISH: usize = 3000;
/// A pixel missed by more levels than this says nothing of where the frame should go.
const POLISH_MISS: f32 = 30.0;

/// Mean squared miss, in levels, below which only rounding is left.
const PERFECT: f32 = 0.6;

/// Polishes a frame to a fraction of a pixel, once the colours are known: Gauss-Newton on the
/// difference between the picture and the recoloured class, with outliers left out (Lucas and
/// Kanade 1981). The frame stays when the difference does not shrink.
pub(super) fn polish(map: &ColourMap, canvas: &Canvas, frame: &Frame, known: &Colours) -> Frame {
    let all = map.cells_known(known);
    let step = (all / POLISH).max(1);
    let mut points: Vec<(f32, f32, [f32; 3])> = Vec::with_capacity(all / step + 1);
    let mut count = 0;
    for (part, witnesses) in map.witnesses.iter().chain([&map.fixed]).enumerate() {
        let colour = if part == COLOUR_COUNT { Some([255.0; 3]) } else { known[part] };
        let Some(colour) = colour else { continue };
        for witness in witnesses {
            count += 1;
            if count % step == 0 {
                let shade = witness.tinting.shown(colour);
                points.push((f32::from(witness.column) + 0.5, f32::from(witness.row) + 0.5, shade));
            }
        }
    }
    let cost = |frame: &Frame| -> f32 {
        let placement = canvas.placement(frame);
        points
            .iter()
            .map(|&(column, row, shade)| {
                let seen = canvas.sample(placement.at(column, row));
                let miss: f32 = (0..3).map(|channel| (seen[channel] - shade[channel]).powi(2)).sum();
                (miss / 3.0).min(POLISH_MISS * POLISH_MISS)
            })
            .sum()
    };
    let mut best = (*frame, cost(frame));
    let given = best.1;
    if given < PERFECT * points.len() as f32 {
        return *frame;
    }
    for _ in 0..4 {
        let Some(step) = newton_step(canvas, &best.0, &points) else { break };
        let unit = best.0.height / BODY_PX / canvas.scale();
        let next = moved(&best.0, step[0] / unit, step[1] / unit, step[2], step[3].to_degrees());
        let score = cost(&next);
        if score >= 0.999 * best.1 {
            break;
        }
        best = (next, score);
    }
    if best.1 < 0.97 * given { best.0 } else { *frame }
}

/// One Gauss-Newton step: right and down in canvas pixels, relative scale, radians.
fn newton_step(canvas: &Canvas, frame: &Frame, points: &[(f32, f32, [f32; 3])]) -> Option<[f32; 4]> {
    let placement = canvas.placement(frame);
    let middle = canvas.position(frame.to_picture(0.0, 0.5));
    let (mut normal, mut misses) = ([[0f64; 4]; 4], [0f64; 4]);
    for &(column, row, shade) in points {
        let (x, y) = placement.at(column, row);
        let seen = canvas.sample((x, y));
        if seen[3] < 0.98 || (0..3).any(|channel| (seen[channel] - shade[channel]).abs() > POLISH_MISS) {
            continue;
        }
        let (left, right) = (canvas.sample((x - 0.5, y)), canvas.sample((x + 0.5, y)));
        let (above, below) = (canvas.sample((x, y - 0.5)), canvas.sample((x, y + 0.5)));
        let (from_x, from_y) = (x - middle.0, y - middle.1);
        for channel in 0..3 {
            let (across, down) = (right[channel] - left[channel], below[channel] - above[channel]);
            let slope = [across, down, across * from_x + down * from_y, down * from_x - across * from_y]
                .map(f64::from);
            let miss = f64::from(shade[channel] - seen[channel]);
            for ((line, misses), one) in normal.iter_mut().zip(&mut misses).zip(slope) {
                for (value, other) in line.iter_mut().zip(slope) {
                    *value += one * other;
                }
                *misses += one * miss;
            }
        }
    }
    for (index, line) in normal.iter_mut().enumerate() {
        line[index] = line[index] * 1.001 + 1e-3;
    }
    Some(solve(normal, misses)?.map(|step| step as f32))
}
