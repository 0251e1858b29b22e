//! What a picture shows about a character's body, small and padded, so that art can be moved over it.

use lorgnon_imaging::Picture;
use serde::{Deserialize, Serialize};

use crate::items::descriptor::CellBox;
use crate::items::window::{Behind, HEIGHT_PX, WIDTH_PX, there};
use lorgnon_imaging::CELL_STRIDE_PX;

/// Window pixels a view's pixel holds, across and down.
const SHRINK: usize = 2;
/// Pixels of a view that a cell begins after the one before.
pub(in crate::items) const VIEW_PX_A_CELL: usize = CELL_STRIDE_PX / SHRINK;
/// Pixels across a view.
pub(super) const WIDTH: usize = WIDTH_PX as usize / SHRINK;
/// Pixels down a view.
pub(super) const HEIGHT: usize = HEIGHT_PX as usize / SHRINK;
/// How far art may be moved, in view pixels: a fifth of a body.
pub(super) const REACH: usize = 10;
/// Steps of the stored shares.
const LEVELS: f32 = 15.0;
/// Bytes of an outline.
const OUTLINE_BYTES: usize = (WIDTH * HEIGHT).div_ceil(8);

/// What is worn in a window, at half its size, as it is stored: some 10 kB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::items) struct View {
    /// A byte a pixel: how much of it shows what is not the body (high four bits), and the body.
    cover: Vec<u8>,
    /// The paint of the pixels that show something, in order.
    paint: Vec<[u8; 3]>,
    /// A bit a pixel: whether the body stands there, whatever is seen.
    outline: Vec<u8>,
}

impl View {
    /// From a window, the same window with its body left out, and by pixel whether the body stands there.
    pub(in crate::items) fn measure(window: &Picture, without_body: &Picture, outline: &[bool]) -> Self {
        let (mut cover, mut paint) = (Vec::with_capacity(WIDTH * HEIGHT), Vec::new());
        let mut bits = vec![0; OUTLINE_BYTES];
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let (mut visible, mut body, mut sum, mut outlined) = (0.0, 0.0, [0.0; 3], 0);
                for part in 0..SHRINK * SHRINK {
                    let (x, y) = (x * SHRINK + part % SHRINK, y * SHRINK + part / SHRINK);
                    let pixel = window.pixel(x as u32, y as u32);
                    let left = f32::from(without_body.pixel(x as u32, y as u32)[3]);
                    outlined += usize::from(outline[y * WIDTH_PX as usize + x]);
                    let worn = left / f32::from(pixel[3].max(1));
                    let seen = there(pixel);
                    visible += seen * worn;
                    body += seen * (1.0 - worn);
                    for (sum, channel) in sum.iter_mut().zip(pixel) {
                        *sum += seen * worn * f32::from(channel);
                    }
                }
                let at = y * WIDTH + x;
                bits[at / 8] |= u8::from(2 * outlined >= SHRINK * SHRINK) << (at % 8);
                let level = |share: f32| (share / (SHRINK * SHRINK) as f32 * LEVELS).round() as u8;
                let (shown, hidden) = (level(visible), level(body));
                cover.push(shown << 4 | hidden.min(LEVELS as u8 - shown));
                if shown > 0 {
                    paint.push(sum.map(|sum| (sum / visible).round() as u8));
                }
            }
        }
        Self { cover, paint, outline: bits }
    }

    /// Whether the lengths are those of this version.
    pub(in crate::items) fn is_whole(&self) -> bool {
        self.cover.len() == WIDTH * HEIGHT
            && self.outline.len() == OUTLINE_BYTES
            && self.paint.len() == self.cover.iter().filter(|cover| **cover >> 4 > 0).count()
    }
}

/// The views of a training look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::items) struct Views {
    cut_out: View,
    /// Before made-up scenery.
    in_scenery: View,
}

impl Views {
    pub(in crate::items) fn new(cut_out: View, in_scenery: View) -> Self {
        Self { cut_out, in_scenery }
    }

    /// Whether the lengths are those of this version.
    pub(in crate::items) fn is_whole(&self) -> bool {
        self.cut_out.is_whole() && self.in_scenery.is_whole()
    }

    /// One of them unpacked.
    pub(in crate::items) fn seen(&self, behind: Behind) -> Seen {
        match behind {
            Behind::Nothing => Seen::new(&self.cut_out, behind),
            Behind::Scenery => Seen::new(&self.in_scenery, behind),
        }
    }
}

/// A view unpacked, [`REACH`] empty pixels about it.
pub(in crate::items) struct Seen {
    /// Red, green, blue, 0 to 255, and how much of the pixel shows what is not the body, 0 to 1.
    paint: Vec<[f32; 4]>,
    /// How much of the pixel shows the body, 0 to 1.
    body: Vec<f32>,
    /// As in the view.
    outline: Vec<u8>,
    behind: Behind,
}

impl Seen {
    const STRIDE: usize = WIDTH + 2 * REACH;

    /// Of a character before something.
    pub(in crate::items) fn new(view: &View, behind: Behind) -> Self {
        let length = Self::STRIDE * (HEIGHT + 2 * REACH);
        let outline = view.outline.clone();
        let mut seen = Self { paint: vec![[0.0; 4]; length], body: vec![0.0; length], outline, behind };
        let mut paint = view.paint.iter();
        for (at, cover) in view.cover.iter().enumerate() {
            let place = Self::place(at % WIDTH, at / WIDTH, 0, 0);
            let visible = cover >> 4;
            seen.body[place] = f32::from(cover & 0xf) / LEVELS;
            if visible > 0
                && let Some([red, green, blue]) = paint.next().map(|paint| paint.map(f32::from))
            {
                seen.paint[place] = [red, green, blue, f32::from(visible) / LEVELS];
            }
        }
        seen
    }

    /// Where the pixel is kept that lies `right` and `down` of one of the view.
    pub(super) fn place(x: usize, y: usize, right: isize, down: isize) -> usize {
        let (x, y) = ((x + REACH).saturating_add_signed(right), (y + REACH).saturating_add_signed(down));
        y * Self::STRIDE + x
    }

    /// How much farther on a pixel is kept that lies `right` and `down` of another.
    pub(super) fn distance(right: isize, down: isize) -> isize {
        down * Self::STRIDE as isize + right
    }

    /// As it is stored.
    pub(in crate::items) fn packed(&self) -> View {
        let (mut cover, mut paint) = (Vec::with_capacity(WIDTH * HEIGHT), Vec::new());
        for at in 0..WIDTH * HEIGHT {
            let place = Self::place(at % WIDTH, at / WIDTH, 0, 0);
            let [red, green, blue, visible] = self.paint[place];
            let level = |share: f32| (share * LEVELS).round() as u8;
            let shown = level(visible);
            cover.push(shown << 4 | level(self.body[place]).min(LEVELS as u8 - shown));
            if shown > 0 {
                paint.push([red, green, blue].map(|channel| channel.round() as u8));
            }
        }
        View { cover, paint, outline: self.outline.clone() }
    }

    /// Takes what stands before the body for the body: nothing that hangs behind shows there.
    pub(in crate::items) fn hide_body(&mut self) {
        for at in (0..WIDTH * HEIGHT).filter(|at| self.outline[at / 8] >> (at % 8) & 1 == 1) {
            let place = Self::place(at % WIDTH, at / WIDTH, 0, 0);
            self.body[place] = 1.0;
            self.paint[place][3] = 0.0;
        }
    }

    /// Takes art that was found there for the body: it hides what is worn behind.
    pub(super) fn hide(&mut self, art: impl IntoIterator<Item = (isize, isize, f32)>) {
        for (x, y, likeness) in art {
            let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { continue };
            if x < WIDTH && y < HEIGHT && likeness > 0.0 {
                let place = Self::place(x, y, 0, 0);
                let visible = self.paint[place][3];
                self.body[place] += likeness.min(visible);
                self.paint[place][3] = visible - likeness.min(visible);
            }
        }
    }

    /// How many pixels of a box of cells show what is not the body.
    pub(in crate::items) fn shown_px(&self, bounds: CellBox) -> f32 {
        let pixels = pixels_of(bounds, 0).into_iter();
        pixels.map(|(x, y)| self.paint[Self::place(usize::from(x), usize::from(y), 0, 0)][3]).sum()
    }

    pub(in crate::items) fn behind(&self) -> Behind {
        self.behind
    }

    pub(super) fn paint(&self, place: usize) -> [f32; 4] {
        self.paint[place]
    }

    pub(super) fn body(&self, place: usize) -> f32 {
        self.body[place]
    }
}

/// The pixels of a view in a box of cells and `margin` cells about it, row by row.
pub(super) fn pixels_of(bounds: CellBox, margin: usize) -> Vec<(u8, u8)> {
    let side = VIEW_PX_A_CELL;
    // A cell's features come from the two strides it begins.
    let across = side * bounds.left.saturating_sub(margin)..(side * (bounds.right + 1 + margin)).min(WIDTH);
    let down = side * bounds.top.saturating_sub(margin)..(side * (bounds.bottom + 1 + margin)).min(HEIGHT);
    down.flat_map(|y| across.clone().map(move |x| (x as u8, y as u8))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_tells_worn_from_body_and_scenery() {
        let mut window = Picture::filled(WIDTH_PX, HEIGHT_PX, [0; 4]);
        let mut bare = window.clone();
        for y in 40..80 {
            for x in 40..80 {
                window.pixels_mut()[y * WIDTH_PX as usize + x] = [200, 40, 10, 255];
                // The left half is the body.
                let left = if x < 60 { 0 } else { 255 };
                bare.pixels_mut()[y * WIDTH_PX as usize + x] = [200, 40, 10, left];
            }
        }
        // And its upper half stands before what is worn there.
        let outline: Vec<bool> = (0..bare.pixels().len()).map(|at| at < 60 * WIDTH_PX as usize).collect();
        let view = View::measure(&window, &bare, &outline);
        assert!(view.is_whole());
        let (body, worn, empty) =
            (Seen::place(22, 30, 0, 0), Seen::place(35, 30, 0, 0), Seen::place(5, 5, 0, 0));
        let seen = Seen::new(&view, Behind::Nothing);
        let close = |left: f32, right: f32| (left - right).abs() < 1e-4;
        assert!(close(seen.body(body), 1.0) && close(seen.paint(body)[3], 0.0));
        assert!(close(seen.body(worn), 0.0) && close(seen.paint(empty)[3], 0.0));
        let expected = [200.0, 40.0, 10.0, 1.0];
        assert!(seen.paint(worn).into_iter().zip(expected).all(|(shown, paint)| close(shown, paint)));
        assert_eq!(Seen::place(30, 30, 5, 0), worn);
        let (above, below) = (Seen::place(35, 25, 0, 0), worn);
        let mut behind = Seen::new(&view, Behind::Nothing);
        behind.hide_body();
        assert!(close(seen.paint(above)[3], 1.0) && close(behind.paint(above)[3], 0.0));
        assert!(close(behind.body(above), 1.0) && close(behind.paint(below)[3], 1.0));
        assert!(behind.packed().is_whole());
    }
}
