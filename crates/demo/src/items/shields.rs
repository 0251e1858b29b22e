//! Shields, around their own middle, about 45 units in radius.

use crate::ink::{GOLD, Ink, MAIN, SECOND, TRIM, WHITE};
use crate::painter::{Painter, Shade};
use crate::shape::{circle, ellipse, mixed, open, sharp, smooth, star, turn};

const WOOD: Ink = Ink::fixed(0xA8_7242);
const STEEL: Ink = Ink::fixed(0x9A_A6B4);

/// Draws a shield.
pub(crate) fn draw(painter: &mut Painter, design: usize) {
    match design {
        0 => {
            painter.shape(ellipse((0.0, 0.0), 40.0, 45.0), WOOD, Shade::Round);
            for x in [-22.0, -7.0, 8.0, 23.0] {
                painter.line(open(&[(x, -36.0), (x + 1.0, 36.0)]), WOOD.times(0.6), 2.2);
            }
            painter.line(ellipse((0.0, 0.0), 37.0, 42.0), STEEL, 6.0);
            painter.shape(circle((2.0, 0.0), 12.0), STEEL, Shade::Round);
        }
        1 => {
            let blue = Ink::fixed(0x2F_5FA8);
            painter.shape(
                mixed(&[
                    (-36.0, -40.0, 0.1),
                    (0.0, -48.0, 0.7),
                    (36.0, -40.0, 0.1),
                    (36.0, 6.0, 0.8),
                    (0.0, 54.0, 0.0),
                    (-36.0, 6.0, 0.8),
                ]),
                STEEL,
                Shade::Side,
            );
            painter.fill(
                mixed(&[
                    (-28.0, -33.0, 0.1),
                    (0.0, -40.0, 0.7),
                    (28.0, -33.0, 0.1),
                    (28.0, 4.0, 0.8),
                    (0.0, 43.0, 0.0),
                    (-28.0, 4.0, 0.8),
                ]),
                blue,
                Shade::Side,
            );
            painter.fill(
                sharp(&[
                    (-5.0, -39.0),
                    (5.0, -39.0),
                    (5.0, -10.0),
                    (28.0, -10.0),
                    (28.0, 0.0),
                    (5.0, 0.0),
                    (5.0, 38.0),
                    (-5.0, 38.0),
                    (-5.0, 0.0),
                    (-28.0, 0.0),
                    (-28.0, -10.0),
                    (-5.0, -10.0),
                ]),
                WHITE,
                Shade::Flat,
            );
        }
        2 => {
            painter.shape(
                mixed(&[
                    (-34.0, -58.0, 0.3),
                    (34.0, -58.0, 0.3),
                    (38.0, 0.0, 0.6),
                    (32.0, 58.0, 0.3),
                    (-32.0, 58.0, 0.3),
                    (-38.0, 0.0, 0.6),
                ]),
                MAIN,
                Shade::Side,
            );
            painter.line(
                mixed(&[
                    (-29.0, -52.0, 0.3),
                    (29.0, -52.0, 0.3),
                    (32.0, 0.0, 0.6),
                    (27.0, 52.0, 0.3),
                    (-27.0, 52.0, 0.3),
                    (-32.0, 0.0, 0.6),
                ]),
                TRIM,
                5.0,
            );
            painter.shape(star((0.0, 0.0), 12, 26.0, 15.0), GOLD, Shade::Round);
            painter.fill(circle((0.0, 0.0), 9.0), GOLD.times(1.3), Shade::Flat);
        }
        3 => {
            for step in 0..8u8 {
                let (sine, cosine) = turn(f32::from(step) / 8.0 + 0.06);
                let (nx, ny) = (-sine * 8.0, cosine * 8.0);
                painter.shape(
                    sharp(&[
                        (cosine * 32.0 + nx, sine * 32.0 + ny),
                        (cosine * 58.0, sine * 58.0),
                        (cosine * 32.0 - nx, sine * 32.0 - ny),
                    ]),
                    Ink::fixed(0xE8_E0CC),
                    Shade::Side,
                );
            }
            painter.shape(circle((0.0, 0.0), 38.0), Ink::fixed(0x8E_2F3C), Shade::Round);
            painter.line(circle((0.0, 0.0), 26.0), Ink::fixed(0x4A_1620), 3.0);
            painter.shape(circle((1.0, -1.0), 14.0), STEEL, Shade::Round);
        }
        4 => {
            let green = Ink::fixed(0x5F_AE46);
            painter.turned((0.0, 0.0), 1.0, 0.06, |painter| {
                painter.shape(
                    mixed(&[
                        (0.0, -62.0, 0.0),
                        (34.0, -22.0, 0.9),
                        (34.0, 18.0, 0.9),
                        (0.0, 54.0, 0.1),
                        (-34.0, 18.0, 0.9),
                        (-34.0, -22.0, 0.9),
                    ]),
                    green,
                    Shade::Side,
                );
                painter.line(open(&[(0.0, -50.0), (0.0, 60.0)]), green.times(0.5), 3.4);
                for y in [-24.0, -4.0, 16.0] {
                    painter.line(
                        open(&[(-24.0, y - 10.0), (0.0, y + 6.0), (24.0, y - 10.0)]),
                        green.times(0.55),
                        2.2,
                    );
                }
            });
        }
        5 => {
            let shell = Ink::fixed(0x8C_7A3A);
            painter.shape(ellipse((0.0, 0.0), 44.0, 50.0), Ink::fixed(0xC8_B46A), Shade::Flat);
            painter.shape(ellipse((0.0, 0.0), 36.0, 42.0), shell, Shade::Round);
            painter.shape(star((0.0, 0.0), 6, 17.0, 14.8), shell.times(1.25), Shade::Round);
            for step in 0..6u8 {
                let (sine, cosine) = turn(f32::from(step) / 6.0 - 0.25);
                painter.line(
                    open(&[(cosine * 17.0, sine * 17.0), (cosine * 34.0, sine * 40.0)]),
                    shell.times(0.45),
                    2.6,
                );
            }
        }
        6 => {
            painter.shape(
                mixed(&[
                    (16.0, -56.0, 0.0),
                    (-24.0, -44.0, 0.9),
                    (-44.0, 0.0, 0.9),
                    (-24.0, 44.0, 0.9),
                    (16.0, 56.0, 0.0),
                    (-4.0, 30.0, 0.9),
                    (-10.0, 0.0, 0.9),
                    (-4.0, -30.0, 0.9),
                ]),
                Ink::fixed(0xC9_D4E4),
                Shade::Side,
            );
            painter.shape(circle((12.0, 0.0), 19.0), Ink::fixed(0x46_5CA8), Shade::Round);
            painter.fill(star((12.0, 0.0), 4, 13.0, 4.0), WHITE, Shade::Flat);
        }
        7 => {
            let bronze = Ink::fixed(0xB8_7D3C);
            painter.shape(star((0.0, 0.0), 10, 50.0, 38.0), bronze, Shade::Round);
            painter.shape(circle((0.0, 0.0), 32.0), SECOND, Shade::Round);
            painter.line(circle((0.0, 0.0), 22.0), bronze, 4.0);
            painter.shape(star((0.0, 0.0), 6, 14.0, 9.0), bronze.times(1.2), Shade::Round);
        }
        _ => {
            let glass = Ink::fixed(0xB0_7CE0);
            painter.shape(
                sharp(&[
                    (0.0, -62.0),
                    (32.0, -26.0),
                    (36.0, 20.0),
                    (0.0, 60.0),
                    (-36.0, 20.0),
                    (-32.0, -26.0),
                ]),
                glass,
                Shade::Side,
            );
            painter.fill(
                sharp(&[(0.0, -62.0), (10.0, -20.0), (0.0, 14.0), (-32.0, -26.0)]),
                glass.times(1.25),
                Shade::Flat,
            );
            painter.fill(sharp(&[(0.0, 14.0), (36.0, 20.0), (0.0, 60.0)]), glass.times(0.66), Shade::Flat);
            painter.line(open(&[(-16.0, -36.0), (-22.0, 6.0)]), WHITE, 3.2);
            painter.line(smooth(&[(0.0, -8.0), (7.0, 2.0), (0.0, 12.0), (-7.0, 2.0)]), WHITE, 2.0);
        }
    }
}
