//! Arms and legs, bare and dressed.

use crate::ink::{GOLD, Ink, SKIN};
use crate::outfit::{Feet, Hands, Legs, Outfit, Sleeves};
use crate::painter::{Painter, Shade};
use crate::shape::{Point, between, circle, ellipse, limb, mixed, open, sharp, smooth};
use crate::skeleton::{Limb, Skeleton};

/// One leg: skin, then trousers, then shoe. `depth` darkens the far one.
pub(crate) fn leg(painter: &mut Painter, skeleton: &Skeleton, leg: &Limb, outfit: &Outfit, depth: f32) {
    let thigh = skeleton.build.thigh;
    let (knee, ankle) = (thigh * 0.74, thigh * 0.5);
    let calf = between(leg.bend, leg.end, 0.35);
    painter.group(
        [
            limb(leg.root, leg.bend, thigh, knee),
            limb(leg.bend, calf, knee, knee * 0.98),
            limb(calf, leg.end, knee * 0.98, ankle),
        ],
        SKIN.times(depth),
        Shade::Side,
    );
    let second = outfit.second().times(depth);
    match outfit.legs {
        Legs::Bare | Legs::Loincloth | Legs::Skirt => {}
        Legs::Tight => {
            painter.group(
                [
                    limb(leg.root, leg.bend, thigh + 1.0, knee + 1.0),
                    limb(leg.bend, leg.end, knee + 1.0, ankle + 1.0),
                ],
                second,
                Shade::Side,
            );
            let ((x, y), reach) = (leg.bend, knee * 0.6);
            painter.line(
                open(&[(x - reach, y + 2.0), (x, y + 5.0), (x + reach, y + 1.0)]),
                second.times(0.6),
                1.6,
            );
        }
        Legs::Puffy => puffy(painter, leg, thigh, second, outfit.trim().times(depth)),
        Legs::Shorts => {
            let hem = between(leg.root, leg.bend, 0.72);
            painter.shape(limb(leg.root, hem, thigh + 3.0, knee + 6.0), second, Shade::Side);
            painter.line(
                open(&[
                    (hem.0 - knee - 4.0, hem.1 + 3.0),
                    (hem.0, hem.1 + 8.0),
                    (hem.0 + knee + 4.0, hem.1 + 3.0),
                ]),
                second.times(0.6),
                2.0,
            );
        }
    }
    foot(painter, leg, thigh, outfit, depth);
}

/// Wide trousers gathered in a cuff.
fn puffy(painter: &mut Painter, leg: &Limb, thigh: f32, ink: Ink, cuff: Ink) {
    let low = between(leg.bend, leg.end, 0.62);
    let (root, bend) = (leg.root, leg.bend);
    let wide = thigh * 1.34;
    painter.shape(
        smooth(&[
            (root.0 - thigh, root.1),
            (root.0 + thigh, root.1 - 2.0),
            (bend.0 + wide * 0.95, bend.1),
            (low.0 + wide * 0.86, low.1 - 4.0),
            (low.0 + thigh * 0.5, low.1 + 5.0),
            (low.0 - thigh * 0.5, low.1 + 5.0),
            (low.0 - wide * 0.98, low.1 - 5.0),
            (bend.0 - wide, bend.1),
        ]),
        ink,
        Shade::Side,
    );
    for offset in [-0.35, 0.3] {
        let x = low.0 + offset * thigh;
        painter.line(
            open(&[(x, low.1 + 2.0), (x - 1.0, low.1 - 8.0), (x + offset * 8.0, low.1 - 16.0)]),
            ink.times(0.62),
            1.7,
        );
    }
    painter.shape(ellipse((low.0, low.1 + 5.0), thigh * 0.66, 5.0), cuff, Shade::Side);
}

/// A foot pointing to the lower right.
fn foot(painter: &mut Painter, leg: &Limb, thigh: f32, outfit: &Outfit, depth: f32) {
    let size = thigh / 14.0;
    let leather = outfit.leather().times(depth);
    let sole = |painter: &mut Painter, ink: Ink, grow: f32| {
        painter.at(leg.end, size * grow, |painter| {
            painter.shape(
                smooth(&[
                    (-9.0, -10.0),
                    (7.0, -11.0),
                    (14.0, -4.0),
                    (25.0, 1.0),
                    (28.0, 8.0),
                    (20.0, 12.0),
                    (-4.0, 10.0),
                    (-11.0, 5.0),
                ]),
                ink,
                Shade::Under,
            );
        });
    };
    match outfit.feet {
        Feet::Bare | Feet::Sandals => {
            sole(painter, SKIN.times(depth), 0.95);
            painter.at(leg.end, size, |painter| {
                for (x, y) in [(17.0, 5.0), (21.0, 4.5)] {
                    painter.line(open(&[(x, y), (x + 2.0, y + 4.0)]), SKIN.times(0.5 * depth), 1.3);
                }
                if outfit.feet == Feet::Sandals {
                    for points in
                        [[(-9.0, -4.0), (0.0, -1.0), (10.0, -6.0)], [(6.0, 9.0), (11.0, 4.0), (15.0, -4.0)]]
                    {
                        painter.line(open(&points), leather.times(0.3), 6.4);
                        painter.line(open(&points), leather, 3.8);
                    }
                    painter.line(open(&[(-10.0, 8.0), (4.0, 12.0), (24.0, 12.0)]), leather.times(0.45), 3.0);
                }
            });
        }
        Feet::Shoes => {
            sole(painter, leather, 1.05);
            painter.line(
                open(&[(leg.end.0 - 8.0, leg.end.1 + 8.0), (leg.end.0 + 22.0 * size, leg.end.1 + 11.0)]),
                leather.times(0.5),
                2.4,
            );
        }
        Feet::Boots | Feet::Greaves => {
            let top = between(leg.bend, leg.end, if outfit.feet == Feet::Boots { 0.42 } else { 0.12 });
            sole(painter, leather, 1.12);
            painter.shape(limb(top, leg.end, thigh * 0.84, thigh * 0.66), leather, Shade::Side);
            painter.fill(
                ellipse((leg.end.0 + 2.0, leg.end.1), thigh * 0.55, 6.0 * size),
                leather,
                Shade::Flat,
            );
            let trim = outfit.trim().times(depth);
            if outfit.feet == Feet::Boots {
                let half = thigh * 0.94;
                painter.shape(
                    smooth(&[
                        (top.0 - half, top.1 - 5.0),
                        (top.0 + half, top.1 - 6.0),
                        (top.0 + half, top.1 + 3.0),
                        (top.0, top.1 + 7.0),
                        (top.0 - half, top.1 + 4.0),
                    ]),
                    trim,
                    Shade::Side,
                );
            } else {
                painter.shape(
                    mixed(&[
                        (top.0 - 9.0, top.1 - 7.0, 0.3),
                        (top.0 + 3.0, top.1 - 14.0, 0.0),
                        (top.0 + 12.0, top.1 - 6.0, 0.3),
                        (top.0 + 8.0, top.1 + 8.0, 0.6),
                        (top.0 - 5.0, top.1 + 8.0, 0.6),
                    ]),
                    trim,
                    Shade::Side,
                );
            }
        }
        Feet::Fur => {
            sole(painter, leather, 1.05);
            let top = between(leg.bend, leg.end, 0.45);
            let (half, bottom) = (thigh * 0.95, leg.end.1 - 2.0);
            painter.shape(
                sharp(&[
                    (top.0 - half, top.1 - 4.0),
                    (top.0 + half, top.1 - 5.0),
                    (leg.end.0 + half * 1.25, bottom - 6.0),
                    (leg.end.0 + half * 0.75, bottom - 5.0),
                    (leg.end.0 + half * 0.6, bottom + 3.0),
                    (leg.end.0 + 1.0, bottom - 3.0),
                    (leg.end.0 - half * 0.6, bottom + 3.0),
                    (leg.end.0 - half * 0.75, bottom - 6.0),
                    (leg.end.0 - half * 1.2, bottom - 4.0),
                ]),
                outfit.trim().times(depth),
                Shade::Side,
            );
        }
    }
}

/// One arm: skin, sleeve, glove.
pub(crate) fn arm(painter: &mut Painter, skeleton: &Skeleton, arm: &Limb, outfit: &Outfit, depth: f32) {
    let radius = skeleton.build.arm;
    let (elbow, wrist) = (radius * 0.78, radius * 0.66);
    let skin = SKIN.times(depth);
    painter.group(
        [limb(arm.root, arm.bend, radius, elbow), limb(arm.bend, arm.end, elbow, wrist)],
        skin,
        Shade::Side,
    );
    hand(painter, arm, radius, skin);
    let main = outfit.main().times(depth);
    let (trim, leather) = (outfit.trim().times(depth), outfit.leather().times(depth));
    match outfit.sleeves {
        Sleeves::None => {}
        Sleeves::Short => {
            let hem = between(arm.root, arm.bend, 0.62);
            painter.shape(limb(arm.root, hem, radius + 2.5, elbow + 4.0), main, Shade::Side);
            band(painter, arm.root, hem, elbow + 4.0, trim);
        }
        Sleeves::Puff => {
            painter.shape(circle(between(arm.root, arm.bend, 0.18), radius * 1.55), main, Shade::Round);
            band(painter, arm.root, between(arm.root, arm.bend, 0.56), elbow + 2.0, trim);
        }
        Sleeves::Long => {
            let cuff = between(arm.bend, arm.end, 0.78);
            painter.group(
                [
                    limb(arm.root, arm.bend, radius + 2.0, elbow + 2.5),
                    limb(arm.bend, cuff, elbow + 2.5, wrist + 3.0),
                ],
                main,
                Shade::Side,
            );
            band(painter, arm.bend, cuff, wrist + 3.5, trim);
        }
        Sleeves::Wide => wide_sleeve(painter, arm, radius, main, trim),
    }
    match outfit.hands {
        Hands::Bare => {}
        Hands::Gloves => {
            let cuff = between(arm.bend, arm.end, 0.5);
            painter.shape(limb(cuff, arm.end, wrist + 3.0, wrist + 1.0), leather, Shade::Side);
            hand(painter, arm, radius * 1.12, leather);
            band(painter, arm.bend, cuff, wrist + 4.0, trim);
        }
        Hands::Gauntlets => {
            let cuff = between(arm.bend, arm.end, 0.2);
            painter.shape(limb(cuff, arm.end, elbow + 6.0, wrist + 2.5), leather, Shade::Side);
            hand(painter, arm, radius * 1.35, leather);
            band(painter, arm.bend, between(arm.bend, arm.end, 0.3), elbow + 6.5, trim);
            band(painter, arm.bend, between(arm.bend, arm.end, 0.72), wrist + 4.5, trim);
        }
        Hands::Bracers => {
            let (from, to) = (between(arm.bend, arm.end, 0.3), between(arm.bend, arm.end, 0.8));
            painter.shape(limb(from, to, elbow + 1.0, wrist + 2.0), leather, Shade::Side);
            painter.shape(circle(between(from, to, 0.5), 3.4), GOLD, Shade::Round);
        }
    }
}

fn wide_sleeve(painter: &mut Painter, arm: &Limb, radius: f32, main: Ink, trim: Ink) {
    let end = between(arm.bend, arm.end, 0.72);
    let (dx, dy) = (end.0 - arm.bend.0, end.1 - arm.bend.1);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let (nx, ny) = (-dy / length, dx / length);
    let wide = radius * 1.75;
    let edge = [(end.0 + nx * wide, end.1 + ny * wide + 6.0), (end.0 - nx * wide, end.1 - ny * wide + 2.0)];
    painter.group(
        [
            limb(arm.root, arm.bend, radius + 2.5, radius + 2.0),
            mixed(&[
                (arm.bend.0 + nx * radius * 1.1, arm.bend.1 + ny * radius * 1.1, 0.5),
                (edge[0].0, edge[0].1, 0.0),
                (end.0, end.1 + 5.0, 1.0),
                (edge[1].0, edge[1].1, 0.0),
                (arm.bend.0 - nx * radius * 1.1, arm.bend.1 - ny * radius * 1.1, 0.5),
            ]),
        ],
        main,
        Shade::Side,
    );
    let hem = [edge[0], (end.0, end.1 + 5.0), edge[1]];
    painter.line(open(&hem), trim.times(0.28), 7.0);
    painter.line(open(&hem), trim, 4.2);
}

/// A fist hanging from the wrist.
fn hand(painter: &mut Painter, arm: &Limb, radius: f32, ink: Ink) {
    let (dx, dy) = (arm.end.0 - arm.bend.0, arm.end.1 - arm.bend.1);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let size = radius * 0.98;
    let centre = (arm.end.0 + dx / length * size * 0.7, arm.end.1 + dy / length * size * 0.7);
    painter.shape(circle(centre, size), ink, Shade::Round);
    let (x, y) = centre;
    painter.line(
        open(&[
            (x + size * 0.1, y + size * 0.55),
            (x + size * 0.5, y + size * 0.2),
            (x + size * 0.45, y - size * 0.3),
        ]),
        ink.times(0.5),
        1.4,
    );
}

/// A ring around a limb at a point of it.
fn band(painter: &mut Painter, from: Point, at: Point, half: f32, ink: Ink) {
    let (dx, dy) = (at.0 - from.0, at.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let (nx, ny) = (-dy / length * half, dx / length * half);
    let ends = open(&[(at.0 + nx, at.1 + ny), (at.0 - nx, at.1 - ny)]);
    painter.line(ends.clone(), ink.times(0.28), 8.0);
    painter.line(ends, ink, 4.6);
}
