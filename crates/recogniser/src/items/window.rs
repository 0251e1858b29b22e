//! The window every item is looked for in: the character and what hangs about it, at one size.
//!
//! Items are measured in the character's [`Frame`], never on the canvas: a moved, scaled, mirrored
//! or turned character shows the same window, so a slot is always in the same cells of it.

use lorgnon_imaging::{Beyond, CELL_STRIDE_PX, ForegroundKind, Picture, Rect};

use crate::Frame;

/// Body height in the window, in window pixels.
pub(super) const BODY_PX: f32 = 112.0;
/// The window's left edge, in body heights from the character's axis.
pub(super) const LEFT: f32 = -0.68;
/// The window's top edge, in body heights below the top of the bare body.
pub(super) const TOP: f32 = -0.45;
/// Window width in pixels: 1.25 body heights.
pub(super) const WIDTH_PX: u32 = 140;
/// Window height in pixels: 1.6 body heights.
pub(super) const HEIGHT_PX: u32 = 180;
/// Gradient cells across.
pub(super) const COLUMNS: usize = WIDTH_PX as usize / CELL_STRIDE_PX - 1;
/// Gradient cells down.
pub(super) const ROWS: usize = HEIGHT_PX as usize / CELL_STRIDE_PX - 1;

/// Alpha at and below which a pixel counts as absent; [`lorgnon_imaging::GradientGrid`] has the same.
const SHADOW_ALPHA: f32 = 140.0;
const ALPHA_RAMP: f32 = 60.0;

/// What stands behind a character: its two kinds of pictures are judged apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behind {
    /// It is cut out, or stands before a plain colour.
    Nothing,
    /// A map, or anything else.
    Scenery,
}

impl Behind {
    pub(super) const ALL: [Self; 2] = [Self::Nothing, Self::Scenery];
}

/// How a window is placed off its frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placement {
    /// Right, in body heights.
    pub(super) right: f32,
    /// Down, in body heights.
    pub(super) down: f32,
    /// Times the body height, about the middle of the body.
    pub(super) scale: f32,
}

impl Placement {
    /// Just where the frame says.
    pub(super) const EXACT: Self = Self { right: 0.0, down: 0.0, scale: 1.0 };

    /// The point of the character at a point of the window.
    pub(super) fn to_character(self, u: f32, v: f32) -> (f32, f32) {
        (u * self.scale + self.right, (v - 0.5) * self.scale + 0.5 + self.down)
    }
}

/// The picture with its plain background made see-through, where it has one.
fn without_plain_background(picture: &Picture) -> std::borrow::Cow<'_, Picture> {
    if picture.has_alpha() {
        return std::borrow::Cow::Borrowed(picture);
    }
    let Some(foreground) = picture.foreground(160) else { return std::borrow::Cow::Borrowed(picture) };
    if !matches!(foreground.kind, ForegroundKind::Flat(_)) {
        return std::borrow::Cow::Borrowed(picture);
    }
    let mut cut = picture.clone();
    for (pixel, before) in cut.pixels_mut().iter_mut().zip(&foreground.mask) {
        if !before {
            pixel[3] = 0;
        }
    }
    std::borrow::Cow::Owned(cut)
}

/// A picture brought near the window's scale once, so that several windows are cheap to cut.
pub(super) struct Scene {
    picture: Picture,
    frame: Frame,
    behind: Behind,
}

impl Scene {
    /// The surroundings of a character, its body [`BODY_PX`] high or less.
    pub(super) fn new(picture: &Picture, frame: &Frame) -> Self {
        let picture = without_plain_background(picture);
        let behind = if picture.has_alpha() { Behind::Nothing } else { Behind::Scenery };
        let ratio = BODY_PX / frame.height;
        if ratio >= 1.0 {
            return Self { picture: picture.into_owned(), frame: *frame, behind };
        }
        // Only the part that the window can show is made smaller.
        let bounds =
            picture_bounds(frame, Placement { scale: 1.15, ..Placement::EXACT }, 0, 0, COLUMNS, ROWS);
        let left = bounds.x.floor().max(0.0);
        let top = bounds.y.floor().max(0.0);
        let right = bounds.right().ceil().min(picture.width() as f32).max(left + 1.0);
        let bottom = bounds.bottom().ceil().min(picture.height() as f32).max(top + 1.0);
        let part = picture.cropped(&Rect { x: left, y: top, width: right - left, height: bottom - top });
        let width = (part.width() as f32 * ratio).round().max(1.0);
        let height = (part.height() as f32 * ratio).round().max(1.0);
        let (across, down) = (width / part.width() as f32, height / part.height() as f32);
        Self {
            picture: part.resized(width as u32, height as u32),
            frame: Frame {
                centre_x: (frame.centre_x - left) * across,
                top: (frame.top - top) * down,
                height: frame.height * down,
                ..*frame
            },
            behind,
        }
    }

    /// What stands behind the character.
    pub(super) fn behind(&self) -> Behind {
        self.behind
    }

    /// The window of the character, upright and unmirrored.
    pub(super) fn window(&self, placement: Placement) -> Picture {
        // Beyond its border a map goes on like before.
        let beyond = match self.behind {
            Behind::Nothing => Beyond::Clear,
            Behind::Scenery => Beyond::Repeated,
        };
        self.picture.warp(WIDTH_PX, HEIGHT_PX, beyond, |x, y| {
            let (u, v) = placement.to_character(LEFT + x / BODY_PX, TOP + y / BODY_PX);
            self.frame.to_picture(u, v)
        })
    }
}

/// How much of a pixel is there, 0 to 1: ground shadows are not.
pub(super) fn there(pixel: [u8; 4]) -> f32 {
    ((f32::from(pixel[3]) - SHADOW_ALPHA) / ALPHA_RAMP).clamp(0.0, 1.0)
}

/// The window's pixels as the features see them: RGB 0 to 1 before mid-grey, and how much is there.
pub(super) fn seen(pixel: [u8; 4]) -> [f32; 4] {
    let there = there(pixel);
    let channel = |value: u8| f32::from(value) / 255.0 * there + 0.5 * (1.0 - there);
    [channel(pixel[0]), channel(pixel[1]), channel(pixel[2]), there]
}

/// The upright rectangle, in picture pixels, round a box of cells (`right` and `bottom` exclusive).
pub(super) fn picture_bounds(
    frame: &Frame,
    placement: Placement,
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
) -> Rect {
    let stride = CELL_STRIDE_PX as f32 / BODY_PX;
    let corner = |column: usize, row: usize| {
        let (u, v) = placement.to_character(LEFT + column as f32 * stride, TOP + row as f32 * stride);
        frame.to_picture(u, v)
    };
    let corners =
        [corner(left, top), corner(right + 1, top), corner(left, bottom + 1), corner(right + 1, bottom + 1)];
    let [left, top, right, bottom] = sides(corners);
    Rect { x: left, y: top, width: right - left, height: bottom - top }
}

/// Left, top, right and bottom of the upright rectangle round four points.
pub(super) fn sides(corners: [(f32, f32); 4]) -> [f32; 4] {
    let least = |of: fn((f32, f32)) -> f32| corners.into_iter().map(of).fold(f32::INFINITY, f32::min);
    let most = |of: fn((f32, f32)) -> f32| corners.into_iter().map(of).fold(f32::NEG_INFINITY, f32::max);
    [least(|corner| corner.0), least(|corner| corner.1), most(|corner| corner.0), most(|corner| corner.1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_follows_the_character() {
        let mut picture = Picture::filled(300, 300, [0; 4]);
        // A dot at the point (u, v) = (.25, .5).
        for y in 148..152 {
            for x in 198..202 {
                picture.pixels_mut()[y * 300 + x] = [255, 0, 0, 255];
            }
        }
        let frame =
            Frame { centre_x: 150.0, top: 50.0, height: 200.0, mirrored: false, rotation_degrees: 0.0 };
        let at = (((0.25 - LEFT) * BODY_PX) as u32, ((0.5 - TOP) * BODY_PX) as u32);
        assert!(Scene::new(&picture, &frame).window(Placement::EXACT).pixel(at.0, at.1)[0] > 250);
        let mirrored = Frame { mirrored: true, ..frame };
        assert!(
            Scene::new(&picture.mirrored(), &mirrored).window(Placement::EXACT).pixel(at.0, at.1)[0] > 250
        );
    }
}
