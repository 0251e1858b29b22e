//! The main colours of a picture, in no order: what can be said where no body of a known kind is found.

use lorgnon_imaging::Picture;
use lorgnon_look::Colour;

use crate::Frame;
use crate::crops::{Region, picture_bounds};

/// Pixels darker than this in every channel are outlines and shadow.
pub(crate) const DARKEST: u8 = 28;
/// Pixels looked at, at most.
pub(crate) const SAMPLES: usize = 4096;
/// Rounds of k-means.
const ROUNDS: usize = 12;
/// The part of a cluster's brightness range that shows its unshaded paint.
const BRIGHT: (f32, f32) = (0.75, 0.97);

/// A pixel's paint: its direction in RGB, which shading leaves alone, and a little of its
/// brightness (Recognition, section 2).
pub(crate) fn paint([red, green, blue]: [f32; 3]) -> [f32; 4] {
    let length = (red * red + green * green + blue * blue).sqrt();
    let scale = 2.2 / (length + 4.0);
    [red * scale, green * scale, blue * scale, 0.25 * ((length + 4.0) / 255.0).ln()]
}

/// At most `count` main colours of a character, or of the foreground, or of the whole picture,
/// with their shares, greatest first.
#[must_use]
pub fn palette(picture: &Picture, frame: Option<&Frame>, count: usize) -> Vec<(Colour, f32)> {
    let pixels = samples(picture, frame);
    if pixels.is_empty() {
        return Vec::new();
    }
    let points: Vec<[f32; 4]> = pixels.iter().map(|pixel| paint(*pixel)).collect();
    let members = cluster(&points, count);
    let mut swatches: Vec<(Colour, f32)> = (0..count)
        .filter_map(|cluster| {
            let mut own: Vec<[f32; 3]> = pixels
                .iter()
                .zip(&members)
                .filter(|(_, member)| **member == cluster)
                .map(|(pixel, _)| *pixel)
                .collect();
            own.sort_by(|left, right| left.iter().sum::<f32>().total_cmp(&right.iter().sum()));
            let bright = &own[(BRIGHT.0 * own.len() as f32) as usize..];
            let bright =
                &bright[..bright.len().min(((BRIGHT.1 - BRIGHT.0) * own.len() as f32).ceil() as usize)];
            let mean = |channel: usize| {
                (bright.iter().map(|pixel| pixel[channel]).sum::<f32>() / bright.len() as f32).round() as u8
            };
            let colour = (!bright.is_empty()).then(|| Colour::new(mean(0), mean(1), mean(2)))?;
            Some((colour, own.len() as f32 / pixels.len() as f32))
        })
        .collect();
    swatches.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    swatches
}

/// Evenly taken pixels of what the palette is about.
fn samples(picture: &Picture, frame: Option<&Frame>) -> Vec<[f32; 3]> {
    let foreground = picture.foreground(200);
    let body =
        frame.map(|frame| picture_bounds(frame, &Region { u: -0.16, v: 0.0, width: 0.32, height: 1.0 }));
    let width = picture.width() as usize;
    let shown = |at: usize, pixel: &[u8; 4]| {
        let (x, y) = ((at % width) as f32, (at / width) as f32);
        let inside =
            body.is_none_or(|body| x >= body.x && x < body.right() && y >= body.y && y < body.bottom());
        inside
            && foreground.as_ref().map_or(pixel[3] > 200, |foreground| foreground.mask[at])
            && pixel[..3].iter().any(|channel| *channel > DARKEST)
    };
    let all: Vec<[f32; 3]> = picture
        .pixels()
        .iter()
        .enumerate()
        .filter(|(at, pixel)| shown(*at, pixel))
        .map(|(_, pixel)| [pixel[0], pixel[1], pixel[2]].map(f32::from))
        .collect();
    let step = all.len().div_ceil(SAMPLES).max(1);
    all.into_iter().step_by(step).collect()
}

/// K-means from farthest-first centres: the cluster of each point.
pub(crate) fn cluster(points: &[[f32; 4]], count: usize) -> Vec<usize> {
    let distance = |left: &[f32; 4], right: &[f32; 4]| -> f32 {
        left.iter().zip(right).map(|(left, right)| (left - right) * (left - right)).sum()
    };
    let mut centres: Vec<[f32; 4]> = points.first().copied().into_iter().collect();
    let mut nearest = vec![f32::MAX; points.len()];
    while centres.len() < count.min(points.len()) {
        let last = centres[centres.len() - 1];
        let mut farthest = (0, -1.0);
        for (at, (point, nearest)) in points.iter().zip(&mut nearest).enumerate() {
            *nearest = nearest.min(distance(point, &last));
            if *nearest > farthest.1 {
                farthest = (at, *nearest);
            }
        }
        centres.push(points[farthest.0]);
    }
    let mut members = vec![0; points.len()];
    for _ in 0..ROUNDS {
        for (point, member) in points.iter().zip(&mut members) {
            let best = centres
                .iter()
                .enumerate()
                .min_by(|left, right| distance(point, left.1).total_cmp(&distance(point, right.1)));
            *member = best.map_or(0, |(centre, _)| centre);
        }
        for (cluster, centre) in centres.iter_mut().enumerate() {
            let mut sum = [0.0f32; 4];
            let mut size = 0.0;
            for (point, _) in points.iter().zip(&members).filter(|(_, member)| **member == cluster) {
                size += 1.0;
                for (sum, value) in sum.iter_mut().zip(point) {
                    *sum += value;
                }
            }
            if size > 0.0 {
                *centre = sum.map(|sum| sum / size);
            }
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shaded_paints_are_found_at_their_brightest() {
        let paints = [[200.0f32, 40.0, 40.0], [30.0, 180.0, 60.0], [60.0, 80.0, 220.0]];
        let pixels = (0..3000usize)
            .map(|at| {
                let shade = 0.6 + 0.4 * ((at / 3 % 100) as f32 / 99.0);
                let [red, green, blue] = paints[at % 3].map(|value| (value * shade) as u8);
                [red, green, blue, 255]
            })
            .collect();
        let picture = Picture::new(50, 60, pixels).unwrap();
        let found = palette(&picture, None, 3);
        assert_eq!(found.len(), 3);
        for [red, green, blue] in paints {
            let truth = Colour::new(red as u8, green as u8, blue as u8);
            let nearest = found
                .iter()
                .map(|(colour, _)| lorgnon_imaging::ciede2000(*colour, truth))
                .fold(f32::MAX, f32::min);
            assert!(nearest < 5.0, "{truth} {found:?}");
        }
    }

    #[test]
    fn an_empty_picture_has_no_colours() {
        assert!(palette(&Picture::filled(9, 9, [0; 4]), None, 6).is_empty());
    }
}
