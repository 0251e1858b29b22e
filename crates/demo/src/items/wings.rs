//! Wings: the left one, around its root; the right one is the same, mirrored and smaller.

use crate::ink::{Ink, WHITE};
use crate::painter::{Painter, Shade};
use crate::shape::{Point, circle, ellipse, mixed, open, sharp, star};

/// Draws one wing reaching to the left.
pub(crate) fn draw(painter: &mut Painter, design: usize) {
    match design {
        0 => feathers(painter, WHITE, Ink::fixed(0xD8_E2F0)),
        1 => {
            let skin = Ink::fixed(0x6A_3048);
            painter.shape(
                mixed(&[
                    (0.0, 0.0, 0.2),
                    (-30.0, -56.0, 0.4),
                    (-84.0, -92.0, 0.1),
                    (-128.0, -48.0, 0.4),
                    (-138.0, 22.0, 0.0),
                    (-108.0, 4.0, 0.7),
                    (-92.0, 52.0, 0.0),
                    (-66.0, 18.0, 0.7),
                    (-46.0, 62.0, 0.0),
                    (-24.0, 26.0, 0.6),
                ]),
                skin,
                Shade::Side,
            );
            for tip in [(-134.0, 14.0), (-90.0, 44.0), (-46.0, 54.0)] {
                painter.line(
                    open(&[(-82.0, -86.0), ((tip.0 - 82.0) / 2.0 - 4.0, -24.0), tip]),
                    skin.times(0.5),
                    3.0,
                );
            }
            painter.line(open(&[(0.0, 0.0), (-34.0, -52.0), (-84.0, -90.0)]), Ink::fixed(0x38_1826), 6.0);
        }
        2 => {
            let orange = Ink::fixed(0xF0_8A24);
            painter.shape(
                mixed(&[
                    (0.0, 4.0, 0.2),
                    (-40.0, 16.0, 0.8),
                    (-86.0, 36.0, 0.9),
                    (-84.0, 82.0, 0.8),
                    (-48.0, 84.0, 0.8),
                    (-14.0, 44.0, 0.8),
                ]),
                orange,
                Shade::Side,
            );
            painter.shape(
                mixed(&[
                    (0.0, 8.0, 0.2),
                    (-28.0, -48.0, 0.8),
                    (-92.0, -96.0, 0.8),
                    (-132.0, -76.0, 0.7),
                    (-118.0, -14.0, 0.9),
                    (-62.0, 22.0, 0.8),
                ]),
                orange,
                Shade::Side,
            );
            for line in [
                [(-4.0, 2.0), (-56.0, -30.0), (-124.0, -72.0)],
                [(-4.0, 6.0), (-60.0, -2.0), (-112.0, -18.0)],
                [(-4.0, 10.0), (-44.0, 40.0), (-78.0, 72.0)],
            ] {
                painter.line(open(&line), Ink::fixed(0x3A_1C18), 4.0);
            }
            for (x, y) in [
                (-118.0, -52.0),
                (-122.0, -66.0),
                (-106.0, -30.0),
                (-78.0, 58.0),
                (-70.0, 74.0),
                (-106.0, -82.0),
            ] {
                painter.fill(circle((x, y), 4.6), WHITE, Shade::Flat);
            }
        }
        3 => {
            let glass = Ink::fixed(0x7C_E0D8);
            for (part, length) in [(-0.30, 1.05), (-0.21, 1.0)] {
                painter.turned((0.0, 0.0), length, part, |painter| {
                    let blade = || {
                        mixed(&[
                            (0.0, 0.0, 0.2),
                            (-18.0, -56.0, 0.9),
                            (-16.0, -120.0, 0.9),
                            (4.0, -140.0, 0.7),
                            (18.0, -112.0, 0.9),
                            (10.0, -44.0, 0.9),
                        ])
                    };
                    painter.veil(blade(), glass, 0.55);
                    painter.line(blade(), Ink::fixed(0x1F_6A70), 3.2);
                    painter.line(
                        open(&[(0.0, 0.0), (0.0, -60.0), (2.0, -126.0)]),
                        Ink::fixed(0x1F_6A70),
                        2.2,
                    );
                    for y in [-40.0, -66.0, -92.0] {
                        painter.line(
                            open(&[(-13.0, y - 8.0), (1.0, y), (13.0, y - 8.0)]),
                            Ink::fixed(0x1F_6A70),
                            1.6,
                        );
                    }
                });
            }
        }
        4 => {
            let twig: [Point; 3] = [(0.0, 0.0), (-46.0, -44.0), (-104.0, -70.0)];
            painter.line(open(&twig), Ink::fixed(0x5E_3E22), 6.0);
            for (x, y, part, tone) in [
                (-20.0, -18.0, -0.42, 0x4E_9A3C),
                (-44.0, -40.0, -0.44, 0x6F_B548),
                (-70.0, -56.0, -0.42, 0x4E_9A3C),
                (-96.0, -68.0, -0.34, 0x6F_B548),
                (-30.0, -30.0, -0.1, 0x86_C44A),
                (-60.0, -52.0, -0.12, 0x4E_9A3C),
                (-90.0, -66.0, -0.16, 0x86_C44A),
            ] {
                painter.turned((x, y), 1.0, part, |painter| {
                    painter.shape(
                        mixed(&[(0.0, 4.0, 0.3), (-15.0, -24.0, 0.9), (0.0, -64.0, 0.0), (15.0, -24.0, 0.9)]),
                        Ink::fixed(tone),
                        Shade::Side,
                    );
                    painter.line(open(&[(0.0, 0.0), (0.0, -48.0)]), Ink::fixed(0x2E_5E26), 2.0);
                });
            }
        }
        5 => {
            let brass = Ink::fixed(0xC8_9440);
            for (x, y, length) in
                [(-116.0, -60.0, 84.0), (-92.0, -52.0, 96.0), (-68.0, -40.0, 92.0), (-44.0, -26.0, 80.0)]
            {
                painter.shape(
                    sharp(&[
                        (x - 11.0, y),
                        (x + 11.0, y + 4.0),
                        (x + 10.0, y + length - 14.0),
                        (x, y + length),
                        (x - 12.0, y + length - 18.0),
                    ]),
                    Ink::fixed(0x9A_A6B4),
                    Shade::Side,
                );
            }
            painter.line(open(&[(0.0, 0.0), (-56.0, -56.0), (-128.0, -66.0)]), brass.times(0.3), 15.0);
            painter.line(open(&[(0.0, 0.0), (-56.0, -56.0), (-128.0, -66.0)]), brass, 11.0);
            painter.shape(star((-58.0, -52.0), 9, 21.0, 16.0), brass, Shade::Round);
            painter.shape(circle((-58.0, -52.0), 8.0), Ink::fixed(0x5A_3E1E), Shade::Round);
        }
        6 => {
            let glass = Ink::fixed(0xC0_8CF0);
            for (part, length, half) in
                [(-0.38, 74.0, 13.0), (-0.31, 112.0, 15.0), (-0.235, 136.0, 16.0), (-0.16, 116.0, 14.0)]
            {
                painter.turned((-4.0, 0.0), 1.0, part, |painter| {
                    painter.shape(
                        sharp(&[(0.0, 0.0), (-half, -length * 0.62), (0.0, -length), (half, -length * 0.68)]),
                        glass,
                        Shade::Side,
                    );
                    painter.fill(
                        sharp(&[(0.0, 0.0), (-half, -length * 0.62), (0.0, -length)]),
                        glass.times(1.28),
                        Shade::Flat,
                    );
                });
            }
        }
        7 => {
            for (ink, size) in [(0xD0_3A1E, 1.0), (0xF0_8A24, 0.78), (0xFA_DA5A, 0.5)] {
                painter.at((0.0, 0.0), size, |painter| {
                    let flame = mixed(&[
                        (0.0, 8.0, 0.3),
                        (-24.0, -52.0, 0.7),
                        (-72.0, -108.0, 0.0),
                        (-72.0, -74.0, 0.6),
                        (-128.0, -88.0, 0.0),
                        (-106.0, -50.0, 0.6),
                        (-146.0, -30.0, 0.0),
                        (-104.0, -8.0, 0.6),
                        (-124.0, 34.0, 0.0),
                        (-70.0, 20.0, 0.6),
                        (-68.0, 58.0, 0.0),
                        (-28.0, 28.0, 0.6),
                    ]);
                    if size > 0.9 {
                        painter.shape(flame, Ink::fixed(ink), Shade::Flat);
                    } else {
                        painter.fill(flame, Ink::fixed(ink), Shade::Flat);
                    }
                });
            }
        }
        _ => {
            feathers(painter, Ink::fixed(0x36_3848), Ink::fixed(0x4C_5470));
            painter.fill(ellipse((-58.0, -50.0), 4.0, 4.0), Ink::fixed(0x7A_88B0), Shade::Flat);
        }
    }
}

/// A bird's wing.
fn feathers(painter: &mut Painter, long: Ink, short: Ink) {
    for (x, y, tip_x, tip_y) in [
        (-22.0, 0.0, -34.0, 74.0),
        (-40.0, -14.0, -66.0, 74.0),
        (-60.0, -30.0, -98.0, 58.0),
        (-80.0, -46.0, -124.0, 34.0),
        (-96.0, -60.0, -142.0, 2.0),
        (-104.0, -70.0, -146.0, -36.0),
    ] {
        painter.shape(
            mixed(&[
                (x + 15.0, y - 4.0, 0.8),
                ((x + tip_x) / 2.0 + 15.0, (y + tip_y) / 2.0 + 4.0, 0.9),
                (tip_x, tip_y, 0.4),
                ((x + tip_x) / 2.0 - 13.0, (y + tip_y) / 2.0 - 6.0, 0.9),
                (x - 13.0, y - 8.0, 0.8),
            ]),
            long,
            Shade::Side,
        );
    }
    painter.shape(
        mixed(&[
            (4.0, 10.0, 0.4),
            (-14.0, -38.0, 0.8),
            (-60.0, -84.0, 0.9),
            (-112.0, -94.0, 0.5),
            (-112.0, -66.0, 0.5),
            (-84.0, -46.0, 0.3),
            (-80.0, -26.0, 0.3),
            (-58.0, -20.0, 0.3),
            (-48.0, 2.0, 0.3),
            (-24.0, 4.0, 0.3),
        ]),
        short,
        Shade::Under,
    );
}
