//! Shoulder pads, around the near shoulder; the far one is the same, mirrored and smaller.

use crate::ink::{GOLD, Ink, LEATHER, MAIN, TRIM, WHITE};
use crate::painter::{Painter, Shade};
use crate::shape::{circle, ellipse, mixed, open, sharp, star, turn};

/// Draws one shoulder pad.
pub(crate) fn draw(painter: &mut Painter, design: usize) {
    let dome = || {
        mixed(&[
            (-22.0, 12.0, 0.3),
            (-24.0, -8.0, 0.9),
            (-6.0, -22.0, 0.9),
            (16.0, -16.0, 0.9),
            (20.0, 6.0, 0.3),
            (0.0, 16.0, 0.8),
        ])
    };
    match design {
        0 => {
            painter.shape(
                mixed(&[
                    (-24.0, 26.0, 0.2),
                    (-26.0, 0.0, 0.9),
                    (-4.0, -18.0, 0.9),
                    (18.0, -12.0, 0.8),
                    (20.0, 16.0, 0.2),
                    (-2.0, 30.0, 0.8),
                ]),
                MAIN,
                Shade::Round,
            );
            painter.line(open(&[(-23.0, 22.0), (-2.0, 26.0), (18.0, 13.0)]), TRIM, 4.6);
        }
        1 => {
            for (x, y, tip_x, tip_y) in
                [(-14.0, -12.0, -40.0, -34.0), (2.0, -18.0, -4.0, -48.0), (-20.0, 2.0, -50.0, -4.0)]
            {
                painter.shape(
                    sharp(&[(x - 6.0, y + 5.0), (tip_x, tip_y), (x + 7.0, y - 3.0)]),
                    Ink::fixed(0xE8_E0CC),
                    Shade::Side,
                );
            }
            painter.shape(dome(), Ink::fixed(0x6E_7888), Shade::Round);
            painter.line(open(&[(-20.0, 7.0), (0.0, 11.0), (18.0, 2.0)]), Ink::fixed(0x3E_4654), 2.4);
        }
        2 => {
            let tufts: Vec<_> = (0..18u8)
                .map(|step| {
                    let (sine, cosine) = turn(f32::from(step) / 18.0);
                    let reach = if step % 2 == 0 { 29.0 } else { 21.0 };
                    (-2.0 + cosine * reach, 2.0 + sine * reach * 0.86)
                })
                .collect();
            painter.shape(sharp(&tufts), Ink::fixed(0xA0_7048), Shade::Round);
            for (x, y) in [(-10.0, -4.0), (4.0, 4.0), (-6.0, 10.0)] {
                painter.line(open(&[(x, y), (x + 2.0, y + 6.0)]), Ink::fixed(0x5E_3E26), 2.2);
            }
        }
        3 => {
            for (part, tone) in [(-0.2, 0x5E_A83E), (-0.06, 0x86_C44A), (0.08, 0x5E_A83E)] {
                painter.turned((6.0, -8.0), 1.0, part + 0.16, |painter| {
                    painter.shape(
                        mixed(&[(0.0, -12.0, 0.6), (13.0, 12.0, 0.9), (0.0, 46.0, 0.0), (-13.0, 12.0, 0.9)]),
                        Ink::fixed(tone),
                        Shade::Side,
                    );
                    painter.line(open(&[(0.0, -6.0), (0.0, 34.0)]), Ink::fixed(0x35_6A28), 2.0);
                });
            }
        }
        4 => {
            for x in [-18.0, -10.0, -2.0, 6.0, 14.0] {
                painter.line(open(&[(x, 6.0), (x - 1.0, 30.0)]), GOLD.times(0.4), 6.0);
                painter.line(open(&[(x, 6.0), (x - 1.0, 29.0)]), GOLD, 3.6);
            }
            painter.shape(ellipse((-2.0, -2.0), 26.0, 14.0), TRIM, Shade::Round);
            painter.shape(star((-2.0, -2.0), 5, 9.0, 4.0), GOLD, Shade::Round);
        }
        5 => {
            let glass = Ink::fixed(0x6E_D0E8);
            for (x, tip_x, tip_y) in [(-14.0, -36.0, -30.0), (12.0, 18.0, -34.0), (0.0, -8.0, -48.0)] {
                painter.shape(
                    sharp(&[
                        (x - 12.0, 10.0),
                        (tip_x - 7.0, tip_y + 12.0),
                        (tip_x, tip_y),
                        (tip_x + 8.0, tip_y + 10.0),
                        (x + 11.0, 8.0),
                    ]),
                    glass,
                    Shade::Side,
                );
            }
            painter.line(open(&[(-22.0, 8.0), (0.0, 13.0), (20.0, 5.0)]), Ink::fixed(0x2E_5A78), 6.0);
        }
        6 => {
            painter.shape(
                mixed(&[
                    (-30.0, 30.0, 0.2),
                    (-24.0, 4.0, 0.6),
                    (18.0, 0.0, 0.6),
                    (16.0, 24.0, 0.2),
                    (-6.0, 32.0, 0.8),
                ]),
                GOLD.times(0.8),
                Shade::Side,
            );
            painter.shape(
                mixed(&[
                    (-30.0, 14.0, 0.2),
                    (-26.0, -10.0, 0.9),
                    (-4.0, -26.0, 0.9),
                    (18.0, -18.0, 0.8),
                    (22.0, 8.0, 0.2),
                    (-4.0, 16.0, 0.8),
                ]),
                GOLD,
                Shade::Round,
            );
            painter.shape(circle((-4.0, -4.0), 7.0), Ink::fixed(0xC8_2E4A), Shade::Round);
        }
        7 => {
            painter.shape(dome(), LEATHER.times(0.7), Shade::Round);
            painter.shape(
                mixed(&[
                    (-22.0, -14.0, 0.9),
                    (-2.0, -32.0, 0.9),
                    (18.0, -14.0, 0.9),
                    (14.0, 4.0, 0.7),
                    (8.0, 16.0, 0.3),
                    (-12.0, 16.0, 0.3),
                    (-18.0, 4.0, 0.7),
                ]),
                WHITE,
                Shade::Round,
            );
            for x in [-10.0, 7.0] {
                painter.fill(ellipse((x, -6.0), 5.6, 6.4), Ink::fixed(0x2A_2230), Shade::Flat);
            }
            for x in [-7.0, -2.0, 3.0] {
                painter.line(open(&[(x, 7.0), (x, 14.0)]), Ink::fixed(0x6A_6058), 1.8);
            }
        }
        _ => {
            for (reach, rise) in [(52.0, -2.0), (60.0, -26.0), (50.0, -48.0)] {
                painter.shape(
                    mixed(&[
                        (6.0, 8.0, 0.3),
                        (-reach * 0.6, rise * 0.4 + 10.0, 0.9),
                        (-reach, rise - 8.0, 0.0),
                        (-reach * 0.5, rise * 0.9, 0.9),
                        (6.0, -12.0, 0.3),
                    ]),
                    WHITE,
                    Shade::Under,
                );
            }
            painter.shape(circle((2.0, 0.0), 15.0), Ink::fixed(0x3E_7CC4), Shade::Round);
        }
    }
}
