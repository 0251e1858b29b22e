//! A whole export on disk, in the form sites write theirs.
//!
//! The demonstration goes the same way as a real export: files in a folder, read by the same code.
//! Nothing downstream knows that these looks are invented.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use lorgnon_imaging::{Picture, encode_png};
use lorgnon_look::Look;
use serde_json::{Map, Value, json};

use crate::demo::{Demo, DemoLook};
use crate::draw::{Background, DrawOptions, draw, icon};
use crate::error::DemoError;
use crate::items::{self, items};

/// What a written dataset consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The labels to learn from, `looks.jsonl`.
    pub train: PathBuf,
    /// Labels of other looks, never learned from, `test.jsonl`.
    pub test: PathBuf,
    /// Names, levels and icons of the items, `catalogue.json`.
    pub catalogue: PathBuf,
    /// One PNG an icon number, `icons/`.
    pub icons: PathBuf,
    /// Characters on maps, to try the page with, `scenes/`.
    pub scenes: Vec<PathBuf>,
    /// How many looks `train` has.
    pub train_looks: u64,
    /// How many looks `test` has.
    pub test_looks: u64,
}

/// How many scenes are written.
const SCENES: u64 = 6;

/// Writes `looks` looks to learn from and a quarter as many to test on (at least one of each class
/// and sex where there are as many to learn from), with pictures, catalogue, icons and scenes.
///
/// Test looks come after the others in the same endless list, so their palettes and clothes are of
/// their own. `progress` is told the number of looks drawn so far, both kinds together.
///
/// # Errors
/// When a file cannot be written; what was written stays.
pub fn write_dataset(
    folder: &Path,
    looks: u64,
    seed: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<Written, DemoError> {
    let demo = Demo::new(seed);
    let [images, icons, scenes] = ["images", "icons", "scenes"].map(|name| folder.join(name));
    for path in [&images, &icons, &scenes] {
        fs::create_dir_all(path).map_err(|source| DemoError::Write { path: path.clone(), source })?;
    }
    let catalogue = folder.join("catalogue.json");
    write(&catalogue, serde_json::to_string_pretty(&catalogue_rows())?.as_bytes())?;
    write_icons(&icons)?;

    let pairs = crate::DEMO_CLASSES.len() as u64 * 2;
    // Whole turns through the classes before the test begins, so that it starts with the first.
    let (test_looks, test_start) = ((looks / 4).max(looks.min(pairs)), looks.div_ceil(pairs) * pairs);
    let (train, test) = (folder.join("looks.jsonl"), folder.join("test.jsonl"));
    let mut drawn = 0;
    for (path, range) in [(&train, 0..looks), (&test, test_start..test_start + test_looks)] {
        let refused = |source| DemoError::Write { path: path.clone(), source };
        let mut labels = BufWriter::new(File::create(path).map_err(refused)?);
        for index in range {
            let DemoLook { look, options } = demo.look(index);
            write_picture(&images.join(format!("{}.png", look.id)), &draw(&look, &options)?)?;
            writeln!(labels, "{}", label(&look)).map_err(refused)?;
            drawn += 1;
            progress(drawn);
        }
        labels.flush().map_err(refused)?;
    }
    let scenes = write_scenes(&demo, &scenes, seed, test_start + test_looks)?;
    Ok(Written { train, test, catalogue, icons, scenes, train_looks: looks, test_looks })
}

/// One line of an export.
fn label(look: &Look) -> Value {
    let worn: Map<String, Value> =
        look.items.iter().map(|(slot, item)| (slot.as_str().to_owned(), json!(item))).collect();
    json!({
        "id": look.id,
        "image": format!("images/{}.png", look.id),
        "class": look.class,
        "gender": look.gender,
        "colors": look.colours,
        "items": worn,
    })
}

/// The items as DofusDB writes its own.
fn catalogue_rows() -> Vec<Value> {
    let rows = |item: &lorgnon_look::CatalogueItem| {
        json!({
            "id": item.id,
            "typeId": item.slot.map(items::type_id),
            "name": item.name,
            "level": item.level,
            "iconId": item.icon_id,
            "appearanceId": item.appearance_id,
            "img": item.icon_id.map(|icon| format!("icons/{icon}.png")),
        })
    };
    items().iter().map(rows).collect()
}

fn write_icons(folder: &Path) -> Result<(), DemoError> {
    for item in items().iter() {
        // Replicas share the icon of what they copy, whose number is its item's.
        if item.icon_id == Some(item.id) {
            write_picture(&folder.join(format!("{}.png", item.id)), &icon(item.id)?)?;
        }
    }
    Ok(())
}

fn write_scenes(demo: &Demo, folder: &Path, seed: u64, start: u64) -> Result<Vec<PathBuf>, DemoError> {
    (0..SCENES)
        .map(|number| {
            // Steps of five go through classes and sexes alike.
            let DemoLook { look, options } = demo.look(start + number * 5);
            let background = Background::Map { seed: seed.wrapping_add(number), width: 800, height: 600 };
            let scale = [0.8, 1.0, 0.65][(number % 3) as usize];
            let options = DrawOptions { background, scale, mirrored: number % 2 == 1, ..options };
            let path = folder.join(format!("scene-{}.png", number + 1));
            write_picture(&path, &draw(&look, &options)?)?;
            Ok(path)
        })
        .collect()
}

fn write_picture(path: &Path, picture: &Picture) -> Result<(), DemoError> {
    write(path, &encode_png(picture)?)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), DemoError> {
    fs::write(path, bytes).map_err(|source| DemoError::Write { path: path.to_owned(), source })
}
