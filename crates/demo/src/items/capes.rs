//! Cloaks and what else is borne on the back, in body coordinates.

use crate::ink::{GOLD, Ink, LEATHER, MAIN, SECOND, TRIM, WHITE};
use crate::painter::{Painter, Shade};
use crate::shape::{Shape, circle, ellipse, limb, mixed, open, smooth, star};
use crate::skeleton::Skeleton;

/// Designs held by straps alone, which a shop does not show.
pub(crate) const STRAPPED: [usize; 2] = [6, 7];

/// Where a cloak runs: half width and height at the shoulders, and its hem.
struct Cut {
    half: f32,
    top: f32,
    hem: f32,
    flare: f32,
}

fn cut(skeleton: &Skeleton, hem_share: f32, flare: f32) -> Cut {
    let top = skeleton.shoulder_y;
    Cut { half: skeleton.build.shoulder, top, hem: top * (1.0 - hem_share), flare }
}

/// A cloak with a hem of its own.
fn cloak(cut: &Cut, hem: &[(f32, f32, f32)]) -> Shape {
    let Cut { half, top, hem: low, flare } = *cut;
    let (left, right) = (-half - flare, half * 0.8 + flare * 0.55);
    let mut points =
        vec![(half * 0.72, top + 4.0, 0.5), (half + 6.0, top + 30.0, 0.8), (right, (top + low) / 2.0, 0.9)];
    points.extend(
        hem.iter()
            .map(|&(share, drop, round)| (right + 4.0 + (left - right - 4.0) * share, low + drop, round)),
    );
    points.extend([
        (left, (top + low) / 2.0 + 10.0, 0.9),
        (-half - 6.0, top + 26.0, 0.8),
        (-half * 0.66, top + 2.0, 0.5),
    ]);
    mixed(&points)
}

const PLAIN: [(f32, f32, f32); 4] = [(0.0, -10.0, 0.1), (0.35, 2.0, 0.8), (0.7, 8.0, 0.8), (1.0, 0.0, 0.1)];
const TORN: [(f32, f32, f32); 10] = [
    (0.0, -34.0, 0.0),
    (0.1, -2.0, 0.0),
    (0.22, -38.0, 0.0),
    (0.34, 6.0, 0.0),
    (0.46, -32.0, 0.0),
    (0.58, 10.0, 0.0),
    (0.7, -36.0, 0.0),
    (0.82, 4.0, 0.0),
    (0.92, -30.0, 0.0),
    (1.0, -6.0, 0.0),
];

/// Draws what hangs behind the body.
pub(crate) fn behind(painter: &mut Painter, skeleton: &Skeleton, design: usize) {
    let long = cut(skeleton, 0.93, 30.0);
    let (left, width) = (-long.half - long.flare, long.half * 1.9 + long.flare * 1.6);
    let folds = |painter: &mut Painter, ink: Ink| {
        for share in [0.12, 0.3, 0.62, 0.86] {
            let x = left + width * share;
            painter.line(
                open(&[
                    (x, long.hem - 4.0),
                    (x * 0.86, (long.top + long.hem) / 2.0),
                    (x * 0.62, long.top + 46.0),
                ]),
                ink.times(0.6),
                2.2,
            );
        }
    };
    match design {
        0 => {
            painter.shape(cloak(&long, &PLAIN), MAIN.times(0.86), Shade::Side);
            folds(painter, MAIN.times(0.86));
        }
        1 => {
            let rag = Ink::fixed(0x56_5E6E);
            painter.shape(cloak(&cut(skeleton, 0.9, 38.0), &TORN), rag, Shade::Side);
            folds(painter, rag);
        }
        2 => {
            let red = Ink::fixed(0xB2_2740);
            painter.shape(cloak(&cut(skeleton, 0.97, 44.0), &PLAIN), WHITE, Shade::Side);
            painter.shape(cloak(&cut(skeleton, 0.9, 36.0), &PLAIN), red, Shade::Side);
            for share in [0.06, 0.24, 0.44, 0.64, 0.86] {
                let x = left - 8.0 + (width + 14.0) * share;
                painter.fill(ellipse((x, long.hem - 1.0), 3.0, 5.5), Ink::fixed(0x2A_2230), Shade::Flat);
            }
        }
        3 => {
            painter.shape(cloak(&long, &PLAIN), SECOND, Shade::Side);
            folds(painter, SECOND);
            for (x, y, size) in [
                (0.1, 0.78, 11.0),
                (0.2, 0.5, 7.0),
                (0.84, 0.8, 10.0),
                (0.9, 0.5, 7.0),
                (0.06, 0.62, 5.0),
                (0.26, 0.9, 6.0),
            ] {
                painter.fill(
                    star((left + width * x, long.top + (long.hem - long.top) * y), 5, size, size * 0.45),
                    GOLD,
                    Shade::Flat,
                );
            }
        }
        4 => {
            for row in (0..4u8).rev() {
                let down = f32::from(row);
                let y = long.top + 26.0 + down * (long.hem - long.top) * 0.2;
                let half = long.half + 2.0 + down * 9.0;
                for column in 0..5u8 {
                    let share = f32::from(column) / 4.0;
                    let x = -half + (half * 1.86) * share;
                    let (tip, green) =
                        (y + 46.0, Ink::fixed(if (row + column) % 2 == 0 { 0x5E_A83E } else { 0x86_C44A }));
                    painter.shape(
                        mixed(&[
                            (x - 15.0, y - 8.0, 0.9),
                            (x + 15.0, y - 8.0, 0.9),
                            (x + 13.0, y + 24.0, 0.9),
                            (x + (share - 0.5) * 14.0, tip, 0.0),
                            (x - 13.0, y + 24.0, 0.9),
                        ]),
                        green,
                        Shade::Side,
                    );
                }
            }
        }
        5 => {
            painter.shape(cloak(&long, &PLAIN), TRIM, Shade::Side);
            for share in [0.02, 0.24, 0.46, 0.68, 0.9] {
                let (x, to) = (left + width * share, left + width * (share + 0.1));
                painter.fill(
                    mixed(&[
                        (x * 0.6, long.top + 20.0, 0.2),
                        (to * 0.6, long.top + 20.0, 0.2),
                        (to - 1.0, long.hem - 8.0, 0.2),
                        (x + 3.0, long.hem - 8.0, 0.2),
                    ]),
                    MAIN,
                    Shade::Flat,
                );
            }
        }
        6 => backpack(painter, skeleton),
        7 => {
            let shell = Ink::fixed(0x6C_8F3C);
            let middle = (long.top + skeleton.hip_y) / 2.0 + 4.0;
            painter.shape(ellipse((-26.0, middle), long.half + 30.0, 68.0), shell.times(0.7), Shade::Flat);
            painter.shape(ellipse((-30.0, middle - 2.0), long.half + 26.0, 60.0), shell, Shade::Round);
            for (x, y) in [
                (-long.half - 32.0, middle - 24.0),
                (-long.half - 36.0, middle + 14.0),
                (-long.half - 14.0, middle - 46.0),
                (-long.half - 18.0, middle + 40.0),
            ] {
                painter.line(star((x + 8.0, y), 6, 15.0, 13.0), shell.times(0.5), 2.4);
            }
        }
        _ => {
            let tongues = [
                (0.0, -40.0, 0.1),
                (0.06, 6.0, 0.0),
                (0.2, -44.0, 0.5),
                (0.3, 12.0, 0.0),
                (0.44, -40.0, 0.5),
                (0.56, 16.0, 0.0),
                (0.7, -44.0, 0.5),
                (0.84, 12.0, 0.0),
                (0.94, -40.0, 0.4),
                (1.06, 0.0, 0.0),
            ];
            painter.shape(cloak(&cut(skeleton, 0.92, 46.0), &tongues), Ink::fixed(0xC0_2E1E), Shade::Side);
            painter.fill(cloak(&cut(skeleton, 0.78, 32.0), &tongues), Ink::fixed(0xEC_6A1E), Shade::Flat);
            painter.fill(cloak(&cut(skeleton, 0.6, 18.0), &tongues), Ink::fixed(0xF7_B733), Shade::Flat);
        }
    }
}

fn backpack(painter: &mut Painter, skeleton: &Skeleton) {
    let (x, y) = (-skeleton.build.shoulder - 12.0, skeleton.height(0.1));
    let hide = Ink::fixed(0xA8_7443);
    painter.shape(
        limb((x - 26.0, y - 26.0), (x + 34.0, y - 34.0), 15.0, 15.0),
        Ink::fixed(0x7D_9A4E),
        Shade::Under,
    );
    painter.shape(circle((x - 26.0, y - 26.0), 8.0), Ink::fixed(0x5D_7A36), Shade::Round);
    painter.shape(
        mixed(&[
            (x - 32.0, y - 10.0, 0.6),
            (x + 30.0, y - 14.0, 0.6),
            (x + 36.0, y + 70.0, 0.6),
            (x + 4.0, y + 84.0, 0.8),
            (x - 34.0, y + 72.0, 0.7),
        ]),
        hide,
        Shade::Side,
    );
    painter.shape(
        mixed(&[
            (x - 35.0, y - 10.0, 0.6),
            (x + 20.0, y - 14.0, 0.6),
            (x + 20.0, y + 22.0, 0.4),
            (x - 6.0, y + 32.0, 0.7),
            (x - 36.0, y + 22.0, 0.4),
        ]),
        hide.times(1.2),
        Shade::Side,
    );
    painter.shape(
        mixed(&[
            (x - 36.0, y + 42.0, 0.5),
            (x - 2.0, y + 44.0, 0.5),
            (x - 2.0, y + 74.0, 0.6),
            (x - 38.0, y + 72.0, 0.6),
        ]),
        hide.times(0.85),
        Shade::Side,
    );
    painter.shape(circle((x - 8.0, y + 30.0), 5.0), GOLD, Shade::Round);
}

/// Draws what shows in front: clasp, collar, straps.
pub(crate) fn front(painter: &mut Painter, skeleton: &Skeleton, design: usize) {
    let (half, y) = (skeleton.build.shoulder, skeleton.shoulder_y);
    let mantle = |painter: &mut Painter, ink: Ink, drop: f32| {
        painter.shape(
            smooth(&[
                (-half - 6.0, y + 10.0 + drop),
                (-half * 0.7, y - 6.0),
                (6.0, y - 10.0),
                (half * 0.7 + 8.0, y - 5.0),
                (half + 9.0, y + 12.0 + drop * 0.8),
                (half * 0.5, y + 14.0 + drop * 0.5),
                (8.0, y + 20.0 + drop * 0.7),
                (-half * 0.5, y + 15.0 + drop * 0.6),
            ]),
            ink,
            Shade::Under,
        );
    };
    match design {
        0 | 3 | 5 => {
            mantle(
                painter,
                [MAIN, SECOND, TRIM][[0, 3, 5].iter().position(|one| *one == design).unwrap_or(0)],
                0.0,
            );
            painter.shape(circle((10.0, y + 14.0), 7.0), GOLD, Shade::Round);
        }
        1 => {
            mantle(painter, Ink::fixed(0x56_5E6E), 4.0);
            painter.line(
                open(&[(-6.0, y + 12.0), (8.0, y + 24.0), (20.0, y + 12.0)]),
                Ink::fixed(0xC8_CDD6),
                3.0,
            );
        }
        2 => {
            mantle(painter, WHITE, 14.0);
            for (x, drop) in [(-half * 0.8, 14.0), (-half * 0.3, 12.0), (8.0, 14.0), (half * 0.6, 10.0)] {
                painter.fill(ellipse((x, y + drop), 3.0, 5.0), Ink::fixed(0x2A_2230), Shade::Flat);
            }
        }
        4 => {
            for (x, part) in
                [(-half * 0.8, 0.1), (-half * 0.2, 0.04), (half * 0.4, -0.04), (half * 0.9 + 4.0, -0.1)]
            {
                painter.turned((x, y + 2.0), 1.0, part, |painter| {
                    painter.shape(
                        mixed(&[
                            (-13.0, -4.0, 0.9),
                            (13.0, -4.0, 0.9),
                            (11.0, 14.0, 0.9),
                            (0.0, 30.0, 0.0),
                            (-11.0, 14.0, 0.9),
                        ]),
                        Ink::fixed(0x72_B845),
                        Shade::Side,
                    );
                });
            }
        }
        6 => {
            for (x, foot) in [(-half * 0.72, -half * 0.78), (half * 0.66 + 4.0, half * 0.7 + 5.0)] {
                let line = open(&[(x, y + 2.0), (x + 3.0, y + 30.0), (foot, y + 58.0)]);
                painter.line(line.clone(), LEATHER.times(0.28), 10.0);
                painter.line(line, Ink::fixed(0x8A_5A30), 6.4);
            }
        }
        7 => {
            let line = open(&[(-half * 0.8, y + 4.0), (6.0, y + 40.0), (half * 0.8, y + 62.0)]);
            painter.line(line.clone(), Ink::fixed(0x2A_2230), 10.0);
            painter.line(line, Ink::fixed(0x9A_6A3A), 6.4);
        }
        _ => {
            mantle(painter, Ink::fixed(0xEC_6A1E), 6.0);
            painter.shape(star((10.0, y + 14.0), 8, 11.0, 6.0), Ink::fixed(0xF7_D14B), Shade::Round);
        }
    }
}
