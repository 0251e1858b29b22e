//! Upright windows, by far the most: columns are found once, rows are mixed whole, in loops that the
//! compiler turns into vector instructions.

use multiversion::multiversion;

use super::Beyond;
use crate::Picture;

/// Lines of a window whose rows are rows of the picture: what falls where across is the same for
/// every line.
pub(super) struct Upright<'picture> {
    picture: &'picture Picture,
    beyond: Beyond,
    columns: Vec<Between>,
    /// The picture's columns that are needed.
    needed: std::ops::Range<usize>,
    /// Whether see-through pixels beyond the picture's sides are needed too.
    reaches_over: bool,
    /// Whether nothing is see-through, wherever a line lies.
    is_opaque: bool,
    /// A row of what lies beyond, as long as what is needed.
    outside: Vec<[u8; 4]>,
    /// The weight of each column's second neighbour, of all 16 bits, for each channel.
    weights: Vec<[u16; 4]>,
    /// Two rows of the picture mixed, in 256ths, and a pixel of what lies beyond on each side.
    mixed: Vec<[u16; 4]>,
    /// The two neighbours of each column in that row.
    neighbours: [Vec<[u16; 4]>; 2],
    /// The same where they are not opaque: colours times alpha, alpha.
    covers: Vec<[f32; 4]>,
}

/// A position between two neighbours: the first of them, and the second's weight, 0 to 1. Counted
/// from the nothing before the picture, 0; the picture begins at 1.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Between {
    first: usize,
    weight: f32,
}

impl Between {
    fn new(position: f32, beyond: Beyond, count: u32) -> Self {
        let count = count as f32;
        let position = match beyond {
            Beyond::Repeated => position.clamp(0.5, count - 0.5) + 0.5,
            // Further out is as one pixel out.
            Beyond::Clear | Beyond::Painted(_) => position.clamp(-0.5, count + 0.5) + 0.5,
        };
        let first = (position as usize).min(count as usize);
        Self { first, weight: position - first as f32 }
    }
}

impl<'picture> Upright<'picture> {
    pub(super) fn new(
        picture: &'picture Picture,
        beyond: Beyond,
        start: f32,
        step: f32,
        length: usize,
    ) -> Self {
        let width = picture.width() as usize;
        let positions = std::iter::successors(Some(start), |x| Some(x + step)).take(length);
        let mut columns: Vec<Between> = positions.map(|x| Between::new(x, beyond, picture.width())).collect();
        let first = columns.iter().map(|column| column.first).min().unwrap_or(0).max(1);
        let last = columns.iter().map(|column| column.first + 1).max().unwrap_or(0).min(width);
        let over = |column: &Between| {
            column.first == 0 && column.weight < 1.0 || column.first == width && column.weight > 0.0
        };
        let reaches_over = beyond == Beyond::Clear && columns.iter().any(over);
        for column in &mut columns {
            column.first = column.first + 1 - first;
        }
        let needed = first - 1..last.max(first - 1);
        let (outside, padded) = (vec![beyond.pixel(); needed.len()], needed.len() + 2);
        let mixed = vec![beyond.pixel().map(|channel| u16::from(channel) << 8); padded];
        let [red, green, blue, cover] = beyond.pixel().map(f32::from);
        let covers = vec![[red * cover, green * cover, blue * cover, cover]; padded];
        let is_opaque = beyond != Beyond::Clear && !picture.has_alpha();
        let weights = columns.iter().map(|column| [(column.weight * 65_535.0) as u16; 4]).collect();
        let neighbours = std::array::from_fn(|_| vec![[0; 4]; length]);
        Self {
            picture,
            beyond,
            columns,
            needed,
            reaches_over,
            is_opaque,
            outside,
            weights,
            mixed,
            neighbours,
            covers,
        }
    }

    /// Samples the line at a height in the picture.
    pub(super) fn sample_line(&mut self, y: f32, line: &mut [[u8; 4]]) {
        let row = Between::new(y, self.beyond, self.picture.height());
        let rows = 1..=self.picture.height() as usize;
        let needed = |row: usize| {
            let inside = rows.contains(&row).then(|| &self.picture.row(row as u32 - 1)[self.needed.clone()]);
            inside.unwrap_or(&self.outside)
        };
        // A row that weighs nothing need not be opaque.
        let above = needed(row.first);
        let below = if row.weight > 0.0 { needed(row.first + 1) } else { above };
        let inner = 1..=self.needed.len();
        if !self.reaches_over && (self.is_opaque || are_opaque(above, below)) {
            mix_down(above, below, row.weight, &mut self.mixed[inner]);
            let [left, right] = &mut self.neighbours;
            for ((left, right), column) in left.iter_mut().zip(right.iter_mut()).zip(&self.columns) {
                [*left, *right] = [self.mixed[column.first], self.mixed[column.first + 1]];
            }
            mix_across(left, right, &self.weights, line);
        } else {
            mix_covers_down(above, below, row.weight, &mut self.covers[inner]);
            mix_covers_across(&self.covers, &self.columns, line);
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn are_opaque(above: &[[u8; 4]], below: &[[u8; 4]]) -> bool {
    let mut covers = u32::MAX;
    for (above, below) in above.iter().zip(below) {
        covers &= u32::from_le_bytes(*above) & u32::from_le_bytes(*below);
    }
    covers.to_le_bytes()[3] == 255
}

/// Opaque rows mixed, in 256ths.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn mix_down(above: &[[u8; 4]], below: &[[u8; 4]], weight: f32, mixed: &mut [[u16; 4]]) {
    let weight = (weight * 256.0) as u16;
    let (above, below) = (above.as_flattened(), below.as_flattened());
    for ((to, above), below) in mixed.as_flattened_mut().iter_mut().zip(above).zip(below) {
        *to = u16::from(*above) * (256 - weight) + u16::from(*below) * weight;
    }
}

/// The neighbours of each column, in 256ths, mixed.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn mix_across(left: &[[u16; 4]], right: &[[u16; 4]], weights: &[[u16; 4]], line: &mut [[u8; 4]]) {
    let (left, right, weights) = (left.as_flattened(), right.as_flattened(), weights.as_flattened());
    let part = |value: u16, weight: u16| ((u32::from(value) * u32::from(weight)) >> 16) as u16;
    for (((to, left), right), weight) in line.as_flattened_mut().iter_mut().zip(left).zip(right).zip(weights)
    {
        // Each part may lack a 256th, and there is room for half a level.
        let mixed = part(*left, u16::MAX - weight) + part(*right, *weight);
        *to = ((mixed + 129) >> 8) as u8;
    }
}

/// Rows that are not opaque, mixed: colours times alpha, and alpha.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn mix_covers_down(above: &[[u8; 4]], below: &[[u8; 4]], weight: f32, mixed: &mut [[f32; 4]]) {
    for ((to, above), below) in mixed.iter_mut().zip(above).zip(below) {
        let covers = [f32::from(above[3]) * (1.0 - weight), f32::from(below[3]) * weight];
        for channel in 0..3 {
            to[channel] = f32::from(above[channel]) * covers[0] + f32::from(below[channel]) * covers[1];
        }
        to[3] = covers[0] + covers[1];
    }
}

/// A mixed row sampled at each column.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn mix_covers_across(mixed: &[[f32; 4]], columns: &[Between], line: &mut [[u8; 4]]) {
    for (pixel, column) in line.iter_mut().zip(columns) {
        let (left, right) = (&mixed[column.first], &mixed[column.first + 1]);
        let mut sums = [0.0f32; 4];
        for channel in 0..4 {
            sums[channel] = left[channel] * (1.0 - column.weight) + right[channel] * column.weight;
        }
        // A share of nothing is no colour: the sums are nothing too.
        let share = 1.0 / sums[3].max(1e-9);
        let shares = [share, share, share, 1.0];
        for channel in 0..4 {
            pixel[channel] = rounded(sums[channel] * shares[channel]);
        }
    }
}

/// The nearest whole number of 0 to 255: where a float of this size keeps its units. A cast would
/// look for infinities and be several times slower.
#[inline(always)]
fn rounded(value: f32) -> u8 {
    const UNITS_LAST: f32 = 8_388_608.0;
    (value + UNITS_LAST).to_bits() as u8
}
