//! The steps that gains come in.
//!
//! The game's art has 8 bits a channel and is tinted as `art * colour / 127`: every gain is a whole
//! number of 127ths. So a gain known to a third of a step is known exactly, and with it the colour to
//! its last digit. Whether an export follows that law is asked of its own pixels; another game's
//! gains stay as they were measured, and so do those of pixels that are no multiple of a colour.

use std::collections::BTreeSet;

use super::grid::{CELLS, COLUMNS};
use super::map::Cell;

/// Steps in a gain of 1.
pub(super) const STEPS: f32 = 127.0;
/// The largest step: the art's white.
const MOST_STEPS: f32 = 255.0;
/// Standard deviation of a value that was rounded to a level.
const ROUNDING: f32 = 0.29;
/// A gain known better than this, in steps, is asked whether it is one.
const TELLING: f32 = 0.2;
/// Neighbours with gains nearer than this, in steps, and their uncertainty, are of one shade. Where
/// shades meet a grid pixel is a mean of both, and no step.
const SAME_SHADE: f32 = 0.3;
/// How near to a step it must lie, in steps.
const NEAR: f32 = 0.2;
/// The share of gains that must: two in five would by chance.
const LAWFUL: f32 = 0.6;
/// So many gains at least are asked.
const ENOUGH: usize = 100;
/// A gain known better than this, in steps, is put on the nearest.
const SETTLED: f32 = 0.3;
/// Gains that agree when counted in so many parts of 1 measure the same.
const FINE: f32 = 1024.0;

/// Measured gains of a tinted pixel, by channel: the art is nearly grey, not wholly.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    /// Grid pixel.
    pub(super) at: usize,
    pub(super) gain: [f32; 3],
    /// Sums of squares of the colours they were measured with, in levels.
    pub(super) certainty: [f32; 3],
}

impl Measured {
    /// Standard deviation, in steps.
    fn uncertainty(&self, channel: usize) -> f32 {
        ROUNDING * STEPS / self.certainty[channel].max(1.0).sqrt()
    }

    /// Distance from the nearest step, in steps.
    fn off(&self, channel: usize) -> f32 {
        let steps = self.gain[channel] * STEPS;
        (steps - steps.round()).abs()
    }
}

/// Puts gains on steps, if that is the law of these looks.
pub(super) fn settle(cells: &mut [Cell], measured: &[Measured]) {
    let flat = flat(cells, measured);
    let telling = || {
        let all = flat.iter().flat_map(|gain| (0..3).map(move |channel| (gain, channel)));
        all.filter(|(gain, channel)| gain.uncertainty(*channel) < TELLING)
    };
    let asked = telling().count();
    let near = telling().filter(|(gain, channel)| gain.off(*channel) < NEAR).count();
    if asked < ENOUGH || (near as f32) < LAWFUL * asked as f32 {
        return;
    }
    // Pixels at a shade's border are of the shade if they measure the same.
    let shade = |gain: &Measured| (cells[gain.at].part, gain.gain.map(|gain| (gain * FINE).round() as u32));
    let shades: BTreeSet<(u8, [u32; 3])> = flat.iter().map(shade).collect();
    let of_a_shade: Vec<&Measured> = measured.iter().filter(|gain| shades.contains(&shade(gain))).collect();
    for gain in of_a_shade {
        for channel in 0..3 {
            if gain.uncertainty(channel) < SETTLED {
                cells[gain.at].tinting.gain[channel] = step_of(gain.gain[channel]) / STEPS;
            }
        }
    }
}

/// Those that lie within one shade of one part.
fn flat(cells: &[Cell], measured: &[Measured]) -> Vec<Measured> {
    let mut gains = vec![[f32::NAN; 3]; CELLS];
    for gain in measured {
        gains[gain.at] = gain.gain;
    }
    let is_flat = |gain: &&Measured| {
        let around = [gain.at.wrapping_sub(COLUMNS), gain.at.wrapping_sub(1), gain.at + 1, gain.at + COLUMNS];
        around.into_iter().all(|near| {
            let alike = cells.get(near).is_some_and(|cell| cell.part == cells[gain.at].part);
            let same = |channel: usize| {
                let reach = (SAME_SHADE + 2.0 * gain.uncertainty(channel)) / STEPS;
                (gains[near][channel] - gain.gain[channel]).abs() < reach
            };
            alike && (0..3).all(same)
        })
    };
    measured.iter().filter(is_flat).copied().collect()
}

/// The nearest step, 0 to 255.
pub(super) fn step_of(gain: f32) -> f32 {
    (gain * STEPS).round().clamp(0.0, MOST_STEPS)
}

/// Whether a gain is a step in all channels.
pub(super) fn is_step(gain: [f32; 3]) -> bool {
    gain.iter().all(|gain| (gain * STEPS - step_of(*gain)).abs() < 1e-2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colours::map::EMPTY;
    use crate::colours::tinting::Tinting;

    /// A part of stripes, each of one shade, eight pixels wide.
    fn measured(unit: f32) -> Vec<Measured> {
        let place = |at: usize| (at / 80 * COLUMNS + at % 80, 60 + at % 80 / 8);
        (0..4000)
            .map(place)
            .map(|(at, art)| Measured {
                at,
                gain: [art as f32 / unit; 3],
                certainty: [150.0 * 150.0 * 3.0; 3],
            })
            .collect()
    }

    fn settled(measured: &[Measured]) -> Vec<Cell> {
        let mut cells = vec![EMPTY; CELLS];
        for gain in measured {
            let tinting = Tinting::multiple(gain.gain.map(|gain| gain + 2e-4));
            cells[gain.at] = Cell { part: 0, pure: true, tinting };
        }
        settle(&mut cells, measured);
        cells
    }

    #[test]
    fn gains_of_the_games_law_become_exact() {
        let measured = measured(127.0);
        let cells = settled(&measured);
        let exact = measured.iter().filter(|gain| is_step(cells[gain.at].tinting.gain)).count();
        assert!(exact > measured.len() / 2, "{exact}");
    }

    #[test]
    fn other_gains_stay_as_they_were_measured() {
        let measured = measured(141.7);
        let cells = settled(&measured);
        assert!(
            measured.iter().all(|gain| (cells[gain.at].tinting.gain[0] - gain.gain[0] - 2e-4).abs() < 1e-6)
        );
    }
}
