//! What a training look teaches about items, kept beside its vectors.
//!
//! A fit needs every look ever trained, and their pictures are gone by then; so each is measured
//! once, as it is, a little off its frame, and before made-up scenery, where a locator that is a little
//! off and its colours find it there.

use fastrand::Rng;
use lorgnon_imaging::Picture;
use lorgnon_look::Look;
use serde::{Deserialize, Serialize};

use super::art::Views;
use super::background::before_scenery;
use super::descriptor::Descriptor;
use super::window::{Behind, Placement, Scene};
use super::worn::{Cut, Standing};
use crate::Frame;
use crate::colours::{ColourModel, ColourSolution};
use crate::seed::seed_of;

/// Written first in a measurement; another number is not read.
pub(super) const MEASUREMENT_VERSION: u16 = 7;
/// Windows of a look as it is, and before scenery.
const CUT_OUT: usize = 2;
const IN_SCENERY: usize = 2;
/// How far a window is off its frame at most, in body heights, and how much larger or smaller.
const OFF: f32 = 0.02;
const OFF_SCALE: f32 = 0.04;
/// The same of a view: art that is learned from exact frames is not found in others.
const VIEW_OFF_SCALE: f32 = 0.03;

/// A training look's window, measured several times; about 60 kB each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemMeasurement {
    version: u16,
    /// As it is, then before scenery.
    windows: Vec<Descriptor>,
    views: Views,
}

impl ItemMeasurement {
    /// Measures a look that stands at `located`, or where its colours say, if `placing` knows its class.
    /// The same arguments give the same measurement.
    #[must_use]
    pub fn measure(picture: &Picture, located: Frame, look: &Look, placing: Option<&ColourModel>) -> Self {
        let solve = |picture: &Picture, frame: &Frame| -> Option<ColourSolution> {
            let (class, gender) = look.class.as_ref().zip(look.gender)?;
            placing?.solve(picture, frame, class, gender, None)
        };
        let mut random = Rng::with_seed(seed_of(&look.id));
        let solution = solve(picture, &located);
        let standing = Standing::new(located, solution.as_ref());
        let scene = Scene::new(picture, &standing.frame);
        let mut windows = Vec::with_capacity(CUT_OUT + IN_SCENERY);
        for _ in 0..CUT_OUT {
            windows.push(standing.cut(&scene, off(OFF_SCALE, &mut random)).descriptor());
        }
        let cut_out = standing.cut(&scene, off(VIEW_OFF_SCALE, &mut random)).view();
        let before: [_; IN_SCENERY] = std::array::from_fn(|_| {
            let (before, stands) = before_scenery(picture, &standing.frame, &mut random);
            let missed = off(VIEW_OFF_SCALE, &mut random);
            let found =
                stands.grown(missed.scale).shifted(missed.right * stands.height, missed.down * stands.height);
            let solution = solve(&before, &found);
            let standing = Standing::new(found, solution.as_ref());
            standing.cut(&Scene::new(&before, &standing.frame), Placement::EXACT)
        });
        let in_scenery = before[0].view();
        windows.extend(before.iter().map(Cut::descriptor));
        Self { version: MEASUREMENT_VERSION, windows, views: Views::new(cut_out, in_scenery) }
    }

    /// Whether this version of the program measured it.
    pub(super) fn is_current(&self) -> bool {
        self.version == MEASUREMENT_VERSION
            && self.windows.len() == CUT_OUT + IN_SCENERY
            && self.windows.iter().all(Descriptor::is_whole)
            && self.views.is_whole()
    }

    /// Its windows in one kind of picture, the first of which the view shows, too; of a current one.
    pub(super) fn windows(&self, behind: Behind) -> &[Descriptor] {
        match behind {
            Behind::Nothing => &self.windows[..CUT_OUT],
            Behind::Scenery => &self.windows[CUT_OUT..],
        }
    }

    /// What the look shows about its body.
    pub(super) fn views(&self) -> &Views {
        &self.views
    }
}

/// Some place beside a frame.
fn off(scale: f32, random: &mut Rng) -> Placement {
    let mut between = |most: f32| most * (2.0 * random.f32() - 1.0);
    Placement { right: between(OFF), down: between(OFF), scale: 1.0 + between(scale) }
}
