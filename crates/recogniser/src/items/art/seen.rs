//! A view unpacked, so that art can be laid over it and moved.

use lorgnon_imaging::Picture;

use super::view::{HEIGHT, LEVELS, View, WIDTH, pixels_of};
use crate::items::descriptor::{CellBox, Descriptor};
use crate::items::window::{Behind, HEIGHT_PX, WIDTH_PX};

/// How far art may be moved, in view pixels: a fifth of a body.
pub(super) const REACH: usize = 10;
/// Pixels across, with the empty ones on both sides.
const ACROSS: usize = WIDTH + 2 * REACH;
/// Of a row, plane by plane: red, green and blue, 0 to 255, and how much of the pixel shows what is not the
/// body, and how much the body, 0 to 1.
const PLANES: usize = 5;
const SHOWN: usize = 3;
const BODY: usize = 4;
/// Numbers a row.
const ROW: usize = PLANES * ACROSS;
/// Pixels that are read together at most.
pub(super) const LANES: usize = 16;

/// A view unpacked, [`REACH`] empty pixels about it.
pub(in crate::items) struct Seen {
    near: Vec<f32>,
    apart: Vec<f32>,
    /// As in the view.
    outline: Vec<u8>,
    behind: Behind,
}

/// Which pixels of a row lie side by side in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Each beside its neighbours.
    Near,
    /// Each beside those two away from it.
    Apart,
}

impl Layout {
    /// How far apart in the view the pixels are that lie side by side.
    pub(super) fn step(self) -> isize {
        match self {
            Self::Near => 1,
            Self::Apart => 2,
        }
    }

    /// How much farther on a pixel is kept that lies some steps right and some pixels down of another.
    pub(super) fn distance(self, (right, down): (isize, isize)) -> isize {
        down * ROW as isize + right / self.step()
    }
}

impl Seen {
    /// Of a character before something.
    pub(in crate::items) fn new(view: &View, behind: Behind) -> Self {
        // What is read together may begin at the last pixel.
        let length = ROW * (HEIGHT + 2 * REACH) + LANES;
        let (near, apart) = (vec![0.0; length], vec![0.0; length]);
        let mut seen = Self { near, apart, outline: view.outline.clone(), behind };
        let mut paint = view.paint.iter();
        for (row, covers) in view.cover.chunks_exact(WIDTH).enumerate() {
            for (column, cover) in covers.iter().enumerate().filter(|(_, cover)| **cover > 0) {
                let places = Self::places(column, row);
                let visible = cover >> 4;
                seen.set(places, BODY, f32::from(cover & 0xf) / LEVELS);
                if visible > 0
                    && let Some(paint) = paint.next()
                {
                    seen.set(places, SHOWN, f32::from(visible) / LEVELS);
                    for (plane, channel) in paint.iter().enumerate() {
                        seen.set(places, plane, f32::from(*channel));
                    }
                }
            }
        }
        seen
    }

    /// Where a pixel of the view is kept.
    pub(super) fn place(x: usize, y: usize) -> usize {
        (y + REACH) * ROW + x + REACH
    }

    /// Where it is kept in each [`Layout`].
    pub(super) fn places(x: usize, y: usize) -> [usize; 2] {
        let column = x + REACH;
        [Self::place(x, y), (y + REACH) * ROW + column % 2 * (ACROSS / 2) + column / 2]
    }

    /// Where the pixel is kept that lies so far right and down of another, no farther than [`REACH`].
    pub(super) fn moved(place: usize, offset: (isize, isize)) -> usize {
        place.wrapping_add_signed(Layout::Near.distance(offset))
    }

    fn set(&mut self, [near, apart]: [usize; 2], plane: usize, value: f32) {
        self.near[near + plane * ACROSS] = value;
        self.apart[apart + plane * ACROSS] = value;
    }

    /// Red, green and blue, 0 to 255, how much is shown of what is not the body, and how much of the body, of the
    /// pixels that lie side by side from a place on.
    #[inline(always)]
    pub(super) fn lanes<const COUNT: usize>(rows: &[f32], place: usize) -> Option<[&[f32; COUNT]; PLANES]> {
        let row = rows.get(place..place + (PLANES - 1) * ACROSS + COUNT)?;
        let plane = |plane: usize| row.get(plane * ACROSS..)?.first_chunk();
        Some([plane(0)?, plane(1)?, plane(2)?, plane(SHOWN)?, plane(BODY)?])
    }

    /// All rows, laid out so.
    pub(super) fn rows(&self, layout: Layout) -> &[f32] {
        match layout {
            Layout::Near => &self.near,
            Layout::Apart => &self.apart,
        }
    }

    /// As it is stored.
    pub(in crate::items) fn packed(&self) -> View {
        let (mut cover, mut paint) = (Vec::with_capacity(WIDTH * HEIGHT), Vec::new());
        for at in 0..WIDTH * HEIGHT {
            let place = Self::place(at % WIDTH, at / WIDTH);
            let [red, green, blue, visible] = self.paint(place);
            let level = |share: f32| (share * LEVELS).round() as u8;
            let shown = level(visible);
            cover.push(shown << 4 | level(self.body(place)).min(LEVELS as u8 - shown));
            if shown > 0 {
                paint.push([red, green, blue].map(|channel| channel.round() as u8));
            }
        }
        View { cover, paint, outline: self.outline.clone() }
    }

    /// Takes what stands before the body for the body: nothing that hangs behind shows there.
    pub(in crate::items) fn hide_body(&mut self) {
        for at in 0..WIDTH * HEIGHT {
            if self.outline[at / 8] >> (at % 8) & 1 == 1 {
                let places = Self::places(at % WIDTH, at / WIDTH);
                self.set(places, BODY, 1.0);
                self.set(places, SHOWN, 0.0);
            }
        }
    }

    /// Takes art that was found there for the body: it hides what is worn behind.
    pub(super) fn hide(&mut self, art: impl IntoIterator<Item = (isize, isize, f32)>) {
        for (x, y, likeness) in art {
            let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { continue };
            if x < WIDTH && y < HEIGHT && likeness > 0.0 {
                let places = Self::places(x, y);
                let [.., visible] = self.paint(places[0]);
                self.set(places, BODY, self.body(places[0]) + likeness.min(visible));
                self.set(places, SHOWN, visible - likeness.min(visible));
            }
        }
    }

    /// What is left of the window, measured: what is shown that is not the body.
    pub(in crate::items) fn descriptor(&self) -> Descriptor {
        let mut small = Picture::filled(WIDTH as u32, HEIGHT as u32, [0; 4]);
        for (at, pixel) in small.pixels_mut().iter_mut().enumerate() {
            let [paint @ .., visible] = self.paint(Self::place(at % WIDTH, at / WIDTH));
            let [red, green, blue] = paint.map(|channel| channel.round() as u8);
            *pixel = [red, green, blue, (255.0 * visible).round() as u8];
        }
        Descriptor::measure(&small.resized(WIDTH_PX, HEIGHT_PX))
    }

    /// How many pixels of a box of cells show what is not the body.
    pub(in crate::items) fn shown_px(&self, bounds: CellBox) -> f32 {
        let pixels = pixels_of(bounds, 0).into_iter();
        pixels.map(|(x, y)| self.paint(Self::place(usize::from(x), usize::from(y)))[SHOWN]).sum()
    }

    pub(in crate::items) fn behind(&self) -> Behind {
        self.behind
    }

    /// Red, green, blue, 0 to 255, and how much of the pixel shows what is not the body, 0 to 1.
    pub(super) fn paint(&self, place: usize) -> [f32; 4] {
        std::array::from_fn(|plane| self.near[place + plane * ACROSS])
    }

    /// How much of the pixel shows the body, 0 to 1.
    pub(super) fn body(&self, place: usize) -> f32 {
        self.near[place + BODY * ACROSS]
    }
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
        let (body, worn, empty) = (Seen::place(22, 30), Seen::place(35, 30), Seen::place(5, 5));
        let seen = Seen::new(&view, Behind::Nothing);
        let close = |left: f32, right: f32| (left - right).abs() < 1e-4;
        assert!(close(seen.body(body), 1.0) && close(seen.paint(body)[3], 0.0));
        assert!(close(seen.body(worn), 0.0) && close(seen.paint(empty)[3], 0.0));
        let expected = [200.0, 40.0, 10.0, 1.0];
        assert!(seen.paint(worn).into_iter().zip(expected).all(|(shown, paint)| close(shown, paint)));
        assert_eq!(Seen::moved(Seen::place(30, 30), (5, 0)), worn);
        let (above, below) = (Seen::place(35, 25), worn);
        let mut behind = Seen::new(&view, Behind::Nothing);
        behind.hide_body();
        assert!(close(seen.paint(above)[3], 1.0) && close(behind.paint(above)[3], 0.0));
        assert!(close(behind.body(above), 1.0) && close(behind.paint(below)[3], 1.0));
        assert!(behind.packed().is_whole());
    }
}
