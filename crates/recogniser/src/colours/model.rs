//! The colour maps of all templates, and solving with them.

use std::borrow::Cow;

use lorgnon_imaging::Picture;
use lorgnon_look::{COLOUR_COUNT, ClassLabel, Colour, Gender};
use serde::{Deserialize, Serialize};

use super::grid::{CELLS, COLUMNS, Canvas, Placement};
use super::inversion::{Evidence, Inversion, WIDE, invert};
use super::map::{ColourMap, NOTHING};
use super::registration::{Judge, polish};
use super::solution::{ColourSolution, Residual, SolvedColour};
use super::training::TemplateKey;
use crate::{ColourState, Frame};

/// The map of one template of a class.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Template {
    pub(super) key: TemplateKey,
    /// Looks it was fitted from.
    pub(super) looks: usize,
    pub(super) map: ColourMap,
}

/// The colour maps of all classes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ColourModel {
    version: u16,
    templates: Vec<Template>,
    suspects: Vec<String>,
}

/// Raised whenever stored maps change their meaning.
const VERSION: u16 = 1;
/// A colour with fewer witnesses than this cannot be observed.
const FEWEST: usize = 12;

impl ColourModel {
    pub(super) fn new(templates: Vec<Template>, suspects: Vec<String>) -> Self {
        Self { version: VERSION, templates, suspects }
    }

    /// Whether this program can use it; if not, it must be fitted again from the measurements.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.version == VERSION
    }

    /// How many templates it has maps of.
    #[must_use]
    pub fn template_count(&self) -> usize {
        self.templates.len()
    }

    /// Ids of training looks whose labelled colours do not explain their picture.
    #[must_use]
    pub fn suspects(&self) -> &[String] {
        &self.suspects
    }

    fn of(&self, class: &ClassLabel, gender: Gender) -> impl Iterator<Item = &Template> {
        self.templates
            .iter()
            .filter(move |template| template.key.class == *class && template.key.gender == gender)
    }

    /// Solves the colours of a character of this class and sex standing at `frame`.
    ///
    /// `None` when no look of the pair taught its colours.
    #[must_use]
    pub fn solve(
        &self,
        picture: &Picture,
        frame: &Frame,
        class: &ClassLabel,
        gender: Gender,
    ) -> Option<ColourSolution> {
        let canvas = Canvas::new(picture, frame);
        self.of(class, gender)
            .map(|template| solve_template(template, picture, &canvas, frame))
            .reduce(|best, next| if next.explained > best.explained { next } else { best })
    }

    /// The class drawn in these colours: "is this it?". `None` for a pair without a map.
    #[must_use]
    pub fn render(
        &self,
        class: &ClassLabel,
        gender: Gender,
        colours: &[Option<Colour>; COLOUR_COUNT],
    ) -> Option<Picture> {
        self.of(class, gender)
            .max_by_key(|template| template.looks)
            .map(|template| template.map.render(colours))
    }
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
                seen.push(Evidence { value: [red, green, blue], gain: witness.gain, weight: witness.weight });
            }
        }
        invert(&seen).map(|inversion| Inversion { share: inversion.support / all.max(1e-6), ..inversion })
    })
}

fn solve_template(template: &Template, picture: &Picture, canvas: &Canvas, given: &Frame) -> ColourSolution {
    let map = &template.map;
    let (frame, _) = Judge::new(map).register(canvas, given);
    let rough = invert_all(map, canvas, &frame);
    let known = rough.map(|part| part.filter(|part| part.share >= 0.3).map(|part| part.colour));
    let frame = polish(map, canvas, &frame, &known);
    // Averaging the picture anew, on the grid of the frame found, blurs least.
    let canvas =
        &if frame == *given { Cow::Borrowed(canvas) } else { Cow::Owned(Canvas::new(picture, &frame)) };
    let inversions = invert_all(map, canvas, &frame);
    let placement = canvas.placement(&frame);
    let (mut explained, mut whole) = (0.0, 0.0);
    for (witnesses, inversion) in map.witnesses.iter().zip(&inversions) {
        whole += witnesses.iter().map(|witness| witness.weight).sum::<f32>();
        explained += inversion.map_or(0.0, |inversion| inversion.support);
    }
    for witness in &map.fixed {
        whole += witness.weight;
        let seen = canvas.sample(placement.centre(usize::from(witness.column), usize::from(witness.row)));
        let far = seen.into_iter().zip(witness.gain).any(|(seen, own)| (seen - 255.0 * own).abs() > WIDE);
        explained += if far || seen[3] < 0.99 { 0.0 } else { witness.weight };
    }
    let slots = std::array::from_fn(|slot| {
        let unknown = SolvedColour { colour: None, state: ColourState::Unknown, confidence: 0.0 };
        if map.witnesses[slot].len() < FEWEST {
            return unknown;
        }
        let Some(inversion) = inversions[slot] else { return unknown };
        let share = inversion.share;
        if share < 0.3 {
            return unknown;
        }
        let [red, green, blue] = inversion.colour.map(|value| value.round() as u8);
        SolvedColour {
            colour: Some(Colour::new(red, green, blue)),
            state: if share >= 0.5 { ColourState::Solved } else { ColourState::Uncertain },
            confidence: share,
        }
    });
    let colours: [Option<Colour>; COLOUR_COUNT] = slots.map(|slot: SolvedColour| slot.colour);
    ColourSolution {
        class: template.key.class.clone(),
        gender: template.key.gender,
        cluster: template.key.cluster,
        slots,
        frame,
        explained: explained / f32::max(whole, 1e-6),
        residual: residual(map, canvas, &placement, &colours),
    }
}

fn residual(
    map: &ColourMap,
    canvas: &Canvas,
    placement: &Placement,
    colours: &[Option<Colour>; COLOUR_COUNT],
) -> Residual {
    let mut cells = vec![0u8; CELLS];
    for (at, (to, cell)) in cells.iter_mut().zip(&map.cells).enumerate() {
        let [red, green, blue, alpha] = canvas.sample(placement.centre(at % COLUMNS, at / COLUMNS));
        *to = match ColourMap::shade(cell, colours) {
            None => (alpha * 255.0) as u8,
            Some(_) if cell.part == NOTHING => 0,
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
    Residual { cells }
}
