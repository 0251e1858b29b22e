//! What the simple ways reach: the nearest look's colours, and clusters put in order by an oracle.

use lorgnon_imaging::{Picture, ciede2000};
use lorgnon_look::Colour;
use lorgnon_recogniser::{Frame, palette};

use crate::Sample;
use crate::report::shares_within;

/// Differences of the simple ways from the truth.
#[derive(Default)]
pub(crate) struct Baselines {
    /// Of the most similar training look of the same class and sex.
    neighbour: Vec<f32>,
    /// Of the palette, in the order that suits the truth best.
    palette: Vec<f32>,
}

/// A picture's body as a small mosaic.
fn mosaic(picture: &Picture, frame: &Frame) -> Vec<f32> {
    let mut values = Vec::new();
    for row in 0..32u8 {
        for column in 0..16u8 {
            let (u, v) = ((f32::from(column) - 7.5) / 32.0, (f32::from(row) + 0.5) / 32.0);
            let (x, y) = frame.to_picture(u, v);
            let inside = x >= 0.0 && y >= 0.0 && x < picture.width() as f32 && y < picture.height() as f32;
            let pixel = if inside { picture.pixel(x as u32, y as u32) } else { [0; 4] };
            let share = f32::from(pixel[3]) / 255.0;
            values.extend(pixel[..3].iter().map(|value| f32::from(*value) * share));
        }
    }
    values
}

/// The differences of the assignment of swatches to colours whose sum is least.
pub(crate) fn best_order(swatches: &[Colour], truth: &[Colour]) -> Vec<f32> {
    fn place(
        at: usize,
        free: &mut Vec<usize>,
        table: &[Vec<f32>],
        so_far: &mut Vec<f32>,
        best: &mut Vec<f32>,
    ) {
        let sum: f32 = so_far.iter().sum();
        if !best.is_empty() && sum >= best.iter().sum() {
            return;
        }
        if at == table.len() {
            best.clone_from(so_far);
            return;
        }
        for index in 0..free.len() {
            let swatch = free.swap_remove(index);
            so_far.push(table[at][swatch]);
            place(at + 1, free, table, so_far, best);
            so_far.pop();
            free.push(swatch);
            let last = free.len() - 1;
            free.swap(index, last);
        }
    }
    let table: Vec<Vec<f32>> = truth
        .iter()
        .map(|colour| swatches.iter().map(|swatch| ciede2000(*swatch, *colour)).collect())
        .collect();
    let mut best = Vec::new();
    place(0, &mut (0..swatches.len()).collect(), &table, &mut Vec::new(), &mut best);
    best
}

impl Baselines {
    pub(crate) fn add(&mut self, train: &[&Sample], sample: &Sample, picture: &Picture, frame: &Frame) {
        let truth: Vec<Colour> = sample.look.colours.iter().copied().flatten().collect();
        let own = mosaic(picture, frame);
        let far = |other: &&&Sample| -> f32 {
            let other = mosaic(&other.picture, &other.frame);
            own.iter().zip(other).map(|(one, two)| (one - two) * (one - two)).sum()
        };
        let nearest = train
            .iter()
            .filter(|other| other.look.class == sample.look.class && other.look.gender == sample.look.gender)
            .min_by(|one, two| far(one).total_cmp(&far(two)));
        if let Some(nearest) = nearest {
            let colours = nearest.look.colours.iter().copied().flatten();
            self.neighbour.extend(colours.zip(&truth).map(|(one, two)| ciede2000(one, *two)));
        }
        let swatches: Vec<Colour> =
            palette(picture, Some(frame), truth.len()).into_iter().map(|(colour, _)| colour).collect();
        if swatches.len() == truth.len() {
            self.palette.extend(best_order(&swatches, &truth));
        }
    }

    pub(crate) fn row(&self, name: &str) -> String {
        format!(
            "{name:16} nearest look: {} | palette in the best order: {}",
            shares_within(&self.neighbour),
            shares_within(&self.palette)
        )
    }
}
