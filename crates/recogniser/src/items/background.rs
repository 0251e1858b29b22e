//! Procedural backgrounds: what stands behind a character on a map, without shipping any map.
//!
//! Training looks are clean cut-outs. A head that only saw those falls to chance before scenery, so
//! each look is also measured before blotches, gradients and blocks, blurred as a small or JPEG
//! picture is. Procedural ones did as well as real maps (Recognition, section 1).

use lorgnon_imaging::Picture;

use crate::random::Random;

/// The window before a made-up background, opaque, its detail blurred at random.
pub(super) fn before_background(window: &Picture, random: &mut Random) -> Picture {
    let (width, height) = (window.width(), window.height());
    let behind = scenery(width, height, random);
    let mut composed = window.clone();
    for (pixel, behind) in composed.pixels_mut().iter_mut().zip(&behind) {
        let alpha = f32::from(pixel[3]) / 255.0;
        for (channel, behind) in pixel.iter_mut().zip(behind) {
            *channel = (f32::from(*channel) * alpha + behind * (1.0 - alpha)).round() as u8;
        }
        pixel[3] = 255;
    }
    let shrink = random.between(0.45, 1.2);
    if shrink < 1.0 {
        let side = |side: u32| (side as f32 * shrink).round() as u32;
        composed = composed.resized(side(width), side(height)).resized(width, height);
    }
    composed
}

fn scenery(width: u32, height: u32, random: &mut Random) -> Vec<[f32; 3]> {
    let (width, height) = (width as usize, height as usize);
    let (first, second) = (random.colour(), random.colour());
    let blotched = random.below(4) > 0;
    let noise = [blotches(width, height, 24.0, random), blotches(width, height, 9.0, random)];
    let contrast = if blotched { random.between(0.3, 1.0) } else { 0.0 };
    let slope = random.between(0.0, 1.0) / height as f32;
    let mut pixels: Vec<[f32; 3]> = (0..width * height)
        .map(|at| {
            let share = (at / width) as f32 * slope + contrast * (0.7 * noise[0][at] + 0.3 * noise[1][at]);
            let share = share.clamp(0.0, 1.0);
            std::array::from_fn(|channel| first[channel] + (second[channel] - first[channel]) * share)
        })
        .collect();
    for _ in 0..if blotched { random.below(14) } else { 0 } {
        block(&mut pixels, width, height, random);
    }
    pixels
}

/// Smooth noise, 0 to 1, features about `size` pixels wide.
fn blotches(width: usize, height: usize, size: f32, random: &mut Random) -> Vec<f32> {
    let columns = (width as f32 / size) as usize + 2;
    let rows = (height as f32 / size) as usize + 2;
    let knots: Vec<f32> = (0..columns * rows).map(|_| random.between(0.0, 1.0)).collect();
    (0..width * height)
        .map(|at| {
            let (x, y) = ((at % width) as f32 / size, (at / width) as f32 / size);
            let (column, row) = (x as usize, y as usize);
            let ease = |part: f32| part * part * (3.0 - 2.0 * part);
            let (across, down) = (ease(x - column as f32), ease(y - row as f32));
            let knot = |column: usize, row: usize| knots[row * columns + column];
            let above = knot(column, row) + (knot(column + 1, row) - knot(column, row)) * across;
            let below = knot(column, row + 1) + (knot(column + 1, row + 1) - knot(column, row + 1)) * across;
            above + (below - above) * down
        })
        .collect()
}

/// A slanted bar or block, as walls, trees and furniture make.
fn block(pixels: &mut [[f32; 3]], width: usize, height: usize, random: &mut Random) {
    let colour = random.colour();
    let (middle_x, middle_y) = (random.between(0.0, width as f32), random.between(0.0, height as f32));
    let (half_width, half_height) = (random.between(1.0, 18.0), random.between(2.0, 30.0));
    let slant = random.between(-0.7, 0.7);
    for (at, pixel) in pixels.iter_mut().enumerate() {
        let (x, y) = ((at % width) as f32 - middle_x, (at / width) as f32 - middle_y);
        if (x + slant * y).abs() < half_width && (y - slant * x).abs() < half_height {
            *pixel = colour;
        }
    }
}
