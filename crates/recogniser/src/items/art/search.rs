//! Art laid over a view at many places at once.
//!
//! Places beside each other are asked together, so that each of the art's pixels is read once for all of
//! them, in loops that the compiler turns into vector instructions. No product is fused with a sum, and
//! sums are added in one order: every machine gives the same bits.

use multiversion::multiversion;

use super::paint::{ArtPixel, Dyes, Gain, Paint, TOLERANCE};
use super::seen::{LANES, Layout, Seen};

/// A move of art, right and down, in view pixels.
pub(super) type Offset = (isize, isize);

/// What a pixel of art counts for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weight {
    /// Where the view shows it.
    pub(super) alike: f32,
    /// Where the view shows the body.
    pub(super) body: f32,
    /// In finding the wearer's dye.
    pub(super) dye: f32,
}

/// Pixels of art, ready to be asked at many places.
pub(super) struct Asked {
    fixed: Vec<Fixed>,
    dyed: Vec<Gain>,
    /// By dyed pixel.
    weights: Vec<Weight>,
    /// Whether a view is asked for the dye; if not, dyed pixels are like anything.
    is_dyed: bool,
}

/// A pixel of a paint of its own.
struct Fixed {
    places: [usize; 2],
    paint: [f32; 3],
    alike: f32,
    body: f32,
}

/// What the pixels say together, all weights counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Said {
    /// How far the view shows the art.
    pub(super) alike: f32,
    /// How far it shows the body.
    pub(super) body: f32,
}

impl Asked {
    pub(super) fn new(pixels: impl Iterator<Item = (ArtPixel, Weight)>, is_dyed: bool) -> Self {
        let mut asked = Self { fixed: Vec::new(), dyed: Vec::new(), weights: Vec::new(), is_dyed };
        asked.fixed.reserve(pixels.size_hint().0);
        for (pixel, weight) in pixels {
            let places = Seen::places(usize::from(pixel.x), usize::from(pixel.y));
            // Likeness is counted in squares of differences of channels.
            let alike = weight.alike / (TOLERANCE * TOLERANCE);
            match pixel.paint {
                Paint::Fixed(paint) => {
                    let paint = paint.map(f32::from);
                    asked.fixed.push(Fixed { places, paint, alike, body: weight.body });
                }
                Paint::Dyed(_) => {
                    asked.dyed.push(Gain::new(pixel, weight.dye));
                    asked.weights.push(Weight { alike, ..weight });
                }
            }
        }
        asked
    }

    /// The highest score within `reach` and where: every second place, then those about the best.
    pub(super) fn likeliest(
        &self,
        seen: &Seen,
        reach: usize,
        score: impl Fn(Said, Offset) -> f32,
    ) -> (f32, Offset) {
        let first = -((reach - reach % 2) as isize);
        let mut best = (f32::NEG_INFINITY, (0, 0));
        for down in (first..=-first).step_by(2) {
            self.ask(seen, Layout::Apart, (first, down), first.unsigned_abs() + 1, &score, &mut best);
        }
        let around = self.around(seen, best.1, reach, &score);
        if around.0 > best.0 { around } else { best }
    }

    /// The highest score at a place and those about it within `reach`, and where.
    pub(super) fn around(
        &self,
        seen: &Seen,
        (right, down): Offset,
        reach: usize,
        score: impl Fn(Said, Offset) -> f32,
    ) -> (f32, Offset) {
        let reach = reach as isize;
        let (first, last) = ((right - 1).max(-reach), (right + 1).min(reach));
        let mut best = (f32::NEG_INFINITY, (right, down));
        for down in (down - 1).max(-reach)..=(down + 1).min(reach) {
            let count = (last - first).unsigned_abs() + 1;
            self.ask(seen, Layout::Near, (first, down), count, &score, &mut best);
        }
        best
    }

    /// Asks `count` places from one on, to the right of each other by a layout's step.
    fn ask(
        &self,
        seen: &Seen,
        layout: Layout,
        from: Offset,
        count: usize,
        score: impl Fn(Said, Offset) -> f32,
        best: &mut (f32, Offset),
    ) {
        let rows = seen.rows(layout);
        let mut said = [[0.0; LANES]; 2];
        match count {
            ..=4 => four(self, rows, layout, from, &mut said),
            5..=8 => eight(self, rows, layout, from, &mut said),
            _ => sixteen(self, rows, layout, from, &mut said),
        }
        let mut offset = from;
        for (alike, body) in said[0].iter().zip(&said[1]).take(count) {
            let score = score(Said { alike: *alike, body: *body }, offset);
            if score > best.0 {
                *best = (score, offset);
            }
            offset.0 += layout.step();
        }
    }

    /// What the pixels say at some places side by side: alike, body.
    #[inline(always)]
    fn said<const COUNT: usize>(&self, rows: &[f32], layout: Layout, from: Offset) -> [[f32; COUNT]; 2] {
        let moved = layout.distance(from);
        let (mut alike_sum, mut body_sum) = ([0.0; COUNT], [0.0; COUNT]);
        for pixel in &self.fixed {
            let place = pixel.places[layout as usize].wrapping_add_signed(moved);
            let Some([red, green, blue, shown, body]) = Seen::lanes::<COUNT>(rows, place) else { continue };
            for lane in 0..COUNT {
                let apart = greatest(
                    (red[lane] - pixel.paint[0]).abs(),
                    (green[lane] - pixel.paint[1]).abs(),
                    (blue[lane] - pixel.paint[2]).abs(),
                );
                let alike = greater(TOLERANCE * TOLERANCE - apart * apart, 0.0) * shown[lane];
                alike_sum[lane] += alike * pixel.alike;
                body_sum[lane] += body[lane] * pixel.body;
            }
        }
        if self.dyed.is_empty() {
            return [alike_sum, body_sum];
        }
        let dyes: Dyes<COUNT> =
            if self.is_dyed { Dyes::solve(&self.dyed, rows, layout, moved) } else { Dyes::none() };
        for (pixel, weight) in self.dyed.iter().zip(&self.weights) {
            let place = pixel.places[layout as usize].wrapping_add_signed(moved);
            let Some([red, green, blue, shown, body]) = Seen::lanes::<COUNT>(rows, place) else { continue };
            for lane in 0..COUNT {
                let apart = dyes.apart(pixel.gain, lane, [red[lane], green[lane], blue[lane]]);
                let apart = apart * dyes.strictness[lane];
                let alike = greater(TOLERANCE * TOLERANCE - apart * apart, 0.0) * shown[lane];
                alike_sum[lane] += alike * weight.alike;
                body_sum[lane] += body[lane] * weight.body;
            }
        }
        [alike_sum, body_sum]
    }
}

/// Plain comparisons, which are one instruction; the library's order what is no number, too.
#[inline(always)]
pub(super) fn greater(left: f32, right: f32) -> f32 {
    if left > right { left } else { right }
}

#[inline(always)]
pub(super) fn greatest(first: f32, second: f32, third: f32) -> f32 {
    greater(greater(first, second), third)
}

#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn four(asked: &Asked, rows: &[f32], layout: Layout, from: Offset, said: &mut [[f32; LANES]; 2]) {
    let [alike, body] = asked.said::<4>(rows, layout, from);
    said[0][..4].copy_from_slice(&alike);
    said[1][..4].copy_from_slice(&body);
}

#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn eight(asked: &Asked, rows: &[f32], layout: Layout, from: Offset, said: &mut [[f32; LANES]; 2]) {
    let [alike, body] = asked.said::<8>(rows, layout, from);
    said[0][..8].copy_from_slice(&alike);
    said[1][..8].copy_from_slice(&body);
}

#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn sixteen(asked: &Asked, rows: &[f32], layout: Layout, from: Offset, said: &mut [[f32; LANES]; 2]) {
    *said = asked.said::<LANES>(rows, layout, from);
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use lorgnon_imaging::Picture;

    use super::*;
    use crate::items::art::View;
    use crate::items::art::paint::Dye;
    use crate::items::art::seen::REACH;
    use crate::items::window::{Behind, HEIGHT_PX, WIDTH_PX};
    use crate::items::worn::NO_OUTLINE;

    /// A view of random blocks, half of them the body.
    fn seen(random: &mut Rng) -> Seen {
        let mut window = Picture::filled(WIDTH_PX, HEIGHT_PX, [0; 4]);
        let mut worn = window.clone();
        for (at, pixel) in window.pixels_mut().iter_mut().enumerate() {
            let (column, row) = (at as u32 % WIDTH_PX / 8, at as u32 / WIDTH_PX / 8);
            let block = (column * 31 + row * 17).wrapping_mul(2_654_435_761) >> 8;
            *pixel = [block as u8, (block >> 8) as u8, random.u8(..), 255];
            worn.pixels_mut()[at] =
                [pixel[0], pixel[1], pixel[2], if block & 0x1_0000 > 0 { 255 } else { 90 }];
        }
        Seen::new(&View::measure(&window, &worn, &NO_OUTLINE), Behind::Scenery)
    }

    fn art(random: &mut Rng, is_dyed: bool) -> Vec<(ArtPixel, Weight)> {
        let mut pixel = || {
            let paint = if is_dyed && random.u8(..) < 200 {
                Paint::Dyed(random.u8(20..120))
            } else {
                Paint::Fixed([(); 3].map(|()| random.u8(..)))
            };
            let art = ArtPixel { x: random.u8(0..70), y: random.u8(0..90), paint };
            let weight = random.f32();
            (art, Weight { alike: 5.0 * weight - 1.0, body: weight - 0.5, dye: weight })
        };
        (0..90).map(|_| pixel()).collect()
    }

    #[test]
    fn places_asked_together_say_what_each_says() {
        let mut random = Rng::with_seed(11);
        let seen = seen(&mut random);
        for is_dyed in [false, true] {
            let art = art(&mut random, is_dyed);
            let asked = Asked::new(art.iter().copied(), is_dyed);
            let alone = |offset: Offset| {
                let dyes = art.iter().map(|(pixel, weight)| (*pixel, weight.dye));
                let dye = if is_dyed { Dye::solve(dyes, &seen, offset) } else { Dye::default() };
                let (mut alike, mut body) = (0.0, 0.0);
                for (pixel, weight) in &art {
                    let place = pixel.place(offset);
                    alike += weight.alike * pixel.paint.likeness(seen.paint(place), dye);
                    body += weight.body * seen.body(place);
                }
                alike + body
            };
            let together = |said: Said, offset: Offset| {
                let (said, alone) = (said.alike + said.body, alone(offset));
                assert!((said - alone).abs() < 1e-3 * (1.0 + alone.abs()), "{offset:?}: {said} {alone}");
                alone
            };
            for reach in [0, 1, 3, 7, REACH] {
                let (score, at) = asked.likeliest(&seen, reach, together);
                assert!(
                    (score - alone(at)).abs() < 1e-6 && at.0.unsigned_abs().max(at.1.unsigned_abs()) <= reach
                );
            }
            for middle in [(REACH as isize, -(REACH as isize)), (-(REACH as isize), REACH as isize), (3, 0)] {
                asked.around(&seen, middle, REACH, together);
            }
        }
    }

    #[test]
    fn art_is_found_where_it_lies() {
        let mut random = Rng::with_seed(5);
        let seen = seen(&mut random);
        for wanted in [(0, 0), (9, -10), (-7, 4), (10, 10)] {
            let shown = (20..50).flat_map(|y| (25..45).map(move |x| (x, y)));
            let art = shown.map(|(x, y)| {
                let place = Seen::moved(Seen::place(x, y), wanted);
                let pixel =
                    ArtPixel { x: x as u8, y: y as u8, paint: Paint::shown(seen.paint(place), false) };
                (pixel, Weight { alike: 1.0, body: 0.0, dye: 1.0 })
            });
            let (_, found) = Asked::new(art, false).likeliest(&seen, REACH, |said, _| said.alike);
            assert_eq!(found, wanted);
        }
    }
}
