//! Measures how well the six colours are solved, condition by condition.
//!
//! `cargo run --release -p lorgnon-recogniser --example colour_conditions -- DATA [options]`
//!
//! DATA holds `dofus-renders/`, `backgrounds/` and `dofus-items/icons/`. Looks are held out from
//! `train.jsonl` unless `--final`, which fits on all of it and reads `test.jsonl`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a command-line measurement: it prints, and stops at the first fault"
)]

mod baseline;
mod corruption;
mod report;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use baseline::Baselines;
use corruption::{Chance, Condition, Corruptor};
use lorgnon_imaging::Picture;
use lorgnon_look::{ClassLabel, Colour, Gender, Look, Slot};
use lorgnon_recogniser::Frame;
use lorgnon_recogniser::colours::{ColourFit, ColourMeasurement, ColourModel};
use lorgnon_recogniser::train::Unobserved;
use report::Tally;

/// A labelled look with its picture and the frame of its bare body.
pub(crate) struct Sample {
    pub(crate) look: Look,
    pub(crate) picture: Picture,
    pub(crate) frame: Frame,
}

struct Options {
    data: PathBuf,
    last: bool,
    fold: usize,
    /// Renders a pair to fit on.
    looks: usize,
    /// Frame errors to add: share of the height, and of the scale.
    jitter: f32,
    /// Fits on the dressed looks of `dofus-items` instead.
    items: bool,
    /// Another game: recoloured ramps (`lpc`), all looks dressed.
    ramps: bool,
    /// Frame errors of the looks to fit.
    train_jitter: f32,
    /// Whether the looks to fit wear items.
    dressed: bool,
    /// Share of looks to fit whose colours are another look's.
    wrong: f32,
    /// Also measures the simple ways.
    baselines: bool,
    /// Also asks how often the true class explains the picture best.
    classes: bool,
    /// Asks instead what is told of classes that were left out.
    unknown: bool,
    only: Option<String>,
    verbose: bool,
    /// A folder to write the corrupted pictures to.
    dump: Option<PathBuf>,
}

fn options() -> Options {
    let mut chosen = Options {
        data: PathBuf::from("../shared/data"),
        last: false,
        fold: 2,
        looks: usize::MAX,
        jitter: 0.0,
        items: false,
        ramps: false,
        train_jitter: 0.0,
        dressed: false,
        wrong: 0.0,
        baselines: false,
        classes: false,
        unknown: false,
        only: None,
        verbose: false,
        dump: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().expect("the option takes a value");
        match argument.as_str() {
            "--final" => chosen.last = true,
            "--fold" => chosen.fold = value().parse().unwrap(),
            "--looks" => chosen.looks = value().parse().unwrap(),
            "--jitter" => chosen.jitter = value().parse().unwrap(),
            "--train-jitter" => chosen.train_jitter = value().parse().unwrap(),
            "--items" => chosen.items = true,
            "--ramps" => chosen.ramps = true,
            "--dressed" => chosen.dressed = true,
            "--wrong" => chosen.wrong = value().parse().unwrap(),
            "--baselines" => chosen.baselines = true,
            "--classes" => chosen.classes = true,
            "--unknown" => chosen.unknown = true,
            "--only" => chosen.only = Some(value()),
            "--dump" => chosen.dump = Some(PathBuf::from(value())),
            "--verbose" => chosen.verbose = true,
            data => chosen.data = PathBuf::from(data),
        }
    }
    chosen
}

pub(crate) fn open(path: &Path) -> Picture {
    let decoded = image::open(path).unwrap().into_rgba8();
    let (width, height) = decoded.dimensions();
    Picture::new(width, height, decoded.pixels().map(|pixel| pixel.0).collect()).unwrap()
}

/// Feet and box of the opaque pixels: centre x above the feet, top, bottom.
fn anchors(picture: &Picture) -> (f32, f32, f32) {
    let solid = |x: u32, y: u32| picture.pixel(x, y)[3] > 200;
    let rows: Vec<u32> =
        (0..picture.height()).filter(|&y| (0..picture.width()).any(|x| solid(x, y))).collect();
    let (top, bottom) = (rows[0], rows[rows.len() - 1] + 1);
    let height = (bottom - top) as f32;
    let (mut sum, mut count) = (0.0, 0.0);
    for y in bottom - (0.15 * height) as u32..bottom {
        for x in (0..picture.width()).filter(|&x| solid(x, y)) {
            sum += x as f32 + 0.5;
            count += 1.0;
        }
    }
    (sum / count - 0.02 * height, top as f32, bottom as f32)
}

/// How the body height of a set's looks is known.
#[derive(Clone, Copy)]
enum Height {
    /// Bare bodies: the height of the opaque box.
    Box,
    /// Dressed ones, all drawn at one size: a height in pixels, up from the soles.
    Fixed(f32),
}

fn read(folder: &Path, file: &str, height: Height) -> Vec<Sample> {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    text.lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let word = |name: &str| row[name].as_str().unwrap().to_owned();
            let picture = open(&folder.join(word("image")));
            let items = row["items"].as_object().into_iter().flatten();
            let look = Look {
                id: word("id"),
                class: Some(ClassLabel::new(&word("class"))),
                gender: Gender::parse(&word("gender")),
                colours: row["colors"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|colour| Colour::parse(colour.as_str().unwrap()).unwrap())
                    .collect(),
                items: items.map(|(slot, id)| (Slot::parse(slot).unwrap(), id.as_u64().unwrap())).collect(),
            };
            let (centre_x, top, bottom) = anchors(&picture);
            let height = match height {
                Height::Box => bottom - top,
                Height::Fixed(height) => height,
            };
            let frame =
                Frame { centre_x, top: bottom - height, height, mirrored: false, rotation_degrees: 0.0 };
            Sample { look, picture, frame }
        })
        .collect()
}

/// Dressed looks of `dofus-items`, placed by a model fitted on bare ones: only those in the colours
/// of the looks it was fitted from.
fn dressed(data: &Path, train: &[&Sample], model: &ColourModel) -> Vec<Sample> {
    let mut samples = read(&data.join("dofus-items"), "train.jsonl", Height::Box);
    samples.retain_mut(|sample| {
        let Some(bare) = train.iter().find(|bare| bare.look.colours == sample.look.colours) else {
            return false;
        };
        // The set draws its renders smaller by this factor.
        let height = 0.7186 * bare.frame.height;
        sample.frame.top += sample.frame.height - height;
        sample.frame.height = height;
        let (class, gender) = (sample.look.class.clone().unwrap(), sample.look.gender.unwrap());
        let solution = model.solve(&sample.picture, &sample.frame, &class, gender, None).unwrap();
        sample.frame = solution.frame;
        solution.explained > 0.5
    });
    samples
}

fn fit(train: &[&Sample], options: &Options, corruptor: &Corruptor) -> ColourModel {
    let mut fit = ColourFit::new();
    let mut mislabelled = Vec::new();
    for (index, sample) in train.iter().enumerate() {
        let mut chance = Chance::new(&format!("fit {}", sample.look.id));
        let condition = if options.dressed { Condition::Dressed } else { Condition::Clean };
        let (picture, frame) = corruptor.corrupt(condition, sample, &mut chance);
        let frame = corruption::jitter(&frame, options.train_jitter, &mut chance);
        let mut look = sample.look.clone();
        if chance.uniform(0.0, 1.0) < options.wrong {
            look.colours.clone_from(&train[(index + 7) % train.len()].look.colours);
            mislabelled.push(look.id.clone());
        }
        let measurement = ColourMeasurement::measure(&picture, &frame, &look).unwrap();
        fit.add(&look, 0, measurement);
    }
    mislabelled.sort();
    println!("mislabelled {mislabelled:?}");
    let started = Instant::now();
    let (model, suspects) = fit.finish(&Unobserved).unwrap();
    println!("fitted in {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    for suspect in suspects {
        let wrong = if mislabelled.contains(&suspect.id) { "wrong" } else { "right" };
        println!("suspect {} {:.3} {wrong}", suspect.id, suspect.likelihood);
    }
    let bytes = postcard::to_allocvec(&model).unwrap();
    println!("stored in {:.1} kB a template", bytes.len() as f64 / 1e3 / model.template_count() as f64);
    postcard::from_bytes(&bytes).unwrap()
}

fn main() {
    let options = options();
    let folder = options.data.join(if options.ramps { "lpc" } else { "dofus-renders" });
    let height = if options.ramps { Height::Fixed(190.0) } else { Height::Box };
    let all = read(&folder, "train.jsonl", height);
    let last = if options.last { read(&folder, "test.jsonl", height) } else { Vec::new() };
    let (mut train, mut test): (Vec<&Sample>, Vec<&Sample>) = (Vec::new(), last.iter().collect());
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    let mut taken: BTreeMap<_, usize> = BTreeMap::new();
    for sample in &all {
        let pair = (sample.look.class.clone(), sample.look.gender);
        let index = seen.entry(pair.clone()).or_default();
        if !options.last && *index % if options.ramps { 8 } else { 3 } == options.fold {
            test.push(sample);
        } else {
            let taken = taken.entry(pair).or_default();
            if *taken < options.looks {
                train.push(sample);
                *taken += 1;
            }
        }
        *index += 1;
    }
    println!("{} looks to fit, {} to solve", train.len(), test.len());
    let corruptor = Corruptor::new(&options.data);
    if options.unknown {
        return unknown::report(&train, &test, &corruptor, |train| fit(train, &options, &corruptor));
    }
    let mut model = fit(&train, &options, &corruptor);
    if options.items {
        let samples = dressed(&options.data, &train, &model);
        println!("{} dressed looks to fit", samples.len());
        model = fit(&samples.iter().collect::<Vec<_>>(), &options, &corruptor);
    }

    let pairs: BTreeSet<_> =
        train.iter().filter_map(|sample| sample.look.class.clone().zip(sample.look.gender)).collect();
    let pairs: Vec<_> = pairs.into_iter().collect();
    println!("{}", Tally::HEADER);
    let mut whole = Tally::default();
    for condition in Condition::ALL {
        if options.ramps && !matches!(condition, Condition::Clean | Condition::HalfJpeg | Condition::Mirrored)
        {
            continue;
        }
        if options.only.as_ref().is_some_and(|only| !condition.name().contains(only.as_str())) {
            continue;
        }
        let mut baselines = Baselines::default();
        let mut best_explained = 0;
        let mut tally = Tally::default();
        for sample in &test {
            let mut chance = Chance::new(&format!("{} {}", condition.name(), sample.look.id));
            let (picture, frame) = corruptor.corrupt(condition, sample, &mut chance);
            let frame = corruption::jitter(&frame, options.jitter, &mut chance);
            let (class, gender) = (sample.look.class.clone().unwrap(), sample.look.gender.unwrap());
            if let Some(folder) = &options.dump {
                let name = format!("{} {}.png", condition.name(), sample.look.id);
                let raw: Vec<u8> = picture.pixels().iter().flatten().copied().collect();
                image::save_buffer(
                    folder.join(name),
                    &raw,
                    picture.width(),
                    picture.height(),
                    image::ColorType::Rgba8,
                )
                .unwrap();
            }
            let started = Instant::now();
            let solution = model.solve(&picture, &frame, &class, gender, None).unwrap();
            tally.add(sample, &solution, started.elapsed().as_secs_f64() * 1e3);
            if options.baselines {
                baselines.add(&train, sample, &picture, &frame);
            }
            if options.classes {
                let candidates: Vec<_> =
                    pairs.iter().map(|(class, gender)| (frame, class.clone(), *gender)).collect();
                let explained = model.explain(&picture, &candidates);
                let best = (0..pairs.len()).max_by(|&one, &two| {
                    explained[one].unwrap_or(0.0).total_cmp(&explained[two].unwrap_or(0.0))
                });
                best_explained +=
                    usize::from(best.is_some_and(|best| pairs[best] == (class.clone(), gender)));
            }
            if options.verbose {
                report::describe(sample, &solution);
            }
        }
        println!("{}", tally.row(condition.name()));
        if options.baselines {
            println!("{}", baselines.row(condition.name()));
        }
        if options.classes {
            println!("  the true pair explains best: {best_explained} of {}", test.len());
        }
        whole.extend(tally);
    }
    println!("{}\n{}", whole.row("all conditions"), whole.details());
}
