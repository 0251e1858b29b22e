//! A first guess at where a training look's character stands, from its outline alone.

use lorgnon_imaging::{Foreground, Picture};

use crate::Frame;

/// Alpha above which a pixel belongs to the body: shadows stay below.
const BODY_ALPHA: u8 = 200;
/// The lowest part of the body, where the feet are, of its height.
const FEET: f32 = 0.15;
/// Feet point forward: the point above them lies this much behind their middle, of the height.
const FEET_FORWARD: f32 = 0.02;

/// The frame of a character that stands alone before a see-through or flat background: height and
/// top of its outline, centred over its feet (Recognition, section 1). Hats and pets shift it;
/// a located frame is better where a model exists. `None` on any other background.
#[must_use]
pub fn anchor(picture: &Picture) -> Option<Frame> {
    let foreground = picture.foreground(BODY_ALPHA)?;
    let height = foreground.bounds.height;
    let centre_x = feet_middle(picture, &foreground)? - FEET_FORWARD * height;
    Some(Frame { centre_x, top: foreground.bounds.y, height, mirrored: false, rotation_degrees: 0.0 })
}

fn feet_middle(picture: &Picture, foreground: &Foreground) -> Option<f32> {
    let width = picture.width() as usize;
    let bottom = foreground.bounds.bottom() as usize;
    let top = (foreground.bounds.bottom() - FEET * foreground.bounds.height).floor().max(0.0) as usize;
    let lowest = &foreground.mask[top * width..bottom * width];
    let (mut sum, mut count) = (0.0f64, 0u32);
    for (at, _) in lowest.iter().enumerate().filter(|(_, on)| **on) {
        sum += (at % width) as f64 + 0.5;
        count += 1;
    }
    (count > 0).then(|| (sum / f64::from(count)) as f32)
}
