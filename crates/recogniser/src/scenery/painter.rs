//! Draws the simple shapes that synthesised scenes and occluders are made of.

use lorgnon_imaging::Picture;

/// The outline of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `|x| + |y| < 1`.
    Diamond,
    /// `x^2 + y^2 < 1`.
    Ellipse,
    /// `x^4 + y^4 < 1`: a rectangle with round corners.
    Slab,
    /// Point up.
    Triangle,
    /// Half an ellipse, flat side down.
    Dome,
}

/// A filled shape, with an optional dark outline.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) shape: Shape,
    /// Middle, in pixels.
    pub(crate) centre: (f32, f32),
    /// Half width and half height, in pixels.
    pub(crate) radii: (f32, f32),
    /// Clockwise, in radians.
    pub(crate) turn: f32,
    pub(crate) colour: [f32; 3],
    /// Width of the outline, of the radius; 0 for none.
    pub(crate) outline: f32,
}

impl Shape {
    /// How far out a point of the unit square lies: below 1 is inside.
    fn reach(self, x: f32, y: f32) -> f32 {
        match self {
            Self::Diamond => x.abs() + y.abs(),
            Self::Ellipse => (x * x + y * y).sqrt(),
            Self::Slab => (x * x * x * x + y * y * y * y).sqrt().sqrt(),
            Self::Triangle => (x.abs() * 2.0 - y).max(y),
            Self::Dome => {
                let down = (y - 1.0) / 2.0;
                (x * x + down * down).sqrt().max(y)
            }
        }
    }
}

/// Paints a figure over a picture, opaque, shaded from top to bottom.
pub(crate) fn paint(picture: &mut Picture, figure: &Figure) {
    let (width, height) = (i64::from(picture.width()), i64::from(picture.height()));
    let (radius_x, radius_y) = (figure.radii.0.max(0.5), figure.radii.1.max(0.5));
    let reach = radius_x.hypot(radius_y).ceil() as i64 + 1;
    let (centre_x, centre_y) = figure.centre;
    let columns = (centre_x as i64 - reach).clamp(0, width)..(centre_x as i64 + reach).clamp(0, width);
    let rows = (centre_y as i64 - reach).clamp(0, height)..(centre_y as i64 + reach).clamp(0, height);
    let (sin, cos) = figure.turn.sin_cos();
    let pixels = picture.pixels_mut();
    for row in rows {
        for column in columns.clone() {
            let (x, y) = (column as f32 + 0.5 - centre_x, row as f32 + 0.5 - centre_y);
            let (across, down) = ((x * cos + y * sin) / radius_x, (y * cos - x * sin) / radius_y);
            let out = figure.shape.reach(across, down);
            if out < 1.0 {
                let shade = if out > 1.0 - figure.outline { 0.25 } else { 1.0 - 0.2 * down };
                let [red, green, blue] = figure.colour.map(|value| (value * shade).clamp(0.0, 255.0) as u8);
                pixels[(row * width + column) as usize] = [red, green, blue, 255];
            }
        }
    }
}

/// Puts a picture of the same size over another, straight alpha.
pub(crate) fn put_over(below: &mut Picture, above: &Picture) {
    for (to, from) in below.pixels_mut().iter_mut().zip(above.pixels()) {
        match from[3] {
            0 => {}
            255 => *to = *from,
            part => {
                let cover = f32::from(part) / 255.0;
                let behind = f32::from(to[3]) / 255.0 * (1.0 - cover);
                let whole = cover + behind;
                for channel in 0..3 {
                    let mixed = f32::from(from[channel]) * cover + f32::from(to[channel]) * behind;
                    to[channel] = (mixed / whole).round() as u8;
                }
                to[3] = (whole * 255.0).round() as u8;
            }
        }
    }
}
