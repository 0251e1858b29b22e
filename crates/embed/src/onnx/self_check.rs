//! Whether a loaded network gives the vectors that its file means.
//!
//! An engine that is wrong is wrong silently: vectors of the right length, nearest neighbours at
//! random. Every network proves itself on a few drawn pictures before it is used.

use std::io::Write;
use std::path::Path;

use lorgnon_imaging::Picture;

use crate::EncoderSpec;

/// Pictures that no network sees as the same: a gradient and a disc in fixed colours.
pub(super) fn probes() -> Vec<Picture> {
    const SIDE_PX: u32 = 96;
    let paint = |draw: &dyn Fn(u32, u32) -> [u8; 3]| {
        let mut picture = Picture::filled(SIDE_PX, SIDE_PX, [0, 0, 0, 255]);
        for (at, pixel) in (0u32..).zip(picture.pixels_mut()) {
            let [red, green, blue] = draw(at % SIDE_PX, at / SIDE_PX);
            *pixel = [red, green, blue, 255];
        }
        picture
    };
    let byte = |value: u32| u8::try_from(value.min(255)).unwrap_or(255);
    vec![
        paint(&|x, y| [byte(x * 2), byte(y * 2), 90]),
        paint(&|x, y| {
            let (x, y) = (x.abs_diff(48), y.abs_diff(40));
            if x * x + y * y < 900 { [220, 60, 40] } else { [30, 70, byte(200 - y)] }
        }),
    ]
}

/// The least cosine that a rewritten network may have with its reference.
const LEAST_COSINE: f32 = 0.99;
/// Vectors of different pictures closer than this say nothing of pictures.
const SAME: f32 = 0.999_999;

/// What is wrong with the probes' vectors, if anything; `reference` has the same probes' vectors by
/// surer means.
pub(super) fn verdict(vectors: &[Vec<f32>], reference: Option<&[Vec<f32>]>) -> Result<(), String> {
    for vector in vectors {
        if vector.iter().any(|number| !number.is_finite()) {
            return Err("a vector holds a number that is not finite".to_owned());
        }
        if vector.iter().all(|number| *number == 0.0) {
            return Err("a vector is all zero".to_owned());
        }
    }
    for (at, vector) in vectors.iter().enumerate() {
        if vectors[..at].iter().any(|other| cosine(vector, other) > SAME) {
            return Err("different pictures give the same vector".to_owned());
        }
    }
    let Some(reference) = reference else { return Ok(()) };
    let least = vectors.iter().zip(reference).map(|(own, other)| cosine(own, other)).fold(1.0, f32::min);
    if least >= LEAST_COSINE && vectors.len() == reference.len() {
        Ok(())
    } else {
        Err(format!(
            "its integer products are wrong: cosine {least:.4} with the same network in floats, {LEAST_COSINE} wanted"
        ))
    }
}

/// A record of the models that agreed with their reference, a line each: the files' digest, the engine and this
/// program's version, which is also that of the engine of every build.
pub(super) struct Passed<'a> {
    pub(super) record: Option<&'a Path>,
    pub(super) spec: &'a EncoderSpec,
    pub(super) engine: &'static str,
}

impl Passed<'_> {
    fn line(&self) -> String {
        format!("{} {} {}", self.spec.weights, self.engine, env!("CARGO_PKG_VERSION"))
    }

    /// Whether the model is in the record.
    pub(super) fn is_recorded(&self) -> bool {
        let text = self.record.and_then(|path| std::fs::read_to_string(path).ok());
        text.is_some_and(|text| text.lines().any(|line| line == self.line()))
    }

    /// Adds the model. Failing to costs the next load its time, nothing else.
    pub(super) fn write_down(&self) {
        let Some(path) = self.record else { return };
        let written = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .and_then(|mut file| file.write_all(format!("{}\n", self.line()).as_bytes()));
        if let Err(error) = written {
            tracing::debug!(%error, path = %path.display(), "the self-check is not remembered");
        }
    }
}

/// Of two vectors of any length.
fn cosine(left: &[f32], right: &[f32]) -> f32 {
    let dot = |left: &[f32], right: &[f32]| -> f32 {
        left.iter().zip(right).map(|(left, right)| left * right).sum()
    };
    dot(left, right) / (dot(left, left) * dot(right, right)).sqrt().max(f32::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_apart() {
        let good = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
        assert_eq!(verdict(&good, None), Ok(()));
        assert_eq!(verdict(&good, Some(&good)), Ok(()));
        assert!(verdict(&[vec![f32::NAN]], None).unwrap_err().contains("finite"));
        assert!(verdict(&[vec![0.0]], None).unwrap_err().contains("zero"));
        assert!(verdict(&[vec![1.0, 2.0], vec![2.0, 4.0]], None).unwrap_err().contains("same vector"));
        let turned = vec![vec![1.0, 0.3], vec![0.0, 1.0]];
        assert!(verdict(&good, Some(&turned)).unwrap_err().contains("0.9578"));
    }
}
