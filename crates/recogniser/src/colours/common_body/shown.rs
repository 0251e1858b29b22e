//! The pixels that a body of an unknown class shows, with their places.

use lorgnon_imaging::Picture;

use super::{CommonBody, WIDTH, place};
use crate::Frame;
use crate::colours::grid::COLUMNS;
use crate::colours::solution::Residual;
use crate::palette::{DARKEST, SAMPLES};

/// A pixel of the body.
pub(super) struct Shown {
    /// Channels 0 to 255.
    pub(super) colour: [f32; 3],
    /// Its cell of the body's surroundings.
    pub(super) place: usize,
}

impl Shown {
    fn new([red, green, blue]: [u8; 3], (u, v): (f32, f32)) -> Option<Self> {
        let colour = [red, green, blue];
        let bright = colour.iter().any(|channel| *channel > DARKEST);
        bright.then(|| Self { colour: colour.map(f32::from), place: place(u, v) })
    }

    /// Those of a training look on the grid.
    pub(super) fn in_grid(pixels: &[[u8; 4]]) -> Vec<Self> {
        let shown = pixels.iter().enumerate().filter(|(_, pixel)| pixel[3] > 200);
        thinned(shown.filter_map(|(at, [red, green, blue, _])| {
            Self::new([*red, *green, *blue], Residual::to_character(at % COLUMNS, at / COLUMNS))
        }))
    }

    /// Those of a picture: of what stands before its background if that can be told, else those where most
    /// bodies are; and whether it could be told.
    pub(super) fn in_picture(common: &CommonBody, picture: &Picture, frame: &Frame) -> (Vec<Self>, bool) {
        let foreground = picture.foreground(200);
        let width = picture.width() as usize;
        let shown = |at: usize, pixel: &[u8; 4]| {
            foreground.as_ref().map_or(pixel[3] > 200, |foreground| foreground.mask[at])
        };
        let pixels = picture.pixels().iter().enumerate().filter(|(at, pixel)| shown(*at, pixel));
        let body = pixels.filter_map(|(at, [red, green, blue, _])| {
            let (u, v) = frame.to_character((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
            let near = (-0.5 * WIDTH..0.5 * WIDTH).contains(&u) && (-0.2..1.05).contains(&v);
            let inside = near && (foreground.is_some() || common.usual[place(u, v)]);
            inside.then(|| Self::new([*red, *green, *blue], (u, v))).flatten()
        });
        (thinned(body), foreground.is_some())
    }
}

/// Not more than are needed, evenly taken.
fn thinned(pixels: impl Iterator<Item = Shown>) -> Vec<Shown> {
    let all: Vec<Shown> = pixels.collect();
    let step = all.len().div_ceil(SAMPLES).max(1);
    all.into_iter().step_by(step).collect()
}
