//! What stands before the background, where that is plain to see.

use crate::{Picture, Rect};

/// A border pixel this near the border's median colour belongs to a flat background.
const FLAT_TOLERANCE: i16 = 14;
/// A pixel this far from a flat background's colour stands before it.
const FOREGROUND_DISTANCE: i16 = 18;
/// This share of a border must be near its median for the background to count as flat.
const FLAT_SHARE: f32 = 0.75;
/// A see-through picture has at least this share of its pixels below the alpha threshold.
const SEE_THROUGH_SHARE: f32 = 0.02;

/// How the foreground was told from the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForegroundKind {
    /// By the picture's own alpha.
    Alpha,
    /// By its distance from a flat background of this colour.
    Flat([u8; 3]),
}

/// The pixels that stand before a plain background.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreground {
    /// How it was found.
    pub kind: ForegroundKind,
    /// One flag a pixel, row by row.
    pub mask: Vec<bool>,
    /// The smallest rectangle that holds all flagged pixels.
    pub bounds: Rect,
}

impl Picture {
    /// The foreground, where the background is see-through or flat (Recognition, section 1):
    /// alpha above `alpha_threshold`, or, when three quarters of the border lie within 14 of
    /// their median, pixels more than 18 off it. `None` on any other background, and when nothing
    /// stands before it.
    #[must_use]
    pub fn foreground(&self, alpha_threshold: u8) -> Option<Foreground> {
        let clear = self.pixels().iter().filter(|pixel| pixel[3] <= alpha_threshold).count();
        if clear as f32 >= SEE_THROUGH_SHARE * self.pixels().len() as f32 {
            let mask = self.pixels().iter().map(|pixel| pixel[3] > alpha_threshold).collect();
            return self.bounded(ForegroundKind::Alpha, mask);
        }
        let colour = self.flat_border()?;
        let differs = |pixel: &[u8; 4]| {
            pixel.iter().zip(colour).any(|(channel, flat)| distance(*channel, flat) > FOREGROUND_DISTANCE)
        };
        let mut mask: Vec<bool> = self.pixels().iter().map(differs).collect();
        self.remove_specks(&mut mask);
        self.bounded(ForegroundKind::Flat(colour), mask)
    }

    fn bounded(&self, kind: ForegroundKind, mask: Vec<bool>) -> Option<Foreground> {
        let width = self.width() as usize;
        let rows = mask.chunks_exact(width);
        let top = rows.clone().position(|row| row.contains(&true))?;
        let bottom = mask.chunks_exact(width).rposition(|row| row.contains(&true))?;
        let left = mask.chunks_exact(width).filter_map(|row| row.iter().position(|on| *on)).min()?;
        let right = mask.chunks_exact(width).filter_map(|row| row.iter().rposition(|on| *on)).max()?;
        let bounds = Rect {
            x: left as f32,
            y: top as f32,
            width: (right + 1 - left) as f32,
            height: (bottom + 1 - top) as f32,
        };
        Some(Foreground { kind, mask, bounds })
    }

    /// The median colour of the border, when most of the border is near it.
    fn flat_border(&self) -> Option<[u8; 3]> {
        let (width, height) = (self.width(), self.height());
        let mut border: Vec<[u8; 4]> = self.row(0).to_vec();
        border.extend_from_slice(self.row(height - 1));
        for y in 1..height.saturating_sub(1) {
            border.push(self.pixel(0, y));
            border.push(self.pixel(width - 1, y));
        }
        let median: [u8; 3] = std::array::from_fn(|channel| {
            let mut values: Vec<u8> = border.iter().map(|pixel| pixel[channel]).collect();
            let middle = values.len() / 2;
            *values.select_nth_unstable(middle).1
        });
        let near = border
            .iter()
            .filter(|pixel| {
                pixel.iter().zip(median).all(|(value, flat)| distance(*value, flat) <= FLAT_TOLERANCE)
            })
            .count();
        (near as f32 >= FLAT_SHARE * border.len() as f32).then_some(median)
    }

    /// Clears flagged pixels with fewer than four flagged neighbours of eight: what JPEG scatters.
    fn remove_specks(&self, mask: &mut [bool]) {
        let (width, height) = (self.width() as usize, self.height() as usize);
        let before = mask.to_vec();
        for y in 0..height {
            for x in 0..width {
                if before[y * width + x] {
                    let rows = y.saturating_sub(1)..(y + 2).min(height);
                    let columns = x.saturating_sub(1)..(x + 2).min(width);
                    let around = rows
                        .flat_map(|row| columns.clone().map(move |column| row * width + column))
                        .filter(|at| before[*at])
                        .count();
                    mask[y * width + x] = around >= 5;
                }
            }
        }
    }
}

fn distance(left: u8, right: u8) -> i16 {
    (i16::from(left) - i16::from(right)).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_square(background: [u8; 4]) -> Picture {
        let mut picture = Picture::filled(40, 30, background);
        for y in 10..20 {
            for x in 5..25 {
                picture.pixels_mut()[y * 40 + x] = [200, 30, 30, 255];
            }
        }
        picture
    }

    #[test]
    fn alpha_and_flat_backgrounds_give_the_same_box() {
        let expected = Rect { x: 5.0, y: 10.0, width: 20.0, height: 10.0 };
        let clear = with_square([0; 4]).foreground(160).unwrap();
        assert_eq!((clear.kind, clear.bounds), (ForegroundKind::Alpha, expected));
        let flat = with_square([240, 240, 240, 255]).foreground(160).unwrap();
        assert_eq!(flat.kind, ForegroundKind::Flat([240, 240, 240]));
        assert!(flat.bounds.intersection_over_union(&expected) > 0.9);
    }

    #[test]
    fn a_busy_background_has_no_plain_foreground() {
        let pixels =
            (0..1200u32).map(|at| [(at * 37) as u8, (at * 91) as u8, (at * 13) as u8, 255]).collect();
        assert_eq!(Picture::new(40, 30, pixels).unwrap().foreground(160), None);
        assert_eq!(Picture::filled(9, 9, [5, 5, 5, 255]).foreground(160), None);
        assert_eq!(Picture::filled(9, 9, [0; 4]).foreground(160), None);
    }
}
