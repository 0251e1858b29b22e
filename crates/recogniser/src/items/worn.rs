//! Leaves the bare body out of a window: what the recoloured class explains is not worn.
//!
//! Bodies of one class look alike in everything they wear, and differ from class to class: without
//! them, what is left is the same on every wearer.

use lorgnon_imaging::Picture;

use super::art::View;
use super::descriptor::Descriptor;
use super::icons::Dyes;
use super::window::{BODY_PX, HEIGHT_PX, LEFT, Placement, Scene, TOP, WIDTH_PX};
use crate::Frame;
use crate::colours::{ColourSolution, Residual};

/// Residuals, of 1, below which a pixel is the body's, and above which it is not.
const BODY: f32 = 0.2;
const NOT_BODY: f32 = 0.45;

/// Where a character stands, and what of the picture is its bare body: as training looks are measured,
/// so pictures are named.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    pub(super) frame: Frame,
    solution: Option<&'a ColourSolution>,
    /// What may dye what it wears.
    pub(super) dyes: Dyes,
}

/// Of a character whose body is not known.
pub(super) static NO_OUTLINE: [bool; (WIDTH_PX * HEIGHT_PX) as usize] =
    [false; (WIDTH_PX * HEIGHT_PX) as usize];

impl<'a> Standing<'a> {
    /// Where the solved colours say the body stands, if they can tell; else at `located`, whole.
    #[must_use]
    pub fn new(located: Frame, solution: Option<&'a ColourSolution>) -> Self {
        let settled = solution.and_then(|solution| Some((solution.settled_frame?, solution)));
        let colours = solution.iter().flat_map(|solution| solution.slots.iter().map(|slot| slot.colour));
        let dyes = Dyes::of(colours);
        settled.map_or(Self { frame: located, solution: None, dyes }, |(frame, solution)| Self {
            frame,
            solution: Some(solution),
            dyes,
        })
    }

    /// A window of the character, placed so.
    pub(super) fn cut(&self, scene: &Scene, placement: Placement) -> Cut {
        let window = scene.window(placement);
        let Some(solution) = self.solution else {
            return Cut { worn: window.clone(), window, outline: NO_OUTLINE.to_vec() };
        };
        let residual = &solution.residual;
        let shares: [f32; 256] =
            std::array::from_fn(|level| ((level as f32 / 255.0 - BODY) / (NOT_BODY - BODY)).clamp(0.0, 1.0));
        let (mut worn, mut outline) = (window.clone(), NO_OUTLINE.to_vec());
        let pixels = worn.pixels_mut();
        self.map(solution, placement, |at, cell| {
            outline[at] = residual.is_drawn(cell);
            let share = shares[usize::from(residual.pixels()[cell])];
            pixels[at][3] = (f32::from(pixels[at][3]) * share) as u8;
        });
        Cut { window, worn, outline }
    }

    /// Says which pixel of the class's map each pixel of a window shows, of those that show one.
    fn map(&self, solution: &ColourSolution, placement: Placement, mut shows: impl FnMut(usize, usize)) {
        let in_map = |x: usize, y: usize| {
            let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
            let (u, v) = placement.to_character(LEFT + x / BODY_PX, TOP + y / BODY_PX);
            let (x, y) = self.frame.to_picture(u, v);
            let (u, v) = solution.frame.to_character(x, y);
            (Residual::column(u), Residual::row_start(v))
        };
        let (across, down) = (WIDTH_PX as usize, HEIGHT_PX as usize);
        if self.frame.is_upright() && solution.frame.is_upright() {
            // How far right a pixel lies in the map has nothing to do with how far down it lies.
            let columns: Vec<Option<usize>> = (0..across).map(|x| in_map(x, 0).0).collect();
            for y in 0..down {
                let Some(start) = in_map(0, y).1 else { continue };
                for (x, column) in columns.iter().enumerate() {
                    if let Some(column) = column {
                        shows(y * across + x, start + column);
                    }
                }
            }
            return;
        }
        for at in 0..across * down {
            if let (Some(column), Some(start)) = in_map(at % across, at / across) {
                shows(at, start + column);
            }
        }
    }
}

/// A window of a character, and what of it is worn.
pub(super) struct Cut {
    window: Picture,
    /// Faded where the colours explain it.
    worn: Picture,
    /// By pixel, whether the body stands there, whatever is seen: nothing that hangs behind it shows.
    outline: Vec<bool>,
}

impl Cut {
    /// What it looks like without the body.
    pub(super) fn descriptor(&self) -> Descriptor {
        Descriptor::measure(&self.worn)
    }

    /// What it shows about the body.
    pub(super) fn view(&self) -> View {
        View::measure(&self.window, &self.worn, &self.outline)
    }
}
