//! The trunk: bare, dressed, belted.

use crate::ink::{Ink, SKIN};
use crate::outfit::{Legs, Outfit, Torso};
use crate::painter::{Painter, Shade};
use crate::shape::{Shape, ellipse, mixed, open, sharp, smooth};
use crate::skeleton::Skeleton;
use crate::trimmings;

/// The outline of the trunk down to a share of its height, grown by some units.
fn trunk(skeleton: &Skeleton, down_to: f32, grow: f32) -> Shape {
    let build = &skeleton.build;
    let y = |share: f32| skeleton.height(share);
    let (shoulder, far) = (build.shoulder, build.shoulder * 0.84 + 7.0);
    let near = |share: f32| -skeleton.side(share) - grow;
    let right = |share: f32| skeleton.side(share) * 0.86 + 6.0 + grow;
    let mut points = vec![
        (-shoulder * 0.5, y(0.0) - 2.0 - grow),
        (6.0, y(0.0) - 4.0 - grow),
        (far * 0.7, y(0.0) - 1.0 - grow),
        (far + grow, y(0.1)),
        (right(0.36) + build.bust, y(0.36)),
    ];
    if down_to > 0.7 {
        points.extend([(right(0.66), y(0.66)), (right(0.95), y(0.95))]);
        points.extend([(right(1.0) * 0.6, y(1.0) + 15.0), (near(1.0) * 0.5, y(1.0) + 17.0)]);
        points.extend([(near(0.96), y(0.96)), (near(0.66), y(0.66))]);
    } else {
        points.extend([(right(down_to), y(down_to)), (4.0, y(down_to) + 5.0), (near(down_to), y(down_to))]);
    }
    points.extend([(near(0.34) - build.bust * 0.2, y(0.34)), (-shoulder - grow, y(0.1))]);
    smooth(&points)
}

/// Cloth that hangs from the waist to a height, `flare` units wider at the hem.
fn hanging(skeleton: &Skeleton, from: f32, hem_y: f32, flare: f32) -> Shape {
    let (waist, top) = (skeleton.side(from) + 1.5, skeleton.height(from));
    let hip = skeleton.build.hip;
    let (left, right) = (-hip - flare, hip * 0.86 + 6.0 + flare);
    mixed(&[
        (-waist, top, 0.0),
        (waist * 0.86 + 6.0, top, 0.0),
        (hip * 0.9 + 8.0, skeleton.hip_y, 1.0),
        (right, hem_y - 6.0, 0.2),
        (right * 0.5, hem_y + 3.0, 0.8),
        (left * 0.2, hem_y + 7.0, 0.8),
        (left, hem_y, 0.2),
        (-hip - 3.0, skeleton.hip_y, 1.0),
    ])
}

/// Cloth below the waist with its hem and folds.
fn skirt(painter: &mut Painter, skeleton: &Skeleton, from: f32, hem_y: f32, flare: f32, ink: Ink, trim: Ink) {
    painter.shape(hanging(skeleton, from, hem_y, flare), ink, Shade::Side);
    let hip = skeleton.build.hip;
    let (left, right) = (-hip - flare, hip * 0.86 + 6.0 + flare);
    let top = skeleton.hip_y;
    for share in [0.22, 0.5, 0.76] {
        let foot = left + (right - left) * share;
        let head = (foot - 3.0) * 0.72 + 1.0;
        painter.line(
            open(&[(foot, hem_y), (foot * 0.92, (hem_y + top) / 2.0), (head, top + 8.0)]),
            ink.times(0.6),
            1.8,
        );
    }
    let hem = [
        (left + 1.5, hem_y - 4.0),
        (left * 0.2, hem_y + 2.5),
        (right * 0.5, hem_y - 1.5),
        (right - 1.5, hem_y - 10.0),
    ];
    painter.line(open(&hem), trim, 4.4);
}

/// What shows of a second cloth below the hem of a dress or a kimono.
fn underskirt(painter: &mut Painter, skeleton: &Skeleton, outfit: &Outfit) {
    let leg = skeleton.build.leg;
    let (share, flare) = match outfit.torso {
        Torso::Dress => (0.62, 20.0),
        Torso::Kimono | Torso::Tunic => (0.5, 9.0),
        Torso::Bare
        | Torso::Shirt
        | Torso::Robe
        | Torso::Crop
        | Torso::Jacket
        | Torso::Apron
        | Torso::Armour => {
            return;
        }
    };
    skirt(
        painter,
        skeleton,
        0.8,
        skeleton.hip_y + leg * share,
        flare,
        outfit.second(),
        outfit.second().times(0.8),
    );
}

/// The panel that hangs down the front of a robe.
fn tabard(painter: &mut Painter, skeleton: &Skeleton, outfit: &Outfit) {
    let (top, second) = (skeleton.height(0.8), outfit.second());
    painter.shape(
        mixed(&[
            (-6.0, top, 0.2),
            (20.0, top, 0.2),
            (27.0, -46.0, 0.4),
            (26.0, -26.0, 0.0),
            (9.0, -14.0, 0.0),
            (-12.0, -24.0, 0.0),
            (-12.0, -46.0, 0.4),
        ]),
        second,
        Shade::Side,
    );
    painter.line(open(&[(-10.0, -32.0), (9.0, -22.0), (25.0, -34.0)]), outfit.trim(), 3.6);
}

/// The broad strap across a bare chest.
fn baldric(painter: &mut Painter, skeleton: &Skeleton, outfit: &Outfit) {
    let (y, main) = (|share: f32| skeleton.height(share), outfit.main());
    let (left, right) = (skeleton.build.shoulder, skeleton.side(0.74) * 0.86 + 5.0);
    painter.shape(
        mixed(&[
            (-left * 0.72, y(-0.01), 0.4),
            (-left * 0.28, y(-0.04), 0.4),
            (10.0, y(0.36), 0.9),
            (right, y(0.66), 0.3),
            (right - 1.0, y(0.82), 0.3),
            (-2.0, y(0.5), 0.9),
        ]),
        main,
        Shade::Side,
    );
    painter.shape(ellipse((7.0, y(0.42)), 7.5, 7.0), outfit.trim(), Shade::Round);
}

/// Draws the trunk with all that covers it, but not what lies around the neck.
pub(crate) fn torso(painter: &mut Painter, skeleton: &Skeleton, outfit: &Outfit, female: bool) {
    let (main, trim) = (outfit.main(), outfit.trim());
    painter.shape(trunk(skeleton, 1.0, 0.0), SKIN, Shade::Side);
    if matches!(outfit.torso, Torso::Bare | Torso::Apron | Torso::Crop) {
        skin_lines(painter, skeleton, female);
    }
    match outfit.legs {
        Legs::Loincloth => loincloth(painter, skeleton, outfit),
        Legs::Skirt => skirt(
            painter,
            skeleton,
            0.74,
            skeleton.hip_y + skeleton.build.leg * 0.34,
            12.0,
            outfit.second(),
            trim,
        ),
        Legs::Tight | Legs::Puffy | Legs::Shorts => {
            painter.fill(hanging(skeleton, 0.82, skeleton.hip_y + 10.0, -4.0), outfit.second(), Shade::Side);
        }
        Legs::Bare => underskirt(painter, skeleton, outfit),
    }
    let leg = skeleton.build.leg;
    match outfit.torso {
        Torso::Bare => baldric(painter, skeleton, outfit),
        Torso::Shirt | Torso::Armour => painter.shape(trunk(skeleton, 1.0, 1.5), main, Shade::Side),
        Torso::Tunic | Torso::Kimono => {
            skirt(painter, skeleton, 0.7, skeleton.hip_y + leg * 0.36, 8.0, main, trim);
            painter.shape(trunk(skeleton, 1.0, 1.5), main, Shade::Side);
            painter.fill(hanging(skeleton, 0.72, skeleton.hip_y + 14.0, 0.0), main, Shade::Side);
        }
        Torso::Robe => {
            skirt(painter, skeleton, 0.7, -13.0, 15.0, main, trim);
            painter.shape(trunk(skeleton, 1.0, 1.5), main, Shade::Side);
            painter.fill(hanging(skeleton, 0.72, skeleton.hip_y + 14.0, 0.0), main, Shade::Side);
            tabard(painter, skeleton, outfit);
        }
        Torso::Dress => {
            skirt(painter, skeleton, 0.66, skeleton.hip_y + leg * 0.5, 20.0, main, trim);
            painter.shape(trunk(skeleton, 0.68, 1.5), main, Shade::Side);
        }
        Torso::Crop => painter.shape(trunk(skeleton, 0.47, 1.5), main, Shade::Side),
        Torso::Jacket => jacket(painter, skeleton, outfit),
        Torso::Apron => apron(painter, skeleton, outfit),
    }
    detail(painter, skeleton, outfit, female);
    trimmings::motif(painter, skeleton, outfit);
    trimmings::belt(painter, skeleton, outfit);
}

fn skin_lines(painter: &mut Painter, skeleton: &Skeleton, female: bool) {
    let (y, dark) = (|share: f32| skeleton.height(share), SKIN.times(0.62));
    if !female {
        let half = skeleton.build.shoulder * 0.5;
        painter.line(open(&[(-half, y(0.38)), (2.0, y(0.42)), (8.0, y(0.34))]), dark, 1.8);
        painter.line(open(&[(8.0, y(0.34)), (14.0, y(0.42)), (half + 12.0, y(0.37))]), dark, 1.8);
        painter.line(open(&[(8.0, y(0.5)), (8.0, y(0.72))]), dark, 1.5);
    }
    painter.line(open(&[(8.0, y(0.8)), (9.0, y(0.83))]), dark, 2.6);
}

fn loincloth(painter: &mut Painter, skeleton: &Skeleton, outfit: &Outfit) {
    let (second, hip, top) = (outfit.second(), skeleton.build.hip, skeleton.height(0.86));
    let low = skeleton.hip_y + skeleton.build.leg * 0.46;
    painter.shape(
        sharp(&[
            (-hip - 2.0, top),
            (hip * 0.86 + 8.0, top),
            (hip * 0.86 + 13.0, low - 28.0),
            (hip * 0.6 + 8.0, low - 34.0),
            (24.0, low - 8.0),
            (15.0, low - 15.0),
            (4.0, low + 4.0),
            (-6.0, low - 13.0),
            (-16.0, low - 6.0),
            (-hip * 0.7, low - 32.0),
            (-hip - 8.0, low - 24.0),
        ]),
        second,
        Shade::Side,
    );
    painter.line(open(&[(4.0, low - 4.0), (5.0, low - 24.0)]), second.times(0.6), 1.8);
}

fn jacket(painter: &mut Painter, skeleton: &Skeleton, outfit: &Outfit) {
    let (main, trim) = (outfit.main(), outfit.trim());
    let y = |share: f32| skeleton.height(share);
    painter.shape(trunk(skeleton, 1.0, 0.8), trim, Shade::Side);
    let (left, shoulder) = (skeleton.side(0.66), skeleton.build.shoulder);
    painter.shape(
        mixed(&[
            (-shoulder - 1.5, y(0.08), 0.8),
            (-shoulder * 0.4, y(0.0) - 4.0, 0.6),
            (1.0, y(-0.02), 0.0),
            (8.0, y(0.34), 0.4),
            (-2.0, y(1.0), 0.4),
            (-6.0, y(1.24), 0.0),
            (-skeleton.build.hip - 9.0, y(1.2), 0.0),
            (-skeleton.build.hip - 2.0, y(0.96), 0.8),
            (-left - 2.0, y(0.66), 0.9),
            (-shoulder * 0.86 - 2.0, y(0.34), 0.9),
        ]),
        main,
        Shade::Side,
    );
    let far = shoulder * 0.84 + 7.0;
    let right = |share: f32| skeleton.side(share) * 0.86 + 8.0;
    painter.shape(
        mixed(&[
            (16.0, y(-0.02), 0.0),
            (far * 0.8, y(0.0) - 2.0, 0.6),
            (far + 1.5, y(0.1), 0.8),
            (right(0.36) + skeleton.build.bust, y(0.36), 0.9),
            (right(0.66), y(0.66), 0.9),
            (right(1.0) + 2.0, y(0.96), 0.8),
            (right(1.0) + 7.0, y(1.14), 0.0),
            (23.0, y(1.18), 0.0),
            (19.0, y(0.94), 0.4),
            (22.0, y(0.36), 0.4),
        ]),
        main.times(0.95),
        Shade::Flat,
    );
}

fn apron(painter: &mut Painter, skeleton: &Skeleton, outfit: &Outfit) {
    let (main, leather) = (outfit.main(), outfit.leather());
    let y = |share: f32| skeleton.height(share);
    for line in [
        [(-6.0, y(0.34)), (-12.0, y(0.14)), (-8.0, y(-0.02))],
        [(24.0, y(0.32)), (24.0, y(0.14)), (17.0, y(-0.02))],
    ] {
        painter.line(open(&line), leather.times(0.3), 9.0);
        painter.line(open(&line), leather, 5.6);
    }
    let hip = skeleton.build.hip;
    let low = skeleton.hip_y + skeleton.build.leg * 0.42;
    painter.shape(
        mixed(&[
            (-13.0, y(0.26), 0.3),
            (8.0, y(0.3), 0.6),
            (29.0, y(0.26), 0.3),
            (skeleton.side(0.66) * 0.8 + 5.0, y(0.66), 0.8),
            (hip * 0.8 + 8.0, y(1.0), 0.8),
            (hip * 0.6 + 9.0, low - 6.0, 0.1),
            (-2.0, low + 4.0, 0.8),
            (-hip * 0.8, low, 0.1),
            (-hip * 0.86, y(1.0), 0.8),
            (-skeleton.side(0.66) * 0.86, y(0.66), 0.8),
        ]),
        main,
        Shade::Side,
    );
}

/// Seams and lapels that tell one cut from another.
fn detail(painter: &mut Painter, skeleton: &Skeleton, outfit: &Outfit, female: bool) {
    let (main, trim) = (outfit.main(), outfit.trim());
    let y = |share: f32| skeleton.height(share);
    let half = skeleton.build.shoulder;
    match outfit.torso {
        Torso::Kimono => {
            painter.fill(sharp(&[(-8.0, y(-0.03)), (8.0, y(0.3)), (20.0, y(-0.03))]), SKIN, Shade::Flat);
            for (line, width) in [
                ([(18.0, y(-0.03)), (8.0, y(0.3)), (-12.0, y(0.7))], 5.0),
                ([(-10.0, y(-0.03)), (8.0, y(0.3)), (24.0, y(0.66))], 5.0),
            ] {
                painter.line(open(&line), trim.times(0.28), width + 3.2);
                painter.line(open(&line), trim, width);
            }
        }
        Torso::Armour => {
            painter.line(
                open(&[(-half * 0.8, y(0.5)), (6.0, y(0.56)), (half * 0.8 + 6.0, y(0.48))]),
                main.times(0.4),
                2.2,
            );
            painter.line(
                open(&[
                    (-skeleton.side(0.75), y(0.74)),
                    (6.0, y(0.8)),
                    (skeleton.side(0.75) * 0.86 + 6.0, y(0.73)),
                ]),
                main.times(0.4),
                2.2,
            );
            painter.line(open(&[(9.0, y(0.04)), (11.0, y(0.55))]), main.times(0.45), 2.0);
            if !female {
                painter.shape(
                    ellipse((-half * 0.3, y(0.26)), half * 0.34, 13.0),
                    main.times(1.12),
                    Shade::Round,
                );
                painter.shape(
                    ellipse((half * 0.48 + 9.0, y(0.26)), half * 0.26, 12.0),
                    main.times(1.12),
                    Shade::Round,
                );
            }
        }
        Torso::Dress | Torso::Crop => {
            painter.fill(
                mixed(&[
                    (-half * 0.4, y(-0.06), 0.0),
                    (6.0, y(0.14), 0.9),
                    (half * 0.5 + 10.0, y(-0.06), 0.0),
                ]),
                SKIN,
                Shade::Flat,
            );
            painter.line(
                open(&[(-half * 0.4, y(-0.02)), (6.0, y(0.16)), (half * 0.5 + 10.0, y(-0.02))]),
                trim,
                3.6,
            );
        }
        Torso::Shirt | Torso::Tunic | Torso::Robe => {
            painter.line(open(&[(-half * 0.72, y(0.62)), (-half * 0.5, y(0.5))]), main.times(0.6), 1.7);
        }
        Torso::Bare | Torso::Jacket | Torso::Apron => {}
    }
    if female && outfit.torso != Torso::Apron {
        let ink = if outfit.torso == Torso::Bare { SKIN } else { main };
        painter.line(
            open(&[(-half * 0.46, y(0.36)), (-half * 0.1, y(0.41)), (6.0, y(0.36))]),
            ink.times(0.6),
            1.8,
        );
        painter.line(
            open(&[(13.0, y(0.36)), (half * 0.5 + 6.0, y(0.41)), (half * 0.76 + 9.0, y(0.34))]),
            ink.times(0.6),
            1.8,
        );
    }
}
