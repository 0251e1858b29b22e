//! Lays the views of an item's wearers over each other and keeps what they share.
//!
//! Heads differ in height, capes hang anywhere, and every wearer hides other parts: so one wearer after
//! another is taken for the art, the others are moved until they agree with it, and the one with whom
//! most agree is the start. What most then show at a pixel is the art there, either as it is or, where
//! that agrees better, dyed.

use super::paint::{ArtPixel, Dye, Paint};
use super::register::Weighted;
use super::seen::Seen;
use super::template::{Counts, Says, Template};
use super::view::{HEIGHT, WIDTH};

/// Wearers that are tried as a start.
const STARTS: usize = 6;
/// Rounds of moving and sharing.
const ROUNDS: usize = 3;
/// Dyed art must agree this much better than fixed art.
const DYE_WORTH: f32 = 1.2;
/// A pixel shows the art on at least this share of the wearers that do not hide it.
const LEAST_SHARE: f32 = 0.35;
/// And on so many of them, if there are as many.
const LEAST_SHOWING: f32 = 0.8;
/// Fewer pixels than this are no art to go by.
const LEAST_PIXELS: usize = 15;
/// Pixels about the art that must not look like it.
const RIM: isize = 2;

/// Views moved so that the item lies in one place.
struct Moved<'a> {
    views: Vec<&'a Seen>,
    offsets: Vec<(isize, isize)>,
}

impl Moved<'_> {
    fn shown(&self, view: usize, (x, y): (u8, u8)) -> ([f32; 4], f32) {
        let place = Seen::moved(Seen::place(usize::from(x), usize::from(y)), self.offsets[view]);
        (self.views[view].paint(place), self.views[view].body(place))
    }
}

/// What was learned of one item.
pub(super) struct Learned {
    /// `None` of an item that its wearers hardly show alike.
    pub(super) template: Option<Template>,
    /// How far wearers lay from the middle of all, in view pixels.
    pub(super) strays: Vec<usize>,
}

/// Learns the art of an item in a region's `pixels` from its `wearers` and from `others`, of whom each
/// has what looks most like it counted.
pub(super) fn learn(wearers: &[Seen], others: &[&Seen], pixels: &[(u8, u8)], hangs_behind: bool) -> Learned {
    let Some((Start { offsets, wearer, .. }, is_dyed)) = best_start(wearers, pixels) else {
        return Learned { template: None, strays: Vec::new() };
    };
    let mut moved = Moved { views: wearers.iter().collect(), offsets };
    let mut paints: Vec<Paint> = pixels
        .iter()
        .map(|(x, y)| {
            let paint = wearers[wearer].paint(Seen::place(usize::from(*x), usize::from(*y)));
            Paint::shown(paint, is_dyed)
        })
        .collect();
    let mut shares = vec![1.0; pixels.len()];
    let mut counts = Vec::new();
    for round in 0..ROUNDS {
        counts = share(&moved, pixels, &mut paints, &shares, is_dyed);
        shares = counts.iter().map(showing).collect();
        if round + 1 < ROUNDS {
            let art = weighted(pixels, &paints, &shares);
            moved.offsets = wearers.iter().map(|view| art.register(view).1).collect();
        }
    }
    let art = weighted(pixels, &paints, &shares);
    let around =
        Moved { views: others.to_vec(), offsets: others.iter().map(|view| art.register(view).1).collect() };
    let is_art: Vec<bool> = counts
        .iter()
        .zip(&shares)
        .map(|(worn, share)| *share >= LEAST_SHARE && worn.art >= LEAST_SHOWING.min(0.8 * worn.looks))
        .collect();
    let is_rim = rim(pixels, &is_art, &mut paints);
    let (worn, usual) = (count(&moved, pixels, &paints), count(&around, pixels, &paints));
    let middle = middle(&moved.offsets);
    // The template lies where the middle of its wearers does.
    let moved_by_middle = |(x, y): (u8, u8), paint: Paint| {
        let x = u8::try_from(isize::from(x) + middle.0).ok().filter(|x| usize::from(*x) < WIDTH)?;
        let y = u8::try_from(isize::from(y) + middle.1).ok().filter(|y| usize::from(*y) < HEIGHT)?;
        Some(ArtPixel { x, y, paint })
    };
    let kept: Vec<_> = (0..pixels.len())
        .filter(|at| is_art[*at] || is_rim[*at])
        .filter_map(|at| {
            let says = Says::new(worn[at], usual[at], hangs_behind);
            Some((moved_by_middle(pixels[at], paints[at])?, says))
        })
        .collect();
    let template = Some(kept)
        .filter(|_| is_art.iter().filter(|is_art| **is_art).count() >= LEAST_PIXELS)
        .map(|kept| Template::new(kept.into_iter()));
    let strays = moved
        .offsets
        .iter()
        .map(|(right, down)| (right - middle.0).unsigned_abs().max((down - middle.1).unsigned_abs()))
        .collect();
    Learned { template, strays }
}

/// One wearer taken for the art.
struct Start {
    /// How well the better half of all wearers agrees with it.
    agreement: f32,
    /// Where each wearer agrees best.
    offsets: Vec<(isize, isize)>,
    wearer: usize,
}

/// The wearer with whom most agree, and whether as dyed art.
fn best_start(wearers: &[Seen], pixels: &[(u8, u8)]) -> Option<(Start, bool)> {
    let mut best: [Option<Start>; 2] = [None, None];
    for (start, view) in wearers.iter().enumerate().take(STARTS) {
        for (is_dyed, best) in [false, true].into_iter().zip(&mut best) {
            let art = Weighted::new(pixels.iter().map(|(x, y)| {
                let paint = view.paint(Seen::place(usize::from(*x), usize::from(*y)));
                (ArtPixel { x: *x, y: *y, paint: Paint::shown(paint, is_dyed) }, paint[3])
            }));
            let found: Vec<_> = wearers.iter().map(|view| art.register(view)).collect();
            let mut agreement: Vec<f32> = found.iter().map(|(score, _)| *score).collect();
            agreement.sort_by(f32::total_cmp);
            let total: f32 = agreement[agreement.len() / 2..].iter().sum();
            if best.as_ref().is_none_or(|before| total > before.agreement) {
                let offsets = found.into_iter().map(|(_, offset)| offset).collect();
                *best = Some(Start { agreement: total, offsets, wearer: start });
            }
        }
    }
    let [fixed, dyed] = best;
    let (fixed, dyed) = (fixed?, dyed?);
    let is_dyed = wearers.len() > 2 && dyed.agreement > DYE_WORTH * fixed.agreement;
    Some((if is_dyed { dyed } else { fixed }, is_dyed))
}

/// Gives each pixel the paint that most wearers show there, and counts them.
fn share(
    moved: &Moved<'_>,
    pixels: &[(u8, u8)],
    paints: &mut [Paint],
    shares: &[f32],
    is_dyed: bool,
) -> Vec<Counts> {
    let dyes = dyes(moved, pixels, paints, shares);
    let views = moved.views.len();
    let mut shown = Vec::with_capacity(views);
    pixels
        .iter()
        .zip(paints)
        .map(|(pixel, paint)| {
            shown.clear();
            let mut body = 0.0;
            for view in 0..views {
                let (seen, hidden) = moved.shown(view, *pixel);
                shown.push(seen);
                body += hidden;
            }
            let agreed = |paint: Paint| -> f32 {
                shown.iter().zip(&dyes).map(|(seen, dye)| paint.likeness(*seen, *dye)).sum()
            };
            let most = |candidates: &mut dyn Iterator<Item = Paint>| {
                candidates
                    .map(|paint| (agreed(paint), paint))
                    .max_by(|left, right| left.0.total_cmp(&right.0))
            };
            let visible = || shown.iter().enumerate().filter(|(_, seen)| seen[3] > 0.3);
            let mut best = most(&mut visible().map(|(_, seen)| mean_about(*seen, &shown)));
            if is_dyed {
                let gains = &mut visible().map(|(view, seen)| Paint::dyed(dyes[view].gain_of(*seen)));
                let dyed = most(gains);
                if let (Some((fixed_art, _)), Some((dyed_art, _))) = (best, dyed)
                    && dyed_art > 1.1 * fixed_art
                {
                    best = dyed;
                }
            }
            let Some((art, chosen)) = best else {
                return Counts { looks: views as f32, art: 0.0, body };
            };
            *paint = chosen;
            Counts { looks: views as f32, art, body }
        })
        .collect()
}

/// The mean of the pixels like one.
fn mean_about(seen: [f32; 4], all: &[[f32; 4]]) -> Paint {
    let own = Paint::shown(seen, false);
    let (mut sum, mut weights) = ([0.0; 3], 1e-6);
    for other in all {
        let weight = own.likeness(*other, Dye::default());
        weights += weight;
        for (sum, channel) in sum.iter_mut().zip(other) {
            *sum += weight * channel;
        }
    }
    Paint::fixed(sum.map(|sum| sum / weights))
}

/// The dye of each wearer; nobody's where no art is dyed.
fn dyes(moved: &Moved<'_>, pixels: &[(u8, u8)], paints: &[Paint], shares: &[f32]) -> Vec<Dye> {
    if !paints.iter().any(|paint| paint.is_dyed()) {
        return vec![Dye::new([0.0; 3]); moved.views.len()];
    }
    let art: Vec<(ArtPixel, f32)> = pixels
        .iter()
        .zip(paints)
        .zip(shares)
        .filter(|(_, share)| **share > 0.05)
        .map(|(((x, y), paint), share)| (ArtPixel { x: *x, y: *y, paint: *paint }, *share))
        .collect();
    let solve = |(view, offset): (&&Seen, &(isize, isize))| {
        Dye::solve(art.iter().map(|(pixel, share)| (*pixel, *share)), view, *offset)
    };
    moved.views.iter().zip(&moved.offsets).map(solve).collect()
}

/// How often views show given art.
fn count(moved: &Moved<'_>, pixels: &[(u8, u8)], paints: &[Paint]) -> Vec<Counts> {
    let dyes = dyes(moved, pixels, paints, &vec![1.0; pixels.len()]);
    let mut counts = vec![Counts { looks: moved.views.len() as f32, ..Counts::default() }; pixels.len()];
    for (view, dye) in dyes.iter().enumerate() {
        for ((pixel, paint), counts) in pixels.iter().zip(paints).zip(&mut counts) {
            let (seen, body) = moved.shown(view, *pixel);
            counts.art += paint.likeness(seen, *dye);
            counts.body += body;
        }
    }
    counts
}

/// The share of the wearers that could show a pixel's art and do; a pixel that few could is doubted.
fn showing(counts: &Counts) -> f32 {
    let doubt = (counts.art / 1.5f32.min(0.9 * counts.looks)).min(1.0);
    counts.art / (counts.looks - counts.body).max(1.0) * doubt
}

fn weighted(pixels: &[(u8, u8)], paints: &[Paint], shares: &[f32]) -> Weighted {
    let all = || pixels.iter().zip(paints).zip(shares);
    let art = |((pixel, paint), share): ((&(u8, u8), &Paint), &f32)| {
        (ArtPixel { x: pixel.0, y: pixel.1, paint: *paint }, *share)
    };
    let sure = all().filter(|(_, share)| **share >= LEAST_SHARE);
    if sure.clone().count() >= LEAST_PIXELS {
        return Weighted::new(sure.map(art));
    }
    Weighted::new(all().map(art))
}

/// The pixels about the art, each with the paint of the art beside it: where they look alike too, a
/// plain patch of scenery was taken for the art.
fn rim(pixels: &[(u8, u8)], is_art: &[bool], paints: &mut [Paint]) -> Vec<bool> {
    let mut places = vec![usize::MAX; WIDTH * HEIGHT];
    for (at, (x, y)) in pixels.iter().enumerate() {
        places[usize::from(*y) * WIDTH + usize::from(*x)] = at;
    }
    let beside = |(x, y): (u8, u8), distance: isize| {
        let steps = [(-1, 0), (1, 0), (0, -1), (0, 1)];
        steps.into_iter().find_map(|(right, down)| {
            let x = usize::from(x).checked_add_signed(distance * right).filter(|x| *x < WIDTH)?;
            let y = usize::from(y).checked_add_signed(distance * down).filter(|y| *y < HEIGHT)?;
            let at = places[y * WIDTH + x];
            is_art.get(at).copied().unwrap_or(false).then_some(at)
        })
    };
    let mut is_rim = vec![false; pixels.len()];
    for (at, pixel) in pixels.iter().enumerate().filter(|(at, _)| !is_art[*at]) {
        if let Some(neighbour) = (1..=RIM).find_map(|distance| beside(*pixel, distance)) {
            is_rim[at] = true;
            paints[at] = paints[neighbour];
        }
    }
    is_rim
}

/// The median offset.
fn middle(offsets: &[(isize, isize)]) -> (isize, isize) {
    let median = |mut values: Vec<isize>| {
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(0)
    };
    (
        median(offsets.iter().map(|offset| offset.0).collect()),
        median(offsets.iter().map(|offset| offset.1).collect()),
    )
}
