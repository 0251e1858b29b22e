//! Draws every class, item, pose and head on sheets, to look at the art.

use std::path::Path;

use lorgnon_demo::{DEMO_CLASSES, Demo, DrawOptions, Pose, draw, icon, items};
use lorgnon_imaging::{Picture, encode_png};
use lorgnon_look::Slot;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "sheets".to_owned());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let pairs = DEMO_CLASSES.len() as u64 * 2;
    let bare = Demo::new(3).with_items(0.0);
    let looks: Vec<_> = (0..pairs).map(|index| bare.look(index)).collect();

    let mut cells = Vec::new();
    for one in &looks {
        cells.push(draw(&one.look, &one.options)?);
    }
    sheet(&folder.join("classes.png"), &cells[..16], 8, (240, 430))?;
    sheet(&folder.join("classes2.png"), &cells[16..], 8, (240, 430))?;

    let mut heads = Vec::new();
    for one in looks.iter().step_by(3).take(10) {
        for head in 0..4 {
            heads.push(draw(&one.look, &DrawOptions { head, scale: 0.7, ..one.options })?);
        }
    }
    sheet(&folder.join("heads.png"), &heads, 8, (180, 310))?;

    let mut poses = Vec::new();
    for one in looks.iter().step_by(5) {
        for pose in Pose::ALL {
            poses.push(draw(&one.look, &DrawOptions { pose, scale: 0.8, ..one.options })?);
        }
    }
    sheet(&folder.join("poses.png"), &poses, 9, (220, 340))?;

    let catalogue = items();
    for slot in Slot::ALL {
        let mut worn = Vec::new();
        let mut icons = Vec::new();
        for (index, item) in catalogue.iter().filter(|item| item.slot == Some(slot)).take(9).enumerate() {
            let mut look = looks[(index * 7 + slot.index() * 3) % looks.len()].look.clone();
            look.items.insert(slot, item.id);
            worn.push(draw(&look, &DrawOptions { scale: 0.8, ..DrawOptions::default() })?);
            icons.push(icon(item.id)?);
        }
        worn.extend(icons);
        sheet(&folder.join(format!("{slot}.png")), &worn, 9, (240, 400))?;
    }

    let dressed = Demo::new(5);
    let mut all = Vec::new();
    for index in 0..24 {
        let one = dressed.look(index * 5 + index / 8);
        all.push(draw(&one.look, &DrawOptions { scale: 0.8, ..one.options })?);
    }
    sheet(&folder.join("dressed.png"), &all, 8, (260, 400))
}

fn sheet(path: &Path, cells: &[Picture], columns: u32, cell: (u32, u32)) -> Result<(), Failure> {
    let rows = (cells.len() as u32).div_ceil(columns);
    let mut canvas = Picture::filled(columns * cell.0, rows * cell.1, [222, 224, 230, 255]);
    for (position, picture) in (0u32..).zip(cells) {
        let left = position % columns * cell.0 + (cell.0.saturating_sub(picture.width())) / 2;
        let top = (position / columns + 1) * cell.1 - picture.height().min(cell.1);
        let width = canvas.width();
        for y in 0..picture.height().min(cell.1) {
            for x in 0..picture.width().min(width - left) {
                let [red, green, blue, alpha] = picture.pixel(x, y);
                let below = &mut canvas.pixels_mut()[((top + y) * width + left + x) as usize];
                for (channel, value) in [red, green, blue].into_iter().enumerate() {
                    let mixed = u32::from(value) * u32::from(alpha)
                        + u32::from(below[channel]) * (255 - u32::from(alpha));
                    below[channel] = (mixed / 255) as u8;
                }
            }
        }
    }
    std::fs::write(path, encode_png(&canvas)?)?;
    Ok(())
}
