//! The fixed grid on which all looks of a class can be compared pixel by pixel.
//!
//! A colour map speaks of "the pixel on the left boot", so every picture is first brought to the
//! same size and place: a *canvas* is the part of a picture around a character, scaled so that the
//! body is [`BODY_PX`] high, and the *grid* is that canvas seen in the character's own frame
//! (unmirrored, upright). Scaling is an area average of premultiplied, gamma-encoded colour: the
//! game tints gamma-encoded values, and averages of tinted values are tinted averages.

use lorgnon_imaging::Picture;

use crate::Frame;

/// Body height on the grid, in grid pixels.
pub(super) const BODY_PX: f32 = 192.0;
/// Grid columns; the character's `u = 0` is between columns `AXIS - 1` and `AXIS`.
pub(super) const COLUMNS: usize = 232;
/// Grid column at `u = 0`.
pub(super) const AXIS: usize = 116;
/// Grid rows; the character's `v = 0` is between rows `TOP - 1` and `TOP`.
pub(super) const ROWS: usize = 260;
/// Grid row at `v = 0`.
pub(super) const TOP: usize = 58;
/// Grid pixels.
pub(super) const CELLS: usize = COLUMNS * ROWS;

/// What the canvas shows around the grid on every side, so that registration can move it.
const MARGIN: usize = 48;
const CANVAS_WIDTH: usize = COLUMNS + 2 * MARGIN;
const CANVAS_HEIGHT: usize = ROWS + 2 * MARGIN;

/// The part of a picture around a character, axis-parallel to the picture, at grid scale.
///
/// Pixels are red, green, blue (0 to 255, premultiplied) and alpha (0 to 1).
#[derive(Clone)]
pub(super) struct Canvas {
    pixels: Vec<[f32; 4]>,
    width: usize,
    height: usize,
    /// Picture pixels a canvas pixel.
    scale: f32,
    /// Picture position of the canvas's corner, in pixels.
    origin: (f32, f32),
}

/// The weights with which source pixels make one target pixel.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

/// For each of `count` target pixels of `scale` source pixels from `origin` on: the source pixels
/// it averages. Enlarging is linear interpolation, which is the average over one source pixel.
fn taps(origin: f32, scale: f32, count: usize, length: usize) -> Vec<Taps> {
    let reach = scale.max(1.0) / 2.0;
    (0..count)
        .map(|index| {
            let middle = origin + (index as f32 + 0.5) * scale;
            let (from, to) = (middle - reach, middle + reach);
            let first = from.floor().max(0.0) as usize;
            let last = (to.ceil().max(0.0) as usize).min(length);
            let weights = (first..last)
                .map(|source| {
                    let covered = to.min(source as f32 + 1.0) - from.max(source as f32);
                    covered.max(0.0) / (2.0 * reach)
                })
                .collect();
            Taps { first, weights }
        })
        .collect()
}

impl Canvas {
    /// Scales the surroundings of a character.
    pub(super) fn new(picture: &Picture, frame: &Frame) -> Self {
        let scale = (frame.height / BODY_PX).max(1e-3);
        let origin =
            (frame.centre_x - (AXIS + MARGIN) as f32 * scale, frame.top - (TOP + MARGIN) as f32 * scale);
        let across = taps(origin.0, scale, CANVAS_WIDTH, picture.width() as usize);
        let down = taps(origin.1, scale, CANVAS_HEIGHT, picture.height() as usize);
        let mut pixels = vec![[0.0; 4]; CANVAS_WIDTH * CANVAS_HEIGHT];

        // Each source row is scaled across once, then added to the canvas rows it belongs to.
        let mut scaled = vec![[0f32; 4]; CANVAS_WIDTH];
        let mut premultiplied = vec![[0f32; 4]; picture.width() as usize];
        let mut done = usize::MAX;
        let used = |taps: &[Taps]| {
            let inside = || taps.iter().filter(|tap| !tap.weights.is_empty());
            let first = inside().map(|tap| tap.first).min();
            let last = inside().map(|tap| tap.first + tap.weights.len()).max();
            first.unwrap_or(0)..last.unwrap_or(0)
        };
        let columns = used(&across);
        for (row, tap) in pixels.chunks_exact_mut(CANVAS_WIDTH).zip(&down) {
            for (offset, &weight) in tap.weights.iter().enumerate() {
                let source = tap.first + offset;
                if done != source {
                    done = source;
                    let pixels = &picture.row(u32::try_from(source).unwrap_or(u32::MAX))[columns.clone()];
                    for (to, &[red, green, blue, alpha]) in
                        premultiplied[columns.clone()].iter_mut().zip(pixels)
                    {
                        let share = f32::from(alpha) / 255.0;
                        *to = [
                            f32::from(red) * share,
                            f32::from(green) * share,
                            f32::from(blue) * share,
                            share,
                        ];
                    }
                    for (to, tap) in scaled.iter_mut().zip(&across) {
                        let mut sum = [0f32; 4];
                        let from = &premultiplied[tap.first.min(premultiplied.len())..];
                        for (pixel, &weight) in from.iter().zip(&tap.weights) {
                            for (sum, &value) in sum.iter_mut().zip(pixel) {
                                *sum += weight * value;
                            }
                        }
                        *to = sum;
                    }
                }
                for (to, from) in row.iter_mut().zip(&scaled) {
                    for (to, &from) in to.iter_mut().zip(from) {
                        *to += weight * from;
                    }
                }
            }
        }
        Self { pixels, width: CANVAS_WIDTH, height: CANVAS_HEIGHT, scale, origin }
    }

    /// Grid pixels as a canvas; the character stands at [`grid_frame`].
    pub(super) fn from_grid(pixels: &[[u8; 4]]) -> Self {
        let pixels = pixels
            .iter()
            .map(|&[red, green, blue, alpha]| {
                let share = f32::from(alpha) / 255.0;
                [f32::from(red) * share, f32::from(green) * share, f32::from(blue) * share, share]
            })
            .collect();
        Self { pixels, width: COLUMNS, height: ROWS, scale: 1.0, origin: (0.0, 0.0) }
    }

    /// Grid pixels, straight alpha, of a character standing at `frame`; nothing where the canvas is
    /// more than half transparent: shadows and glows are not the character.
    pub(super) fn to_grid(&self, frame: &Frame) -> Vec<[u8; 4]> {
        let placement = self.placement(frame);
        let mut pixels = vec![[0u8; 4]; CELLS];
        for (row, line) in pixels.chunks_exact_mut(COLUMNS).enumerate() {
            for (column, to) in line.iter_mut().enumerate() {
                let [red, green, blue, alpha] = self.sample(placement.centre(column, row));
                if alpha >= 0.5 {
                    *to = [red / alpha, green / alpha, blue / alpha, alpha * 255.0].map(nearest_byte);
                }
            }
        }
        pixels
    }

    /// The way from grid positions to canvas positions of a character standing at `frame`.
    pub(super) fn placement(&self, frame: &Frame) -> Placement {
        let at = |column: f32, row: f32| {
            let (x, y) = frame.to_picture((column - AXIS as f32) / BODY_PX, (row - TOP as f32) / BODY_PX);
            ((x - self.origin.0) / self.scale, (y - self.origin.1) / self.scale)
        };
        let (corner, right, below) = (at(0.0, 0.0), at(BODY_PX, 0.0), at(0.0, BODY_PX));
        Placement {
            corner,
            column: ((right.0 - corner.0) / BODY_PX, (right.1 - corner.1) / BODY_PX),
            row: ((below.0 - corner.0) / BODY_PX, (below.1 - corner.1) / BODY_PX),
        }
    }

    /// Picture pixels a canvas pixel.
    pub(super) fn scale(&self) -> f32 {
        self.scale
    }

    /// The canvas position of a picture position.
    pub(super) fn position(&self, (x, y): (f32, f32)) -> (f32, f32) {
        ((x - self.origin.0) / self.scale, (y - self.origin.1) / self.scale)
    }

    /// The canvas at a position (pixel centres at halves), linearly between pixels; nothing outside.
    #[inline]
    pub(super) fn sample(&self, (x, y): (f32, f32)) -> [f32; 4] {
        // A position within a thousandth of a pixel's centre is that pixel: unmoved pictures
        // must come through without any blur.
        let (x, y) = (x - 0.5, y - 0.5);
        if !(x + 1e-3 >= 0.0 && y + 1e-3 >= 0.0) {
            return [0.0; 4];
        }
        // Cut towards zero, which here is down; 32 bits hold it, and are quick to make.
        let (left, above) = ((x + 1e-3) as i32, (y + 1e-3) as i32);
        let (column, row) = (left as usize, above as usize);
        if column + 1 >= self.width || row + 1 >= self.height {
            return [0.0; 4];
        }
        let (right, below) = ((x - left as f32).max(0.0), (y - above as f32).max(0.0));
        let at = row * self.width + column;
        let (one, two) = (&self.pixels[at], &self.pixels[at + 1]);
        let (three, four) = (&self.pixels[at + self.width], &self.pixels[at + self.width + 1]);
        let mut out = [0.0; 4];
        for (channel, out) in out.iter_mut().enumerate() {
            let upper = one[channel] + (two[channel] - one[channel]) * right;
            let lower = three[channel] + (four[channel] - three[channel]) * right;
            *out = upper + (lower - upper) * below;
        }
        out
    }
}

/// The nearest whole number that a byte holds.
#[inline]
pub(super) fn nearest_byte(value: f32) -> u8 {
    // Not `round`, which is a call where the machine is not known to have an instruction for it.
    let down = value as u8;
    down.saturating_add(u8::from(value - f32::from(down) >= 0.5))
}

/// Where a character stands on its own grid.
pub(super) fn grid_frame() -> Frame {
    Frame { centre_x: AXIS as f32, top: TOP as f32, height: BODY_PX, mirrored: false, rotation_degrees: 0.0 }
}

/// An affine way from grid positions to canvas positions, in pixels of both.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placement {
    corner: (f32, f32),
    column: (f32, f32),
    row: (f32, f32),
}

impl Placement {
    /// The canvas position of a grid position.
    #[inline]
    pub(super) fn at(&self, column: f32, row: f32) -> (f32, f32) {
        (
            self.corner.0 + column * self.column.0 + row * self.row.0,
            self.corner.1 + column * self.column.1 + row * self.row.1,
        )
    }

    /// The canvas position of a grid pixel's centre.
    #[inline]
    pub(super) fn centre(&self, column: usize, row: usize) -> (f32, f32) {
        self.at(column as f32 + 0.5, row as f32 + 0.5)
    }
}
