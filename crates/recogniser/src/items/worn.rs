//! Leaves the bare body out of a window: what the recoloured class explains is not worn.
//!
//! Bodies of one class look alike in everything they wear, and differ from class to class: without
//! them, what is left is the same on every wearer.

use lorgnon_imaging::Picture;

use super::window::{BODY_PX, HEIGHT_PX, LEFT, Placement, TOP, WIDTH_PX};
use crate::Frame;
use crate::colours::ColourSolution;

/// Residuals, of 1, below which a pixel is the body's, and above which it is not.
const BODY: f32 = 0.2;
const NOT_BODY: f32 = 0.45;

/// Where a character stands, and what of the picture is its bare body: as training looks are measured,
/// so pictures are named.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    pub(super) frame: Frame,
    solution: Option<&'a ColourSolution>,
}

/// Of a character whose body is not known.
pub(super) static NO_OUTLINE: [bool; (WIDTH_PX * HEIGHT_PX) as usize] =
    [false; (WIDTH_PX * HEIGHT_PX) as usize];

impl<'a> Standing<'a> {
    /// Where the solved colours say the body stands, if they can tell; else at `located`, whole.
    #[must_use]
    pub fn new(located: Frame, solution: Option<&'a ColourSolution>) -> Self {
        let settled = solution.and_then(|solution| Some((solution.settled_frame?, solution)));
        settled.map_or(Self { frame: located, solution: None }, |(frame, solution)| Self {
            frame,
            solution: Some(solution),
        })
    }

    /// Fades a window of the character, placed so, where the colours explain it.
    pub(super) fn without_body(&self, mut window: Picture, placement: Placement) -> Picture {
        let Some(solution) = self.solution else { return window };
        for (at, pixel) in window.pixels_mut().iter_mut().enumerate().filter(|(_, pixel)| pixel[3] > 0) {
            let (u, v) = self.in_map(solution, placement, at);
            let worn = ((solution.residual.at(u, v) - BODY) / (NOT_BODY - BODY)).clamp(0.0, 1.0);
            pixel[3] = (f32::from(pixel[3]) * worn) as u8;
        }
        window
    }

    /// By pixel of a window placed so, whether the body stands there, whatever is seen: nothing that hangs
    /// behind it shows.
    pub(super) fn outline(&self, placement: Placement) -> Vec<bool> {
        let Some(solution) = self.solution else { return NO_OUTLINE.to_vec() };
        let is_drawn = |at| {
            let (u, v) = self.in_map(solution, placement, at);
            solution.residual.is_drawn_at(u, v)
        };
        (0..NO_OUTLINE.len()).map(is_drawn).collect()
    }

    /// The point of the class's map that a pixel of a window shows.
    fn in_map(&self, solution: &ColourSolution, placement: Placement, at: usize) -> (f32, f32) {
        let width = WIDTH_PX as usize;
        let (x, y) = ((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
        let (u, v) = placement.to_character(LEFT + x / BODY_PX, TOP + y / BODY_PX);
        let (x, y) = self.frame.to_picture(u, v);
        solution.frame.to_character(x, y)
    }
}
