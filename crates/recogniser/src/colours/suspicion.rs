//! How likely the labels of a look are wrong where they do not explain its picture.
//!
//! The labels may be wrong, or the picture shows what the map does not know: another pose, something worn that no
//! label names. The picture itself tells them apart. Colours solved from it alone explain much of the map where it
//! shows the character, so that only the labels can be wrong; where they explain little more than the labels do,
//! nobody can say.

use lorgnon_look::COLOUR_COUNT;

use super::fit::{FitLook, agreement};
use super::grid::{COLUMNS, Canvas, grid_frame};
use super::inversion::{Evidence, invert};
use super::map::ColourMap;
use super::registration::Judge;

/// Share of a map that both sides explain beforehand: as much as free colours explain of anything. Where neither
/// explains more, the labels are as likely right as wrong.
const BY_CHANCE: f32 = 0.1;
/// Alpha of a pixel that shows the character and nothing behind it.
const SOLID: u8 = 250;

/// How likely the labelled colours of a look are wrong, 0.5 to 1 for one that they do not explain; `map` is one
/// that was fitted without it.
pub(super) fn likelihood_wrong(map: &ColourMap, look: &FitLook) -> f32 {
    // Where the labels put it is no place to ask whether they are right.
    let canvas = Canvas::from_grid(&look.pixels);
    let (frame, _) = Judge::new(map).register(&canvas, &grid_frame());
    let placed = FitLook { pixels: canvas.to_grid(&frame), colours: look.colours };
    let solved = FitLook { colours: solve(map, &placed), pixels: placed.pixels.clone() };
    let share = |look: &FitLook| agreement(map, std::slice::from_ref(look)).first().copied().unwrap_or(0.0);
    weigh(share(look).max(share(&placed)), share(&solved))
}

/// From the shares of the map that the labelled and the solved colours explain.
fn weigh(labelled: f32, solved: f32) -> f32 {
    let solved = solved.max(labelled);
    (solved + BY_CHANCE) / (solved + labelled + 2.0 * BY_CHANCE)
}

/// The colours that the picture itself says, of those that are labelled.
fn solve(map: &ColourMap, look: &FitLook) -> [Option<[f32; 3]>; COLOUR_COUNT] {
    std::array::from_fn(|slot| {
        look.colours[slot]?;
        let seen: Vec<Evidence> = map.witnesses[slot]
            .iter()
            .filter_map(|witness| {
                let pixel = look.pixels[usize::from(witness.row) * COLUMNS + usize::from(witness.column)];
                let [red, green, blue, alpha] = pixel;
                let value = [red, green, blue].map(f32::from);
                let evidence = Evidence { value, tinting: witness.tinting, weight: witness.weight };
                (alpha >= SOLID).then_some(evidence)
            })
            .collect();
        invert(&seen).map(|found| found.colour)
    })
}

#[cfg(test)]
mod tests {
    use super::super::grid::CELLS;
    use super::super::map::{Cell, EMPTY};
    use super::super::tinting::Tinting;
    use super::*;
    use crate::random::Random;

    const COLOURS: [[f32; 3]; COLOUR_COUNT] = [
        [230.0, 176.0, 138.0],
        [90.0, 43.0, 23.0],
        [176.0, 57.0, 43.0],
        [224.0, 165.0, 88.0],
        [47.0, 93.0, 98.0],
        [120.0, 65.0, 212.0],
    ];
    const OTHERS: [[f32; 3]; COLOUR_COUNT] = [
        [60.0, 200.0, 90.0],
        [200.0, 200.0, 30.0],
        [30.0, 90.0, 220.0],
        [90.0, 20.0, 130.0],
        [240.0, 140.0, 200.0],
        [20.0, 180.0, 180.0],
    ];

    /// A column of six bands, shaded across, of uneven outline.
    fn map() -> ColourMap {
        let cell = |at: usize| {
            let (column, row) = (at % COLUMNS, at / COLUMNS);
            let half_width = 28 + (row / 9 * 7) % 23;
            if !(40..256).contains(&row) || column.abs_diff(COLUMNS / 2) > half_width {
                return EMPTY;
            }
            let gain = 0.45 + 0.5 * ((column * 7 + row * 3) % 31) as f32 / 31.0;
            Cell { part: ((row - 40) / 36) as u8, pure: true, tinting: Tinting::multiple([gain; 3]) }
        };
        ColourMap::new((0..CELLS).map(cell).collect())
    }

    /// A look in `shown` labelled as `labels`; a share of its rows shows something else.
    fn look(
        map: &ColourMap,
        shown: [[f32; 3]; COLOUR_COUNT],
        labels: [[f32; 3]; COLOUR_COUNT],
        hidden: f32,
    ) -> FitLook {
        let mut chance = Random::with_seed(7);
        let hidden_rows: Vec<bool> =
            (0..CELLS / COLUMNS).map(|_| chance.between(0.0, 1.0) < hidden).collect();
        let pixel = |(at, cell): (usize, &Cell)| {
            let Some(colour) = shown.get(usize::from(cell.part)) else { return [0; 4] };
            let shade = |channel: usize| cell.tinting.channel(channel, colour[channel]).round() as u8;
            match hidden_rows[at / COLUMNS] {
                true => [chance.below(256) as u8, chance.below(256) as u8, chance.below(256) as u8, 255],
                false => [shade(0), shade(1), shade(2), 255],
            }
        };
        FitLook { pixels: map.cells.iter().enumerate().map(pixel).collect(), colours: labels.map(Some) }
    }

    #[test]
    fn labels_are_the_likelier_wrong_the_more_the_picture_says_others() {
        let map = map();
        let seen = |hidden: f32| likelihood_wrong(&map, &look(&map, COLOURS, OTHERS, hidden));
        let sure = seen(0.0);
        assert!(sure > 0.9, "{sure}");
        let falling: Vec<f32> = [0.0, 0.3, 0.6, 0.9].map(seen).into();
        assert!(falling.windows(2).all(|pair| pair[0] > pair[1]), "{falling:?}");
        let hidden = seen(1.0);
        assert!((0.5..0.65).contains(&hidden), "nobody can say: {hidden}");
    }

    #[test]
    fn labels_of_which_some_are_right_are_less_surely_wrong() {
        let map = map();
        let mut half = OTHERS;
        half[..3].copy_from_slice(&COLOURS[..3]);
        let [right, some, none] =
            [COLOURS, half, OTHERS].map(|labels| likelihood_wrong(&map, &look(&map, COLOURS, labels, 0.0)));
        assert!(right < 0.51 && right < some && some < none, "{right} {some} {none}");
    }

    #[test]
    fn evidence_is_weighed_from_one_half_upwards() {
        assert!((weigh(0.0, 0.0) - 0.5).abs() < 1e-6);
        assert!((weigh(0.3, 0.2) - 0.5).abs() < 1e-6, "freely solved colours explain no less");
        assert!(weigh(0.1, 0.9) > weigh(0.1, 0.5) && weigh(0.1, 0.5) > weigh(0.3, 0.5));
    }
}
