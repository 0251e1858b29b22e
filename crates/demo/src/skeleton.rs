//! Where the joints of a body are.
//!
//! All art hangs on joints, so that one drawing of a boot or a hat serves every build and pose.
//! Design units: origin on the ground between the feet, y down (so bodies are at negative y), the
//! character facing right in three-quarter view. *Near* is the side on the left of the picture.

use crate::shape::Point;

/// How a character stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pose {
    /// At rest, arms hanging.
    #[default]
    Rest,
    /// On guard, one fist raised.
    Guard,
    /// In the middle of a step.
    Walk,
}

impl Pose {
    /// All poses.
    pub const ALL: [Self; 3] = [Self::Rest, Self::Guard, Self::Walk];
}

/// The measures of one class and sex, design units.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Build {
    /// Height of the hips.
    pub(crate) leg: f32,
    /// From the hips to the shoulders.
    pub(crate) torso: f32,
    /// Half widths.
    pub(crate) shoulder: f32,
    pub(crate) waist: f32,
    pub(crate) hip: f32,
    /// How far the chest stands out.
    pub(crate) bust: f32,
    /// Radii at the shoulder and at the hip.
    pub(crate) arm: f32,
    pub(crate) thigh: f32,
    /// Head size; 1 is a radius of 50.
    pub(crate) head: f32,
    /// How far the feet stand apart.
    pub(crate) stance: f32,
    /// How far the head is held forward.
    pub(crate) lean: f32,
}

/// A limb's three joints, from the body outwards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limb {
    pub(crate) root: Point,
    pub(crate) bend: Point,
    pub(crate) end: Point,
}

/// Every joint of a body in a pose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Skeleton {
    pub(crate) build: Build,
    /// Height of the shoulders (negative).
    pub(crate) shoulder_y: f32,
    /// Height of the hips (negative).
    pub(crate) hip_y: f32,
    pub(crate) neck: Point,
    pub(crate) head: Point,
    pub(crate) near_arm: Limb,
    pub(crate) far_arm: Limb,
    pub(crate) near_leg: Limb,
    pub(crate) far_leg: Limb,
}

impl Skeleton {
    /// Places the joints.
    pub(crate) fn new(build: Build, pose: Pose) -> Self {
        let (hip_y, shoulder_y) = (-build.leg, -build.leg - build.torso);
        let reach = build.torso * 0.5;
        let near_shoulder = (-build.shoulder + 3.0, shoulder_y + 12.0);
        let far_shoulder = (build.shoulder * 0.84 + 7.0, shoulder_y + 12.0);
        // Elbow and hand of both arms from the shoulder, in arm lengths; then both feet.
        let (near, far, feet) = match pose {
            Pose::Rest => (
                [(-0.26, 0.84), (-0.22, 1.62)],
                [(0.24, 0.8), (0.22, 1.5)],
                [(-build.stance, -7.0), (build.stance + 8.0, -20.0)],
            ),
            Pose::Guard => (
                [(-0.66, 0.62), (-0.2, 1.26)],
                [(0.56, 0.48), (0.92, -0.2)],
                [(-build.stance * 1.5, -7.0), (build.stance * 1.4 + 10.0, -22.0)],
            ),
            Pose::Walk => (
                [(-0.5, 0.72), (-0.78, 1.36)],
                [(0.32, 0.76), (0.86, 1.12)],
                [(-build.stance * 1.9, -12.0), (build.stance * 1.3 + 18.0, -8.0)],
            ),
        };
        let arm = |root: Point, joints: [(f32, f32); 2]| {
            let place = |joint: (f32, f32)| (root.0 + joint.0 * reach, root.1 + joint.1 * reach);
            Limb { root, bend: place(joints[0]), end: place(joints[1]) }
        };
        let leg = |root: Point, end: Point, bulge: f32| {
            let bend = ((root.0 + end.0) / 2.0 + bulge, root.1 * 0.52 + end.1 * 0.48);
            Limb { root, bend, end }
        };
        let stride = if pose == Pose::Walk { 6.0 } else { 0.0 };
        Self {
            build,
            shoulder_y,
            hip_y,
            neck: (7.0 + build.lean * 0.3, shoulder_y),
            head: (12.0 + build.lean, shoulder_y - 43.0 * build.head),
            near_arm: arm(near_shoulder, near),
            far_arm: arm(far_shoulder, far),
            near_leg: leg((-build.hip * 0.48, hip_y + 4.0), feet[0], 3.0 + stride),
            far_leg: leg((build.hip * 0.46 + 5.0, hip_y + 4.0), feet[1], 4.0 + stride),
        }
    }

    /// A point of the near (left) outline of the torso at a share of its height, 0 at the shoulders.
    pub(crate) fn side(&self, share: f32) -> f32 {
        let build = &self.build;
        if share < 0.66 {
            build.shoulder * 0.86 + (build.waist - build.shoulder * 0.86) * (share / 0.66)
        } else {
            build.waist + (build.hip - build.waist) * ((share - 0.66) / 0.34)
        }
    }

    /// Height at a share of the torso, 0 at the shoulders, 1 at the hips.
    pub(crate) fn height(&self, share: f32) -> f32 {
        self.shoulder_y + self.build.torso * share
    }
}
