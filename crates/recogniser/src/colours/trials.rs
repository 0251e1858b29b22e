//! Synthetic hard pictures of training looks, on which confidence is calibrated.
//!
//! Everything comes from the looks themselves: backgrounds and items are pieces of other looks, so
//! that their colours and shapes are the game's own.

use lorgnon_imaging::{Lab, Picture};

use super::calibration::{FEWEST, Trial, least_noise, signs};
use super::fit::{FitLook, fit_map};
use super::grid::{COLUMNS, Canvas, ROWS, grid_frame, nearest_byte};
use super::map::ColourMap;
use super::registration::moved;
use super::solving::solve;
use crate::Frame;
use crate::random::Random;

/// Pictures made of one look.
const PICTURES: usize = 6;
/// A colour this near is right (CIEDE2000).
pub(super) const RIGHT: f32 = 5.0;

/// Solves hard pictures of the `held`-th look with the map of the others. `others`: pixels of
/// looks to take pieces from. Deterministic by `seed`.
pub(super) fn trials(
    looks: &[FitLook],
    weights: &[f32],
    held: usize,
    others: &[&[[u8; 4]]],
    seed: u64,
) -> Vec<Trial> {
    let mut weights = weights.to_vec();
    if looks.len() > 1 {
        weights[held] = 0.0;
    }
    let map = fit_map(looks, &weights);
    let look = &looks[held];
    let mut chance = Random::with_seed(seed);
    let mut found = Vec::new();
    for picture in 0..PICTURES {
        let (picture, frame) = hard_picture(look, others, picture, &mut chance);
        let canvas = Canvas::new(&picture, &frame);
        let solved = solve(&map, &picture, &canvas, &frame);
        let least = least_noise(&solved.inversions);
        for (slot, inversion) in solved.inversions.iter().enumerate() {
            let (Some(inversion), Some(truth)) = (inversion, look.colours[slot]) else { continue };
            if map.witnesses[slot].len() >= FEWEST {
                let rounded = inversion.colour.map(f32::round);
                let right = Lab::from_srgb(rounded).ciede2000(Lab::from_srgb(truth)) <= RIGHT;
                found.push(Trial { signs: signs(inversion, solved.explained, least), right });
            }
        }
    }
    found
}

/// Whether the map is worth trials at all.
pub(super) fn observable(map: &ColourMap) -> bool {
    map.witnesses.iter().any(|witnesses| witnesses.len() >= FEWEST)
}

fn hard_picture(
    look: &FitLook,
    others: &[&[[u8; 4]]],
    index: usize,
    chance: &mut Random,
) -> (Picture, Frame) {
    let mut scene = vec![[0f32; 3]; COLUMNS * ROWS];
    let flat: [f32; 3] = std::array::from_fn(|_| chance.between(0.0, 255.0));
    let busy = index % 2 == 1;
    scene.fill(flat);
    if busy {
        for _ in 0..24 {
            piece(&mut scene, others, chance, 0.5);
        }
    }
    for (to, &[red, green, blue, alpha]) in scene.iter_mut().zip(&look.pixels) {
        if alpha > 0 {
            *to = [f32::from(red), f32::from(green), f32::from(blue)];
        }
    }
    // The second half of the pictures wears items: up to half of the body is hidden.
    if index >= PICTURES / 3 {
        for _ in 0..1 + chance.below(5) {
            piece(&mut scene, others, chance, 0.3);
        }
    }
    // Smaller, with coarse chroma and noise, as a compressed picture is.
    let rough = !index.is_multiple_of(3);
    let scale = if rough { chance.between(0.45, 1.0) } else { 1.0 };
    let noise = if rough { chance.between(0.0, 5.0) } else { 0.0 };
    let (width, height) = ((COLUMNS as f32 * scale) as usize, (ROWS as f32 * scale) as usize);
    let mut small = vec![[0f32; 3]; width * height];
    for (at, to) in small.iter_mut().enumerate() {
        let (left, right) = span(at % width, scale, COLUMNS);
        let (top, bottom) = span(at / width, scale, ROWS);
        let mut sum = [0f32; 3];
        for row in top..bottom {
            for pixel in &scene[row * COLUMNS + left..row * COLUMNS + right] {
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += value;
                }
            }
        }
        *to = sum.map(|sum| sum / ((right - left) * (bottom - top)) as f32);
    }
    if rough {
        coarse_chroma(&mut small, width);
    }
    let pixels = small
        .iter()
        .map(|pixel| {
            let shift = chance.between(-noise, noise);
            let [red, green, blue] =
                pixel.map(|value| nearest_byte(value + shift + chance.between(-noise, noise)));
            [red, green, blue, 255]
        })
        .collect();
    let picture =
        Picture::new(width as u32, height as u32, pixels).unwrap_or_else(|| Picture::filled(1, 1, [0; 4]));
    let frame = grid_frame();
    // The small picture's pixels are whole pixels of the grid put together: sizes are cut, so the
    // scale is the one aimed at.
    let frame = Frame {
        centre_x: frame.centre_x * scale,
        top: frame.top * scale,
        height: frame.height * scale,
        ..frame
    };
    let off =
        moved(&frame, chance.between(-5.0, 5.0), chance.between(-5.0, 5.0), chance.between(-0.03, 0.03), 0.0);
    (picture, off)
}

/// The source pixels of a target pixel.
fn span(index: usize, scale: f32, length: usize) -> (usize, usize) {
    let first = ((index as f32 / scale).round() as usize).min(length - 1);
    let last = (((index + 1) as f32 / scale).round() as usize).clamp(first + 1, length.max(first + 1));
    (first, last.min(length))
}

/// Halves the resolution of chroma.
fn coarse_chroma(pixels: &mut [[f32; 3]], width: usize) {
    let luma = |pixel: [f32; 3]| 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
    let height = pixels.len() / width;
    for top in (0..height).step_by(2) {
        for left in (0..width).step_by(2) {
            let block = (top..(top + 2).min(height))
                .flat_map(|row| (left..(left + 2).min(width)).map(move |column| row * width + column));
            let places: Vec<usize> = block.collect();
            let mut mean = [0f32; 3];
            for &at in &places {
                for (mean, value) in mean.iter_mut().zip(pixels[at]) {
                    *mean += value / places.len() as f32;
                }
            }
            let grey = luma(mean);
            for &at in &places {
                let own = luma(pixels[at]);
                pixels[at] = mean.map(|value| (value + own - grey).clamp(0.0, 255.0));
            }
        }
    }
}

/// Pastes a piece of another look somewhere; `size` is its largest half side over the body.
fn piece(scene: &mut [[f32; 3]], others: &[&[[u8; 4]]], chance: &mut Random, size: f32) {
    let Some(source) = others.get(chance.below(others.len())) else { return };
    let reach = |chance: &mut Random| (chance.between(0.05, size) * 192.0) as i64;
    let (half_width, half_height) = (reach(chance), reach(chance));
    let (from_x, from_y) = (60 + chance.below(110) as i64, 60 + chance.below(190) as i64);
    let (to_x, to_y) = (60 + chance.below(110) as i64, 50 + chance.below(200) as i64);
    for down in -half_height..half_height {
        for across in -half_width..half_width {
            // An ellipse, which is more like an item than a box is.
            let (x, y) = (across as f32 / half_width as f32, down as f32 / half_height as f32);
            let inside = |x: i64, y: i64| x >= 0 && y >= 0 && x < COLUMNS as i64 && y < ROWS as i64;
            let (source_x, source_y) = (from_x + across, from_y + down);
            let (target_x, target_y) = (to_x + across, to_y + down);
            if x * x + y * y > 1.0 || !inside(source_x, source_y) || !inside(target_x, target_y) {
                continue;
            }
            let [red, green, blue, alpha] = source[(source_y * COLUMNS as i64 + source_x) as usize];
            if alpha > 128 {
                scene[(target_y * COLUMNS as i64 + target_x) as usize] =
                    [f32::from(red), f32::from(green), f32::from(blue)];
            }
        }
    }
}
