//! Hats, in head coordinates.

use crate::ink::{DARK, GOLD, Ink, MAIN, SECOND, TRIM, WHITE};
use crate::painter::{Painter, Shade};
use crate::shape::{circle, ellipse, mixed, open, sharp, smooth, star};

const STEEL: Ink = Ink::fixed(0x9A_A6B4);
const BONE: Ink = Ink::fixed(0xEE_E4CC);

/// Draws a hat over the head.
pub(crate) fn draw(painter: &mut Painter, design: usize) {
    match design {
        0 => pointed(painter),
        1 => bull_helm(painter),
        2 => frost_crown(painter),
        3 => feathered(painter),
        4 => beanie(painter),
        5 => turban(painter),
        6 => top_hat(painter),
        7 => winged_helmet(painter),
        _ => diver(painter),
    }
}

fn pointed(painter: &mut Painter) {
    painter.shape(
        mixed(&[
            (-46.0, -30.0, 0.4),
            (-36.0, -78.0, 0.9),
            (-44.0, -112.0, 0.9),
            (-76.0, -126.0, 0.0),
            (-30.0, -138.0, 0.9),
            (4.0, -112.0, 0.9),
            (34.0, -70.0, 0.9),
            (50.0, -34.0, 0.4),
            (0.0, -22.0, 0.9),
        ]),
        MAIN,
        Shade::Side,
    );
    painter.line(open(&[(-36.0, -92.0), (-16.0, -88.0), (10.0, -98.0)]), MAIN.times(0.6), 2.2);
    painter.shape(
        smooth(&[
            (-84.0, -18.0),
            (-50.0, -42.0),
            (0.0, -34.0),
            (52.0, -46.0),
            (84.0, -32.0),
            (60.0, -16.0),
            (0.0, -6.0),
            (-56.0, -6.0),
        ]),
        MAIN,
        Shade::Under,
    );
    painter.shape(
        mixed(&[
            (-48.0, -38.0, 0.3),
            (0.0, -30.0, 0.9),
            (50.0, -44.0, 0.3),
            (46.0, -58.0, 0.3),
            (0.0, -46.0, 0.9),
            (-45.0, -52.0, 0.3),
        ]),
        TRIM,
        Shade::Side,
    );
    painter.shape(
        mixed(&[(8.0, -52.0, 0.3), (28.0, -55.0, 0.3), (30.0, -35.0, 0.3), (10.0, -31.0, 0.3)]),
        GOLD,
        Shade::Round,
    );
}

fn bull_helm(painter: &mut Painter) {
    for points in [
        [
            (-38.0, -40.0, 0.5),
            (-76.0, -42.0, 0.9),
            (-98.0, -84.0, 0.8),
            (-88.0, -112.0, 0.0),
            (-74.0, -78.0, 0.8),
            (-38.0, -64.0, 0.6),
        ],
        [
            (42.0, -44.0, 0.5),
            (76.0, -52.0, 0.9),
            (90.0, -88.0, 0.8),
            (76.0, -114.0, 0.0),
            (68.0, -82.0, 0.8),
            (40.0, -66.0, 0.6),
        ],
    ] {
        painter.shape(mixed(&points), BONE, Shade::Under);
    }
    painter.shape(
        mixed(&[
            (-54.0, 26.0, 0.3),
            (-58.0, -20.0, 0.9),
            (-40.0, -64.0, 0.9),
            (6.0, -78.0, 0.9),
            (48.0, -62.0, 0.9),
            (60.0, -18.0, 0.4),
            (30.0, -22.0, 0.3),
            (18.0, -12.0, 0.0),
            (4.0, -24.0, 0.3),
            (-24.0, -18.0, 0.3),
            (-24.0, 34.0, 0.3),
        ]),
        STEEL,
        Shade::Round,
    );
    painter.shape(
        mixed(&[
            (12.0, -78.0, 0.4),
            (28.0, -76.0, 0.4),
            (32.0, -22.0, 0.3),
            (27.0, 14.0, 0.1),
            (20.0, -20.0, 0.3),
        ]),
        GOLD,
        Shade::Side,
    );
    painter.line(open(&[(-56.0, -22.0), (-10.0, -30.0), (22.0, -34.0)]), STEEL.times(0.5), 2.2);
    for (x, y) in [(-44.0, -10.0), (-40.0, 14.0), (44.0, -30.0)] {
        painter.fill(circle((x, y), 3.4), STEEL.times(0.5), Shade::Flat);
    }
}

fn frost_crown(painter: &mut Painter) {
    let ice = Ink::fixed(0x9F_DCF2);
    painter.shape(
        sharp(&[
            (-50.0, -28.0),
            (-64.0, -84.0),
            (-36.0, -58.0),
            (-26.0, -106.0),
            (-4.0, -62.0),
            (16.0, -122.0),
            (28.0, -62.0),
            (52.0, -102.0),
            (50.0, -58.0),
            (72.0, -82.0),
            (58.0, -30.0),
            (6.0, -18.0),
        ]),
        ice,
        Shade::Side,
    );
    for line in
        [[(-26.0, -98.0), (-22.0, -46.0)], [(16.0, -112.0), (14.0, -44.0)], [(51.0, -94.0), (44.0, -48.0)]]
    {
        painter.line(open(&line), WHITE, 2.6);
    }
    painter.shape(
        mixed(&[
            (-52.0, -36.0, 0.3),
            (6.0, -26.0, 0.9),
            (60.0, -38.0, 0.3),
            (60.0, -24.0, 0.3),
            (6.0, -10.0, 0.9),
            (-52.0, -22.0, 0.3),
        ]),
        Ink::fixed(0x3F_78B8),
        Shade::Side,
    );
    painter.shape(
        sharp(&[(16.0, -36.0), (26.0, -22.0), (16.0, -6.0), (6.0, -22.0)]),
        Ink::fixed(0xF4_7BA8),
        Shade::Round,
    );
}

fn feathered(painter: &mut Painter) {
    let felt = Ink::fixed(0x7B_4A2C);
    painter.shape(
        mixed(&[
            (-36.0, -44.0, 0.4),
            (-58.0, -84.0, 0.9),
            (-104.0, -104.0, 0.9),
            (-132.0, -80.0, 0.0),
            (-112.0, -72.0, 0.3),
            (-116.0, -56.0, 0.0),
            (-88.0, -56.0, 0.6),
        ]),
        Ink::fixed(0xE2_3E57),
        Shade::Under,
    );
    painter.line(open(&[(-42.0, -50.0), (-76.0, -76.0), (-118.0, -84.0)]), Ink::fixed(0x8A_1F33), 2.4);
    painter.shape(
        mixed(&[
            (-44.0, -34.0, 0.4),
            (-42.0, -72.0, 0.8),
            (-10.0, -86.0, 0.8),
            (8.0, -78.0, 0.6),
            (30.0, -86.0, 0.8),
            (48.0, -66.0, 0.8),
            (52.0, -36.0, 0.4),
            (4.0, -24.0, 0.9),
        ]),
        felt,
        Shade::Round,
    );
    painter.shape(
        mixed(&[
            (-45.0, -36.0, 0.3),
            (4.0, -27.0, 0.9),
            (52.0, -38.0, 0.3),
            (50.0, -52.0, 0.3),
            (4.0, -40.0, 0.9),
            (-44.0, -49.0, 0.3),
        ]),
        Ink::fixed(0xE9_C46A),
        Shade::Side,
    );
    painter.shape(
        smooth(&[
            (-78.0, -34.0),
            (-46.0, -36.0),
            (4.0, -28.0),
            (54.0, -40.0),
            (92.0, -52.0),
            (76.0, -24.0),
            (20.0, -10.0),
            (-50.0, -12.0),
        ]),
        felt,
        Shade::Under,
    );
}

fn beanie(painter: &mut Painter) {
    painter.shape(circle((-2.0, -86.0), 19.0), TRIM, Shade::Round);
    painter.shape(
        mixed(&[
            (-52.0, -14.0, 0.4),
            (-54.0, -50.0, 0.9),
            (-20.0, -74.0, 0.9),
            (26.0, -74.0, 0.9),
            (56.0, -50.0, 0.9),
            (58.0, -22.0, 0.4),
        ]),
        SECOND,
        Shade::Round,
    );
    for (x, lean) in [(-26.0, -6.0), (2.0, 0.0), (30.0, 6.0)] {
        painter.line(open(&[(x + lean, -28.0), (x, -50.0), (x * 0.6, -68.0)]), SECOND.times(0.6), 2.4);
    }
    painter.shape(
        mixed(&[
            (-56.0, -32.0, 0.6),
            (4.0, -28.0, 0.9),
            (60.0, -40.0, 0.6),
            (62.0, -18.0, 0.6),
            (4.0, -4.0, 0.9),
            (-56.0, -8.0, 0.6),
        ]),
        TRIM,
        Shade::Under,
    );
    for x in [-40.0, -22.0, -3.0, 16.0, 34.0, 50.0] {
        painter.line(open(&[(x, -26.0), (x + 1.0, -12.0)]), TRIM.times(0.6), 2.0);
    }
}

fn turban(painter: &mut Painter) {
    painter.shape(
        mixed(&[
            (-46.0, -6.0, 0.5),
            (-66.0, 14.0, 0.8),
            (-78.0, 62.0, 0.0),
            (-62.0, 54.0, 0.2),
            (-54.0, 70.0, 0.0),
            (-40.0, 20.0, 0.8),
        ]),
        MAIN,
        Shade::Side,
    );
    painter.shape(
        smooth(&[
            (-56.0, -14.0),
            (-66.0, -44.0),
            (-40.0, -80.0),
            (8.0, -92.0),
            (52.0, -78.0),
            (68.0, -44.0),
            (58.0, -20.0),
            (6.0, -14.0),
        ]),
        MAIN,
        Shade::Round,
    );
    for line in [
        [(-60.0, -30.0), (-8.0, -38.0), (44.0, -76.0)],
        [(-58.0, -54.0), (-18.0, -62.0), (18.0, -88.0)],
        [(62.0, -30.0), (22.0, -40.0), (-14.0, -66.0)],
    ] {
        painter.line(open(&line), MAIN.times(0.58), 2.6);
    }
    painter.shape(
        sharp(&[(20.0, -66.0), (32.0, -46.0), (20.0, -26.0), (8.0, -46.0)]),
        Ink::fixed(0x2F_B98A),
        Shade::Round,
    );
    painter.line(sharp(&[(20.0, -66.0), (32.0, -46.0), (20.0, -26.0), (8.0, -46.0)]), GOLD, 3.4);
}

fn top_hat(painter: &mut Painter) {
    let silk = Ink::fixed(0x3E_3A52);
    painter.shape(
        mixed(&[
            (-40.0, -36.0, 0.3),
            (-46.0, -124.0, 0.3),
            (4.0, -132.0, 0.9),
            (54.0, -128.0, 0.3),
            (46.0, -38.0, 0.3),
            (4.0, -28.0, 0.9),
        ]),
        silk,
        Shade::Side,
    );
    painter.fill(ellipse((4.0, -126.0), 48.0, 9.0), silk.times(1.4), Shade::Flat);
    painter.shape(
        mixed(&[
            (-42.0, -42.0, 0.3),
            (4.0, -34.0, 0.9),
            (47.0, -44.0, 0.3),
            (48.0, -62.0, 0.3),
            (4.0, -54.0, 0.9),
            (-43.0, -60.0, 0.3),
        ]),
        Ink::fixed(0xB8_3A6B),
        Shade::Side,
    );
    painter.shape(
        smooth(&[
            (-72.0, -36.0),
            (-44.0, -40.0),
            (4.0, -32.0),
            (50.0, -42.0),
            (78.0, -42.0),
            (52.0, -22.0),
            (4.0, -12.0),
            (-46.0, -18.0),
        ]),
        silk,
        Shade::Under,
    );
    for (x, y) in [(-6.0, -64.0), (28.0, -66.0)] {
        painter.shape(circle((x, y), 14.0), GOLD, Shade::Round);
        painter.shape(circle((x, y), 9.0), Ink::fixed(0x7F_D8E8), Shade::Round);
    }
}

fn winged_helmet(painter: &mut Painter) {
    let wing = |painter: &mut Painter, flip: f32| {
        for (reach, rise) in [(52.0, -20.0), (58.0, -46.0), (48.0, -72.0)] {
            painter.shape(
                mixed(&[
                    (0.0, 8.0, 0.3),
                    (flip * reach * 0.6, rise * 0.4 + 10.0, 0.9),
                    (flip * reach, rise - 8.0, 0.0),
                    (flip * reach * 0.5, rise * 0.9, 0.9),
                    (0.0, -12.0, 0.3),
                ]),
                WHITE,
                Shade::Under,
            );
        }
    };
    painter.at((48.0, -34.0), 0.85, |painter| wing(painter, 1.0));
    painter.shape(
        mixed(&[
            (-52.0, 8.0, 0.3),
            (-56.0, -28.0, 0.9),
            (-34.0, -66.0, 0.9),
            (8.0, -76.0, 0.9),
            (48.0, -60.0, 0.9),
            (60.0, -24.0, 0.3),
            (36.0, -26.0, 0.6),
            (0.0, -22.0, 0.8),
            (-24.0, -8.0, 0.4),
            (-28.0, 14.0, 0.2),
        ]),
        GOLD,
        Shade::Round,
    );
    painter.shape(
        mixed(&[
            (-14.0, -72.0, 0.4),
            (0.0, -98.0, 0.2),
            (30.0, -94.0, 0.2),
            (28.0, -70.0, 0.4),
            (26.0, -30.0, 0.2),
            (14.0, -30.0, 0.2),
        ]),
        Ink::fixed(0x3E_7CC4),
        Shade::Side,
    );
    painter.at((-42.0, -26.0), 1.1, |painter| wing(painter, -1.0));
    painter.shape(circle((-40.0, -22.0), 10.0), Ink::fixed(0x3E_7CC4), Shade::Round);
}

fn diver(painter: &mut Painter) {
    let copper = Ink::fixed(0xC7_7A42);
    painter.shape(
        smooth(&[
            (-64.0, 0.0),
            (-58.0, -44.0),
            (-22.0, -76.0),
            (26.0, -76.0),
            (64.0, -46.0),
            (70.0, 2.0),
            (54.0, 42.0),
            (10.0, 56.0),
            (-40.0, 44.0),
        ]),
        copper,
        Shade::Round,
    );
    painter.shape(ellipse((2.0, 50.0), 50.0, 13.0), copper.times(0.85), Shade::Under);
    painter.shape(ellipse((24.0, -4.0), 40.0, 38.0), GOLD, Shade::Round);
    painter.shape(ellipse((25.0, -4.0), 31.0, 30.0), Ink::fixed(0x4E_A7B5), Shade::Round);
    painter.fill(
        mixed(&[(8.0, -18.0, 0.9), (22.0, -28.0, 0.9), (18.0, -14.0, 0.9), (10.0, 0.0, 0.9)]),
        WHITE,
        Shade::Flat,
    );
    for x in [12.0, 38.0] {
        painter.fill(ellipse((x, 0.0), 5.5, 9.0), DARK, Shade::Flat);
        painter.fill(circle((x + 2.0, -4.0), 2.0), WHITE, Shade::Flat);
    }
    painter.shape(ellipse((-40.0, -2.0), 11.0, 18.0), GOLD, Shade::Round);
    painter.shape(star((4.0, -78.0), 6, 12.0, 8.0), GOLD, Shade::Round);
}
