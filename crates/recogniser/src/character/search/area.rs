//! Where in a picture, and for which sizes, characters are looked for.

use lorgnon_imaging::{Beyond, CELL_STRIDE_PX, ForegroundKind, GradientGrid, Picture, Rect};

use super::glance::Glance;
use crate::Frame;
use crate::character::descriptor::{CELL_STEP, COARSE, Opaque};

/// Smallest and largest body looked for on a busy background, of the picture's height.
const SMALLEST_BODY: f32 = 0.11;
/// Bodies smaller than this have too few pixels to be told apart.
const SMALLEST_BODY_PX: f32 = 24.0;
const LARGEST_BODY: f32 = 1.9;
/// A foreground of this share of both sides is no foreground.
const WHOLE: f32 = 0.97;
/// The same before a plain background, of the foreground's height: hats and pets make the
/// foreground larger than the body, cut-off legs smaller.
const SMALLEST_OF_FOREGROUND: f32 = 0.55;
const LARGEST_OF_FOREGROUND: f32 = 2.3;

/// Where to look and for which body heights, in pixels: the foreground where it is plain, else
/// everywhere.
pub(super) struct SearchArea {
    pub(super) plain: bool,
    pub(super) area: Rect,
    pub(super) smallest: f32,
    pub(super) largest: f32,
}

impl SearchArea {
    pub(super) fn of(picture: &Picture) -> Self {
        // What fills the picture stands before nothing: a map whose border happens to be even.
        let plain = picture.foreground(160).filter(|found| {
            found.kind == ForegroundKind::Alpha
                || found.bounds.width < WHOLE * picture.width() as f32
                || found.bounds.height < WHOLE * picture.height() as f32
        });
        if let Some(foreground) = plain {
            let high = foreground.bounds.height;
            return Self {
                plain: true,
                area: foreground.bounds,
                smallest: SMALLEST_OF_FOREGROUND * high,
                largest: LARGEST_OF_FOREGROUND * high,
            };
        }
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        Self {
            plain: false,
            area: Rect { x: 0.0, y: 0.0, width, height },
            smallest: (SMALLEST_BODY * height).max(SMALLEST_BODY_PX),
            largest: LARGEST_BODY * height,
        }
    }
}

/// The searched part of a picture at one scale, with room for windows that reach over its border.
pub(super) struct Level {
    pub(super) grid: GradientGrid,
    /// Picture position of the level's corner.
    corner: (f32, f32),
    /// Level pixels a picture pixel.
    scale: f32,
    /// Height of the bodies looked for, in picture pixels.
    height: f32,
}

/// Room around the searched area, in level pixels: half a window on the sides, the head room above,
/// and most of a body below for characters cut off at the waist.
const ROOM_SIDE_PX: f32 = 28.0;
const ROOM_ABOVE_PX: f32 = 12.0;
const ROOM_BELOW_PX: f32 = 44.0;

impl Level {
    pub(super) fn new(shown: &Opaque<'_>, area: &Rect, height: f32) -> Self {
        let picture = &shown.picture;
        let scale = COARSE.body_px as f32 / height;
        let corner = (area.x - ROOM_SIDE_PX / scale, area.y - ROOM_ABOVE_PX / scale);
        let width = (area.width * scale + 2.0 * ROOM_SIDE_PX).ceil() as u32;
        let rows = (area.height * scale + ROOM_ABOVE_PX + ROOM_BELOW_PX).ceil() as u32;
        let scaled = picture.resized_from_halves(
            ((picture.width() as f32 * scale).round() as u32).max(1),
            ((picture.height() as f32 * scale).round() as u32).max(1),
        );
        let (left, top) = ((corner.0 * scale).round() as i64, (corner.1 * scale).round() as i64);
        let goes_on = shown.beyond == Beyond::Repeated;
        let mut level = Picture::filled(width, rows, shown.beyond.pixel());
        let (last_x, last_y) = (i64::from(scaled.width()) - 1, i64::from(scaled.height()) - 1);
        // The level's columns that lie inside the picture.
        let column = |x: i64| (x - left).clamp(0, i64::from(width)) as usize;
        let inside = column(0)..column(last_x + 1);
        for (row, line) in level.pixels_mut().chunks_exact_mut(width as usize).enumerate() {
            let y = top + row as i64;
            let inside_y = y.clamp(0, last_y);
            if !goes_on && inside_y != y {
                continue;
            }
            let source = scaled.row(inside_y as u32);
            if goes_on {
                line[..inside.start].fill(source[0]);
                line[inside.end..].fill(source[last_x as usize]);
            }
            let first = (left + inside.start as i64).clamp(0, last_x) as usize;
            line[inside.clone()].copy_from_slice(&source[first..][..inside.len()]);
        }
        Self { grid: GradientGrid::measure(&level), corner, scale, height }
    }

    /// The windows up to so many grid steps around a glance that lie inside the level: column and row of each,
    /// and their descriptions, one after the other.
    pub(super) fn windows_around(&self, glance: &Glance, reach: usize) -> (Vec<(usize, usize)>, Vec<f32>) {
        let last_column = (self.grid.columns() + 1).saturating_sub(COARSE.columns * CELL_STEP);
        let last_row = (self.grid.rows() + 1).saturating_sub(COARSE.rows * CELL_STEP);
        let around = |at: usize, last: usize| at.saturating_sub(reach)..=(at + reach).min(last);
        let mut places = Vec::new();
        let mut descriptions = Vec::with_capacity((2 * reach + 1).pow(2) * COARSE.dimensions());
        for row in around(glance.row, last_row) {
            for column in around(glance.column, last_column) {
                COARSE.describe(&self.grid, column, row, &mut descriptions);
                places.push((column, row));
            }
        }
        (places, descriptions)
    }

    /// Where a character in the window of a glance stands.
    pub(super) fn frame(&self, glance: &Glance) -> Frame {
        let x = (glance.column * CELL_STRIDE_PX) as f32 + COARSE.width_px() as f32 / 2.0;
        let y = (glance.row * CELL_STRIDE_PX + COARSE.head_room_px) as f32;
        Frame {
            centre_x: self.corner.0 + x / self.scale,
            top: self.corner.1 + y / self.scale,
            height: self.height,
            mirrored: false,
            rotation_degrees: 0.0,
        }
    }
}
