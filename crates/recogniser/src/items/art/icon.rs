//! An icon taken for worn art.
//!
//! An icon is nearly the art at the same angle, so it makes a template as an item's wearers do: its
//! pixels are expected where it is worn, and count for more the rarer their paint is in the slot.

use lorgnon_imaging::Picture;
use serde::{Deserialize, Serialize};

use super::dyeing::Dyeing;
use super::paint::{ArtPixel, Paint};
use super::search::Offset;
use super::seen::{REACH, Seen};
use super::template::{ASKED_FIRST, Counts, Probes, Says};
use super::view::{HEIGHT, WIDTH};

/// Alpha from which an icon's pixel is art.
const OPAQUE: u8 = 128;
/// Looks that an icon stands for.
const LOOKS: f32 = 8.0;
/// Share of wearers that show a pixel of the icon, and that hide it.
const SHOWN: f32 = 0.75;
const HIDDEN: f32 = 0.1;
/// One in so many rows is looked at for a glance.
const GLANCED_ROWS: usize = 3;
/// And of those rows at most so many pixels.
const GLANCED_AT: usize = 60;
/// Longest side of a kept icon.
const MOST_KEPT_PX: f32 = 48.0;
/// Pixels kept, across and down, for one of the view at the largest size: so that art between two sizes or two pixels can
/// be drawn and loses nothing twice.
const KEPT_PX: f32 = 3.0;
/// Steps of that number.
const KEPT_STEPS: f32 = 256.0;
/// Sizes tried about the best of a slot's, which lie a tenth apart: times that.
const FINER: [f32; 3] = [0.96, 1.0, 1.04];
/// Places between two pixels that are tried.
const BETWEEN: [(f32, f32); 4] = [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)];
/// Share of wearers that happen to show the icon's paint beside it, and that have their body there.
const SHOWN_BESIDE: f32 = 0.05;
const BODY_BESIDE: f32 = 0.3;

/// Where and how an icon is looked for.
pub(in crate::items) struct Sought<'a> {
    seen: &'a Seen,
    middle: (f32, f32),
    sizes: &'a [f32],
    /// By bin of paint: what a pixel of the icon says, and one beside it.
    says: Vec<[Says; 2]>,
}

impl<'a> Sought<'a> {
    /// In a view, at places about a `middle` (in view pixels) and at `sizes` (shares of the largest), of a slot
    /// that `usual`ly shows this; what `hangs_behind` the body is judged where the body leaves it seen.
    pub(in crate::items) fn new(
        seen: &'a Seen,
        middle: (f32, f32),
        sizes: &'a [f32],
        usual: &Usual,
        hangs_behind: bool,
    ) -> Self {
        let worn = [(SHOWN, HIDDEN), (SHOWN_BESIDE, BODY_BESIDE)];
        let worn = worn.map(|(art, body)| Counts { looks: LOOKS, art: LOOKS * art, body: LOOKS * body });
        let says = |bin: usize| worn.map(|worn| Says::new(worn, usual.counts(bin), hangs_behind));
        Self { seen, middle, sizes, says: (0..BINS).map(says).collect() }
    }
}

/// An icon's pixels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::items) struct IconArt {
    width: u8,
    /// How many of them, across and down, make one of the view at the largest size that it may be worn at, in [`KEPT_STEPS`].
    kept_px: u16,
    pixels: Vec<[u8; 4]>,
}

/// How an icon is drawn.
#[derive(Debug, Clone, Copy)]
struct Drawing {
    /// Share of the largest size.
    size: f32,
    /// How far to the right and down, in pixels.
    shift: (f32, f32),
    /// Rows but one in so many are left out.
    every_row: usize,
}

impl Drawing {
    /// All rows, at whole pixels.
    fn of_size(size: f32) -> Self {
        Self { size, shift: (0.0, 0.0), every_row: 1 }
    }
}

impl IconArt {
    /// Of an icon without its see-through border, at most `height_px` view pixels high.
    pub(in crate::items) fn new(icon: &Picture, height_px: f32) -> Self {
        let (width, height) = (icon.width().max(1) as f32, icon.height().max(1) as f32);
        let largest = height_px.min(width.recip() * height * WIDTH as f32).min(HEIGHT as f32);
        let kept_px = KEPT_PX.min(MOST_KEPT_PX / (largest * width / height).max(largest)).max(1.0);
        let side = |pixels: f32| ((pixels * kept_px * largest / height).round() as u32).clamp(1, 255);
        let drawn = icon.resized(side(width), side(height));
        let kept_px = (drawn.height() as f32 / largest * KEPT_STEPS).round() as u16;
        Self { width: drawn.width() as u8, kept_px, pixels: drawn.pixels().to_vec() }
    }

    /// Which of its pixels would take a dye.
    pub(in crate::items) fn dyeing(&self) -> Option<Dyeing> {
        let opaque = self.pixels.iter().filter(|pixel| pixel[3] >= OPAQUE);
        Dyeing::of(opaque.map(|[red, green, blue, _]| [*red, *green, *blue]))
    }

    /// It under a dye.
    pub(in crate::items) fn dyed(&self, dyeing: Dyeing, dye: [u8; 3]) -> Self {
        let dyed = self.pixels.iter().map(|[red, green, blue, alpha]| {
            let [red, green, blue] = dyeing.dyed([*red, *green, *blue], dye);
            [red, green, blue, *alpha]
        });
        Self { pixels: dyed.collect(), ..*self }
    }

    /// Where it is shown best, at the sizes next to a glance's.
    pub(in crate::items) fn lay(&self, sought: &Sought<'_>, glance: Glance) -> Laid {
        let sizes = glance.size.saturating_sub(1)..=(glance.size + 1).min(sought.sizes.len() - 1);
        let laid = sizes.map(|size| {
            let drawing = Drawing::of_size(sought.sizes[size]);
            let pixels = self.pixels(drawing, sought);
            let few = probes(&pixels, ASKED_FIRST).likeliest(sought.seen, REACH);
            let found = probes(&pixels, usize::MAX).around(sought.seen, few.offset, REACH);
            Laid { score: found.score, offset: found.offset, drawing }
        });
        let none = Laid { score: f32::NEG_INFINITY, offset: (0, 0), drawing: Drawing::of_size(1.0) };
        laid.fold(none, |best, laid| if laid.score > best.score { laid } else { best })
    }

    /// How well it is shown there, between two sizes and two pixels, too.
    pub(in crate::items) fn lay_finer(&self, sought: &Sought<'_>, laid: Laid) -> f32 {
        let finer = FINER.into_iter().flat_map(|times| {
            BETWEEN.map(|shift| Drawing { size: laid.drawing.size * times, shift, ..laid.drawing })
        });
        let scores = finer.map(|drawing| {
            probes(&self.pixels(drawing, sought), usize::MAX).around(sought.seen, laid.offset, REACH).score
        });
        scores.fold(laid.score, f32::max)
    }

    /// About that score, from few pixels and every second size.
    pub(in crate::items) fn glance(&self, sought: &Sought<'_>) -> Glance {
        let first = sought.sizes.len().min(2) - 1;
        let glances = (first..sought.sizes.len()).step_by(2).map(|size| {
            let drawing = Drawing { every_row: GLANCED_ROWS, ..Drawing::of_size(sought.sizes[size]) };
            let pixels = self.pixels(drawing, sought);
            Glance { score: probes(&pixels, GLANCED_AT).likeliest(sought.seen, REACH).score, size }
        });
        let none = Glance { score: f32::NEG_INFINITY, size: first };
        glances.fold(none, |best, glance| if glance.score > best.score { glance } else { best })
    }

    /// Its pixels and those about it as drawn, and what each says.
    fn pixels(&self, drawing: Drawing, sought: &Sought<'_>) -> Vec<(ArtPixel, Says)> {
        let drawn = self.drawn(drawing);
        let every_row = drawing.every_row;
        let corner = |middle: f32, side: usize| (middle - side as f32 / 2.0).round() as isize;
        let (left, top) = (corner(sought.middle.0, drawn.across), corner(sought.middle.1, drawn.down));
        let mut pixels = Vec::with_capacity(drawn.pixels.len());
        let stride = drawn.across + 2;
        for (y, row) in drawn.pixels.chunks_exact(stride).enumerate() {
            // With only some rows drawn, what lies above and below the others is not known.
            let Some(to_y) = inside(y as isize - 1 + top, HEIGHT).filter(|_| y % every_row == 1 % every_row)
            else {
                continue;
            };
            for (x, own) in row.iter().enumerate() {
                let Some(to_x) = inside(x as isize - 1 + left, WIDTH) else { continue };
                let (paint, is_beside) = match own {
                    Some(own) => (*own, 0),
                    None => match drawn.beside(y * stride + x) {
                        Some(beside) => (beside, 1),
                        None => continue,
                    },
                };
                let says = sought.says[bin(paint)][is_beside];
                pixels.push((ArtPixel { x: to_x, y: to_y, paint: Paint::Fixed(paint) }, says));
            }
        }
        pixels
    }

    /// The nearest pixel would lose lines: each is the mean of those that fall on it.
    fn drawn(&self, Drawing { size, shift, every_row }: Drawing) -> Drawn {
        let width = usize::from(self.width);
        let height = self.pixels.len() / width.max(1);
        let kept_px = f32::from(self.kept_px) / KEPT_STEPS / size;
        // What reaches less than half into a pixel does not fill it.
        let side = |kept: usize, shift: f32| ((kept as f32 / kept_px + shift).round() as usize).max(1);
        let (across, down) = (side(width, shift.0), side(height, shift.1));
        let range = |at: usize, shift: f32, kept: usize| {
            let edge = |at: f32| ((at - shift) * kept_px).round().max(0.0) as usize;
            edge(at as f32).min(kept)..edge(at as f32 + 1.0).min(kept)
        };
        let columns: Vec<_> = (0..across).map(|x| range(x, shift.0, width)).collect();
        let all = (kept_px * kept_px).round() as usize;
        let mut pixels = vec![None; (across + 2) * (down + 2)];
        let mut sums = vec![0; width];
        for (y, line) in pixels.chunks_exact_mut(across + 2).skip(1).take(down).enumerate().step_by(every_row)
        {
            let rows = range(y, shift.1, height);
            sums.fill(0);
            for row in self.pixels[rows.start * width..rows.end * width].chunks_exact(width) {
                for (sum, pixel) in sums.iter_mut().zip(row) {
                    *sum += packed(*pixel);
                }
            }
            for (pixel, columns) in line[1..].iter_mut().zip(&columns) {
                *pixel = mean(sums[columns.clone()].iter().sum(), all.max(rows.len() * columns.len()));
            }
        }
        Drawn { across, down, pixels }
    }
}

/// A pixel as four numbers of 16 bits that are added at once: red, green and blue of an opaque one, and that it is one.
fn packed([red, green, blue, alpha]: [u8; 4]) -> u64 {
    let opaque = u64::from(alpha >= OPAQUE);
    opaque * (u64::from(red) | u64::from(green) << 16 | u64::from(blue) << 32 | 1 << 48)
}

/// The mean of so many pixels from their sum; `None` where most are see-through.
fn mean(sum: u64, all: usize) -> Option<[u8; 3]> {
    let there = sum >> 48;
    // Half of a whole number's way off: the nearest one is found whatever the product is rounded to.
    let share = 0.5 / there as f32;
    let channel = |at: u32| {
        let doubled = 2 * (sum >> (16 * at) & 0xffff) + there;
        ((doubled as f32 + 0.5) * share) as u8
    };
    (2 * there as usize > all).then(|| [0, 1, 2].map(channel))
}

/// What is seen of an icon at first sight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::items) struct Glance {
    /// About the score.
    pub(in crate::items) score: f32,
    /// The place of the likeliest size among those sought.
    size: usize,
}

/// An icon where it is shown best.
#[derive(Debug, Clone, Copy)]
pub(in crate::items) struct Laid {
    /// A log likelihood ratio.
    pub(in crate::items) score: f32,
    offset: Offset,
    drawing: Drawing,
}

/// An icon at some size.
struct Drawn {
    across: usize,
    down: usize,
    /// Row by row, `None` where it is see-through, one such pixel about it.
    pixels: Vec<Option<[u8; 3]>>,
}

impl Drawn {
    /// The paint beside a see-through pixel.
    fn beside(&self, at: usize) -> Option<[u8; 3]> {
        let stride = self.across + 2;
        let places = [at.checked_sub(1), at.checked_add(1), at.checked_sub(stride), at.checked_add(stride)];
        places.into_iter().flatten().find_map(|at| self.pixels.get(at).copied().flatten())
    }
}

fn inside(at: isize, length: usize) -> Option<u8> {
    u8::try_from(at).ok().filter(|at| usize::from(*at) < length)
}

/// At most so many pixels, evenly chosen.
fn probes(pixels: &[(ArtPixel, Says)], most: usize) -> Probes {
    let every = pixels.len().div_ceil(most).max(1);
    Probes::new(pixels.iter().copied().step_by(every), every, false)
}

/// Levels a channel of [`Usual`].
const LEVELS: usize = 8;
const BINS: usize = LEVELS * LEVELS * LEVELS;
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
        Self { paints: vec![0.03; BINS], body: 0.3 }
    }

    /// Of views, at some pixels.
    pub(super) fn learn<'a>(views: impl Iterator<Item = &'a Seen>, pixels: &[(u8, u8)]) -> Self {
        let mut shown = vec![0.0f32; BINS];
        let (mut body, mut all) = (0.0, 0.0);
        for view in views {
            for (x, y) in pixels {
                let place = Seen::place(usize::from(*x), usize::from(*y));
                let [red, green, blue, visible] = view.paint(place);
                shown[bin([red, green, blue].map(|channel| channel as u8))] += visible;
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

    /// Of the paint of a bin.
    fn counts(&self, bin: usize) -> Counts {
        Counts { looks: USUAL_LOOKS, art: USUAL_LOOKS * self.paints[bin], body: USUAL_LOOKS * self.body }
    }
}

fn bin(paint: [u8; 3]) -> usize {
    let level = |channel: u8| usize::from(channel) * LEVELS / 256;
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

    fn scored(art: &IconArt, sought: &Sought<'_>) -> f32 {
        art.lay_finer(sought, art.lay(sought, art.glance(sought)))
    }

    #[test]
    fn an_icon_is_known_at_any_size_and_place_about_its_own() {
        let (red, blue) = (icon([230, 40, 30], [120, 20, 20]), icon([40, 60, 220], [200, 210, 240]));
        let arts = [&red, &blue].map(|icon| IconArt::new(icon, 20.0));
        let usual = Usual::unknown();
        for (side, corner) in [(40, (30, 40)), (30, (40, 52)), (34, (46, 36))] {
            let view = seen(&red, side, corner);
            let sizes = &[0.7, 0.8, 0.9, 1.0];
            let sought = Sought::new(&view, (24.0, 28.0), sizes, &usual, false);
            let [own, other] = [0, 1].map(|at: usize| scored(&arts[at], &sought));
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
            let sought = Sought::new(&view, (25.0, 30.0), &[1.0], &usual, hangs_behind);
            scored(&IconArt::new(icon, 20.0), &sought)
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
        let score = |usual| scored(&art, &Sought::new(&view, (25.0, 30.0), &[1.0], usual, false));
        assert!(score(&common) < 0.5 * score(&rare), "{} {}", score(&common), score(&rare));
    }

    #[test]
    fn views_of_nothing_teach_nothing() {
        assert_eq!(Usual::learn(std::iter::empty(), &[(1, 1)]), Usual::unknown());
        let none = IconArt::new(&Picture::filled(10, 10, [0; 4]), 12.0);
        let view = seen(&icon([9; 3], [9; 3]), 30, (10, 10));
        let usual = &Usual::unknown();
        let sought = Sought::new(&view, (20.0, 20.0), &[1.0], usual, false);
        assert!(scored(&none, &sought).abs() < 1e-3);
    }
}
