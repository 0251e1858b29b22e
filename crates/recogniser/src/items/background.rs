//! Looks before made-up scenery: what players' pictures show, without shipping any map.
//!
//! A training look is put before scenery at some size and then seen as any picture is: where its colours
//! place it, with what of the scenery shines through at the body's outline.

use fastrand::Rng;
use lorgnon_imaging::{Beyond, Picture};

use super::window::{BODY_PX, HEIGHT_PX, LEFT, TOP, WIDTH_PX, sides};
use crate::Frame;
use crate::scenery::painter::put_over;
use crate::scenery::{Paints, between, scene};

/// Alpha above which a pixel belongs to the look.
const VISIBLE_ALPHA: u8 = 160;
/// Body heights in the made-up pictures.
const BODY_HEIGHTS_PX: (f32, f32) = (90.0, 400.0);
/// How often a side of the picture ends where the look does.
const TIGHT: f32 = 0.35;
/// Scenery beyond the window, in body heights.
const MARGIN: f32 = 0.1;

/// The look of a cut-out picture before scenery, upright and unmirrored, and where it then stands.
pub(super) fn before_scenery(picture: &Picture, frame: &Frame, random: &mut Rng) -> (Picture, Frame) {
    let body_px = between(random, BODY_HEIGHTS_PX.0, BODY_HEIGHTS_PX.1);
    let [left, top, right, bottom] = borders(picture, frame, random);
    let stands = Frame {
        centre_x: -left * body_px,
        top: -top * body_px,
        height: body_px,
        mirrored: false,
        rotation_degrees: 0.0,
    };
    let (columns, rows) =
        (((right - left) * body_px).ceil() as u32, ((bottom - top) * body_px).ceil() as u32);
    let look = picture.warp(columns, rows, Beyond::Clear, |x, y| {
        let (u, v) = stands.to_character(x, y);
        frame.to_picture(u, v)
    });
    let paints = if random.bool() { Paints::natural(random) } else { Paints::Any };
    let mut before = scene(columns, rows, paints, random);
    put_over(&mut before, &look);
    (before, stands)
}

/// Left, top, right and bottom of a picture of the look, in its own coordinates: wide, or cut to the look.
fn borders(picture: &Picture, frame: &Frame, random: &mut Rng) -> [f32; 4] {
    let wide = [
        LEFT - MARGIN,
        TOP - MARGIN,
        LEFT + WIDTH_PX as f32 / BODY_PX + MARGIN,
        TOP + HEIGHT_PX as f32 / BODY_PX + MARGIN,
    ];
    let Some(foreground) = picture.foreground(VISIBLE_ALPHA) else { return wide };
    let look = foreground.bounds;
    let (left, top, right, bottom) = (look.x, look.y, look.right(), look.bottom());
    let corners = [(left, top), (right, top), (left, bottom), (right, bottom)];
    let tight = sides(corners.map(|(x, y)| frame.to_character(x, y)));
    std::array::from_fn(|side| {
        let inside = if side < 2 { tight[side] >= wide[side] } else { tight[side] <= wide[side] };
        if inside && random.f32() < TIGHT { tight[side] } else { wide[side] }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_stands_where_it_is_said_to_whatever_the_frame_it_came_from() {
        // A red body, its left half green.
        let mut picture = Picture::filled(60, 120, [0; 4]);
        for y in 10..110 {
            for x in 20..40 {
                let pixel = if x < 30 { [0, 200, 0, 255] } else { [200, 0, 0, 255] };
                picture.pixels_mut()[y * 60 + x] = pixel;
            }
        }
        let mut random = Rng::with_seed(5);
        for mirrored in [false, true] {
            let frame = Frame { centre_x: 30.0, top: 10.0, height: 100.0, mirrored, rotation_degrees: 0.0 };
            for _ in 0..20 {
                let (before, stands) = before_scenery(&picture, &frame, &mut random);
                assert!(!before.has_alpha());
                let shown = |u: f32, v: f32| {
                    let (x, y) = stands.to_picture(u, v);
                    before.pixel(x as u32, y as u32)
                };
                let [left, right] = [shown(-0.05, 0.5), shown(0.05, 0.5)];
                let [green, red] = if mirrored { [right, left] } else { [left, right] };
                assert!(green[1] > 150 && green[0] < 50 && red[0] > 150 && red[1] < 50);
            }
        }
    }
}
