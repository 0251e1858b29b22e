//! Outlines from a few points.
//!
//! The art is written as short lists of points, because a list can be read and retouched by hand,
//! which exported vector files can not.

use tiny_skia::{Path, PathBuilder, Point as SkiaPoint};

/// A position in design units: x to the right, y down.
pub(crate) type Point = (f32, f32);

/// An outline; `None` where the points span nothing, which draws nothing.
pub(crate) type Shape = Option<Path>;

/// A closed curve through all points.
pub(crate) fn smooth(points: &[Point]) -> Shape {
    let points: Vec<_> = points.iter().map(|&(x, y)| (x, y, 1.0)).collect();
    mixed(&points)
}

/// A closed polygon.
pub(crate) fn sharp(points: &[Point]) -> Shape {
    let points: Vec<_> = points.iter().map(|&(x, y)| (x, y, 0.0)).collect();
    mixed(&points)
}

/// A closed curve whose third number says how round each point is: 0 a corner, 1 a smooth bend.
pub(crate) fn mixed(points: &[(f32, f32, f32)]) -> Shape {
    let count = points.len();
    let &(first_x, first_y, _) = points.first()?;
    let mut builder = PathBuilder::new();
    builder.move_to(first_x, first_y);
    let at = |index: usize| points[index % count];
    for index in 0..count {
        let (before, from, to, after) = (at(index + count - 1), at(index), at(index + 1), at(index + 2));
        segment(&mut builder, before, from, to, after);
    }
    builder.close();
    builder.finish()
}

/// An open curve through all points, for strokes.
pub(crate) fn open(points: &[Point]) -> Shape {
    let (&(first_x, first_y), last) = (points.first()?, points.len() - 1);
    let mut builder = PathBuilder::new();
    builder.move_to(first_x, first_y);
    let at = |index: usize| {
        let (x, y) = points[index.min(last)];
        (x, y, 1.0)
    };
    for index in 0..last {
        segment(&mut builder, at(index.saturating_sub(1)), at(index), at(index + 1), at(index + 2));
    }
    builder.finish()
}

/// One Catmull-Rom span as a cubic.
fn segment(
    builder: &mut PathBuilder,
    before: (f32, f32, f32),
    from: (f32, f32, f32),
    to: (f32, f32, f32),
    after: (f32, f32, f32),
) {
    let (out, back) = (from.2 / 6.0, to.2 / 6.0);
    builder.cubic_to(
        from.0 + (to.0 - before.0) * out,
        from.1 + (to.1 - before.1) * out,
        to.0 - (after.0 - from.0) * back,
        to.1 - (after.1 - from.1) * back,
        to.0,
        to.1,
    );
}

/// An ellipse around a centre.
pub(crate) fn ellipse(centre: Point, radius_x: f32, radius_y: f32) -> Shape {
    /// How far a cubic's handles reach to draw a quarter circle.
    const QUARTER: f32 = 0.552_285;
    let ((x, y), handle_x, handle_y) = (centre, radius_x * QUARTER, radius_y * QUARTER);
    let mut builder = PathBuilder::new();
    builder.move_to(x + radius_x, y);
    builder.cubic_to(x + radius_x, y + handle_y, x + handle_x, y + radius_y, x, y + radius_y);
    builder.cubic_to(x - handle_x, y + radius_y, x - radius_x, y + handle_y, x - radius_x, y);
    builder.cubic_to(x - radius_x, y - handle_y, x - handle_x, y - radius_y, x, y - radius_y);
    builder.cubic_to(x + handle_x, y - radius_y, x + radius_x, y - handle_y, x + radius_x, y);
    builder.close();
    builder.finish()
}

/// A circle.
pub(crate) fn circle(centre: Point, radius: f32) -> Shape {
    ellipse(centre, radius, radius)
}

/// A limb: two circles and what lies between them.
pub(crate) fn limb(from: Point, to: Point, from_radius: f32, to_radius: f32) -> Shape {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt();
    if length < 0.01 {
        return circle(from, from_radius.max(to_radius));
    }
    let (ux, uy) = (dx / length, dy / length);
    let around = |centre: Point, radius: f32, along: f32, across: f32| {
        SkiaPoint::from_xy(
            centre.0 + (ux * along - uy * across) * radius,
            centre.1 + (uy * along + ux * across) * radius,
        )
    };
    let mut builder = PathBuilder::new();
    let cap = |builder: &mut PathBuilder, centre: Point, radius: f32, side: f32| {
        // Half a circle from across = side over the end to across = -side, as two cubics.
        let quarter = 0.552_285;
        let control = |along: f32, across: f32| around(centre, radius, along * side, across * side);
        for (a, b, c) in [
            (control(quarter, 1.0), control(1.0, quarter), control(1.0, 0.0)),
            (control(1.0, -quarter), control(quarter, -1.0), control(0.0, -1.0)),
        ] {
            builder.cubic_to(a.x, a.y, b.x, b.y, c.x, c.y);
        }
    };
    let start = around(from, from_radius, 0.0, 1.0);
    builder.move_to(start.x, start.y);
    let corner = around(to, to_radius, 0.0, 1.0);
    builder.line_to(corner.x, corner.y);
    cap(&mut builder, to, to_radius, 1.0);
    let corner = around(from, from_radius, 0.0, -1.0);
    builder.line_to(corner.x, corner.y);
    cap(&mut builder, from, from_radius, -1.0);
    builder.close();
    builder.finish()
}

/// A star of `points` spikes, or with equal radii a regular polygon.
pub(crate) fn star(centre: Point, points: u16, outer: f32, inner: f32) -> Shape {
    let corners: Vec<_> = (0..points * 2)
        .map(|corner| {
            let (sine, cosine) = turn(f32::from(corner) / f32::from(points * 2) - 0.25);
            let radius = if corner % 2 == 0 { outer } else { inner };
            (centre.0 + cosine * radius, centre.1 + sine * radius)
        })
        .collect();
    sharp(&corners)
}

/// Sine and cosine of a part of a turn. Written in plain arithmetic, so that every machine draws
/// the same bytes; the platform's own differ in the last digit.
pub(crate) fn turn(part: f32) -> (f32, f32) {
    let sine = |part: f32| {
        let wrapped = part - part.floor();
        let (sign, half) = if wrapped < 0.5 { (1.0, wrapped) } else { (-1.0, wrapped - 0.5) };
        let folded = if half > 0.25 { 0.5 - half } else { half };
        let angle = folded * std::f32::consts::TAU;
        let square = angle * angle;
        sign * angle
            * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0 * (1.0 - square / 72.0))))
    };
    (sine(part), sine(part + 0.25))
}

/// The point a share of the way from one to another.
pub(crate) fn between(from: Point, to: Point, share: f32) -> Point {
    (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_agree_with_the_platform() {
        for step in -40..40u8 as i8 {
            let part = f32::from(step) / 16.0 + 0.01;
            let (sine, cosine) = turn(part);
            let angle = part * std::f32::consts::TAU;
            assert!((sine - angle.sin()).abs() < 1e-4 && (cosine - angle.cos()).abs() < 1e-4, "{part}");
        }
    }

    #[test]
    fn a_limb_reaches_past_both_ends_by_its_radii() {
        let bounds = limb((0.0, 0.0), (0.0, 100.0), 10.0, 5.0).unwrap().bounds();
        assert!((bounds.top() + 10.0).abs() < 0.1 && (bounds.bottom() - 105.0).abs() < 0.1);
        assert!((bounds.left() + 10.0).abs() < 0.1 && (bounds.right() - 10.0).abs() < 0.1);
    }

    #[test]
    fn nothing_is_drawn_through_no_points() {
        assert!(smooth(&[]).is_none());
        assert!(open(&[]).is_none());
    }
}
