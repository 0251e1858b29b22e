//! Where a character stands: the coordinates that templates, colour maps and slot regions share.

use serde::{Deserialize, Serialize};

/// A character's own coordinate frame inside a picture.
///
/// `u` runs right and `v` down, in units of body height, from the point above the feet at the top
/// of the body: a picture point `(x, y)` of an upright, unmirrored character is
/// `u = (x - centre_x) / height`, `v = (y - top) / height`. In a mirrored picture `u` is negated,
/// so that the same part of the body always has the same coordinates. Rotation is about the
/// middle of the body, `(centre_x, top + height / 2)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Picture x of the point above the feet, in pixels.
    pub centre_x: f32,
    /// Picture y of the top of the bare body (hair included, hats not), in pixels.
    pub top: f32,
    /// From top to soles, in pixels.
    pub height: f32,
    /// Whether the picture shows the character mirrored, against the training looks.
    pub mirrored: bool,
    /// Clockwise on the screen, in degrees.
    pub rotation_degrees: f32,
}

impl Frame {
    /// The frame that many pixels farther right and down.
    #[must_use]
    pub fn shifted(&self, right_px: f32, down_px: f32) -> Self {
        Self { centre_x: self.centre_x + right_px, top: self.top + down_px, ..*self }
    }

    /// The frame of a body that many times as high, about its middle.
    #[must_use]
    pub fn grown(&self, times: f32) -> Self {
        let height = self.height * times;
        Self { height, top: self.top + 0.5 * (self.height - height), ..*self }
    }

    /// Whether it is not turned at all.
    pub(crate) fn is_upright(&self) -> bool {
        self.rotation_degrees.abs() <= 0.0
    }

    /// The part of an upright body above a row of the picture: 1 where the soles stand on it.
    #[must_use]
    pub fn part_above(&self, y: f32) -> f32 {
        (y - self.top) / self.height
    }

    /// The picture point, in pixels, of a point of the character.
    #[must_use]
    pub fn to_picture(&self, u: f32, v: f32) -> (f32, f32) {
        let across = if self.mirrored { -u } else { u } * self.height;
        let down = (v - 0.5) * self.height;
        let (sin, cos) = self.rotation_degrees.to_radians().sin_cos();
        (self.centre_x + across * cos - down * sin, self.top + 0.5 * self.height + across * sin + down * cos)
    }

    /// The point of the character at a picture point in pixels.
    #[must_use]
    pub fn to_character(&self, x: f32, y: f32) -> (f32, f32) {
        let (right, below) = (x - self.centre_x, y - self.top - 0.5 * self.height);
        let (sin, cos) = self.rotation_degrees.to_radians().sin_cos();
        let across = (right * cos + below * sin) / self.height;
        let down = (below * cos - right * sin) / self.height;
        (if self.mirrored { -across } else { across }, down + 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_body_grows_about_its_middle() {
        let frame = Frame { centre_x: 50.0, top: 20.0, height: 100.0, mirrored: true, rotation_degrees: 5.0 };
        let grown = frame.shifted(3.0, -4.0).grown(1.5);
        assert_eq!(grown, Frame { centre_x: 53.0, top: -9.0, height: 150.0, ..frame });
        assert!((grown.to_picture(0.0, 0.5).1 - (frame.to_picture(0.0, 0.5).1 - 4.0)).abs() < 1e-4);
        assert!((frame.part_above(95.0) - 0.75).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_point(
            u in -1f32..1.0, v in -0.5f32..1.5, mirrored: bool, rotation_degrees in -15f32..15.0,
            centre_x in -100f32..900.0, top in -100f32..900.0, height in 20f32..800.0,
        ) {
            let frame = Frame { centre_x, top, height, mirrored, rotation_degrees };
            let (x, y) = frame.to_picture(u, v);
            let (u_back, v_back) = frame.to_character(x, y);
            prop_assert!((u - u_back).abs() < 1e-3 && (v - v_back).abs() < 1e-3);
        }
    }
}
