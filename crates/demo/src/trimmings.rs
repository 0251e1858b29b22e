//! Motifs, belts and what lies around the neck.

use crate::ink::GOLD;
use crate::outfit::{Belt, Motif, Neck, Outfit};
use crate::painter::{Painter, Shade};
use crate::shape::{circle, mixed, open, sharp, smooth, star};
use crate::skeleton::Skeleton;

/// What is drawn on the chest.
pub(crate) fn motif(painter: &mut Painter, skeleton: &Skeleton, outfit: &Outfit) {
    let trim = outfit.trim();
    let y = |share: f32| skeleton.height(share);
    match outfit.motif {
        Motif::None => {}
        Motif::Buttons => {
            for share in [0.26, 0.44, 0.62] {
                painter.shape(circle((11.0, y(share)), 3.3), GOLD, Shade::Round);
            }
        }
        Motif::Laces => {
            for share in [0.14, 0.28, 0.42] {
                painter.line(open(&[(3.0, y(share)), (17.0, y(share + 0.1))]), trim, 2.6);
                painter.line(open(&[(17.0, y(share)), (3.0, y(share + 0.1))]), trim, 2.6);
            }
        }
        Motif::Stripe => painter.fill(
            mixed(&[
                (1.0, y(0.02), 0.0),
                (17.0, y(0.02), 0.0),
                (16.0, y(0.6), 0.5),
                (15.0, y(0.96), 0.0),
                (-1.0, y(0.96), 0.0),
                (1.0, y(0.6), 0.5),
            ]),
            trim,
            Shade::Side,
        ),
        Motif::Star => painter.shape(star((11.0, y(0.3)), 5, 11.0, 4.8), trim, Shade::Round),
        Motif::Chevrons => {
            for share in [0.24, 0.4, 0.56] {
                painter.line(
                    open(&[(-14.0, y(share - 0.09)), (9.0, y(share)), (28.0, y(share - 0.1))]),
                    trim,
                    4.4,
                );
            }
        }
        Motif::Flame => painter.shape(
            mixed(&[
                (10.0, y(0.08), 0.0),
                (19.0, y(0.26), 0.8),
                (18.0, y(0.42), 0.9),
                (9.0, y(0.5), 0.9),
                (0.0, y(0.42), 0.9),
                (1.0, y(0.28), 0.4),
                (6.0, y(0.3), 0.2),
            ]),
            trim,
            Shade::Under,
        ),
    }
}

/// What holds the clothes together.
pub(crate) fn belt(painter: &mut Painter, skeleton: &Skeleton, outfit: &Outfit) {
    let (trim, leather) = (outfit.trim(), outfit.leather());
    let (side, y) = (skeleton.side(0.8) + 2.5, skeleton.height(0.8));
    let right = side * 0.86 + 6.0;
    let strap = |grow: f32| {
        mixed(&[
            (-side, y - 5.0 - grow, 0.2),
            (5.0, y + grow * 0.2, 1.0),
            (right, y - 6.0 - grow, 0.2),
            (right + 1.0, y + 4.0 + grow, 0.2),
            (5.0, y + 11.0 + grow, 1.0),
            (-side - 1.0, y + 5.0 + grow, 0.2),
        ])
    };
    match outfit.belt {
        Belt::None => {}
        Belt::Buckle => {
            painter.shape(strap(0.0), trim, Shade::Side);
            painter.shape(
                mixed(&[
                    (2.0, y - 3.0, 0.4),
                    (18.0, y - 3.0, 0.4),
                    (18.0, y + 13.0, 0.4),
                    (2.0, y + 13.0, 0.4),
                ]),
                GOLD,
                Shade::Round,
            );
            painter.fill(
                mixed(&[
                    (6.5, y + 1.5, 0.3),
                    (13.5, y + 1.5, 0.3),
                    (13.5, y + 8.5, 0.3),
                    (6.5, y + 8.5, 0.3),
                ]),
                trim.times(0.6),
                Shade::Flat,
            );
        }
        Belt::Sash => {
            painter.shape(
                smooth(&[
                    (-side + 4.0, y + 6.0),
                    (-side + 14.0, y + 6.0),
                    (-side + 8.0, y + 40.0),
                    (-side - 6.0, y + 52.0),
                    (-side - 4.0, y + 30.0),
                ]),
                trim,
                Shade::Side,
            );
            painter.shape(strap(3.0), trim, Shade::Side);
            painter.line(
                open(&[(-side + 6.0, y - 1.0), (4.0, y + 5.0), (right - 4.0, y)]),
                trim.times(0.6),
                1.8,
            );
            painter.shape(circle((-side + 8.0, y + 4.0), 7.5), trim, Shade::Round);
        }
        Belt::Pouches => {
            painter.shape(strap(-1.0), leather, Shade::Side);
            for (x, drop) in [(-side + 12.0, 3.0), (right - 12.0, 1.0)] {
                painter.shape(
                    mixed(&[
                        (x - 9.0, y + drop, 0.4),
                        (x + 9.0, y + drop, 0.4),
                        (x + 10.0, y + 17.0 + drop, 0.9),
                        (x - 10.0, y + 17.0 + drop, 0.9),
                    ]),
                    trim,
                    Shade::Side,
                );
                painter.line(
                    open(&[(x - 8.0, y + 6.0 + drop), (x, y + 9.0 + drop), (x + 8.0, y + 6.0 + drop)]),
                    trim.times(0.5),
                    2.0,
                );
            }
        }
        Belt::Rope => {
            for offset in [-1.0, 5.0] {
                let line = [(-side, y + offset - 2.0), (5.0, y + offset + 4.0), (right, y + offset - 3.0)];
                painter.line(open(&line), trim.times(0.3), 7.4);
                painter.line(open(&line), trim, 4.4);
            }
            for foot in [(2.0, 36.0), (14.0, 30.0)] {
                let line = [(8.0, y + 6.0), (foot.0, y + foot.1)];
                painter.line(open(&line), trim.times(0.3), 6.4);
                painter.line(open(&line), trim, 3.6);
            }
        }
    }
}

/// What lies around the neck; drawn over the cape and under the head.
pub(crate) fn neckwear(painter: &mut Painter, skeleton: &Skeleton, outfit: &Outfit) {
    let (x, y) = (skeleton.neck.0, skeleton.neck.1);
    let (trim, main, half) = (outfit.trim(), outfit.main(), skeleton.build.shoulder * 0.62);
    match outfit.neck {
        Neck::None => {}
        Neck::Scarf => {
            painter.shape(
                smooth(&[
                    (x - 16.0, y + 2.0),
                    (x - 4.0, y + 8.0),
                    (x - 12.0, y + 44.0),
                    (x - 26.0, y + 58.0),
                    (x - 28.0, y + 34.0),
                ]),
                trim,
                Shade::Side,
            );
            painter.shape(
                smooth(&[
                    (x - half - 4.0, y - 2.0),
                    (x, y - 12.0),
                    (x + half, y - 3.0),
                    (x + half - 2.0, y + 10.0),
                    (x + 2.0, y + 18.0),
                    (x - half - 2.0, y + 11.0),
                ]),
                trim,
                Shade::Under,
            );
            painter.line(
                open(&[(x - half + 4.0, y + 4.0), (x, y + 9.0), (x + half - 6.0, y + 3.0)]),
                trim.times(0.6),
                1.8,
            );
        }
        Neck::Fur => {
            let points: Vec<_> = (0..22u8)
                .map(|index| {
                    let (sine, cosine) = crate::shape::turn(f32::from(index) / 22.0);
                    let reach = if index % 2 == 0 { 1.0 } else { 0.8 };
                    (x + cosine * (half + 12.0) * reach, y + 5.0 + sine * 19.0 * reach)
                })
                .collect();
            painter.shape(sharp(&points), trim, Shade::Under);
        }
        Neck::Collar => painter.shape(
            mixed(&[
                (x - half, y + 8.0, 0.3),
                (x - half - 6.0, y - 18.0, 0.0),
                (x - 4.0, y + 2.0, 0.8),
                (x + half + 4.0, y - 17.0, 0.0),
                (x + half + 2.0, y + 8.0, 0.3),
                (x + 4.0, y + 20.0, 0.2),
            ]),
            main.times(0.86),
            Shade::Under,
        ),
        Neck::Pendant => {
            painter.line(
                open(&[
                    (x - 14.0, y + 2.0),
                    (x - 2.0, y + 22.0),
                    (x + 3.0, y + 25.0),
                    (x + 8.0, y + 22.0),
                    (x + 17.0, y + 2.0),
                ]),
                trim.times(0.45),
                2.6,
            );
            painter.shape(
                sharp(&[(x + 3.0, y + 18.0), (x + 10.0, y + 27.0), (x + 3.0, y + 38.0), (x - 4.0, y + 27.0)]),
                trim,
                Shade::Round,
            );
        }
        Neck::Bow => {
            for side in [-1.0, 0.86] {
                painter.shape(
                    mixed(&[
                        (x + 4.0, y + 10.0, 0.2),
                        (x + 4.0 + side * 20.0, y - 1.0, 0.5),
                        (x + 4.0 + side * 21.0, y + 20.0, 0.5),
                    ]),
                    trim,
                    Shade::Side,
                );
            }
            painter.shape(circle((x + 4.0, y + 10.0), 5.5), trim, Shade::Round);
        }
    }
}
