//! What solving says of one picture.

use lorgnon_look::{COLOUR_COUNT, ClassLabel, Colour, Gender};

use super::grid::{AXIS, BODY_PX, COLUMNS, ROWS, TOP, nearest_byte};
use crate::{ColourState, Frame};

/// One of the six colours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolvedColour {
    /// The colour; `None` exactly when the state is [`ColourState::Unknown`].
    pub colour: Option<Colour>,
    /// How surely it is known.
    pub state: ColourState,
    /// Calibrated probability that it is right within a CIEDE2000 difference of 5; 0 when unknown.
    pub confidence: f32,
}

impl SolvedColour {
    /// One of which nothing is said.
    pub(super) const UNKNOWN: Self = Self { colour: None, state: ColourState::Unknown, confidence: 0.0 };
}

/// The code nearest to channels of 0 to 255.
pub(super) fn nearest_code(channels: [f32; 3]) -> Colour {
    let [red, green, blue] = channels.map(nearest_byte);
    Colour::new(red, green, blue)
}

/// The colours of a character of a known class, and how well they explain the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct ColourSolution {
    /// The class solved for.
    pub class: ClassLabel,
    /// The sex solved for.
    pub gender: Gender,
    /// Which of the pair's templates explained the picture best.
    pub cluster: u32,
    /// By position.
    pub slots: [SolvedColour; COLOUR_COUNT],
    /// Where the character stands, finer than it was given.
    pub frame: Frame,
    /// The same by the outline of the body, whichever look the class's map was fitted around; `None` if too
    /// little of the picture is explained to tell, or the looks follow another law than the game's. What is worn is looked for here, in training looks
    /// and in pictures alike.
    pub settled_frame: Option<Frame>,
    /// Share of the class's pixels that the recoloured class explains, 0 to 1. Comparable between
    /// classes: the one that explains most is the likeliest.
    pub explained: f32,
    /// What the recoloured class does not explain.
    pub residual: Residual,
}

/// How far each pixel of the character's surroundings is from the recoloured class.
///
/// 0 where the class explains the picture, 255 where it plainly does not. Where the class has no
/// pixel it is the picture's opacity: there an item may show, or the background.
#[derive(Debug, Clone, PartialEq)]
pub struct Residual {
    pub(super) cells: Vec<u8>,
    /// Where the class has pixels.
    pub(super) drawn: Vec<bool>,
}

impl Residual {
    /// Columns.
    pub const WIDTH: usize = COLUMNS;
    /// Rows.
    pub const HEIGHT: usize = ROWS;

    /// All pixels, row by row from the top.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.cells
    }

    /// The character's coordinates (see [`Frame`]) of the middle of a pixel.
    #[must_use]
    pub fn to_character(column: usize, row: usize) -> (f32, f32) {
        ((column as f32 + 0.5 - AXIS as f32) / BODY_PX, (row as f32 + 0.5 - TOP as f32) / BODY_PX)
    }

    /// Whether the class has this pixel, whatever the picture shows there.
    pub(crate) fn is_drawn(&self, pixel: usize) -> bool {
        self.drawn[pixel]
    }

    /// The column that lies so far right in the character; `None` outside the grid.
    pub(crate) fn column(u: f32) -> Option<usize> {
        let column = u * BODY_PX + AXIS as f32;
        (column >= 0.0 && column < COLUMNS as f32).then_some(column as usize)
    }

    /// Where the row begins that lies so far down in the character; `None` outside the grid.
    pub(crate) fn row_start(v: f32) -> Option<usize> {
        let row = v * BODY_PX + TOP as f32;
        (row >= 0.0 && row < ROWS as f32).then_some(row as usize * COLUMNS)
    }
}
