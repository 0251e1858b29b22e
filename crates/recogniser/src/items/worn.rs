//! Leaves the bare body out of a window: what the recoloured class explains is not worn.
//!
//! Bodies of one class look alike in everything they wear, and differ from class to class: without
//! them, what is left is the same on every wearer.

use lorgnon_imaging::Picture;

use super::window::{BODY_PX, LEFT, Placement, TOP};
use crate::Frame;
use crate::colours::ColourSolution;

/// Residuals, of 1, below which a pixel is the body's, and above which it is not.
const BODY: f32 = 0.2;
const NOT_BODY: f32 = 0.45;

/// Fades a window of the character at `frame`, placed so, where `solution` explains it.
pub(super) fn without_body(
    mut window: Picture,
    placement: Placement,
    frame: &Frame,
    solution: &ColourSolution,
) -> Picture {
    let width = window.width() as usize;
    for (at, pixel) in window.pixels_mut().iter_mut().enumerate().filter(|(_, pixel)| pixel[3] > 0) {
        let (x, y) = ((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
        let (u, v) = placement.to_character(LEFT + x / BODY_PX, TOP + y / BODY_PX);
        let (x, y) = frame.to_picture(u, v);
        let (u, v) = solution.frame.to_character(x, y);
        let worn = ((solution.residual.at(u, v) - BODY) / (NOT_BODY - BODY)).clamp(0.0, 1.0);
        pixel[3] = (f32::from(pixel[3]) * worn) as u8;
    }
    window
}
