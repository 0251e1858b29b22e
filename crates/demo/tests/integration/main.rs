//! What the demonstration's pictures must be like, measured on the pictures.

#![expect(clippy::unwrap_used, reason = "test code")]

mod dataset;
mod drawing;
mod looks;

use lorgnon_imaging::Picture;
use lorgnon_look::{ClassLabel, Colour, Gender, Look};

/// A look of a class without items, in given colours.
fn bare(class: &str, gender: Gender, colours: [Colour; 6]) -> Look {
    Look {
        id: "test".to_owned(),
        class: Some(ClassLabel::new(class)),
        gender: Some(gender),
        colours: colours.map(Some).to_vec(),
        ..Look::default()
    }
}

/// A picture fitted into a small frame, on white: what differs there differs to the eye.
fn framed(picture: &Picture) -> Picture {
    picture.over([255; 3]).contained_in(48, 96)
}

/// Mean absolute difference of two framed pictures, 0 to 255.
fn difference(one: &Picture, other: &Picture) -> f64 {
    let pairs = one.pixels().iter().zip(other.pixels());
    let total: u64 =
        pairs.flat_map(|(a, b)| (0..3).map(|channel| u64::from(a[channel].abs_diff(b[channel])))).sum();
    total as f64 / (one.pixels().len() * 3) as f64
}
