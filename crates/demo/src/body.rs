//! The whole character, back to front.

use lorgnon_look::{Slot, SlotMap};
use tiny_skia::Transform;

use crate::classes::{ClassArt, Hair};
use crate::ink::SKIN;
use crate::items::{capes, costumes, hats, pets, shields, shoulders, wings};
use crate::painter::{Painter, Shade};
use crate::shape::{between, limb};
use crate::skeleton::{Pose, Skeleton};
use crate::{hair, head, limbs, nature, torso, trimmings};

/// How much darker the limbs on the far side are.
const FAR: f32 = 0.84;

/// Everything one character consists of.
pub(crate) struct Character {
    pub(crate) art: ClassArt,
    pub(crate) female: bool,
    pub(crate) pose: Pose,
    pub(crate) head: usize,
    /// The design worn in each slot.
    pub(crate) worn: SlotMap<Option<usize>>,
}

impl Character {
    /// Paints it with its shadow, the origin between its feet.
    pub(crate) fn paint(&self, painter: &mut Painter) {
        let Self { art, female, worn, .. } = self;
        let skeleton = Skeleton::new(art.build, self.pose);
        let build = &art.build;
        let outfit = worn[Slot::Costume].map_or(art.outfit, costumes::outfit);
        let head_size = build.head;

        painter.shadow((4.0, -6.0), build.hip + 44.0, 23.0);
        if let Some(design) = worn[Slot::Ailes] {
            let y = skeleton.height(0.3);
            painter.placed(Transform::from_row(-0.72, 0.0, 0.0, 0.86, 24.0, y), |painter| {
                wings::draw(painter, design)
            });
            painter.at((-12.0, y), 1.0, |painter| wings::draw(painter, design));
        }
        painter.at((-6.0, skeleton.hip_y - 2.0), 0.96, |painter| nature::tail(painter, art.tail));
        if let Some(design) = worn[Slot::Cape] {
            capes::behind(painter, &skeleton, design);
        }
        let style = art.hair[self.head % art.hair.len()];
        // Under a hood or a cap, heads differ by what hangs out of it.
        let covered = matches!(style, Hair::Cap | Hair::Hood);
        let hanging =
            if covered { [style, Hair::Long, Hair::Braids, Hair::Curls][self.head % 4] } else { style };
        painter.at(skeleton.head, head_size, |painter| hair::behind(painter, hanging));

        limbs::arm(painter, &skeleton, &skeleton.far_arm, &outfit, FAR);
        limbs::leg(painter, &skeleton, &skeleton.far_leg, &outfit, FAR);
        limbs::leg(painter, &skeleton, &skeleton.near_leg, &outfit, 1.0);
        let neck = between(skeleton.neck, skeleton.head, 0.4);
        painter.shape(
            limb((skeleton.neck.0, skeleton.neck.1 + 4.0), neck, 11.0, 11.0),
            SKIN.times(0.8),
            Shade::Flat,
        );
        torso::torso(painter, &skeleton, &outfit, *female);
        if let Some(design) = worn[Slot::Cape] {
            capes::front(painter, &skeleton, design);
        }
        trimmings::neckwear(painter, &skeleton, &outfit);
        if let Some(design) = worn[Slot::Epauliere] {
            let (x, y) = skeleton.far_arm.root;
            let size = 0.72 + build.arm / 60.0;
            painter.placed(Transform::from_row(-size, 0.0, 0.0, size, x - 2.0, y - 3.0), |painter| {
                shoulders::draw(painter, design)
            });
        }
        self.paint_head(painter, &skeleton, style);

        limbs::arm(painter, &skeleton, &skeleton.near_arm, &outfit, 1.0);
        if let Some(design) = worn[Slot::Epauliere] {
            let (x, y) = skeleton.near_arm.root;
            painter
                .at((x - 1.0, y - 2.0), 0.86 + build.arm / 60.0, |painter| shoulders::draw(painter, design));
        }
        if let Some(design) = worn[Slot::Bouclier] {
            let (x, y) = between(skeleton.near_arm.bend, skeleton.near_arm.end, 0.7);
            painter.at((x - 12.0, y + 4.0), 0.92, |painter| shields::draw(painter, design));
        }
        if let Some(design) = worn[Slot::Familier] {
            painter.at((-build.hip - 62.0, 12.0), 0.95, |painter| pets::draw(painter, design));
        }
    }

    fn paint_head(&self, painter: &mut Painter, skeleton: &Skeleton, style: Hair) {
        let Self { art, female, .. } = self;
        painter.at(skeleton.head, art.build.head, |painter| {
            nature::ears_behind(painter, art.ears);
            painter.shape(head::skull(art.face.kind, *female), SKIN, Shade::Round);
            head::face(painter, &art.face, *female, self.head);
            hair::over(painter, style);
            nature::ears_beside(painter, art.ears);
            nature::horns(painter, art.horns);
            if let Some(design) = self.worn[Slot::Coiffe] {
                hats::draw(painter, design);
            }
        });
    }
}
