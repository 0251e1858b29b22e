//! Where each slot shows, learned from the looks.
//!
//! The old fixed boxes hung on the canvas, one of them on the wrong side. Here every cell of the
//! character's window is asked how much better it is explained when one knows which item the slot
//! wears (the F statistic of a one-way analysis of variance); the region is the box that holds
//! nearly all of that. With few looks the old boxes, put into the frame, are the prior.

use lorgnon_imaging::{CELL_FEATURES, CELL_STRIDE_PX};
use lorgnon_look::Slot;

use super::descriptor::{CellBox, Descriptor, PAINT_FEATURES};
use super::window::{BODY_PX, COLUMNS, LEFT, ROWS, TOP};

const FEATURES: usize = CELL_FEATURES + PAINT_FEATURES;
/// The prior's say, in looks that wear something.
const PRIOR_LOOKS: f32 = 30.0;
/// Share of the evidence left out on each of the four sides.
const TRIM: f32 = 0.03;
/// Cells below this share of the greatest evidence are left out: they cost more noise than they tell.
const FAINT: f32 = 0.2;
/// A region is never narrower than this many cells.
const LEAST_CELLS: usize = 6;

/// The old boxes in body heights: left, top, right, bottom; the shield hangs on the left.
fn prior(slot: Slot) -> [f32; 4] {
    match slot {
        Slot::Coiffe => [-0.30, -0.35, 0.30, 0.40],
        Slot::Cape => [-0.50, 0.15, 0.40, 0.95],
        Slot::Bouclier => [-0.42, 0.25, 0.15, 0.80],
        Slot::Familier => [-0.66, 0.55, 0.0, 1.12],
        Slot::Epauliere => [-0.40, 0.10, 0.40, 0.65],
        Slot::Costume => [-0.40, 0.25, 0.40, 1.0],
        Slot::Ailes => [-0.60, 0.0, 0.50, 1.0],
    }
}

/// The prior region of a slot.
pub(super) fn prior_box(slot: Slot) -> CellBox {
    let [left, top, right, bottom] = prior(slot);
    let cell = |at: f32, origin: f32, length: usize| {
        (((at - origin) * BODY_PX / CELL_STRIDE_PX as f32).round().max(0.0) as usize).min(length)
    };
    CellBox {
        left: cell(left, LEFT, COLUMNS),
        top: cell(top, TOP, ROWS),
        right: cell(right, LEFT, COLUMNS),
        bottom: cell(bottom, TOP, ROWS),
    }
}

/// Sums over looks, from which the F statistic of every feature follows.
pub(super) struct Evidence {
    /// By class: looks, and the sum of each feature.
    sums: std::collections::BTreeMap<usize, (f32, Vec<f32>)>,
    squares: Vec<f32>,
    looks: f32,
    worn: f32,
}

impl Evidence {
    pub(super) fn new() -> Self {
        Self {
            sums: std::collections::BTreeMap::new(),
            squares: vec![0.0; COLUMNS * ROWS * FEATURES],
            looks: 0.0,
            worn: 0.0,
        }
    }

    /// Adds a look; class 0 wears nothing.
    pub(super) fn add(&mut self, class: usize, descriptor: &Descriptor) {
        let (count, sums) =
            self.sums.entry(class).or_insert_with(|| (0.0, vec![0.0; COLUMNS * ROWS * FEATURES]));
        *count += 1.0;
        self.looks += 1.0;
        if class > 0 {
            self.worn += 1.0;
        }
        for row in 0..ROWS {
            for column in 0..COLUMNS {
                let start = (row * COLUMNS + column) * FEATURES;
                let values =
                    descriptor.gradients_at(column, row).iter().chain(descriptor.paint_at(column, row));
                for (at, value) in (start..).zip(values) {
                    let value = f32::from(*value) / 255.0;
                    sums[at] += value;
                    self.squares[at] += value * value;
                }
            }
        }
    }

    /// How much each cell says of the slot: the excess of its mean F statistic over chance.
    fn cells(&self) -> Vec<f32> {
        let classes = self.sums.len() as f32;
        if classes < 2.0 || self.looks <= classes {
            return vec![0.0; COLUMNS * ROWS];
        }
        let mut total = vec![0f32; self.squares.len()];
        let mut explained = vec![0f32; self.squares.len()];
        for (count, sums) in self.sums.values() {
            for ((total, explained), sum) in total.iter_mut().zip(&mut explained).zip(sums) {
                *total += sum;
                *explained += sum * sum / count;
            }
        }
        let statistic = |at: usize| {
            let between = (explained[at] - total[at] * total[at] / self.looks).max(0.0);
            let within = (self.squares[at] - explained[at]).max(0.0);
            (between / (classes - 1.0)) / (within / (self.looks - classes) + 1e-4)
        };
        (0..COLUMNS * ROWS)
            .map(|cell| {
                let sum: f32 = (cell * FEATURES..(cell + 1) * FEATURES).map(statistic).sum();
                (sum / FEATURES as f32 - 1.5).max(0.0)
            })
            .collect()
    }

    /// The slot's region.
    pub(super) fn region(&self, slot: Slot) -> CellBox {
        let prior = prior_box(slot);
        let mut cells = self.cells();
        let most = cells.iter().copied().fold(0.0, f32::max);
        cells.iter_mut().for_each(|value| *value = (*value - FAINT * most).max(0.0));
        let sum: f32 = cells.iter().sum::<f32>().max(1e-6);
        let prior_weight = PRIOR_LOOKS / (PRIOR_LOOKS + self.worn) / (prior.columns() * prior.rows()) as f32;
        for (at, value) in cells.iter_mut().enumerate() {
            let (column, row) = (at % COLUMNS, at / COLUMNS);
            let inside =
                (prior.left..prior.right).contains(&column) && (prior.top..prior.bottom).contains(&row);
            *value = *value / sum * self.worn / (PRIOR_LOOKS + self.worn)
                + if inside { prior_weight } else { 0.0 };
        }
        let across: Vec<f32> =
            (0..COLUMNS).map(|column| cells.iter().skip(column).step_by(COLUMNS).sum()).collect();
        let down: Vec<f32> = cells.chunks_exact(COLUMNS).map(|row| row.iter().sum()).collect();
        let ((left, right), (top, bottom)) = (middle(&across), middle(&down));
        CellBox { left, top, right, bottom }
    }
}

/// The range that leaves [`TRIM`] of the sum out on either side.
fn middle(shares: &[f32]) -> (usize, usize) {
    let total: f32 = shares.iter().sum();
    let reach = |values: &mut dyn Iterator<Item = &f32>| {
        let mut sum = 0.0;
        values
            .take_while(|value| {
                sum += **value;
                sum < TRIM * total
            })
            .count()
    };
    let mut first = reach(&mut shares.iter());
    let mut last = shares.len() - reach(&mut shares.iter().rev());
    while last.saturating_sub(first) < LEAST_CELLS.min(shares.len()) {
        first = first.saturating_sub(1);
        last = (last + 1).min(shares.len());
    }
    (first, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::window::{HEIGHT_PX, WIDTH_PX};
    use lorgnon_imaging::Picture;

    #[test]
    fn a_region_goes_where_looks_differ() {
        let mut evidence = Evidence::new();
        for look in 0..400u32 {
            let class = (look % 4) as usize;
            let mut window = Picture::filled(WIDTH_PX, HEIGHT_PX, [0; 4]);
            for (at, pixel) in window.pixels_mut().iter_mut().enumerate() {
                let (x, y) = (at as u32 % WIDTH_PX, at as u32 / WIDTH_PX);
                if class > 0 && (80..120).contains(&x) && (120..160).contains(&y) {
                    let shade = if (x / 4 + look) % 2 == 0 { 250 } else { 180 };
                    *pixel = [shade, 80 * class as u8, 10, 255];
                }
            }
            evidence.add(class, &Descriptor::measure(&window));
        }
        let region = evidence.region(Slot::Coiffe);
        let prior = prior_box(Slot::Coiffe);
        assert!(region.left >= prior.left && region.right >= 25 && region.bottom >= 36, "{region:?}");
        assert!(region.top > prior.top, "{region:?}");
    }

    #[test]
    fn without_looks_the_prior_stands() {
        for slot in Slot::ALL {
            let (region, prior) = (Evidence::new().region(slot), prior_box(slot));
            assert!(region.left.abs_diff(prior.left) <= 1 && region.bottom.abs_diff(prior.bottom) <= 2);
        }
        let shield = prior_box(Slot::Bouclier);
        let axis = (-LEFT * BODY_PX / CELL_STRIDE_PX as f32) as usize;
        assert!(shield.left + shield.right < 2 * axis, "shields hang on the left");
    }
}
