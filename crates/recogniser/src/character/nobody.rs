//! What nobody looks like: what templates learn not to see, and pictures that the finished search is tried on.

use fastrand::Rng;
use lorgnon_imaging::{CELL_STRIDE_PX, GradientGrid, Picture};
use rayon::prelude::*;

use super::descriptor::{CELL_STEP, COARSE, FINE, Opaque, Pass, Window};
use super::model::CharacterModel;
use super::occluders::{Worn, draw_before};
use crate::Frame;
use crate::scenery::{Paints, any_colour, between, scene};

/// Empty scenes whose windows teach what background is.
const SCENES: usize = 220;
/// Windows taken from each.
const WINDOWS_PER_SCENE: usize = 5;
/// Pictures of things worn by nobody.
const LOOSE_THINGS: usize = 160;
/// Pictures of nobody that the finished search is tried on.
const EMPTY_PICTURES: usize = 128;
/// Groups of things strewn over each at most.
const STREWN: usize = 16;

/// Descriptions of what is nobody: scenes, and hats, shields and pets alone.
pub(super) struct Background {
    coarse: Vec<f32>,
    fine: Vec<f32>,
}

impl Background {
    /// Draws and describes it; always the same.
    pub(super) fn draw() -> Self {
        let (coarse, fine) = rayon::join(|| descriptions(&COARSE), || descriptions(&FINE));
        Self { coarse, fine }
    }

    /// Descriptions in the window of a pass, one after the other.
    pub(super) fn descriptions(&self, pass: Pass) -> &[f32] {
        match pass {
            Pass::Coarse | Pass::Near => &self.coarse,
            Pass::Fine => &self.fine,
        }
    }
}

fn descriptions(window: &Window) -> Vec<f32> {
    let mut random = Rng::with_seed(0x0B5E_55ED);
    let mut descriptions = Vec::new();
    let (width, height) = ((window.width_px() * 2) as u32, (window.height_px() * 2) as u32);
    for _ in 0..SCENES {
        let grid = GradientGrid::measure(&scene(width, height, Paints::Any, &mut random));
        for _ in 0..WINDOWS_PER_SCENE {
            let column = random.usize(0..=grid.columns() - window.columns * CELL_STEP);
            let row = random.usize(0..=grid.rows() - window.rows * CELL_STEP);
            window.describe(&grid, column, row, &mut descriptions);
        }
    }
    for number in 0..LOOSE_THINGS {
        loose_thing(window, number, &mut random, &mut descriptions);
    }
    descriptions
}

/// One thing worn by nobody, filling about a window.
fn loose_thing(window: &Window, number: usize, random: &mut Rng, to: &mut Vec<f32>) {
    let side = window.margin_px * 2;
    // Enlarged so that the thing takes the place of a body.
    let size = window.body_px as f32 * (1.5 + 2.0 * random.f32());
    let picture =
        thing((window.width_px() + side) as u32, (window.height_px() + side) as u32, size, number, random);
    let margin = window.margin_px / CELL_STRIDE_PX;
    window.describe(&GradientGrid::measure(&Opaque::of(&picture).picture), margin, margin, to);
}

/// A hat, cloak, shield or pet in the middle of a picture, as large as a body of `size` pixels
/// would wear it, before nothing or a flat colour.
fn thing(width: u32, height: u32, size: f32, number: usize, random: &mut Rng) -> Picture {
    let pixel = if number.is_multiple_of(2) {
        [0; 4]
    } else {
        let [red, green, blue] = any_colour(random).map(|value| value as u8);
        [red, green, blue, 255]
    };
    let mut picture = Picture::filled(width, height, pixel);
    let kind = number / 2 % 4;
    let worn = match kind {
        0 => Worn { hat: true, ..Worn::default() },
        1 => Worn { cloak: true, ..Worn::default() },
        2 => Worn { shield: true, ..Worn::default() },
        _ => Worn { pet: true, ..Worn::default() },
    };
    let middle = [(0.03, 0.0), (-0.1, 0.4), (-0.13, 0.52), (-0.27, 0.9)][kind];
    let frame = Frame {
        centre_x: width as f32 / 2.0 - middle.0 * size,
        top: height as f32 / 2.0 - middle.1 * size,
        height: size,
        mirrored: false,
        rotation_degrees: 0.0,
    };
    draw_before(&mut picture, &frame, worn, random);
    picture
}

/// What a template scored where nobody is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chance {
    pub(super) template: usize,
    pub(super) score: f32,
}

/// What the whole search finds in each of many pictures of nobody, best first.
pub(super) fn chances(model: &CharacterModel) -> Vec<Vec<Chance>> {
    (0..EMPTY_PICTURES)
        .into_par_iter()
        .map(|number| {
            let picture = empty_picture(&mut Rng::with_seed(0xE0_0E00 + number as u64));
            model.chances(&picture)
        })
        .collect()
}

/// A scene strewn with things worn by nobody, of all sizes. Shapes alone are seen as somebody half as often as
/// what real maps and icons show; these about as often.
fn empty_picture(random: &mut Rng) -> Picture {
    let height = random.u32(240..420);
    let mut picture =
        scene((height as f32 * (0.75 + 0.75 * random.f32())) as u32, height, Paints::Any, random);
    for _ in 0..random.usize(0..STREWN) {
        let size = height as f32 * between(random, 0.1, 0.9);
        let frame = Frame {
            centre_x: random.f32() * picture.width() as f32,
            top: random.f32() * height as f32 - 0.5 * size,
            height: size,
            mirrored: random.bool(),
            rotation_degrees: 0.0,
        };
        let mut any = || random.bool();
        let worn = Worn { hat: any(), cloak: any(), shield: any(), pet: any() };
        draw_before(&mut picture, &frame, worn, random);
    }
    picture
}
