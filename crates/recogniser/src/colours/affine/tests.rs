use lorgnon_look::COLOUR_COUNT;

use super::super::fit::{FitLook, agreement, fit_map};
use super::super::grid::{CELLS, COLUMNS};
use super::super::map::{Cell, ColourMap, EMPTY};
use super::super::storage::StoredMap;
use super::*;
use crate::random::Random;

/// How a game tints.
#[derive(Clone, Copy)]
enum Game {
    /// As the game does.
    Multiplies,
    /// Shadows are multiples, lights go towards white: another colour's ramp.
    Lightens,
    /// The colour lies half over painted art.
    Covers,
    /// As a screen: `255 - (255 - art) · (255 - colour) / 255`.
    Screens,
}

/// A body of six bands, each of shades in stripes.
fn body(game: Game) -> Vec<Cell> {
    let cell = |at: usize| {
        let (column, row) = (at % COLUMNS, at / COLUMNS);
        if !(60..252).contains(&row) || column.abs_diff(COLUMNS / 2) > 30 {
            return EMPTY;
        }
        let shade = ((column / 6 * 5 + row / 8) % 9) as f32 / 9.0;
        let art = [0.9 * shade, 0.6 * shade + 0.1, 0.7 * shade].map(|shade| 255.0 * shade);
        let tinting = match game {
            Game::Multiplies => Tinting::multiple([0.3 + 0.9 * shade; 3]),
            Game::Lightens if shade < 0.4 => Tinting::multiple([0.4 + shade; 3]),
            Game::Lightens => Tinting { gain: [1.1 - 0.7 * shade; 3], offset: [150.0 * (shade - 0.4); 3] },
            Game::Covers => Tinting { gain: [0.5; 3], offset: art.map(|art| 0.5 * art) },
            Game::Screens => Tinting { gain: art.map(|art| 1.0 - art / 255.0), offset: art },
        };
        Cell { part: ((row - 60) / 32) as u8, pure: true, tinting }
    };
    (0..CELLS).map(cell).collect()
}

/// Looks of a body in colours of chance, each channel off by up to `noise` levels.
fn looks(cells: &[Cell], count: usize, noise: f32) -> Vec<FitLook> {
    let mut chance = Random::with_seed(3);
    let mut look = || {
        let colours: [[f32; 3]; COLOUR_COUNT] =
            std::array::from_fn(|_| std::array::from_fn(|_| chance.below(226) as f32 + 20.0));
        let pixel = |cell: &Cell| match colours.get(usize::from(cell.part)) {
            Some(colour) => {
                let shown = cell.tinting.shown(*colour);
                let [red, green, blue] = shown
                    .map(|shown| (shown + noise * chance.between(-1.0, 1.0)).round().clamp(0.0, 255.0) as u8);
                [red, green, blue, 255]
            }
            None => [0; 4],
        };
        let pixels = cells.iter().map(pixel).collect();
        FitLook { pixels, colours: colours.map(Some) }
    };
    (0..count).map(|_| look()).collect()
}

fn offsets(map: &ColourMap) -> usize {
    map.cells.iter().filter(|cell| !cell.tinting.is_multiple()).count()
}

/// The mean miss, in levels, of a map on looks it was not fitted from, and the share of the body it measures.
fn misses_of(map: &ColourMap, looks: &[FitLook]) -> (f32, f32) {
    let (mut sum, mut count, mut body) = (0.0, 0usize, 0usize);
    for look in looks {
        for (cell, pixel) in map.cells.iter().zip(&look.pixels).filter(|(_, pixel)| pixel[3] > 0) {
            body += 1;
            let (true, Some(Some(colour))) = (cell.pure, look.colours.get(usize::from(cell.part))) else {
                continue;
            };
            sum += cell.tinting.miss(*colour, [pixel[0], pixel[1], pixel[2]].map(f32::from));
            count += 1;
        }
    }
    (sum / count.max(1) as f32, count as f32 / body.max(1) as f32)
}

#[test]
fn other_laws_are_learnt_from_labelled_looks() {
    for game in [Game::Lightens, Game::Covers, Game::Screens] {
        for noise in [0.0, 1.5, 3.0] {
            let mut looks = looks(&body(game), 10, noise);
            let unseen = looks.split_off(8);
            let map = fit_map(&looks, &[1.0; 8]);
            let (miss, measured) = misses_of(&map, &unseen);
            assert!(offsets(&map) > 2000, "{} offsets", offsets(&map));
            assert!(miss < 1.5 + 1.5 * noise, "{miss} levels of {noise}");
            assert!(measured > 0.9, "{measured}");
        }
    }
}

#[test]
fn wrong_labels_among_the_looks_are_found() {
    for game in [Game::Lightens, Game::Screens] {
        let mut looks = looks(&body(game), 12, 1.0);
        let unseen = looks.split_off(10);
        let (one, two) = (looks[4].colours, looks[7].colours);
        looks[4].colours = two;
        looks[7].colours = one;
        let map = fit_map(&looks, &[1.0; 10]);
        let (miss, measured) = misses_of(&map, &unseen);
        assert!(miss < 4.0 && measured > 0.85, "{miss} levels, {measured}");
        let shares = agreement(&map, &looks);
        for (index, share) in shares.iter().enumerate() {
            assert_eq!(*share < 0.3, [4, 7].contains(&index), "{shares:?}");
        }
    }
}

#[test]
fn multiples_stay_multiples() {
    for noise in [0.0, 2.0, 5.0] {
        let mut looks = looks(&body(Game::Multiplies), 8, noise);
        assert_eq!(offsets(&fit_map(&looks, &[1.0; 8])), 0);
        // A third of the body differs from look to look, as what is worn does.
        let mut chance = Random::with_seed(11);
        for look in &mut looks {
            let worn = std::array::from_fn(|_| chance.below(256) as u8);
            let from = chance.below(120) + 60;
            for pixel in
                look.pixels[from * COLUMNS..(from + 64) * COLUMNS].iter_mut().filter(|pixel| pixel[3] > 0)
            {
                let [red, green, blue]: [u8; 3] = worn;
                *pixel = [red, green, blue, 255];
            }
        }
        assert_eq!(offsets(&fit_map(&looks, &[1.0; 8])), 0);
    }
}

#[test]
fn few_looks_change_nothing() {
    let looks = looks(&body(Game::Screens), 6, 0.5);
    assert_eq!(offsets(&fit_map(&looks[..3], &[1.0; 3])), 0);
    // Nor do many of few colours.
    let alike: Vec<FitLook> = (0..6)
        .map(|index| &looks[index % 3])
        .map(|look| FitLook { pixels: look.pixels.clone(), colours: look.colours })
        .collect();
    assert_eq!(offsets(&fit_map(&alike, &[1.0; 6])), 0);
    // Nor do those that are not trusted.
    assert_eq!(offsets(&fit_map(&looks, &[1.0, 1.0, 1.0, 0.0, 0.0, 0.0])), 0);
}

#[test]
fn a_template_of_both_laws_keeps_both_and_is_stored() {
    let (mut cells, lines) = (body(Game::Multiplies), body(Game::Screens));
    cells[150 * COLUMNS..].copy_from_slice(&lines[150 * COLUMNS..]);
    let mut looks = looks(&cells, 10, 0.5);
    let unseen = looks.split_off(8);
    let map = fit_map(&looks, &[1.0; 8]);
    let multiples = |rows: std::ops::Range<usize>| {
        let own = map.cells[rows.start * COLUMNS..rows.end * COLUMNS].iter();
        let body: Vec<&Cell> = own.filter(|cell| cell.part != NOTHING).collect();
        body.iter().filter(|cell| cell.tinting.is_multiple()).count() as f32 / body.len() as f32
    };
    assert!(multiples(62..148) > 0.95 && multiples(152..250) < 0.3);
    let back = ColourMap::try_from(StoredMap::from(&map)).unwrap();
    let ((kept, _), (miss, _)) = (misses_of(&back, &unseen), misses_of(&map, &unseen));
    assert!(kept < miss + 2.0, "{kept} levels stored, {miss} fitted");
}
