//! What sets the peoples apart: ears, horns, fins and tails.

use crate::classes::{Ears, Horns, Tail};
use crate::ink::{HAIR, Ink, SKIN};
use crate::painter::{Painter, Shade};
use crate::shape::{Point, circle, ellipse, limb, mixed, open, sharp, smooth};

const BONE: Ink = Ink::fixed(0xE8_DDC2);

/// Ears that stand up behind the hair, in head coordinates.
pub(crate) fn ears_behind(painter: &mut Painter, ears: Ears) {
    let pair: [(f32, f32, f32); 2] = [(-26.0, -36.0, -1.0), (30.0, -40.0, 0.8)];
    match ears {
        Ears::Cat => {
            for (x, y, side) in pair {
                painter.shape(
                    mixed(&[
                        (x - 17.0, y + 10.0, 0.3),
                        (x + side * 14.0, y - 40.0, 0.0),
                        (x + 17.0, y + 6.0, 0.3),
                    ]),
                    HAIR,
                    Shade::Side,
                );
                painter.fill(
                    mixed(&[
                        (x - 8.0 + side * 4.0, y, 0.3),
                        (x + side * 12.0, y - 28.0, 0.0),
                        (x + 9.0 + side * 4.0, y, 0.3),
                    ]),
                    SKIN.times(1.1),
                    Shade::Flat,
                );
            }
        }
        Ears::Fox => {
            for (x, y, side) in pair {
                painter.shape(
                    mixed(&[
                        (x - 20.0, y + 12.0, 0.4),
                        (x + side * 20.0 - 8.0, y - 34.0, 0.6),
                        (x + side * 26.0, y - 62.0, 0.0),
                        (x + side * 12.0 + 14.0, y - 26.0, 0.6),
                        (x + 20.0, y + 10.0, 0.4),
                    ]),
                    HAIR,
                    Shade::Side,
                );
                painter.fill(
                    mixed(&[
                        (x - 10.0, y, 0.4),
                        (x + side * 23.0, y - 48.0, 0.0),
                        (x + 10.0 + side * 3.0, y, 0.4),
                    ]),
                    SKIN.times(1.1),
                    Shade::Flat,
                );
                painter.fill(
                    mixed(&[
                        (x + side * 26.0, y - 60.0, 0.0),
                        (x + side * 17.0 - 6.0, y - 40.0, 0.3),
                        (x + side * 20.0 + 6.0, y - 40.0, 0.3),
                    ]),
                    HAIR.times(0.4),
                    Shade::Flat,
                );
            }
        }
        Ears::Rabbit => {
            painter.turned((28.0, -42.0), 1.0, 0.035, |painter| rabbit_ear(painter, 0.92));
            painter.turned((-20.0, -40.0), 1.0, -0.05, |painter| rabbit_ear(painter, 1.0));
        }
        Ears::Round => {
            for (x, y) in [(-38.0, -42.0), (40.0, -44.0)] {
                painter.shape(circle((x, y), 19.0), HAIR, Shade::Round);
                painter.fill(circle((x + 1.0, y + 2.0), 11.0), SKIN.times(1.1), Shade::Flat);
            }
        }
        Ears::None | Ears::Human | Ears::Elf | Ears::Fins | Ears::Long => {}
    }
}

fn rabbit_ear(painter: &mut Painter, size: f32) {
    painter.at((0.0, 0.0), size, |painter| {
        painter.shape(
            smooth(&[(-12.0, 4.0), (-18.0, -44.0), (-8.0, -82.0), (6.0, -84.0), (16.0, -46.0), (12.0, 4.0)]),
            HAIR,
            Shade::Side,
        );
        painter.fill(
            smooth(&[(-5.0, -4.0), (-9.0, -42.0), (-2.0, -70.0), (8.0, -44.0), (6.0, -4.0)]),
            SKIN.times(1.08),
            Shade::Flat,
        );
    });
}

/// Ears at the side of the head, over the hair.
pub(crate) fn ears_beside(painter: &mut Painter, ears: Ears) {
    match ears {
        Ears::Human => {
            painter.shape(ellipse((-26.0, 8.0), 9.0, 13.0), SKIN, Shade::Round);
            painter.line(open(&[(-28.0, 2.0), (-23.0, 8.0), (-27.0, 13.0)]), SKIN.times(0.6), 1.8);
        }
        Ears::Elf => {
            painter.shape(
                mixed(&[
                    (-18.0, -4.0, 0.5),
                    (-44.0, -18.0, 0.8),
                    (-78.0, -22.0, 0.0),
                    (-52.0, 8.0, 0.8),
                    (-22.0, 22.0, 0.6),
                ]),
                SKIN,
                Shade::Under,
            );
            painter.line(open(&[(-26.0, 8.0), (-42.0, -4.0), (-58.0, -12.0)]), SKIN.times(0.6), 2.0);
        }
        Ears::Long => {
            painter.shape(
                mixed(&[
                    (-20.0, -6.0, 0.5),
                    (-48.0, -10.0, 0.9),
                    (-72.0, 18.0, 0.8),
                    (-76.0, 44.0, 0.1),
                    (-50.0, 30.0, 0.8),
                    (-22.0, 18.0, 0.6),
                ]),
                SKIN,
                Shade::Under,
            );
            painter.line(open(&[(-28.0, 6.0), (-48.0, 8.0), (-62.0, 24.0)]), SKIN.times(0.6), 2.0);
        }
        Ears::Fins => {
            painter.shape(
                sharp(&[
                    (-18.0, -10.0),
                    (-64.0, -42.0),
                    (-52.0, -16.0),
                    (-78.0, -4.0),
                    (-54.0, 6.0),
                    (-64.0, 30.0),
                    (-20.0, 22.0),
                ]),
                SKIN.times(0.92),
                Shade::Side,
            );
            for tip in [(-54.0, -34.0), (-64.0, -4.0), (-54.0, 24.0)] {
                painter.line(open(&[(-24.0, 4.0), tip]), SKIN.times(0.55), 2.0);
            }
        }
        Ears::None | Ears::Cat | Ears::Fox | Ears::Rabbit | Ears::Round => {}
    }
}

/// Horns and antennae, in head coordinates.
pub(crate) fn horns(painter: &mut Painter, horns: Horns) {
    match horns {
        Horns::None => {}
        Horns::Ram => {
            painter.shape(
                smooth(&[
                    (-8.0, -46.0),
                    (-40.0, -62.0),
                    (-70.0, -38.0),
                    (-68.0, 2.0),
                    (-44.0, 18.0),
                    (-26.0, 2.0),
                    (-34.0, -10.0),
                    (-46.0, 0.0),
                    (-54.0, -14.0),
                    (-42.0, -32.0),
                    (-20.0, -26.0),
                ]),
                BONE,
                Shade::Round,
            );
            for line in [
                [(-30.0, -56.0), (-28.0, -34.0)],
                [(-56.0, -50.0), (-44.0, -32.0)],
                [(-70.0, -22.0), (-54.0, -16.0)],
                [(-64.0, 8.0), (-50.0, -2.0)],
            ] {
                painter.line(open(&line), BONE.times(0.6), 2.4);
            }
            painter.shape(
                mixed(&[
                    (34.0, -46.0, 0.5),
                    (52.0, -54.0, 0.9),
                    (66.0, -36.0, 0.9),
                    (62.0, -12.0, 0.2),
                    (52.0, -24.0, 0.8),
                    (40.0, -30.0, 0.6),
                ]),
                BONE,
                Shade::Round,
            );
        }
        Horns::Bull => {
            painter.shape(
                mixed(&[
                    (-34.0, -28.0, 0.5),
                    (-62.0, -32.0, 0.9),
                    (-78.0, -62.0, 0.8),
                    (-70.0, -84.0, 0.0),
                    (-58.0, -58.0, 0.8),
                    (-30.0, -48.0, 0.6),
                ]),
                BONE,
                Shade::Under,
            );
            painter.shape(
                mixed(&[
                    (40.0, -34.0, 0.5),
                    (62.0, -40.0, 0.9),
                    (74.0, -66.0, 0.8),
                    (64.0, -84.0, 0.0),
                    (56.0, -62.0, 0.8),
                    (34.0, -50.0, 0.6),
                ]),
                BONE,
                Shade::Under,
            );
        }
        Horns::Antennae => {
            for (root, bend, tip) in [
                ((-6.0, -52.0), (-22.0, -86.0), (-52.0, -98.0)),
                ((16.0, -54.0), (26.0, -90.0), (54.0, -104.0)),
            ] {
                let line: [Point; 3] = [root, bend, tip];
                painter.line(open(&line), HAIR.times(0.27), 7.6);
                painter.line(open(&line), HAIR, 4.0);
                painter.shape(ellipse(tip, 12.0, 8.0), HAIR.times(1.2), Shade::Round);
            }
        }
        Horns::Leaves => {
            for (part, size) in [(-0.13, 0.9), (0.1, 0.85), (-0.02, 1.1)] {
                painter.turned((2.0, -52.0), size, part, |painter| {
                    painter.shape(
                        mixed(&[(0.0, 6.0, 0.2), (-17.0, -22.0, 0.9), (0.0, -60.0, 0.0), (17.0, -22.0, 0.9)]),
                        Ink::fixed(0x6F_B548),
                        Shade::Side,
                    );
                    painter.line(open(&[(0.0, 0.0), (0.0, -40.0)]), Ink::fixed(0x3C_7330), 2.0);
                });
            }
        }
        Horns::Fin => painter.shape(
            mixed(&[
                (26.0, -46.0, 0.3),
                (22.0, -78.0, 0.0),
                (4.0, -66.0, 0.3),
                (-14.0, -92.0, 0.0),
                (-28.0, -68.0, 0.3),
                (-54.0, -80.0, 0.0),
                (-52.0, -48.0, 0.3),
                (-76.0, -44.0, 0.0),
                (-58.0, -20.0, 0.3),
                (-66.0, -2.0, 0.0),
                (-40.0, 4.0, 0.4),
                (-28.0, -36.0, 0.8),
            ]),
            HAIR,
            Shade::Side,
        ),
        Horns::Crystals => {
            for (x, y, tip_x, tip_y, half) in [
                (-34.0, -36.0, -56.0, -78.0, 11.0),
                (34.0, -42.0, 52.0, -80.0, 10.0),
                (-10.0, -46.0, -20.0, -100.0, 13.0),
                (14.0, -48.0, 20.0, -84.0, 11.0),
            ] {
                painter.shape(
                    sharp(&[
                        (x - half, y),
                        (tip_x - half * 0.6, tip_y + 14.0),
                        (tip_x, tip_y),
                        (tip_x + half * 0.6, tip_y + 12.0),
                        (x + half, y),
                    ]),
                    HAIR,
                    Shade::Side,
                );
                painter.line(open(&[(x, y - 4.0), (tip_x, tip_y + 8.0)]), HAIR.times(1.5), 2.0);
            }
        }
    }
}

/// A tail from the hips to the left, in body coordinates moved to the hips.
pub(crate) fn tail(painter: &mut Painter, tail: Tail) {
    match tail {
        Tail::None => {}
        Tail::Cat => {
            let line = open(&[(-8.0, 0.0), (-44.0, 22.0), (-66.0, -2.0), (-58.0, -44.0), (-76.0, -62.0)]);
            painter.line(line.clone(), HAIR.times(0.27), 17.0);
            painter.line(line, HAIR, 12.6);
            painter.line(open(&[(-62.0, -46.0), (-76.0, -62.0)]), HAIR.times(1.4), 12.6);
        }
        Tail::Bushy => {
            painter.shape(
                smooth(&[
                    (-6.0, -6.0),
                    (-42.0, -8.0),
                    (-74.0, -44.0),
                    (-86.0, -96.0),
                    (-104.0, -52.0),
                    (-98.0, 4.0),
                    (-66.0, 34.0),
                    (-8.0, 16.0),
                ]),
                HAIR,
                Shade::Side,
            );
            painter.fill(
                mixed(&[
                    (-86.0, -94.0, 0.0),
                    (-76.0, -56.0, 0.5),
                    (-86.0, -48.0, 0.0),
                    (-90.0, -36.0, 0.0),
                    (-97.0, -48.0, 0.0),
                    (-102.0, -40.0, 0.5),
                    (-102.0, -62.0, 0.8),
                ]),
                HAIR.times(1.6),
                Shade::Flat,
            );
        }
        Tail::Puff => painter.shape(circle((-32.0, 6.0), 17.0), HAIR.times(1.2), Shade::Round),
        Tail::Lizard => {
            painter.shape(
                mixed(&[
                    (4.0, -14.0, 0.8),
                    (-40.0, 6.0, 0.9),
                    (-72.0, 44.0, 0.9),
                    (-108.0, 62.0, 0.8),
                    (-128.0, 50.0, 0.0),
                    (-112.0, 80.0, 0.9),
                    (-66.0, 78.0, 0.9),
                    (-22.0, 46.0, 0.9),
                    (10.0, 20.0, 0.8),
                ]),
                SKIN,
                Shade::Under,
            );
            for (x, y) in [(-28.0, -2.0), (-50.0, 16.0), (-70.0, 38.0), (-92.0, 52.0)] {
                painter.shape(
                    sharp(&[(x - 8.0, y + 5.0), (x - 14.0, y - 14.0), (x + 7.0, y - 3.0)]),
                    HAIR,
                    Shade::Side,
                );
            }
        }
        Tail::Fish => {
            painter.shape(limb((-4.0, 4.0), (-58.0, 34.0), 15.0, 7.0), SKIN, Shade::Under);
            painter.shape(
                mixed(&[
                    (-52.0, 32.0, 0.3),
                    (-76.0, 0.0, 0.8),
                    (-102.0, -6.0, 0.0),
                    (-88.0, 34.0, 0.5),
                    (-104.0, 70.0, 0.0),
                    (-70.0, 60.0, 0.8),
                ]),
                SKIN.times(0.9),
                Shade::Side,
            );
        }
        Tail::Feathers => {
            for (part, length) in [(-0.36, 1.0), (-0.31, 1.1), (-0.26, 0.95)] {
                painter.turned((-8.0, 0.0), length, part, |painter| {
                    painter.shape(
                        mixed(&[(0.0, 4.0, 0.2), (-13.0, -40.0, 0.9), (0.0, -92.0, 0.3), (13.0, -40.0, 0.9)]),
                        HAIR,
                        Shade::Side,
                    );
                    painter.line(open(&[(0.0, 0.0), (0.0, -76.0)]), HAIR.times(0.6), 1.8);
                });
            }
        }
    }
}
