//! An icon taken for worn art.
//!
//! An icon is nearly the art at the same angle, so it makes a template as an item's wearers do: its
//! pixels are expected where it is worn, and count for more the rarer their paint is in the slot.

use lorgnon_imaging::Picture;
use serde::{Deserialize, Serialize};

use super::paint::{ArtPixel, Paint};
use super::template::{Counts, Template};
use super::view::{HEIGHT, REACH, Seen, WIDTH};

/// Alpha from which an icon's pixel is art.
const OPAQUE: u8 = 128;
/// Looks that an icon stands for.
const LOOKS: f32 = 8.0;
/// Share of wearers that show a pixel of the icon, and that hide it.
const SHOWN: f32 = 0.75;
const HIDDEN: f32 = 0.1;
/// Share of wearers that happen to show the icon's paint beside it, and that have their body there.
const SHOWN_BESIDE: f32 = 0.05;
const BODY_BESIDE: f32 = 0.3;

/// Where and how an icon is looked for.
pub(in crate::items) struct Sought<'a> {
    pub(in crate::items) seen: &'a Seen,
    /// The middle of the places, in view pixels.
    pub(in crate::items) middle: (f32, f32),
    /// Shares of the largest size.
    pub(in crate::items) sizes: &'a [f32],
    pub(in crate::items) usual: &'a Usual,
    /// Whether it hangs behind the body.
    pub(in crate::items) hangs_behind: bool,
}

/// An icon's pixels at the largest size that it may be worn at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::items) struct IconArt {
    width: u8,
    pixels: Vec<[u8; 4]>,
}

impl IconArt {
    /// Of an icon without its see-through border, `height_px` view pixels high.
    pub(in crate::items) fn new(icon: &Picture, height_px: f32) -> Self {
        let scale = (height_px / icon.height().max(1) as f32).min(WIDTH as f32 / icon.width().max(1) as f32);
        let side = |pixels: u32, most: usize| ((pixels as f32 * scale).round() as u32).clamp(1, most as u32);
        let (width, height) = (side(icon.width(), WIDTH), side(icon.height(), HEIGHT));
        let drawn = icon.resized(width, height);
        Self { width: width as u8, pixels: drawn.pixels().to_vec() }
    }

    /// How well it is shown: a log likelihood ratio, at the best size and place.
    pub(in crate::items) fn score(&self, sought: &Sought<'_>) -> f32 {
        best(sought.sizes.iter(), |size| self.template(size, sought).find(sought.seen, REACH).score)
    }

    /// About that score, from few pixels and every second size.
    pub(in crate::items) fn glance(&self, sought: &Sought<'_>) -> f32 {
        let sizes = sought.sizes.iter().skip(1).step_by(2);
        best(sizes, |size| self.template(size, sought).glance(sought.seen, REACH))
    }

    fn template(&self, size: f32, sought: &Sought<'_>) -> Template {
        let (middle, usual) = (sought.middle, sought.usual);
        let (width, height) = (usize::from(self.width), self.pixels.len() / usize::from(self.width).max(1));
        let shrunk = |side: usize| ((side as f32 * size).round() as usize).max(1);
        let (across, down) = (shrunk(width), shrunk(height));
        let pixel = |x: usize, y: usize| {
            // The nearest pixel would lose lines: the mean of those that fall on it.
            let range = |at: usize, to: usize, from: usize| at * from / to..((at + 1) * from).div_ceil(to);
            let (mut sum, mut there, mut all) = ([0.0; 3], 0.0, 0.0);
            for y in range(y, down, height) {
                for x in range(x, across, width) {
                    let [red, green, blue, alpha] = self.pixels[y * width + x];
                    all += 1.0;
                    if alpha >= OPAQUE {
                        there += 1.0;
                        for (sum, channel) in sum.iter_mut().zip([red, green, blue]) {
                            *sum += f32::from(channel);
                        }
                    }
                }
            }
            (2.0 * there > all).then(|| Paint::fixed(sum.map(|sum| sum / there)))
        };
        let drawn: Vec<Option<Paint>> =
            (0..across * down).map(|at| pixel(at % across, at / across)).collect();
        let at = |x: isize, y: isize| {
            let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
            if x < across && y < down { drawn[y * across + x] } else { None }
        };
        let corner =
            [middle.0 - across as f32 / 2.0, middle.1 - down as f32 / 2.0].map(|at| at.round() as isize);
        let mut pixels = Vec::with_capacity(drawn.len());
        for y in -1..=down as isize {
            for x in -1..=across as isize {
                let place = |at: isize, corner: isize, most: usize| {
                    u8::try_from(at + corner).ok().filter(|at| usize::from(*at) < most)
                };
                let (Some(to_x), Some(to_y)) = (place(x, corner[0], WIDTH), place(y, corner[1], HEIGHT))
                else {
                    continue;
                };
                let beside = || {
                    [(-1, 0), (1, 0), (0, -1), (0, 1)]
                        .iter()
                        .find_map(|(right, below)| at(x + right, y + below))
                };
                let (paint, shares) = match (at(x, y), beside()) {
                    (Some(paint), _) => (paint, (SHOWN, HIDDEN)),
                    (None, Some(paint)) => (paint, (SHOWN_BESIDE, BODY_BESIDE)),
                    (None, None) => continue,
                };
                let worn = Counts { looks: LOOKS, art: LOOKS * shares.0, body: LOOKS * shares.1 };
                pixels.push((ArtPixel { x: to_x, y: to_y, paint }, worn, usual.counts(paint)));
            }
        }
        Template::new(&pixels, sought.hangs_behind)
    }
}

fn best<'a>(sizes: impl Iterator<Item = &'a f32>, score: impl Fn(f32) -> f32) -> f32 {
    sizes.map(|size| score(*size)).fold(f32::NEG_INFINITY, f32::max)
}

/// Levels a channel of [`Usual`].
const LEVELS: usize = 8;
/// Looks that [`Usual`] stands for.
const USUAL_LOOKS: f32 = 30.0;

/// What a slot's region usually shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::items) struct Usual {
    /// By level of red, green and blue: the share of pixels that would be taken for that paint.
    paints: Vec<f32>,
    /// Share of pixels that show the body.
    body: f32,
}

impl Usual {
    /// Where no look says it.
    pub(in crate::items) fn unknown() -> Self {
        Self { paints: vec![0.03; LEVELS * LEVELS * LEVELS], body: 0.3 }
    }

    /// Of views, at some pixels.
    pub(super) fn learn<'a>(views: impl Iterator<Item = &'a Seen>, pixels: &[(u8, u8)]) -> Self {
        let mut shown = vec![0.0f32; LEVELS * LEVELS * LEVELS];
        let (mut body, mut all) = (0.0, 0.0);
        for view in views {
            for (x, y) in pixels {
                let place = Seen::place(usize::from(*x), usize::from(*y), 0, 0);
                let [red, green, blue, visible] = view.paint(place);
                shown[bin([red, green, blue])] += visible;
                body += view.body(place);
                all += 1.0;
            }
        }
        if all < 1.0 {
            return Self::unknown();
        }
        let paints = (0..shown.len()).map(|own| {
            let own = Paint::fixed(middle_of(own));
            let alike = shown.iter().enumerate().filter(|(_, share)| **share > 0.0).map(|(other, share)| {
                let [red, green, blue] = middle_of(other);
                share * own.likeness([red, green, blue, 1.0], super::paint::Dye::default())
            });
            alike.sum::<f32>() / all
        });
        Self { paints: paints.collect(), body: body / all }
    }

    fn counts(&self, paint: Paint) -> Counts {
        let art = match paint {
            Paint::Fixed(paint) => self.paints[bin(paint.map(f32::from))],
            Paint::Dyed(_) => 0.0,
        };
        Counts { looks: USUAL_LOOKS, art: USUAL_LOOKS * art, body: USUAL_LOOKS * self.body }
    }
}

fn bin(paint: [f32; 3]) -> usize {
    let level = |channel: f32| ((channel as usize) * LEVELS / 256).min(LEVELS - 1);
    (level(paint[0]) * LEVELS + level(paint[1])) * LEVELS + level(paint[2])
}

/// The paint in the middle of a bin.
fn middle_of(bin: usize) -> [f32; 3] {
    let width = 256.0 / LEVELS as f32;
    [bin / LEVELS / LEVELS, bin / LEVELS % LEVELS, bin % LEVELS].map(|level| (level as f32 + 0.5) * width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::art::View;
    use crate::items::window::{Behind, HEIGHT_PX, WIDTH_PX};
    use crate::items::worn::NO_OUTLINE;

    /// A disc of two paints, with a notch.
    fn icon(first: [u8; 3], second: [u8; 3]) -> Picture {
        let mut icon = Picture::filled(48, 48, [0; 4]);
        for (at, pixel) in icon.pixels_mut().iter_mut().enumerate() {
            let (x, y) = ((at % 48) as i32 - 24, (at / 48) as i32 - 24);
            if x * x + y * y < 22 * 22 && (x < 0 || y.abs() > 5) {
                let [red, green, blue] = if (x + y) / 9 % 2 == 0 { first } else { second };
                *pixel = [red, green, blue, 255];
            }
        }
        icon
    }

    /// A view of that icon drawn so large, its corner there.
    fn seen(icon: &Picture, side: u32, corner: (u32, u32)) -> Seen {
        let mut window = Picture::filled(WIDTH_PX, HEIGHT_PX, [0; 4]);
        let drawn = icon.resized(side, side);
        for y in 0..side {
            for x in 0..side {
                let at = ((corner.1 + y) * WIDTH_PX + corner.0 + x) as usize;
                window.pixels_mut()[at] = drawn.pixel(x, y);
            }
        }
        Seen::new(&View::measure(&window, &window, &NO_OUTLINE), Behind::Nothing)
    }

    #[test]
    fn an_icon_is_known_at_any_size_and_place_about_its_own() {
        let (red, blue) = (icon([230, 40, 30], [120, 20, 20]), icon([40, 60, 220], [200, 210, 240]));
        let arts = [&red, &blue].map(|icon| IconArt::new(icon, 20.0));
        let usual = Usual::unknown();
        for (side, corner) in [(40, (30, 40)), (30, (40, 52)), (34, (46, 36))] {
            let view = seen(&red, side, corner);
            let sizes = &[0.7, 0.8, 0.9, 1.0];
            let sought =
                Sought { seen: &view, middle: (24.0, 28.0), sizes, usual: &usual, hangs_behind: false };
            let [own, other] = [0, 1].map(|at: usize| arts[at].score(&sought));
            assert!(own > 100.0 && other < 0.3 * own, "{side}: {own} {other}");
        }
    }

    #[test]
    fn an_icon_that_hangs_behind_is_told_by_what_is_seen_of_it() {
        let (red, blue) = (icon([230, 40, 30], [120, 20, 20]), icon([40, 60, 220], [200, 210, 240]));
        let mut window = Picture::filled(WIDTH_PX, HEIGHT_PX, [0; 4]);
        let drawn = red.resized(40, 40);
        let mut bare = window.clone();
        let mut outline = vec![false; window.pixels().len()];
        for (at, is_body) in outline.iter_mut().enumerate() {
            let (x, y) = (at as u32 % WIDTH_PX, at as u32 / WIDTH_PX);
            // The body hides more than half of it.
            if (40..56).contains(&x) && (20..150).contains(&y) {
                (window.pixels_mut()[at], *is_body) = ([90, 200, 90, 255], true);
            } else if (30..70).contains(&x) && (40..80).contains(&y) {
                window.pixels_mut()[at] = drawn.pixel(x - 30, y - 40);
                bare.pixels_mut()[at] = window.pixels()[at];
            }
        }
        let mut view = Seen::new(&View::measure(&window, &bare, &outline), Behind::Nothing);
        view.hide_body();
        let usual = Usual::unknown();
        let score = |icon: &Picture, hangs_behind| {
            let (seen, middle, usual) = (&view, (25.0, 30.0), &usual);
            IconArt::new(icon, 20.0).score(&Sought { seen, middle, sizes: &[1.0], usual, hangs_behind })
        };
        assert!(score(&red, true) > 100.0 && score(&blue, true) < 0.0);
        assert!(score(&red, true) > 1.3 * score(&red, false), "a hidden pixel does not speak against it");
    }

    #[test]
    fn common_paint_says_less() {
        let plain = icon([90, 90, 90], [90, 90, 90]);
        let view = seen(&plain, 40, (30, 40));
        let rare = Usual::unknown();
        let pixels: Vec<(u8, u8)> = (20..36).flat_map(|y| (16..30).map(move |x| (x, y))).collect();
        let common = Usual::learn([&view].into_iter(), &pixels);
        let art = IconArt::new(&plain, 20.0);
        let score = |usual| {
            let (seen, middle) = (&view, (25.0, 30.0));
            art.score(&Sought { seen, middle, sizes: &[1.0], usual, hangs_behind: false })
        };
        assert!(score(&common) < 0.5 * score(&rare), "{} {}", score(&common), score(&rare));
    }

    #[test]
    fn views_of_nothing_teach_nothing() {
        assert_eq!(Usual::learn(std::iter::empty(), &[(1, 1)]), Usual::unknown());
        let none = IconArt::new(&Picture::filled(10, 10, [0; 4]), 12.0);
        let view = seen(&icon([9; 3], [9; 3]), 30, (10, 10));
        let usual = &Usual::unknown();
        let sought = Sought { seen: &view, middle: (20.0, 20.0), sizes: &[1.0], usual, hangs_behind: false };
        assert!(none.score(&sought).abs() < 1e-3);
    }
}
