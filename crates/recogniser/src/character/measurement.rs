//! What a look says of its class's shape, kept so that templates can be fitted without pictures.

use fastrand::Rng;
use lorgnon_imaging::Picture;
use lorgnon_look::Look;
use serde::{Deserialize, Serialize};

use super::descriptor::{COARSE, FINE, Opaque, Pass, Window, pack, unpack};
use super::synthesis::synthesise;
use crate::Frame;
use crate::seed::seed_of;

/// Version of everything below: a measurement of another version is made again.
const VERSION: u32 = 6;
/// Synthesised conditions that are described.
const CONDITIONS: usize = 14;
/// Conditions that are also described out of place, as examples of what no body is.
const MISPLACED: usize = 5;

/// Errors of place and size, of the body height.
#[derive(Clone, Copy)]
struct Jitter {
    place: f32,
    size: f32,
}

/// Descriptions of one look under many conditions, packed in bytes: about 60 kB.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CharacterMeasurement {
    version: u32,
    /// Where the character stands in its own picture.
    pub(super) frame: Frame,
    /// Whether a model located the character; else the frame is the outline's.
    located: bool,
    /// The outline in the character's coordinates: left, top, right, bottom.
    pub(super) extent: [f32; 4],
    /// The untouched look first, then its conditions.
    coarse: Vec<u8>,
    near: Vec<u8>,
    fine: Vec<u8>,
    fine_misplaced: Vec<u8>,
    coarse_misplaced: Vec<u8>,
}

impl CharacterMeasurement {
    /// Describes a look whose character stands at `frame`. The same look and picture give the same
    /// measurement: conditions are drawn from a seed made of the look's id.
    #[must_use]
    pub fn measure(picture: &Picture, frame: &Frame, look: &Look) -> Self {
        let mut random = Rng::with_seed(seed_of(&look.id));
        let (mut coarse, mut near, mut fine) = (Vec::new(), Vec::new(), Vec::new());
        let (mut fine_misplaced, mut coarse_misplaced) = (Vec::new(), Vec::new());
        let shown = Opaque::of(picture);
        FINE.describe_cut(&FINE.cut(&shown, frame, 0), &mut fine);
        COARSE.describe_cut(&COARSE.cut(&shown, frame, 0), &mut coarse);
        near.clone_from(&coarse);
        for number in 0..CONDITIONS {
            let made = synthesise(picture, frame, number, &mut random);
            let (shown, stands) = (Opaque::of(&made.picture), &made.frame);
            describe_near(Pass::Fine, &shown, stands, &mut random, &mut fine);
            describe_near(Pass::Coarse, &shown, stands, &mut random, &mut coarse);
            describe_near(Pass::Near, &shown, stands, &mut random, &mut near);
            if number < MISPLACED {
                describe_misplaced(&FINE, &shown, stands, &mut random, &mut fine_misplaced);
                describe_misplaced(&COARSE, &shown, stands, &mut random, &mut coarse_misplaced);
            }
        }
        Self {
            version: VERSION,
            frame: *frame,
            located: false,
            extent: extent(picture, frame),
            coarse: pack(&coarse),
            near: pack(&near),
            fine: pack(&fine),
            fine_misplaced: pack(&fine_misplaced),
            coarse_misplaced: pack(&coarse_misplaced),
        }
    }

    /// Whether this version of the program made it.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.version == VERSION
    }

    /// Says that the frame was found by a model ([`super::CharacterModel::locate_labelled`]), not
    /// taken from the outline, which hats and pets enlarge.
    #[must_use]
    pub fn located(mut self) -> Self {
        self.located = true;
        self
    }

    pub(super) fn is_located(&self) -> bool {
        self.located
    }

    /// Number of descriptions in place.
    pub(super) fn placed_count(&self, pass: Pass) -> usize {
        self.packed(pass).len() / pass.window().dimensions()
    }

    fn packed(&self, pass: Pass) -> &[u8] {
        match pass {
            Pass::Coarse => &self.coarse,
            Pass::Near => &self.near,
            Pass::Fine => &self.fine,
        }
    }

    /// Descriptions in place, one after the other, the untouched look's first.
    pub(super) fn placed(&self, pass: Pass) -> Vec<f32> {
        let packed = self.packed(pass);
        let mut features = Vec::with_capacity(packed.len());
        unpack(packed, &mut features);
        features
    }

    /// The fine description of the look as it is.
    pub(super) fn untouched(&self) -> Vec<f32> {
        let mut features = Vec::with_capacity(FINE.dimensions());
        unpack(&self.fine[..FINE.dimensions().min(self.fine.len())], &mut features);
        features
    }

    /// Descriptions out of place.
    pub(super) fn misplaced(&self, pass: Pass) -> Vec<f32> {
        let packed = match pass {
            Pass::Coarse | Pass::Near => &self.coarse_misplaced,
            Pass::Fine => &self.fine_misplaced,
        };
        let mut features = Vec::with_capacity(packed.len());
        unpack(packed, &mut features);
        features
    }
}

/// Largest error of place and size that a description must stand: half the steps in which each pass
/// searches.
const fn jitter_of(pass: Pass) -> Jitter {
    match pass {
        Pass::Coarse => Jitter { place: 0.062, size: 0.09 },
        Pass::Near => Jitter { place: 0.032, size: 0.045 },
        Pass::Fine => Jitter { place: 0.03, size: 0.06 },
    }
}

fn describe_near(pass: Pass, shown: &Opaque<'_>, stands: &Frame, random: &mut Rng, to: &mut Vec<f32>) {
    let (window, jitter) = (pass.window(), jitter_of(pass));
    let mut around = |spread: f32| (2.0 * random.f32() - 1.0) * spread;
    let body_px = stands.height;
    let grown = stands.grown(1.0 + around(jitter.size));
    let frame = Frame {
        mirrored: false,
        // The fine search tries tilts in steps: its templates must stand what lies between them, the
        // coarse ones every tilt.
        rotation_degrees: if pass == Pass::Fine { nearest_tilt(stands.rotation_degrees) } else { 0.0 },
        ..grown.shifted(around(jitter.place) * body_px, around(jitter.place) * body_px)
    };
    window.describe_cut(&window.cut(shown, &frame, 0), to);
}

/// The tilt at which the search would look: see `search::TILT_STEP_DEGREES`.
fn nearest_tilt(rotation_degrees: f32) -> f32 {
    let step = super::search::TILT_STEP_DEGREES;
    (rotation_degrees / step).round() * step
}

fn describe_misplaced(
    window: &Window,
    shown: &Opaque<'_>,
    stands: &Frame,
    random: &mut Rng,
    to: &mut Vec<f32>,
) {
    let body = stands.height;
    let frame = loop {
        let mut around = |spread: f32| (2.0 * random.f32() - 1.0) * spread;
        let (right, down, grow) = (around(0.5), around(0.5), around(0.7));
        if right.abs().max(down.abs()) > 0.16 || grow.abs() > 0.3 {
            break Frame {
                centre_x: stands.centre_x + right * body,
                top: stands.top + down * body,
                height: body * grow.exp(),
                mirrored: random.bool(),
                rotation_degrees: 0.0,
            };
        }
    };
    window.describe_cut(&window.cut(shown, &frame, 0), to);
}

/// The outline of the character in its own coordinates; the usual body where it cannot be told.
fn extent(picture: &Picture, frame: &Frame) -> [f32; 4] {
    const USUAL: [f32; 4] = [-0.22, 0.0, 0.22, 1.0];
    let Some(foreground) = picture.foreground(200) else { return USUAL };
    let bounds = foreground.bounds;
    let corners =
        [(bounds.x, bounds.y), (bounds.right(), bounds.bottom())].map(|(x, y)| frame.to_character(x, y));
    let (left, right) = (corners[0].0.min(corners[1].0), corners[0].0.max(corners[1].0));
    [left.max(-1.0), corners[0].1.max(-0.5), right.min(1.0), corners[1].1.min(1.3)]
}
