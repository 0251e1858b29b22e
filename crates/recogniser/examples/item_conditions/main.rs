//! Measures how well items are named, slot by slot and condition by condition.
//!
//! `cargo run --release -p lorgnon-recogniser --example item_conditions -- SET [options]`
//!
//! SET is a folder with `train.jsonl` and `test.jsonl`. Every fourth training look is held out to
//! choose by, unless `--final`, which fits on all of `train.jsonl` and reads `test.jsonl`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a command-line measurement: it prints, and stops at the first fault"
)]

mod condition;
mod report;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use condition::{Chance, Condition};
use lorgnon_imaging::Picture;
use lorgnon_look::{ItemId, Look, Slot};
use lorgnon_recogniser::Frame;
use lorgnon_recogniser::items::{IconIndex, ItemFit, ItemMeasurement, ItemModel, Standing};
use lorgnon_recogniser::train::Unobserved;
use rayon::prelude::*;
use report::Report;

struct Options {
    set: PathBuf,
    backgrounds: PathBuf,
    last: bool,
    /// JSON object: image -> [centre x, top, height].
    frames: Option<PathBuf>,
    /// Examples of an item learned from at most.
    examples: usize,
    limit: usize,
    only: Option<String>,
    confusions: bool,
    /// Folder of icons, beside the catalogue below.
    icons: Option<PathBuf>,
    catalogue: PathBuf,
    /// Learn nothing: icons alone.
    icons_alone: bool,
    /// Looks that wear an item whose id this divides are not learned from.
    unseen: Option<ItemId>,
}

fn options() -> Options {
    let mut chosen = Options {
        set: PathBuf::from("../shared/data/dofus-items"),
        backgrounds: PathBuf::from("../shared/data/backgrounds"),
        last: false,
        frames: None,
        examples: usize::MAX,
        limit: usize::MAX,
        only: None,
        confusions: false,
        icons: None,
        catalogue: PathBuf::from("../shared/data/dofus-items/catalog-full.json"),
        icons_alone: false,
        unseen: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().expect("the option takes a value");
        match argument.as_str() {
            "--final" => chosen.last = true,
            "--frames" => chosen.frames = Some(PathBuf::from(value())),
            "--backgrounds" => chosen.backgrounds = PathBuf::from(value()),
            "--examples" => chosen.examples = value().parse().unwrap(),
            "--limit" => chosen.limit = value().parse().unwrap(),
            "--only" => chosen.only = Some(value()),
            "--icons" => chosen.icons = Some(PathBuf::from(value())),
            "--catalogue" => chosen.catalogue = PathBuf::from(value()),
            "--icons-alone" => chosen.icons_alone = true,
            "--unseen" => chosen.unseen = Some(value().parse().unwrap()),
            "--confusions" => chosen.confusions = true,
            set => chosen.set = PathBuf::from(set),
        }
    }
    chosen
}

/// A labelled look with its picture and its character's frame.
struct Sample {
    look: Look,
    picture: Picture,
    frame: Frame,
}

fn open(path: &Path) -> Picture {
    let decoded = image::open(path).unwrap().into_rgba8();
    let (width, height) = decoded.dimensions();
    Picture::new(width, height, decoded.pixels().map(|pixel| pixel.0).collect()).unwrap()
}

/// The frame as a clean cut-out shows it: from the lowest opaque row up, the feet's middle.
fn anchored(picture: &Picture) -> Frame {
    let foreground = picture.foreground(200).unwrap();
    let bounds = foreground.bounds;
    let width = picture.width() as usize;
    let first = (bounds.bottom() - 0.15 * bounds.height) as usize;
    let columns: Vec<f32> = foreground
        .mask
        .iter()
        .enumerate()
        .filter(|(at, on)| **on && at / width >= first)
        .map(|(at, _)| (at % width) as f32 + 0.5)
        .collect();
    let middle = columns.iter().sum::<f32>() / columns.len().max(1) as f32;
    Frame {
        centre_x: middle - 0.02 * bounds.height,
        top: bounds.y,
        height: bounds.height,
        mirrored: false,
        rotation_degrees: 0.0,
    }
}

fn samples(options: &Options, file: &str) -> Vec<Sample> {
    let frames: BTreeMap<String, Vec<f32>> = options
        .frames
        .as_ref()
        .map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
        .unwrap_or_default();
    let text = std::fs::read_to_string(options.set.join(file)).unwrap();
    text.lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let image = row["image"].as_str().unwrap();
            let items: BTreeMap<Slot, ItemId> = row["items"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(slot, id)| (Slot::parse(slot).unwrap(), serde_json::from_value(id.clone()).unwrap()))
                .collect();
            let picture = open(&options.set.join(image));
            let frame = frames.get(image).map_or_else(
                || anchored(&picture),
                |at| Frame {
                    centre_x: at[0],
                    top: at[1],
                    height: at[2],
                    mirrored: false,
                    rotation_degrees: 0.0,
                },
            );
            let id = row["id"].as_str().unwrap_or(image).to_owned();
            Sample { look: Look { id, items, ..Look::default() }, picture, frame }
        })
        .collect()
}

fn fit(training: &[&Sample], examples: usize) -> ItemModel {
    let started = Instant::now();
    let mut seen: BTreeMap<(Slot, ItemId), usize> = BTreeMap::new();
    let chosen: Vec<&&Sample> = training
        .iter()
        .filter(|sample| {
            // A look is learned from while any of its items is still wanted, or when it wears none.
            let wanted = sample
                .look
                .items
                .iter()
                .any(|(slot, item)| seen.get(&(*slot, *item)).copied().unwrap_or_default() < examples);
            if wanted {
                for (slot, item) in &sample.look.items {
                    *seen.entry((*slot, *item)).or_default() += 1;
                }
            }
            wanted || sample.look.items.is_empty()
        })
        .collect();
    let measured: Vec<ItemMeasurement> = chosen
        .par_iter()
        .map(|sample| ItemMeasurement::measure(&sample.picture, sample.frame, &sample.look, None))
        .collect();
    let middle = Instant::now();
    let mut fit = ItemFit::new(None);
    for (sample, measurement) in chosen.iter().zip(measured) {
        fit.add(&sample.look, measurement, None);
    }
    let (model, _) = fit.finish(&Unobserved).unwrap();
    println!(
        "{} looks measured in {:.1} s, fitted in {:.1} s",
        chosen.len(),
        (middle - started).as_secs_f32(),
        middle.elapsed().as_secs_f32()
    );
    model
}

fn main() {
    let options = options();
    let training = samples(&options, "train.jsonl");
    let testing = if options.last { samples(&options, "test.jsonl") } else { Vec::new() };
    let held = |at: usize| !options.last && at % 4 == 3;
    let is_unseen = |item: &ItemId| options.unseen.is_some_and(|divisor| item.is_multiple_of(divisor));
    let learned: Vec<&Sample> = training
        .iter()
        .enumerate()
        .filter(|(at, sample)| !held(*at) && !sample.look.items.values().any(is_unseen))
        .map(|(_, sample)| sample)
        .filter(|_| !options.icons_alone)
        .collect();
    let asked: Vec<&Sample> = if options.last {
        testing.iter().collect()
    } else {
        training.iter().enumerate().filter(|(at, _)| held(*at)).map(|(_, sample)| sample).collect()
    };
    let model = fit(&learned, options.examples);
    let mut icons = IconIndex::default();
    if let Some(folder) = &options.icons {
        let started = Instant::now();
        let catalogue = lorgnon_dataset::read_catalogue(&options.catalogue).unwrap();
        let failed = icons.update(&catalogue, folder);
        println!(
            "{} icons, {} unreadable, in {:.2} s",
            icons.len(),
            failed.len(),
            started.elapsed().as_secs_f32()
        );
    }
    let maps = condition::maps(&options.backgrounds);
    for condition in Condition::ALL {
        if options.only.as_ref().is_some_and(|only| only != condition.name()) {
            continue;
        }
        let answers: Vec<_> = asked
            .par_iter()
            .take(options.limit)
            .map(|sample| {
                let mut chance = Chance::new(&format!("{} {}", condition.name(), sample.look.id));
                let (picture, frame) = condition.apply(&sample.picture, &sample.frame, &maps, &mut chance);
                let started = Instant::now();
                let guesses = model.name(&picture, &Standing::new(frame, None), Some(&icons), None);
                (sample, guesses, started.elapsed())
            })
            .collect();
        let mut report = Report::default();
        let mut new = Report::default();
        for (sample, guesses, took) in &answers {
            report.add(&sample.look.items, guesses, *took);
            if sample.look.items.values().any(is_unseen) {
                let mut items = sample.look.items.clone();
                items.retain(|_, item| is_unseen(item));
                new.add(&items, guesses, *took);
            }
        }
        report.print(condition.name(), options.confusions);
        if options.unseen.is_some() {
            new.print(&format!("{}, items never learned (presence is not meant)", condition.name()), false);
        }
    }
}
