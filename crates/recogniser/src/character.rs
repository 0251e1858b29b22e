//! The character: where it stands, which class and sex.
//!
//! A key design decision: locate first, then tell. A description of the whole picture falls to
//! chance as soon as there is a background, a hat or another scale; a description of the located
//! body does not. So every class and sex has *templates* over a colour-blind description of the
//! body, and a picture is searched for the place, scale, side and tilt where one fits best.
//!
//! Training: [`CharacterMeasurement`] describes a look under many synthesised conditions,
//! [`CharacterFit`] makes a [`CharacterModel`] of all measurements by shrinkage linear discriminant
//! analysis against background. Analysis: [`CharacterModel::locate`].

mod anchor;
mod calibration;
mod clusters;
mod descriptor;
mod discriminant;
mod evidence;
mod fit;
mod fold;
mod measurement;
mod model;
mod nobody;
mod occluders;
mod search;
mod synthesis;

use lorgnon_imaging::Rect;
use lorgnon_look::{ClassLabel, Gender};

use crate::{Frame, Verdict};

pub use anchor::anchor;
pub use fit::{CharacterFit, FitError};
pub use measurement::CharacterMeasurement;
pub use model::CharacterModel;
pub(crate) use model::HeldOut;

/// A character found in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// Where it stands.
    pub frame: Frame,
    /// The upright rectangle that holds it, in picture pixels; it may reach outside the picture.
    pub bounds: Rect,
    /// Log odds of the best template against background; of a body whose lower part is not in the
    /// picture, as if all of it spoke like the part that is.
    pub score: f32,
    /// The score below which nobody is in such a picture.
    pub threshold: f32,
    /// Classes and sexes with their joint probabilities, best first; they sum to 1.
    pub pairs: Vec<(ClassLabel, Gender, f32)>,
    /// Which of the first pair's templates (poses, heads, directions) fits best.
    pub cluster: u32,
}

/// How much each part of a character spoke for its class and sex.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// Cells across.
    pub columns: usize,
    /// Cells down.
    pub rows: usize,
    /// What the cells cover, in the character's coordinates: left, top, width, height.
    pub region: [f32; 4],
    /// Row by row: positive for the answer given, negative for the next best.
    pub cells: Vec<f32>,
}

/// The characters of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// Best first; empty when nothing looks like a known character.
    pub characters: Vec<Detection>,
    /// How far the first is to be trusted.
    pub verdict: Verdict,
}

impl Location {
    /// Nobody in the picture.
    #[must_use]
    pub fn nothing() -> Self {
        Self { characters: Vec::new(), verdict: Verdict::Unknown }
    }
}

#[cfg(test)]
mod tests {
    use lorgnon_imaging::{Beyond, Picture};
    use lorgnon_look::Look;

    use super::*;
    use crate::scenery::painter::{Figure, Shape, paint, put_over};
    use crate::scenery::{Paints, scene};
    use crate::train::Unobserved;

    /// A stick figure: classes differ in the shape of head and body, sexes in the arms.
    fn figure(class: usize, gender: Gender, shade: f32) -> Picture {
        let mut picture = Picture::filled(160, 240, [0; 4]);
        let colour = [60.0 + shade, 200.0 - shade, 90.0 + 0.5 * shade];
        let mut draw = |shape, centre, radii, turn| {
            paint(&mut picture, &Figure { shape, centre, radii, turn, colour, outline: 0.15 });
        };
        let arms = if gender == Gender::Male { 0.9 } else { 0.2 };
        draw(Shape::Ellipse, (56.0, 110.0), (9.0, 42.0), arms);
        draw(Shape::Slab, (68.0, 190.0), (10.0, 38.0), 0.1);
        draw(Shape::Slab, (92.0, 190.0), (10.0, 38.0), -0.3);
        let (head, body) =
            if class == 0 { (Shape::Ellipse, Shape::Triangle) } else { (Shape::Slab, Shape::Diamond) };
        draw(body, (80.0, 120.0), (32.0, 50.0), 0.0);
        draw(head, (84.0, 46.0), (24.0, 30.0), 0.0);
        draw(Shape::Ellipse, (104.0, 50.0), (12.0, 6.0), 0.0);
        picture
    }

    fn looks() -> Vec<(Look, Picture)> {
        let mut looks = Vec::new();
        for (class, name) in ["Round", "Square"].into_iter().enumerate() {
            for gender in [Gender::Male, Gender::Female] {
                for at in 0..3u8 {
                    let look = Look {
                        id: format!("{name}-{gender}-{at}"),
                        class: Some(ClassLabel::new(name)),
                        gender: Some(gender),
                        ..Look::default()
                    };
                    looks.push((look, figure(class, gender, 50.0 * f32::from(at))));
                }
            }
        }
        looks
    }

    fn fitted(looks: &[(Look, Picture)]) -> CharacterModel {
        let mut fit = CharacterFit::new();
        for (look, picture) in looks {
            let frame = anchor(picture).unwrap();
            fit.add(look, CharacterMeasurement::measure(picture, &frame, look));
        }
        fit.finish(&Unobserved).unwrap()
    }

    #[test]
    fn a_character_is_found_and_told_whatever_the_order_of_learning() {
        let looks = looks();
        let model = fitted(&looks);
        let mut backwards = looks.clone();
        backwards.reverse();
        assert_eq!(fitted(&backwards), model);

        for (class, gender) in [(0, Gender::Female), (1, Gender::Male)] {
            let new = figure(class, gender, 75.0);
            let mut scene = scene(320, 300, Paints::Any, &mut fastrand::Rng::with_seed(3));
            let placed = new.warp(320, 300, Beyond::Clear, |x, y| (x * 1.4 - 190.0, y * 1.4 - 60.0));
            put_over(&mut scene, &placed);
            for (picture, mirrored) in [(scene.clone(), false), (scene.mirrored(), true)] {
                let found = model.locate(&picture);
                assert_eq!(found, model.locate(&picture));
                // Its parts are the shapes that worn things are drawn with, so the threshold may refuse it;
                // asked here is where and who.
                let best = &model.best_guess(&picture).unwrap();
                let expected = (ClassLabel::new(["Round", "Square"][class]), gender);
                assert_eq!((best.pairs[0].0.clone(), best.pairs[0].1), expected);
                assert_eq!(best.frame.mirrored, mirrored);
                let sum: f32 = best.pairs.iter().map(|pair| pair.2).sum();
                assert!((sum - 1.0).abs() < 1e-4);
                let map = model.heat_map(&picture, best).unwrap();
                assert_eq!(map.cells.len(), map.columns * map.rows);
                assert!(map.cells.iter().sum::<f32>().is_finite());
            }
        }
    }

    #[test]
    fn nothing_is_learnt_without_labels() {
        let mut fit = CharacterFit::new();
        let picture = figure(0, Gender::Male, 0.0);
        let look = Look { id: "nameless".to_owned(), ..Look::default() };
        fit.add(&look, CharacterMeasurement::measure(&picture, &anchor(&picture).unwrap(), &look));
        assert!(matches!(fit.finish(&Unobserved), Err(FitError::NoLabels)));
    }
}
