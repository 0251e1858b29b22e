//! Colour maps as they are stored: a few kilobytes each.
//!
//! The game's art is flat: a map has few different gains, and large areas share one. So gains go
//! into a book of at most 192, each a step (see [`super::steps`]) or the mean of the pixels that use
//! it (a rounded gain would shift the colour of a whole area), and each pixel holds its number in the
//! book. Where pixels are no multiples, the book holds offsets too; else nothing is spent on them.
//! Numbers are ordered by brightness and written as differences, which deflate then packs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::grid::{CELLS, COLUMNS, ROWS};
use super::map::{Cell, ColourMap, EMPTY, NOTHING};
use super::steps::{STEPS, is_step};
use super::tinting::Tinting;

/// Gains in a book; fewer are tried until a map is small enough.
const CODES: [usize; 4] = [192, 96, 48, 24];
/// What a stored map should not exceed, in bytes.
const MOST_BYTES: usize = 8000;
/// Gains closer than this in every channel may share a code.
const CELL_WIDTH: f32 = 1.0 / 64.0;
/// The same of offsets, in levels.
const OFFSET_WIDTH: f32 = 4.0;
/// A middling brightness, in levels.
const MIDDLING: f32 = 128.0;
/// Units of a stored gain in 1: the largest gain, 2.05, fits 16 bits.
const UNITS: f32 = 16_384.0;
/// Units of a stored offset in a level: offsets of up to 255 either way fit 16 bits.
const OFFSET_UNITS: f32 = 64.0;
/// Set on the part of a pure pixel.
const PURE: u8 = 8;

/// A map, packed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredMap {
    /// Grid column, row, width and height of the box that holds all pixels.
    bounds: [u16; 4],
    /// The gains, dark first, in [`UNITS`].
    book: Vec<[u16; 3]>,
    /// What the pixels of each gain show of black, in [`OFFSET_UNITS`]; empty if all are multiples.
    offsets: Vec<[i16; 3]>,
    /// Deflated: the part of each pixel, then the code of each that has one.
    packed: Vec<u8>,
}

/// A stored map that is none.
#[derive(Debug, thiserror::Error)]
#[error("a stored colour map is damaged")]
pub(super) struct DamagedMap;

/// How far apart two ways of tinting are, about as a colour of middling brightness shows it.
fn distance(one: Tinting, other: Tinting) -> f32 {
    let apart = |one: [f32; 3], other: [f32; 3], unit: f32| -> f32 {
        one.into_iter().zip(other).map(|(one, other)| ((one - other) * unit).powi(2)).sum()
    };
    apart(one.gain, other.gain, 1.0) + apart(one.offset, other.offset, 1.0 / MIDDLING)
}

/// The code that is nearest; `book` is ordered by green.
fn nearest(book: &[Tinting], tinting: Tinting) -> usize {
    let green = tinting.gain[1];
    let start = book.partition_point(|code| code.gain[1] < green);
    let mut best = (f32::MAX, 0);
    let mut consider = |code: usize| -> bool {
        let apart = book[code].gain[1] - green;
        if apart * apart >= best.0 {
            return false;
        }
        let far = distance(book[code], tinting);
        if far < best.0 {
            best = (far, code);
        }
        true
    };
    for code in start..book.len() {
        if !consider(code) {
            break;
        }
    }
    for code in (0..start).rev() {
        if !consider(code) {
            break;
        }
    }
    best.1
}

/// The sum of some ways of tinting, and their weight.
#[derive(Clone, Default)]
struct Sum {
    gain: [f32; 3],
    offset: [f32; 3],
    weight: f32,
}

impl Sum {
    fn add(&mut self, tinting: Tinting, weight: f32) {
        self.weight += weight;
        self.gain.iter_mut().zip(tinting.gain).for_each(|(sum, gain)| *sum += weight * gain);
        self.offset.iter_mut().zip(tinting.offset).for_each(|(sum, offset)| *sum += weight * offset);
    }

    fn mean(&self) -> Tinting {
        Tinting {
            gain: self.gain.map(|sum| sum / self.weight),
            offset: self.offset.map(|sum| sum / self.weight),
        }
    }
}

/// Whether it is one of the game's own gains.
fn is_exact(tinting: Tinting) -> bool {
    tinting.is_multiple() && is_step(tinting.gain)
}

/// The ways of tinting most used, each the mean of those near it, ordered by green.
fn book_of(cells: &[Cell], most_codes: usize) -> Vec<Tinting> {
    let mut bins: BTreeMap<(bool, [i16; 3], [i16; 3]), Sum> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.part != NOTHING) {
        let Tinting { gain, offset } = cell.tinting;
        let bin = if is_exact(cell.tinting) {
            (true, gain.map(|gain| (gain * STEPS).round() as i16), [0; 3])
        } else {
            let offset = offset.map(|offset| (offset / OFFSET_WIDTH).round() as i16);
            (false, gain.map(|gain| (gain / CELL_WIDTH) as i16), offset)
        };
        // Measured pixels count in full; the others are only drawn.
        bins.entry(bin).or_default().add(cell.tinting, if cell.pure { 1.0 } else { 0.2 });
    }
    let mut sums: Vec<Sum> = bins.into_values().collect();
    sums.sort_by(|one, two| two.weight.total_cmp(&one.weight));
    sums.truncate(most_codes);
    let mut book: Vec<Tinting> = sums.iter().map(Sum::mean).collect();
    let order = |one: &Tinting, two: &Tinting| one.gain[1].total_cmp(&two.gain[1]);
    book.sort_by(order);
    // The means of those that really use each code; a step stays what it is.
    let mut sums = vec![Sum::default(); book.len()];
    for cell in cells.iter().filter(|cell| cell.part != NOTHING) {
        sums[nearest(&book, cell.tinting)].add(cell.tinting, if cell.pure { 1.0 } else { 0.01 });
    }
    book = book
        .into_iter()
        .zip(sums)
        .filter(|(_, sum)| sum.weight > 0.0)
        .map(|(code, sum)| if is_exact(code) { code } else { sum.mean() })
        .collect();
    book.sort_by(order);
    book
}

impl From<&ColourMap> for StoredMap {
    fn from(map: &ColourMap) -> Self {
        let mut stored = Self::with_codes(map, CODES[0]);
        for codes in &CODES[1..] {
            if stored.packed.len() + 6 * (stored.book.len() + stored.offsets.len()) <= MOST_BYTES {
                break;
            }
            stored = Self::with_codes(map, *codes);
        }
        stored
    }
}

impl StoredMap {
    fn with_codes(map: &ColourMap, most_codes: usize) -> Self {
        let (mut left, mut right, mut top, mut bottom) = (COLUMNS, 0, ROWS, 0);
        for (at, cell) in map.cells.iter().enumerate() {
            if cell.part != NOTHING {
                (left, right) = (left.min(at % COLUMNS), right.max(at % COLUMNS + 1));
                (top, bottom) = (top.min(at / COLUMNS), bottom.max(at / COLUMNS + 1));
            }
        }
        if left >= right {
            (left, right, top, bottom) = (0, 0, 0, 0);
        }
        let inside = || (top..bottom).flat_map(|row| (left..right).map(move |column| row * COLUMNS + column));
        let mut planes: Vec<u8> =
            inside().map(|at| map.cells[at].part | if map.cells[at].pure { PURE } else { 0 }).collect();
        let book = book_of(&map.cells, most_codes);
        let mut before = [0u8; 8];
        for at in inside() {
            let cell = &map.cells[at];
            if cell.part != NOTHING {
                let code = nearest(&book, cell.tinting) as u8;
                let before = &mut before[usize::from(cell.part)];
                planes.push(code.wrapping_sub(*before));
                *before = code;
            }
        }
        let bounds =
            [left, top, right - left, bottom - top].map(|value| u16::try_from(value).unwrap_or(u16::MAX));
        let offset = |code: &Tinting| code.offset.map(|offset| (offset * OFFSET_UNITS).round() as i16);
        let mut offsets: Vec<[i16; 3]> = book.iter().map(offset).collect();
        if offsets.iter().all(|offset| *offset == [0; 3]) {
            offsets.clear();
        }
        let book = book.into_iter().map(|code| code.gain.map(|gain| (gain * UNITS).round() as u16)).collect();
        Self { bounds, book, offsets, packed: miniz_oxide::deflate::compress_to_vec(&planes, 9) }
    }
}

impl TryFrom<StoredMap> for ColourMap {
    type Error = DamagedMap;

    fn try_from(stored: StoredMap) -> Result<Self, DamagedMap> {
        let [left, top, width, height] = stored.bounds.map(usize::from);
        if left + width > COLUMNS || top + height > ROWS {
            return Err(DamagedMap);
        }
        let planes = miniz_oxide::inflate::decompress_to_vec_with_limit(&stored.packed, 2 * CELLS)
            .map_err(|_| DamagedMap)?;
        let (parts, codes) = planes.split_at_checked(width * height).ok_or(DamagedMap)?;
        let mut cells = vec![EMPTY; CELLS];
        let mut codes = codes.iter();
        let mut before = [0u8; 8];
        let places = (top..top + height)
            .flat_map(|row| (left..left + width).map(move |column| row * COLUMNS + column));
        for (at, &part) in places.zip(parts) {
            let (pure, part) = (part & PURE != 0, part & (PURE - 1));
            if part == NOTHING {
                continue;
            }
            let before = &mut before[usize::from(part)];
            *before = before.wrapping_add(*codes.next().ok_or(DamagedMap)?);
            let code = usize::from(*before);
            let gain = stored.book.get(code).ok_or(DamagedMap)?.map(|units| f32::from(units) / UNITS);
            let offset = match stored.offsets.is_empty() {
                true => [0; 3],
                false => *stored.offsets.get(code).ok_or(DamagedMap)?,
            };
            let tinting = Tinting { gain, offset: offset.map(|units| f32::from(units) / OFFSET_UNITS) };
            cells[at] = Cell { part, pure, tinting };
        }
        Ok(Self::new(cells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tinting() -> impl Strategy<Value = Tinting> {
        let gain = || prop::array::uniform3(0f32..2.05);
        prop_oneof![
            gain().prop_map(Tinting::multiple),
            (gain(), prop::array::uniform3(-255f32..255.0))
                .prop_map(|(gain, offset)| Tinting { gain, offset }),
        ]
    }

    fn cell() -> impl Strategy<Value = Cell> {
        (0..=NOTHING, any::<bool>(), tinting()).prop_map(|(part, pure, tinting)| {
            if part == NOTHING { EMPTY } else { Cell { part, pure, tinting } }
        })
    }

    proptest! {
        #[test]
        fn a_map_of_few_gains_comes_back(cells in prop::collection::vec(cell(), 1..150), offset in 0usize..CELLS - 150) {
            let mut all = vec![EMPTY; CELLS];
            all[offset..offset + cells.len()].copy_from_slice(&cells);
            let map = ColourMap::new(all);
            let back = ColourMap::try_from(StoredMap::from(&map)).unwrap();
            for (one, two) in map.cells.iter().zip(&back.cells) {
                prop_assert_eq!((one.part, one.pure), (two.part, two.pure));
                for channel in 0..3 {
                    prop_assert!((one.tinting.gain[channel] - two.tinting.gain[channel]).abs() <= CELL_WIDTH);
                    prop_assert!(
                        (one.tinting.offset[channel] - two.tinting.offset[channel]).abs() <= OFFSET_WIDTH
                    );
                }
            }
        }

        #[test]
        fn damage_is_an_error_not_a_panic(bounds: [u16; 4], book in prop::collection::vec(any::<[u16; 3]>(), 0..4), offsets in prop::collection::vec(any::<[i16; 3]>(), 0..4), packed in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = ColourMap::try_from(StoredMap { bounds, book, offsets, packed });
        }
    }

    #[test]
    fn multiples_spend_nothing_on_offsets() {
        let mut cells = vec![EMPTY; CELLS];
        for (index, cell) in cells[9000..9100].iter_mut().enumerate() {
            let tinting = Tinting::multiple([index as f32 / 100.0; 3]);
            *cell = Cell { part: 1, pure: true, tinting };
        }
        assert!(StoredMap::from(&ColourMap::new(cells)).offsets.is_empty());
    }
}
