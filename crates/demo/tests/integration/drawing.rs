//! Classes, sexes, poses, heads and items can be told apart, and colours follow the law.

use lorgnon_demo::{Background, DEMO_CLASSES, DemoError, DrawOptions, HEADS, Pose, draw, icon, items};
use lorgnon_imaging::Picture;
use lorgnon_look::{ClassLabel, Colour, Gender, Slot};

use crate::{bare, difference, framed};

const GREY: [Colour; 6] = [Colour::new(100, 100, 100); 6];
const MIXED: [Colour; 6] = [
    Colour::from_rgb(0xE8_B48C),
    Colour::from_rgb(0x7A_3E22),
    Colour::from_rgb(0x3C_78C8),
    Colour::from_rgb(0x6A_A04C),
    Colour::from_rgb(0x5A_3A5E),
    Colour::from_rgb(0xE8_C04A),
];

fn pairs() -> impl Iterator<Item = (&'static str, Gender)> {
    DEMO_CLASSES.iter().flat_map(|class| Gender::ALL.map(|gender| (class.label, gender)))
}

fn plain(class: &str, gender: Gender, colours: [Colour; 6]) -> Picture {
    draw(&bare(class, gender, colours), &DrawOptions::default()).unwrap()
}

#[test]
fn every_class_and_sex_differs_visibly_from_every_other() {
    let drawn: Vec<_> = pairs().map(|(class, gender)| (class, gender, plain(class, gender, MIXED))).collect();
    let frames: Vec<_> = drawn.iter().map(|(_, _, picture)| framed(picture)).collect();
    for (index, (class, gender, picture)) in drawn.iter().enumerate() {
        assert!((120..=330).contains(&picture.width()), "{class} {gender}: {} wide", picture.width());
        assert!((230..=470).contains(&picture.height()), "{class} {gender}: {} high", picture.height());
        for ((other_class, other_gender, _), other) in drawn.iter().zip(&frames[..index]) {
            let apart = difference(&frames[index], other);
            assert!(apart > 5.0, "{class} {gender} and {other_class} {other_gender}: only {apart:.1} apart");
        }
    }
}

#[test]
fn tinted_pixels_are_the_gain_times_the_colour() {
    for (class, gender) in pairs() {
        let grey = plain(class, gender, GREY);
        let tinted = plain(class, gender, [Colour::new(200, 50, 100); 6]);
        assert_eq!((grey.width(), grey.height()), (tinted.width(), tinted.height()));
        let (mut obeying, mut changed) = (0u32, 0u32);
        for (from, to) in grey.pixels().iter().zip(tinted.pixels()) {
            if from[3] < 255 || from[..3] == to[..3] {
                continue;
            }
            changed += 1;
            // All parts are of one colour, so even antialiased borders between them obey.
            let expected = [(u16::from(from[0]) * 2).min(255), u16::from(from[1]) / 2, u16::from(from[2])];
            let near = |channel: usize| expected[channel].abs_diff(u16::from(to[channel])) <= 3;
            obeying += u32::from((0..3).all(near));
        }
        assert!(changed > 8_000, "{class} {gender}: only {changed} tinted pixels");
        let share = f64::from(obeying) / f64::from(changed);
        assert!(share > 0.96, "{class} {gender}: {:.1} % obey", share * 100.0);
    }
}

#[test]
fn every_class_shows_all_six_colours_and_something_untinted() {
    for (class, gender) in pairs() {
        let grey = plain(class, gender, GREY);
        let mut tinted = vec![false; grey.pixels().len()];
        for part in 0..6 {
            let mut colours = GREY;
            colours[part] = Colour::new(200, 40, 150);
            let changed = plain(class, gender, colours);
            let mut seen = 0;
            for (index, (from, to)) in grey.pixels().iter().zip(changed.pixels()).enumerate() {
                if from != to {
                    tinted[index] = true;
                    seen += 1;
                }
            }
            assert!(seen >= 120, "{class} {gender}: colour {} shows on {seen} pixels", part + 1);
        }
        let fixed = grey.pixels().iter().zip(&tinted).filter(|(pixel, tinted)| pixel[3] == 255 && !**tinted);
        assert!(fixed.count() > 100, "{class} {gender}: no fixed part");
    }
}

#[test]
fn every_item_shows_and_no_two_designs_look_alike() {
    let catalogue = items();
    for slot in Slot::ALL {
        let look = bare("Lanternier", Gender::Male, MIXED);
        let without = framed(&draw(&look, &DrawOptions::default()).unwrap());
        let mut drawn: Vec<(u64, Picture, Picture)> = Vec::new();
        for item in catalogue.iter().filter(|item| item.slot == Some(slot)) {
            let mut look = look.clone();
            look.items.insert(slot, item.id);
            let worn = framed(&draw(&look, &DrawOptions::default()).unwrap());
            let alone = icon(item.id).unwrap();
            assert!(alone.width() <= 96 && alone.height() <= 96 && alone.has_alpha());
            assert!(difference(&worn, &without) > 1.0, "{slot} {} does not show", item.id);
            for (other, other_worn, other_icon) in &drawn {
                let same = catalogue.same_appearance(item.id).contains(other);
                let apart = difference(&worn, other_worn);
                assert_eq!(same, worn == *other_worn, "{slot} {} and {other}", item.id);
                assert!(same || apart > 0.5, "{slot} {} and {other}: only {apart:.2} apart", item.id);
                assert!(
                    same || difference(&framed(&alone), other_icon) > 4.0,
                    "icons of {} and {other}",
                    item.id
                );
            }
            drawn.push((item.id, worn, framed(&alone)));
        }
        assert!(drawn.len() >= 9, "{slot} has {} items", drawn.len());
    }
}

#[test]
fn poses_and_heads_differ() {
    for (class, gender) in pairs() {
        let look = bare(class, gender, MIXED);
        let seen = |options: DrawOptions| framed(&draw(&look, &options).unwrap());
        let poses: Vec<_> =
            Pose::ALL.into_iter().map(|pose| seen(DrawOptions { pose, ..DrawOptions::default() })).collect();
        let heads: Vec<_> =
            (0..HEADS).map(|head| seen(DrawOptions { head, ..DrawOptions::default() })).collect();
        for (kind, drawn) in [("poses", &poses), ("heads", &heads)] {
            for (index, one) in drawn.iter().enumerate() {
                for (other_index, other) in drawn[..index].iter().enumerate() {
                    let apart = difference(one, other);
                    assert!(
                        apart > 0.5,
                        "{class} {gender}: {kind} {other_index} and {index}: {apart:.2} apart"
                    );
                }
            }
        }
    }
}

#[test]
fn mirrored_pictures_are_mirror_images() {
    let look = bare("Tambourin", Gender::Male, MIXED);
    let straight = draw(&look, &DrawOptions::default()).unwrap();
    let mirrored = draw(&look, &DrawOptions { mirrored: true, ..DrawOptions::default() }).unwrap();
    assert!(difference(&framed(&straight.mirrored()), &framed(&mirrored)) < 1.0);
    assert!(difference(&framed(&straight), &framed(&mirrored)) > 5.0);
}

#[test]
fn the_shadow_is_soft_and_the_border_is_clear() {
    let picture = plain("Rocaille", Gender::Male, MIXED);
    let soft = picture.pixels().iter().filter(|pixel| (1..200).contains(&pixel[3]) && pixel[0] < 60).count();
    assert!(soft > 1_000, "{soft} shadow pixels");
    assert!(picture.row(0).iter().all(|pixel| pixel[3] == 0));
}

#[test]
fn backgrounds_are_opaque_and_as_large_as_asked() {
    let look = bare("Félindre", Gender::Female, MIXED);
    let on = |background| draw(&look, &DrawOptions { background, ..DrawOptions::default() }).unwrap();
    let flat = on(Background::Flat(Colour::new(10, 200, 30)));
    assert_eq!(flat.pixel(0, 0), [10, 200, 30, 255]);
    let map = on(Background::Map { seed: 4, width: 640, height: 480 });
    assert_eq!((map.width(), map.height()), (640, 480));
    assert!(!flat.has_alpha() && !map.has_alpha());
    assert_ne!(map, on(Background::Map { seed: 5, width: 640, height: 480 }));
    let tiny = on(Background::Map { seed: 6, width: 60, height: 40 });
    assert_eq!((tiny.width(), tiny.height()), (60, 40));
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    let options = DrawOptions::default();
    let mut look = bare("Lanternier", Gender::Male, MIXED);
    look.items.insert(Slot::Cape, 10_001);
    assert!(matches!(draw(&look, &options), Err(DemoError::UnknownItem { item: 10_001, slot: Slot::Cape })));
    look.items.clear();
    look.class = Some(ClassLabel::new("Iop"));
    assert!(matches!(draw(&look, &options), Err(DemoError::UnknownClass { label }) if label == "Iop"));
    assert!(icon(7).is_err());
    let look = bare("Lanternier", Gender::Male, MIXED);
    for scale in [0.0, -1.0, 100.0, f32::NAN, f32::INFINITY] {
        assert!(
            matches!(draw(&look, &DrawOptions { scale, ..options }), Err(DemoError::Size { .. })),
            "{scale}"
        );
    }
}
