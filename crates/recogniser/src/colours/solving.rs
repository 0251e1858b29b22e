//! Solves all colours of one template on one picture.
//!
//! Register, invert, polish the frame with the colours found, average the picture anew on the
//! polished frame, invert again.

use std::borrow::Cow;

use lorgnon_imaging::Picture;
use lorgnon_look::{COLOUR_COUNT, Colour};

use super::grid::{BODY_PX, CELLS, COLUMNS, Canvas, TOP};
use super::inversion::{Evidence, Inversion, WIDE, invert};
use super::map::{ColourMap, NOTHING, Witness};
use super::registration::{Colours, Judge, polish};
use super::solution::Residual;
use crate::Frame;

/// A colour that explains less of its part than this does not help to place the frame.
const TELLING: f32 = 0.3;

/// With less of a body than this in the picture, the rest counts as hidden.
const LEAST_SEEN: f32 = 0.35;

/// What solving found, not yet judged.
pub(super) struct Solved<'canvas> {
    canvas: Cow<'canvas, Canvas>,
    pub(super) frame: Frame,
    pub(super) inversions: [Option<Inversion>; COLOUR_COUNT],
    /// Share of the map explained, 0 to 1.
    pub(super) explained: f32,
}

/// Each colour solved at a frame; shares are of all pixels of the part, seen or not.
fn invert_all(map: &ColourMap, canvas: &Canvas, frame: &Frame) -> [Option<Inversion>; COLOUR_COUNT] {
    let placement = canvas.placement(frame);
    std::array::from_fn(|slot| {
        let mut seen = Vec::with_capacity(map.witnesses[slot].len());
        let mut all = 0.0;
        for witness in &map.witnesses[slot] {
            all += witness.weight;
            let [red, green, blue, alpha] =
                canvas.sample(placement.centre(usize::from(witness.column), usize::from(witness.row)));
            if alpha >= 0.99 {
                let value = [red, green, blue];
                seen.push(Evidence { value, tinting: witness.tinting, weight: witness.weight });
            }
        }
        invert(&seen).map(|inversion| Inversion { share: inversion.support / all.max(1e-6), ..inversion })
    })
}

/// The share of a map that its solved colours, and its fixed ones, explain; what lies below `seen`, in
/// body heights, does not count.
fn explained(
    map: &ColourMap,
    canvas: &Canvas,
    frame: &Frame,
    inversions: &[Option<Inversion>; COLOUR_COUNT],
    seen: f32,
) -> f32 {
    let inside = |witness: &&Witness| (f32::from(witness.row) + 0.5 - TOP as f32) / BODY_PX <= seen;
    let placement = canvas.placement(frame);
    let (mut explained, mut whole) = (0.0, 0.0);
    for (witnesses, inversion) in map.witnesses.iter().zip(inversions) {
        whole += witnesses.iter().filter(inside).map(|witness| witness.weight).sum::<f32>();
        explained += inversion.map_or(0.0, |inversion| inversion.support);
    }
    for witness in map.fixed.iter().filter(inside) {
        whole += witness.weight;
        let [red, green, blue, alpha] =
            canvas.sample(placement.centre(usize::from(witness.column), usize::from(witness.row)));
        let far = witness.tinting.miss([255.0; 3], [red, green, blue]) > WIDE;
        explained += if far || alpha < 0.99 { 0.0 } else { witness.weight };
    }
    explained / f32::max(whole, 1e-6)
}

/// Solves near a given frame.
pub(super) fn solve<'canvas>(
    map: &ColourMap,
    picture: &Picture,
    canvas: &'canvas Canvas,
    given: &Frame,
) -> Solved<'canvas> {
    let (frame, _) = Judge::new(map).register(canvas, given);
    let rough = invert_all(map, canvas, &frame);
    let known: Colours = rough.map(|part| part.filter(|part| part.share >= TELLING).map(|part| part.colour));
    let frame = polish(map, canvas, &frame, &known);
    let (canvas, inversions) = if frame == *given {
        (Cow::Borrowed(canvas), rough)
    } else {
        // Averaging the picture anew, on the grid of the frame found, blurs least.
        let canvas = Canvas::new(picture, &frame);
        let inversions = invert_all(map, &canvas, &frame);
        (Cow::Owned(canvas), inversions)
    };
    let explained = explained(map, &canvas, &frame, &inversions, f32::MAX);
    Solved { canvas, frame, inversions, explained }
}

/// How much of the picture a map explains near a frame, without the last polish.
pub(super) fn explain(map: &ColourMap, canvas: &Canvas, given: &Frame, picture_height_px: u32) -> f32 {
    let (frame, _) = Judge::new(map).register(canvas, given);
    let seen = frame.part_above(picture_height_px as f32);
    explained(map, canvas, &frame, &invert_all(map, canvas, &frame), seen.max(LEAST_SEEN))
}

impl Solved<'_> {
    /// What the map in these colours does not explain.
    pub(super) fn residual(&self, map: &ColourMap, colours: &[Option<Colour>; COLOUR_COUNT]) -> Residual {
        let placement = self.canvas.placement(&self.frame);
        let mut cells = vec![0u8; CELLS];
        for (at, (to, cell)) in cells.iter_mut().zip(&map.cells).enumerate() {
            let [red, green, blue, alpha] = self.canvas.sample(placement.centre(at % COLUMNS, at / COLUMNS));
            *to = match ColourMap::shade(cell, colours) {
                None => (alpha * 255.0) as u8,
                Some(shade) => {
                    let worst = [red, green, blue]
                        .into_iter()
                        .zip(shade)
                        .map(|(seen, expected)| (seen - expected * alpha).abs())
                        .fold(255.0 * (1.0 - alpha), f32::max);
                    (worst / (3.0 * WIDE) * 255.0).min(255.0) as u8
                }
            };
        }
        Residual { cells, drawn: map.cells.iter().map(|cell| cell.part != NOTHING).collect() }
    }
}
