//! How pictures are prepared for a model: said by the model's own files, never assumed.
//!
//! A wrong mean or filter gives vectors that look right and compare with nothing.

use std::path::Path;

use lorgnon_imaging::{Picture, Resampling};
use sha2::{Digest, Sha256};

use super::ModelError;
use super::recipe_files;

/// Version of what this program does with a recipe: raise it whenever vectors change.
const VERSION: u32 = 1;

/// How a picture gets to the model's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resize {
    /// Not at all.
    Keep,
    /// The shorter side to so many pixels, aspect kept.
    ShortestEdge(u32),
    /// To this width and height, whatever the aspect.
    Exact(u32, u32),
}

/// What is done to a picture's pixels before the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// First this,
    pub resize: Resize,
    /// by this filter.
    pub resampling: Resampling,
    /// Then the middle is cut out: width and height in pixels.
    pub crop: Option<(u32, u32)>,
    /// Then channels, 0 to 255, are multiplied by this,
    pub scale: f32,
    /// this is taken away (red, green, blue),
    pub mean: [f32; 3],
    /// they are divided by this,
    pub deviation: [f32; 3],
    /// and given in the order blue, green, red.
    pub blue_first: bool,
    /// Whether a sequence's first token stands for the whole picture, as the model's family has it;
    /// else the tokens' mean does.
    pub class_token: bool,
}

impl Recipe {
    /// Reads the recipe from a model's folder: `preprocessor_config.json`, as the Hugging Face
    /// libraries write it, else the `pretrained_cfg` of a timm model's `config.json`.
    ///
    /// # Errors
    /// When no file describes the preparation, or a field of it makes no sense.
    pub fn read(folder: &Path) -> Result<Self, ModelError> {
        recipe_files::read(folder)
    }

    /// Width and height that a square picture is given to the network in; `None` where it keeps its
    /// own.
    #[must_use]
    pub fn size(&self) -> Option<(u32, u32)> {
        self.crop.or(match self.resize {
            Resize::Keep => None,
            Resize::ShortestEdge(side) => Some((side, side)),
            Resize::Exact(width, height) => Some((width, height)),
        })
    }

    /// A number that two recipes share only when they prepare pictures alike: part of the encoder's
    /// identity.
    #[must_use]
    pub fn identity(&self) -> u32 {
        let digest = Sha256::digest(format!("{VERSION} {self:?}").as_bytes());
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
    }

    /// Resizes and cuts an opaque picture, as the Hugging Face image processors do.
    #[must_use]
    pub fn fit(&self, picture: &Picture) -> Picture {
        let (width, height) = match self.resize {
            Resize::Keep => (picture.width(), picture.height()),
            Resize::Exact(width, height) => (width, height),
            Resize::ShortestEdge(side) => {
                let (width, height) = (u64::from(picture.width()), u64::from(picture.height()));
                // The longer side is rounded down.
                let longer =
                    |longer: u64, shorter: u64| (u64::from(side) * longer / shorter).min(MOST_PX) as u32;
                if width <= height { (side, longer(height, width)) } else { (longer(width, height), side) }
            }
        };
        let resized = picture.resampled(width, height, self.resampling);
        match self.crop {
            Some((width, height)) => centre(&resized, width, height),
            None => resized,
        }
    }

    /// The numbers of a picture of the model's size, appended plane by plane (`planes`) or pixel by
    /// pixel.
    pub fn append(&self, picture: &Picture, planes: bool, numbers: &mut Vec<f32>) {
        let order = if self.blue_first { [2, 1, 0] } else { [0, 1, 2] };
        let value = |pixel: &[u8; 4], channel: usize| {
            (f32::from(pixel[channel]) * self.scale - self.mean[channel]) / self.deviation[channel]
        };
        if planes {
            for channel in order {
                numbers.extend(picture.pixels().iter().map(|pixel| value(pixel, channel)));
            }
        } else {
            numbers
                .extend(picture.pixels().iter().flat_map(|pixel| order.map(|channel| value(pixel, channel))));
        }
    }
}

/// No side is resized to more: a strip one pixel wide must not ask for a gigabyte.
const MOST_PX: u64 = 1 << 14;

/// The middle of a picture; black beyond its edges, as the image processors pad.
fn centre(picture: &Picture, width: u32, height: u32) -> Picture {
    let first = |have: u32, want: u32| (i64::from(have) - i64::from(want)).div_euclid(2);
    let (left, top) = (first(picture.width(), width), first(picture.height(), height));
    let mut cut = Picture::filled(width, height, [0, 0, 0, 255]);
    for (y, row) in (top..).zip(cut.pixels_mut().chunks_exact_mut(width as usize)) {
        for (x, pixel) in (left..).zip(row) {
            let inside = |at: i64, length: u32| u32::try_from(at).ok().filter(|at| *at < length);
            if let (Some(x), Some(y)) = (inside(x, picture.width()), inside(y, picture.height())) {
                *pixel = picture.pixel(x, y);
            }
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn clip() -> Recipe {
        Recipe {
            resize: Resize::ShortestEdge(8),
            resampling: Resampling::Bicubic,
            crop: Some((8, 8)),
            scale: 1.0 / 255.0,
            mean: [0.5; 3],
            deviation: [0.25; 3],
            blue_first: false,
            class_token: true,
        }
    }

    #[test]
    fn the_middle_of_the_longer_side_is_kept() {
        let mut picture = Picture::filled(24, 8, [0, 0, 0, 255]);
        for (at, pixel) in picture.pixels_mut().iter_mut().enumerate() {
            pixel[0] = (at % 24) as u8;
        }
        let fitted = clip().fit(&picture);
        assert_eq!((fitted.width(), fitted.height()), (8, 8));
        assert_eq!((fitted.pixel(0, 0)[0], fitted.pixel(7, 7)[0]), (8, 15));
    }

    #[test]
    fn a_small_picture_is_padded_in_black() {
        let recipe = Recipe { resize: Resize::Keep, crop: Some((5, 5)), ..clip() };
        let fitted = recipe.fit(&Picture::filled(2, 2, [9, 9, 9, 255]));
        let drawn = fitted.pixels().iter().filter(|pixel| pixel[0] == 9).count();
        assert_eq!((fitted.width(), fitted.height(), drawn), (5, 5, 4));
    }

    #[test]
    fn numbers_come_in_the_asked_order() {
        let picture = Picture::filled(1, 2, [255, 0, 51, 255]);
        let (mut planes, mut pixels) = (Vec::new(), Vec::new());
        let recipe = Recipe { blue_first: true, ..clip() };
        recipe.append(&picture, true, &mut planes);
        recipe.append(&picture, false, &mut pixels);
        let rounded =
            |numbers: &[f32]| -> Vec<i32> { numbers.iter().map(|n| (n * 10.0).round() as i32).collect() };
        assert_eq!(rounded(&planes), [-12, -12, -20, -20, 20, 20]);
        assert_eq!(rounded(&pixels), [-12, -20, 20, -12, -20, 20]);
    }

    #[test]
    fn whatever_changes_vectors_changes_the_identity() {
        let recipes = [
            clip(),
            Recipe { resampling: Resampling::Bilinear, ..clip() },
            Recipe { mean: [0.5, 0.5, 0.4], ..clip() },
            Recipe { class_token: false, ..clip() },
        ];
        let identities: std::collections::BTreeSet<u32> = recipes.iter().map(Recipe::identity).collect();
        assert_eq!(identities.len(), recipes.len());
        assert_eq!(clip().identity(), clip().identity());
    }
}
