//! A training look under the conditions that pictures come in: other backgrounds, scales, paints,
//! tilts, things worn, compression, lower halves cut off.

use fastrand::Rng;
use lorgnon_imaging::{Beyond, Picture};

use super::occluders::{Worn, draw_before, draw_behind};
use crate::Frame;
use crate::scenery::painter::put_over;
use crate::scenery::{Paints, any_colour, between, scene};

/// The canvas around a synthesised body, in body heights: across, above and below.
const ACROSS: f32 = 1.5;
const ABOVE: f32 = 0.4;
const BELOW: f32 = 0.3;

/// What stands behind a synthesised character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behind {
    /// Nothing: the picture keeps its alpha.
    Nothing,
    /// One colour.
    Flat,
    /// A procedural scene.
    Scene,
}

/// Backgrounds and whether things are worn, in the proportions of Recognition, section 1.
const MODES: [(Behind, bool); 8] = [
    (Behind::Nothing, false),
    (Behind::Scene, true),
    (Behind::Flat, false),
    (Behind::Scene, false),
    (Behind::Nothing, true),
    (Behind::Scene, true),
    (Behind::Flat, true),
    (Behind::Scene, false),
];

/// A picture made from a look, and where its character stands in it.
pub(super) struct Synthesised {
    pub(super) picture: Picture,
    pub(super) frame: Frame,
}

/// The `number`th condition of a look; the same numbers give the same conditions.
pub(super) fn synthesise(picture: &Picture, frame: &Frame, number: usize, random: &mut Rng) -> Synthesised {
    let (behind, worn) = MODES[number % MODES.len()];
    // Mostly at full sharpness, as pictures mostly are; some as small as they come.
    let body_px =
        if random.f32() < 0.7 { between(random, 120.0, 260.0) } else { between(random, 34.0, 120.0) };
    let tilt = if random.f32() < 0.3 { 13.0 } else { 2.5 };
    let rotation_degrees = (2.0 * random.f32() - 1.0) * tilt;
    let stretch = 1.0 + (2.0 * random.f32() - 1.0) * if random.f32() < 0.3 { 0.09 } else { 0.02 };
    let (width, height) = (ACROSS * body_px, (ABOVE + 1.0 + BELOW) * body_px);
    let drawn = Frame {
        centre_x: width / 2.0,
        top: ABOVE * body_px,
        height: body_px,
        mirrored: false,
        rotation_degrees,
    };
    let (columns, rows) = (width.ceil() as u32, height.ceil() as u32);
    let mut character = picture.warp(columns, rows, Beyond::Clear, |x, y| {
        let (u, v) = drawn.to_character(x, y);
        frame.to_picture(u * stretch, v)
    });
    if random.f32() < 0.6 {
        repaint(&mut character, random);
    }
    let mut canvas = match behind {
        Behind::Nothing => Picture::filled(columns, rows, [0; 4]),
        Behind::Flat => {
            let [red, green, blue] = any_colour(random).map(|value| value as u8);
            Picture::filled(columns, rows, [red, green, blue, 255])
        }
        Behind::Scene => scene(columns, rows, Paints::Any, random),
    };
    let worn = if worn { Worn::any(random) } else { Worn::default() };
    draw_behind(&mut canvas, &drawn, worn, random);
    put_over(&mut canvas, &character);
    draw_before(&mut canvas, &drawn, worn, random);
    if random.f32() < 0.15 {
        canvas = cut_below(&canvas, drawn.top + (0.42 + 0.4 * random.f32()) * body_px);
    }
    if behind != Behind::Nothing && random.bool() {
        // A canvas that will not compress is as good a condition as any.
        canvas = canvas.recompressed(random.u8(50..=95)).unwrap_or(canvas);
    }
    Synthesised { picture: canvas, frame: drawn }
}

/// What is below a line is not in the picture.
fn cut_below(picture: &Picture, line: f32) -> Picture {
    let bounds = lorgnon_imaging::Rect { x: 0.0, y: 0.0, width: picture.width() as f32, height: line };
    picture.cropped(&bounds)
}

/// Other paint on the same shape: channels swapped or mixed, gain and offset.
fn repaint(picture: &mut Picture, random: &mut Rng) {
    let mixing: [[f32; 3]; 3] = if random.bool() {
        let mut order = [0, 1, 2];
        random.shuffle(&mut order);
        order.map(|from| std::array::from_fn(|channel| if channel == from { 1.0 } else { 0.0 }))
    } else {
        std::array::from_fn(|_| {
            // A Dirichlet(1/2) draw: squares of a random direction.
            let direction: [f32; 3] = std::array::from_fn(|_| {
                let (one, other) = (random.f32().max(1e-6), random.f32());
                (-2.0 * one.ln()).sqrt() * (other * std::f32::consts::TAU).cos()
            });
            let sum: f32 = direction.iter().map(|value| value * value).sum();
            direction.map(|value| value * value / sum.max(1e-6))
        })
    };
    let gain: [f32; 3] = std::array::from_fn(|_| 0.7 + 0.6 * random.f32());
    let offset: [f32; 3] = std::array::from_fn(|_| (2.0 * random.f32() - 1.0) * 25.0);
    for pixel in picture.pixels_mut() {
        let before = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        for channel in 0..3 {
            let mixed: f32 = mixing[channel].iter().zip(before).map(|(weight, value)| weight * value).sum();
            pixel[channel] = (mixed * gain[channel] + offset[channel]).clamp(0.0, 255.0) as u8;
        }
    }
}
