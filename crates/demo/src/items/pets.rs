//! Pets, standing on their own ground at the origin, about 70 units high, facing right.

use crate::ink::{DARK, GOLD, Ink, WHITE};
use crate::painter::{Painter, Shade};
use crate::shape::{Point, circle, ellipse, limb, mixed, open, sharp, smooth};

/// Draws a pet with its shadow.
pub(crate) fn draw(painter: &mut Painter, design: usize) {
    painter.shadow((0.0, 1.0), 40.0, 11.0);
    match design {
        0 => {
            let jelly = Ink::fixed(0x6F_D08C);
            painter.shape(
                smooth(&[
                    (-38.0, -8.0),
                    (-34.0, -36.0),
                    (-8.0, -60.0),
                    (22.0, -52.0),
                    (38.0, -20.0),
                    (34.0, 0.0),
                    (0.0, 6.0),
                    (-32.0, 3.0),
                ]),
                jelly,
                Shade::Round,
            );
            painter.fill(
                smooth(&[(-22.0, -36.0), (-8.0, -50.0), (-2.0, -44.0), (-16.0, -30.0)]),
                jelly.times(1.4),
                Shade::Flat,
            );
            eyes(painter, (14.0, -26.0), 1.0);
            painter.line(open(&[(10.0, -10.0), (18.0, -6.0), (27.0, -11.0)]), DARK, 2.4);
        }
        1 => {
            let down = Ink::fixed(0xF8_D24A);
            for x in [-6.0, 10.0] {
                painter.line(open(&[(x, -10.0), (x, 2.0), (x + 9.0, 3.0)]), Ink::fixed(0xE0_7A28), 4.0);
            }
            painter.shape(
                mixed(&[
                    (0.0, -58.0, 0.5),
                    (-6.0, -74.0, 0.0),
                    (4.0, -66.0, 0.2),
                    (10.0, -78.0, 0.0),
                    (12.0, -58.0, 0.5),
                ]),
                down,
                Shade::Flat,
            );
            painter.shape(
                smooth(&[
                    (-32.0, -20.0),
                    (-18.0, -52.0),
                    (10.0, -60.0),
                    (32.0, -40.0),
                    (28.0, -12.0),
                    (4.0, -4.0),
                    (-22.0, -8.0),
                ]),
                down,
                Shade::Round,
            );
            painter.shape(
                smooth(&[(-30.0, -30.0), (-8.0, -34.0), (-4.0, -18.0), (-22.0, -12.0), (-42.0, -22.0)]),
                down.times(0.86),
                Shade::Under,
            );
            painter.shape(
                mixed(&[(26.0, -38.0, 0.3), (46.0, -30.0, 0.0), (26.0, -24.0, 0.3)]),
                Ink::fixed(0xE8_8A2A),
                Shade::Under,
            );
            eyes(painter, (14.0, -38.0), 0.8);
        }
        2 => {
            let fur = Ink::fixed(0x4A_4560);
            tail(painter, &[(-18.0, -10.0), (-44.0, -20.0), (-40.0, -54.0), (-52.0, -66.0)], fur, 8.0);
            painter.group(
                [
                    limb((-14.0, -18.0), (-16.0, 0.0), 9.0, 6.0),
                    limb((12.0, -18.0), (14.0, 0.0), 8.0, 6.0),
                    ellipse((-2.0, -22.0), 24.0, 17.0),
                ],
                fur,
                Shade::Round,
            );
            painter.shape(sharp(&[(-6.0, -56.0), (-4.0, -82.0), (12.0, -64.0)]), fur, Shade::Side);
            painter.shape(sharp(&[(20.0, -64.0), (34.0, -80.0), (36.0, -54.0)]), fur, Shade::Side);
            painter.shape(ellipse((16.0, -46.0), 25.0, 22.0), fur, Shade::Round);
            eyes(painter, (20.0, -48.0), 1.0);
            painter.fill(
                mixed(&[(24.0, -38.0, 0.4), (32.0, -38.0, 0.4), (28.0, -34.0, 0.4)]),
                Ink::fixed(0xE8_8AA0),
                Shade::Flat,
            );
        }
        3 => {
            let fur = Ink::fixed(0xE0_7A34);
            painter.shape(
                smooth(&[
                    (-10.0, -12.0),
                    (-36.0, -10.0),
                    (-58.0, -36.0),
                    (-56.0, -66.0),
                    (-40.0, -48.0),
                    (-26.0, -30.0),
                ]),
                fur,
                Shade::Side,
            );
            painter.fill(
                mixed(&[(-56.0, -66.0, 0.0), (-44.0, -52.0, 0.3), (-50.0, -48.0, 0.0), (-58.0, -44.0, 0.5)]),
                WHITE,
                Shade::Flat,
            );
            painter.group(
                [
                    limb((-12.0, -18.0), (-14.0, 0.0), 9.0, 6.0),
                    limb((12.0, -18.0), (13.0, 0.0), 8.0, 6.0),
                    ellipse((-2.0, -22.0), 23.0, 16.0),
                ],
                fur,
                Shade::Round,
            );
            painter.shape(
                mixed(&[(-8.0, -52.0, 0.3), (-10.0, -86.0, 0.0), (10.0, -64.0, 0.3)]),
                fur,
                Shade::Side,
            );
            painter.shape(
                mixed(&[(18.0, -64.0, 0.3), (36.0, -84.0, 0.0), (34.0, -54.0, 0.3)]),
                fur,
                Shade::Side,
            );
            painter.shape(
                smooth(&[
                    (-10.0, -46.0),
                    (6.0, -66.0),
                    (28.0, -62.0),
                    (38.0, -46.0),
                    (50.0, -36.0),
                    (34.0, -28.0),
                    (8.0, -28.0),
                ]),
                fur,
                Shade::Round,
            );
            painter.fill(
                smooth(&[(20.0, -36.0), (36.0, -40.0), (49.0, -36.0), (34.0, -29.0), (16.0, -29.0)]),
                WHITE,
                Shade::Flat,
            );
            painter.fill(circle((48.0, -37.0), 3.4), DARK, Shade::Flat);
            eyes(painter, (18.0, -46.0), 0.85);
        }
        4 => {
            painter.shape(
                smooth(&[(-18.0, -30.0), (18.0, -30.0), (24.0, -4.0), (0.0, 4.0), (-24.0, -4.0)]),
                Ink::fixed(0xF4_E4C8),
                Shade::Side,
            );
            painter.shape(
                mixed(&[
                    (-44.0, -28.0, 0.7),
                    (-34.0, -60.0, 0.9),
                    (0.0, -76.0, 0.9),
                    (36.0, -60.0, 0.9),
                    (46.0, -30.0, 0.7),
                    (0.0, -24.0, 0.8),
                ]),
                Ink::fixed(0xD6_3B3B),
                Shade::Round,
            );
            for (x, y, radius) in [(-20.0, -48.0, 8.0), (8.0, -60.0, 9.0), (30.0, -42.0, 6.0)] {
                painter.fill(ellipse((x, y), radius, radius * 0.8), WHITE, Shade::Flat);
            }
            eyes(painter, (6.0, -14.0), 0.7);
        }
        5 => {
            let wisp = Ink::fixed(0x6C_C6F4);
            painter.veil(circle((0.0, -44.0), 40.0), wisp, 0.22);
            painter.shape(
                mixed(&[
                    (-4.0, -90.0, 0.0),
                    (12.0, -70.0, 0.8),
                    (28.0, -46.0, 0.9),
                    (18.0, -20.0, 0.9),
                    (-6.0, -16.0, 0.9),
                    (-26.0, -36.0, 0.9),
                    (-20.0, -58.0, 0.6),
                    (-14.0, -52.0, 0.2),
                ]),
                wisp,
                Shade::Round,
            );
            painter.fill(
                mixed(&[
                    (2.0, -62.0, 0.1),
                    (16.0, -42.0, 0.9),
                    (8.0, -24.0, 0.9),
                    (-10.0, -26.0, 0.9),
                    (-12.0, -42.0, 0.8),
                ]),
                Ink::fixed(0xD6_F4FF),
                Shade::Flat,
            );
            eyes(painter, (6.0, -38.0), 0.8);
        }
        6 => {
            let skin = Ink::fixed(0x8F_C46A);
            for x in [-20.0, 14.0] {
                painter.shape(limb((x, -14.0), (x, 0.0), 9.0, 8.0), skin, Shade::Side);
            }
            painter.shape(circle((34.0, -34.0), 19.0), skin, Shade::Round);
            painter.shape(
                mixed(&[
                    (-42.0, -12.0, 0.4),
                    (-34.0, -44.0, 0.9),
                    (-4.0, -58.0, 0.9),
                    (22.0, -42.0, 0.9),
                    (28.0, -12.0, 0.4),
                    (-6.0, -6.0, 0.8),
                ]),
                Ink::fixed(0x3F_7F86),
                Shade::Round,
            );
            for line in [[(-22.0, -48.0), (-18.0, -10.0)], [(6.0, -54.0), (6.0, -10.0)]] {
                painter.line(open(&line), Ink::fixed(0x1E_4B50), 2.6);
            }
            eyes(painter, (36.0, -36.0), 0.72);
        }
        7 => {
            let scale = Ink::fixed(0xA8_4FC0);
            painter.shape(
                sharp(&[
                    (-10.0, -36.0),
                    (-48.0, -78.0),
                    (-40.0, -50.0),
                    (-58.0, -44.0),
                    (-38.0, -36.0),
                    (-46.0, -22.0),
                    (-14.0, -24.0),
                ]),
                Ink::fixed(0xE8_8A50),
                Shade::Side,
            );
            tail(painter, &[(-12.0, -8.0), (-38.0, -4.0), (-54.0, -18.0)], scale, 8.0);
            painter.group(
                [
                    ellipse((0.0, -20.0), 21.0, 20.0),
                    limb((-8.0, -10.0), (-8.0, 0.0), 9.0, 8.0),
                    limb((12.0, -10.0), (14.0, 0.0), 8.0, 7.0),
                ],
                scale,
                Shade::Round,
            );
            painter.fill(
                smooth(&[(4.0, -32.0), (16.0, -26.0), (14.0, -8.0), (2.0, -8.0)]),
                Ink::fixed(0xF4_D9A8),
                Shade::Flat,
            );
            painter.shape(sharp(&[(2.0, -66.0), (-8.0, -86.0), (14.0, -70.0)]), GOLD, Shade::Side);
            painter.shape(
                smooth(&[
                    (-6.0, -54.0),
                    (8.0, -72.0),
                    (28.0, -66.0),
                    (46.0, -50.0),
                    (44.0, -38.0),
                    (20.0, -34.0),
                    (0.0, -38.0),
                ]),
                scale,
                Shade::Round,
            );
            painter.fill(circle((41.0, -49.0), 1.8), DARK, Shade::Flat);
            eyes(painter, (16.0, -54.0), 0.8);
        }
        _ => {
            let pink = Ink::fixed(0xF2_A0B0);
            tail(painter, &[(-30.0, -30.0), (-44.0, -38.0), (-38.0, -48.0), (-46.0, -54.0)], pink, 4.0);
            for x in [-16.0, 14.0] {
                painter.shape(limb((x, -12.0), (x, 0.0), 8.0, 7.0), pink, Shade::Side);
            }
            painter.shape(circle((0.0, -34.0), 34.0), pink, Shade::Round);
            painter.shape(
                mixed(&[(-14.0, -60.0, 0.4), (-22.0, -80.0, 0.1), (2.0, -70.0, 0.4)]),
                pink.times(0.9),
                Shade::Side,
            );
            painter.shape(
                mixed(&[(16.0, -66.0, 0.4), (34.0, -76.0, 0.1), (30.0, -56.0, 0.4)]),
                pink.times(0.9),
                Shade::Side,
            );
            painter.shape(ellipse((28.0, -28.0), 12.0, 10.0), pink.times(0.86), Shade::Round);
            for x in [24.0, 32.0] {
                painter.fill(ellipse((x, -28.0), 2.2, 3.6), DARK, Shade::Flat);
            }
            eyes(painter, (18.0, -44.0), 0.8);
        }
    }
}

/// Two round eyes, the right one a little narrower.
fn eyes(painter: &mut Painter, middle: Point, size: f32) {
    painter.at(middle, size, |painter| {
        for (x, wide) in [(-9.0, 7.0), (11.0, 5.8)] {
            painter.line(ellipse((x, 0.0), wide, 8.6), DARK, 2.2);
            painter.fill(ellipse((x, 0.0), wide, 8.6), WHITE, Shade::Flat);
            painter.fill(ellipse((x + 1.6, 0.8), wide * 0.62, 6.0), DARK, Shade::Flat);
            painter.fill(circle((x + 3.0, -2.4), 1.9), WHITE, Shade::Flat);
        }
    });
}

fn tail(painter: &mut Painter, points: &[Point], ink: Ink, width: f32) {
    painter.line(open(points), ink.times(0.27), width + 4.0);
    painter.line(open(points), ink, width);
}
