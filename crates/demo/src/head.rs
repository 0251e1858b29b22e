//! Faces. Head coordinates: origin in the middle of the head, radius about 50, facing right.

use crate::classes::{Beard, Face, Kind, Mark};
use crate::ink::{DARK, HAIR, Ink, SKIN, TRIM, WHITE};
use crate::painter::{Painter, Shade};
use crate::shape::{Shape, circle, ellipse, mixed, open, sharp, smooth};

/// The skull's outline.
pub(crate) fn skull(kind: Kind, female: bool) -> Shape {
    match (kind, female) {
        (Kind::Human | Kind::Beast | Kind::Bird | Kind::Fish, false) => smooth(&[
            (-45.0, -10.0),
            (-36.0, -40.0),
            (0.0, -54.0),
            (38.0, -42.0),
            (49.0, -8.0),
            (46.0, 18.0),
            (34.0, 38.0),
            (16.0, 47.0),
            (-10.0, 40.0),
            (-36.0, 20.0),
        ]),
        (Kind::Human | Kind::Beast | Kind::Bird | Kind::Fish, true) => smooth(&[
            (-45.0, -10.0),
            (-36.0, -40.0),
            (0.0, -54.0),
            (38.0, -42.0),
            (48.0, -8.0),
            (46.0, 14.0),
            (34.0, 32.0),
            (20.0, 46.0),
            (4.0, 40.0),
            (-34.0, 18.0),
        ]),
        (Kind::Rock, _) => mixed(&[
            (-46.0, -30.0, 0.3),
            (-30.0, -50.0, 0.3),
            (24.0, -52.0, 0.3),
            (50.0, -32.0, 0.3),
            (54.0, 12.0, 0.3),
            (42.0, 44.0, 0.3),
            (-8.0, 48.0, 0.3),
            (-44.0, 24.0, 0.3),
        ]),
        (Kind::Lizard, _) => smooth(&[
            (-44.0, -8.0),
            (-36.0, -38.0),
            (0.0, -52.0),
            (34.0, -40.0),
            (46.0, -14.0),
            (62.0, 8.0),
            (62.0, 26.0),
            (44.0, 38.0),
            (14.0, 44.0),
            (-30.0, 24.0),
        ]),
        (Kind::Round, _) => smooth(&[
            (-47.0, 2.0),
            (-38.0, -34.0),
            (0.0, -50.0),
            (40.0, -36.0),
            (52.0, 2.0),
            (48.0, 28.0),
            (26.0, 47.0),
            (-6.0, 46.0),
            (-38.0, 30.0),
        ]),
    }
}

/// Draws the face on the skull.
pub(crate) fn face(painter: &mut Painter, face: &Face, female: bool, head: usize) {
    match face.mark {
        Mark::None => {}
        Mark::Mask => painter.fill(
            mixed(&[
                (-18.0, -12.0, 0.4),
                (20.0, -10.0, 0.9),
                (48.0, -14.0, 0.4),
                (48.0, 12.0, 0.5),
                (24.0, 14.0, 0.8),
                (-14.0, 16.0, 0.5),
            ]),
            DARK.times(1.5),
            Shade::Flat,
        ),
        Mark::Stripes => {
            for (x, y) in [(-12.0, 14.0), (-10.0, 24.0)] {
                painter.line(open(&[(x - 8.0, y - 3.0), (x + 8.0, y)]), TRIM, 4.0);
            }
            painter.line(open(&[(22.0, -30.0), (24.0, -16.0)]), TRIM, 4.0);
        }
        Mark::Freckles => {
            for (x, y) in [(-2.0, 20.0), (4.0, 24.0), (10.0, 20.0), (36.0, 19.0), (41.0, 22.0)] {
                painter.fill(circle((x, y), 1.7), SKIN.times(0.62), Shade::Flat);
            }
        }
        Mark::Scales => {
            for (x, y) in [(-24.0, -2.0), (-17.0, 8.0), (-26.0, 12.0), (-6.0, -34.0), (8.0, -38.0)] {
                painter.line(open(&[(x - 4.0, y), (x, y + 4.0), (x + 4.0, y)]), SKIN.times(0.6), 2.0);
            }
        }
        Mark::Cracks => {
            painter.line(open(&[(-30.0, -44.0), (-22.0, -30.0), (-28.0, -20.0)]), SKIN.times(0.45), 2.2);
            painter.line(open(&[(40.0, 34.0), (32.0, 26.0), (36.0, 18.0)]), SKIN.times(0.45), 2.2);
        }
        Mark::Diamond => painter.fill(
            sharp(&[(24.0, -32.0), (29.0, -24.0), (24.0, -16.0), (19.0, -24.0)]),
            TRIM,
            Shade::Flat,
        ),
    }
    muzzle(painter, face.kind);
    eyes(painter, face, female, head);
    mouth(painter, face.kind, female, head);
    beard(painter, face.beard);
}

fn muzzle(painter: &mut Painter, kind: Kind) {
    match kind {
        Kind::Human | Kind::Round | Kind::Fish => {
            painter.line(open(&[(27.0, 9.0), (32.0, 15.0), (26.0, 17.5)]), SKIN.times(0.55), 2.2);
        }
        Kind::Rock => {
            painter.fill(
                mixed(&[(18.0, 2.0, 0.3), (30.0, 2.0, 0.3), (36.0, 20.0, 0.4), (18.0, 20.0, 0.4)]),
                SKIN.times(0.78),
                Shade::Flat,
            );
        }
        Kind::Beast => {
            painter.fill(
                smooth(&[(6.0, 24.0), (26.0, 10.0), (47.0, 20.0), (42.0, 36.0), (22.0, 44.0), (8.0, 36.0)]),
                SKIN.times(1.3),
                Shade::Flat,
            );
            painter.fill(
                mixed(&[(22.0, 13.0, 0.6), (38.0, 12.0, 0.6), (31.0, 23.0, 0.5)]),
                DARK,
                Shade::Flat,
            );
            painter.fill(ellipse((32.0, 14.5), 3.0, 1.4), WHITE, Shade::Flat);
        }
        Kind::Lizard => {
            painter.fill(circle((54.0, 12.0), 1.9), SKIN.times(0.4), Shade::Flat);
            painter.fill(circle((46.0, 11.0), 1.9), SKIN.times(0.4), Shade::Flat);
        }
        Kind::Bird => {
            painter.shape(
                mixed(&[
                    (16.0, 10.0, 0.6),
                    (38.0, 4.0, 0.8),
                    (60.0, 16.0, 0.7),
                    (70.0, 32.0, 0.1),
                    (46.0, 28.0, 0.8),
                    (22.0, 32.0, 0.6),
                ]),
                Ink::fixed(0xF0_A637),
                Shade::Under,
            );
            painter.line(open(&[(22.0, 22.0), (44.0, 19.0), (60.0, 24.0)]), DARK, 1.8);
            painter.fill(circle((45.0, 12.0), 1.6), DARK, Shade::Flat);
        }
    }
}

fn eyes(painter: &mut Painter, face: &Face, female: bool, head: usize) {
    let tall: f32 = if female { 14.0 } else { 11.5 };
    let level = if face.kind == Kind::Lizard { -8.0 } else { -1.0 };
    let brow = [0.0, 3.0, -3.0, 5.0][head % 4];
    for (x, wide, side) in [(4.0, 9.6, -1.0), (36.0, 7.2, 1.0)] {
        let (tall, y) = (tall - if side > 0.0 { 0.8 } else { 0.0 }, level);
        painter.line(ellipse((x, y), wide, tall), DARK, 2.2);
        painter.fill(ellipse((x, y), wide, tall), WHITE, Shade::Flat);
        let iris = (x + 1.8, y + 1.4);
        painter.fill(ellipse(iris, wide * 0.68, tall * 0.74), Ink::fixed(face.iris), Shade::Under);
        painter.fill(ellipse((iris.0 + 0.4, iris.1), wide * 0.36, tall * 0.44), DARK, Shade::Flat);
        painter.fill(circle((iris.0 + 2.4, iris.1 - tall * 0.34), 2.5), WHITE, Shade::Flat);
        painter.fill(circle((iris.0 - 2.0, iris.1 + tall * 0.36), 1.3), WHITE, Shade::Flat);
        let lid =
            [(x - wide, y - tall * 0.5), (x - wide * 0.2, y - tall), (x + wide * 0.95, y - tall * 0.55)];
        painter.line(open(&lid), DARK, if female { 3.8 } else { 3.0 });
        if female {
            let (ex, ey) =
                if side < 0.0 { (x - wide, y - tall * 0.5) } else { (x + wide * 0.95, y - tall * 0.5) };
            painter.line(open(&[(ex, ey), (ex + side * 5.0, ey - 5.0)]), DARK, 2.6);
        }
        if face.kind != Kind::Rock || !female {
            let height = y - tall - if female { 8.0 } else { 6.5 };
            // Inner ends lower: determined; higher: gentle.
            let slant = if female { 1.0 + brow * 0.5 } else { -4.0 + brow * 0.9 };
            painter.line(
                open(&[
                    (x - wide * 0.9, height + slant * side),
                    (x + 1.0, height - 2.5),
                    (x + wide * 0.9, height - slant * side),
                ]),
                HAIR.times(0.42),
                if female { 3.0 } else { 4.6 },
            );
        }
    }
    if female {
        for x in [-7.0, 43.0] {
            painter.fill(ellipse((x, 18.0), 6.0, 3.2), SKIN.times(0.86), Shade::Flat);
        }
    }
}

fn mouth(painter: &mut Painter, kind: Kind, female: bool, head: usize) {
    match kind {
        Kind::Bird => {}
        Kind::Beast => {
            painter.line(open(&[(31.0, 22.0), (31.0, 29.0)]), DARK, 2.0);
            painter.line(
                open(&[(18.0, 29.0), (25.0, 34.0), (31.0, 29.5), (36.0, 33.0), (41.0, 27.0)]),
                DARK,
                2.2,
            );
        }
        Kind::Lizard => {
            painter.line(open(&[(14.0, 20.0), (32.0, 29.0), (58.0, 25.0)]), SKIN.times(0.35), 2.4)
        }
        Kind::Rock => painter.line(open(&[(8.0, 33.0), (24.0, 31.0), (42.0, 32.0)]), SKIN.times(0.3), 3.0),
        Kind::Human | Kind::Round | Kind::Fish => {
            if head.is_multiple_of(2) {
                painter.line(open(&[(14.0, 29.0), (24.0, 33.5), (36.0, 28.0)]), DARK, 2.3);
            } else {
                painter.fill(
                    mixed(&[(14.0, 27.0, 0.3), (26.0, 29.0, 0.9), (37.0, 26.0, 0.3), (27.0, 38.0, 0.9)]),
                    Ink::fixed(0x7A_2A3A),
                    Shade::Flat,
                );
                painter.fill(
                    mixed(&[(16.0, 27.6, 0.2), (26.0, 29.2, 0.8), (35.0, 26.8, 0.2), (26.0, 32.0, 0.8)]),
                    WHITE,
                    Shade::Flat,
                );
            }
            if female {
                painter.line(open(&[(22.0, 37.5), (28.0, 37.0)]), SKIN.times(0.7), 2.2);
            }
        }
    }
}

fn beard(painter: &mut Painter, beard: Beard) {
    match beard {
        Beard::None => {}
        Beard::Full => {
            painter.shape(
                mixed(&[
                    (-30.0, 2.0, 0.5),
                    (-16.0, 16.0, 0.9),
                    (4.0, 21.0, 0.9),
                    (24.0, 18.0, 0.6),
                    (46.0, 20.0, 0.8),
                    (54.0, 34.0, 0.6),
                    (44.0, 52.0, 0.2),
                    (40.0, 48.0, 0.0),
                    (28.0, 76.0, 0.1),
                    (14.0, 62.0, 0.0),
                    (0.0, 70.0, 0.1),
                    (-8.0, 52.0, 0.0),
                    (-22.0, 50.0, 0.1),
                    (-32.0, 26.0, 0.8),
                ]),
                HAIR,
                Shade::Side,
            );
            painter.fill(
                mixed(&[(16.0, 27.0, 0.4), (25.0, 26.0, 0.8), (34.0, 26.0, 0.4), (26.0, 34.0, 0.9)]),
                Ink::fixed(0x7A_2A3A),
                Shade::Flat,
            );
            for x in [6.0, 22.0] {
                painter.line(open(&[(x, 42.0), (x + 2.0, 56.0)]), HAIR.times(0.6), 2.0);
            }
        }
        Beard::Goatee => painter.shape(
            mixed(&[
                (14.0, 39.0, 0.4),
                (26.0, 42.0, 0.8),
                (36.0, 38.0, 0.4),
                (32.0, 54.0, 0.6),
                (23.0, 66.0, 0.0),
                (16.0, 52.0, 0.6),
            ]),
            HAIR,
            Shade::Side,
        ),
        Beard::Moustache => {
            for side in [-1.0, 0.8] {
                painter.shape(
                    mixed(&[
                        (27.0, 20.0, 0.4),
                        (27.0 + side * 12.0, 21.0, 0.9),
                        (27.0 + side * 28.0, 15.0, 0.0),
                        (27.0 + side * 20.0, 29.0, 0.9),
                        (27.0, 27.0, 0.5),
                    ]),
                    HAIR,
                    Shade::Under,
                );
            }
        }
    }
}
