//! What a training look teaches about items, kept beside its vectors.
//!
//! A fit needs every look ever trained, and their pictures are gone by then; so each is measured
//! once, as it is and before made-up backgrounds, a little off its frame, since the locator will be.

use lorgnon_imaging::Picture;
use lorgnon_look::Look;
use serde::{Deserialize, Serialize};

use super::art::View;
use super::background::before_background;
use super::descriptor::Descriptor;
use super::window::{Placement, Scene};
use super::worn::Standing;
use crate::random::Random;

/// Written first in a measurement; another number is not read.
pub(super) const MEASUREMENT_VERSION: u16 = 5;
/// Windows of a look: one as it is, the rest before backgrounds.
const VARIANTS: usize = 3;

/// A training look's window, measured several times; about 38 kB each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemMeasurement {
    version: u16,
    variants: Vec<Descriptor>,
    view: View,
}

impl ItemMeasurement {
    /// Measures a look. The same picture, standing and look id give the same measurement.
    #[must_use]
    pub fn measure(picture: &Picture, standing: &Standing<'_>, look: &Look) -> Self {
        let scene = Scene::new(picture, &standing.frame);
        let mut random = Random::from_name(&look.id);
        let variants = (0..VARIANTS)
            .map(|variant| {
                let placement = Placement {
                    right: random.between(-0.02, 0.02),
                    down: random.between(-0.02, 0.02),
                    scale: random.between(0.96, 1.04),
                };
                let window = scene.window(placement);
                let window = if variant == 0 { window } else { before_background(&window, &mut random) };
                Descriptor::measure(&standing.without_body(window, placement))
            })
            .collect();
        // Off like the windows are: art that is learned from exact frames is not found in others.
        let placement = Placement {
            right: random.between(-0.02, 0.02),
            down: random.between(-0.02, 0.02),
            scale: random.between(0.97, 1.03),
        };
        let window = scene.window(placement);
        let worn = standing.without_body(window.clone(), placement);
        Self { version: MEASUREMENT_VERSION, variants, view: View::measure(&window, &worn) }
    }

    /// The windows, or none when another version of the program measured them.
    pub(super) fn variants(&self) -> &[Descriptor] {
        let readable = self.version == MEASUREMENT_VERSION
            && self.variants.iter().all(Descriptor::is_whole)
            && self.view.is_whole();
        if readable { &self.variants } else { &[] }
    }

    /// What the look shows about its body.
    pub(super) fn view(&self) -> &View {
        &self.view
    }
}
