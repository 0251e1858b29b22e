//! Trains the character templates on one labelled file and judges them on others.
//!
//! `cargo run --release -p lorgnon-recogniser --example character_conditions -- TRAIN.jsonl TEST.jsonl
//! [FOLDER …]`: each FOLDER holds `examples.jsonl` (a condition of `conditions.py`), of which the
//! looks of TEST.jsonl are judged; rows without a class are nobody. `TEST.jsonl` itself is judged
//! first.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an experiment prints and stops at what is wrong"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use lorgnon_imaging::{Limits, Picture, decode};
use lorgnon_look::{ClassLabel, Gender, ItemId, Look, Slot};
use lorgnon_recogniser::Verdict;
use lorgnon_recogniser::character::{CharacterFit, CharacterMeasurement, CharacterModel, anchor};
use lorgnon_recogniser::train::Unobserved;
use rayon::prelude::*;

fn read(file: &Path) -> Vec<(Look, Picture)> {
    let folder = file.parent().unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let image = row["image"].as_str().unwrap();
            let class = match &row["class"] {
                serde_json::Value::String(text) => Some(ClassLabel::new(text)),
                serde_json::Value::Number(number) => Some(ClassLabel::new(&number.to_string())),
                serde_json::Value::Null
                | serde_json::Value::Bool(_)
                | serde_json::Value::Array(_)
                | serde_json::Value::Object(_) => None,
            };
            let look = Look {
                id: row["id"].as_str().unwrap_or(image).to_owned(),
                class,
                gender: row["gender"].as_str().and_then(Gender::parse),
                items: items_of(&row["items"]),
                ..Look::default()
            };
            (look, decode(&std::fs::read(folder.join(image)).unwrap(), &Limits::default()).unwrap())
        })
        .collect()
}

/// The items by slot; the benchmark's conditions list theirs without slots, which is not of use here.
fn items_of(items: &serde_json::Value) -> BTreeMap<Slot, ItemId> {
    let slots = items.as_object().into_iter().flatten();
    slots.filter_map(|(slot, item)| Some((Slot::parse(slot)?, item.as_u64()?))).collect()
}

fn train(looks: &[(Look, Picture)], rounds: usize) -> CharacterModel {
    let mut model: Option<CharacterModel> = None;
    for round in 0..rounds {
        let started = Instant::now();
        let measured: Vec<_> = looks
            .par_iter()
            .filter_map(|(look, picture)| {
                let located = model.as_ref().and_then(|model| model.locate_labelled(picture, look));
                let frame = located.or_else(|| anchor(picture))?;
                let measurement = CharacterMeasurement::measure(picture, &frame, look);
                Some((look, if located.is_some() { measurement.located() } else { measurement }))
            })
            .collect();
        let measuring = started.elapsed();
        let mut fit = CharacterFit::new();
        for (look, measurement) in measured {
            fit.add(look, measurement);
        }
        model = Some(fit.finish(&Unobserved).unwrap());
        println!(
            "round {round}: measured in {measuring:.1?}, fitted in {:.1?}",
            started.elapsed() - measuring
        );
    }
    model.unwrap()
}

fn judge(name: &str, model: &CharacterModel, looks: &[(Look, Picture)]) {
    let started = Instant::now();
    let answers: Vec<_> = looks.par_iter().map(|(_, picture)| model.locate(picture)).collect();
    let spent = started.elapsed().as_secs_f64() * 1000.0 * rayon::current_num_threads() as f64;
    let count = looks.len().max(1) as f64;
    let (mut class, mut gender, mut both, mut found, mut sure) = (0, 0, 0, 0, 0);
    let mut steps = vec![(0.0f64, 0.0f64, 0u32); 10];
    for ((look, picture), answer) in looks.iter().zip(&answers) {
        found += u32::from(answer.verdict != Verdict::Unknown);
        sure += u32::from(answer.verdict == Verdict::Recognised);
        let Some(best) = answer.characters.first().and_then(|best| best.pairs.first()) else {
            if std::env::var_os("EACH").is_some()
                && let Some(guess) = model.best_guess(picture)
            {
                println!(
                    "{} {:?} {:?} -> nobody; {:?} score {:.1} {:?}",
                    look.id, look.class, look.gender, guess.pairs[0], guess.score, guess.frame
                );
            }
            continue;
        };
        let (right_class, right_gender) = (Some(&best.0) == look.class.as_ref(), Some(best.1) == look.gender);
        class += u32::from(right_class);
        gender += u32::from(right_gender);
        both += u32::from(right_class && right_gender);
        let step = &mut steps[((best.2 * 10.0) as usize).min(9)];
        *step = (
            step.0 + f64::from(best.2),
            step.1 + f64::from(u8::from(right_class && right_gender)),
            step.2 + 1,
        );
        if std::env::var_os("EACH").is_some() {
            println!(
                "{} {:?} {:?} -> {} {} {:.2} score {:.1} {:?}",
                look.id,
                look.class,
                look.gender,
                best.0,
                best.1,
                best.2,
                answer.characters[0].score,
                answer.characters[0].frame
            );
        }
    }
    let calibration: f64 = steps.iter().map(|(stated, right, _)| (stated - right).abs()).sum::<f64>() / count;
    let share = |hits: u32| 100.0 * f64::from(hits) / count;
    println!(
        "{name:24} {:4} | joint {:5.1} class {:5.1} sex {:5.1} | found {:5.1} sure {:5.1} | ECE {calibration:.3} | {:.1} ms",
        looks.len(),
        share(both),
        share(class),
        share(gender),
        share(found),
        share(sure),
        spent / count
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let test = read(Path::new(&arguments[1]));
    let ids: BTreeSet<&str> = test.iter().map(|(look, _)| look.id.as_str()).collect();
    let rounds = std::env::var("ROUNDS").map_or(1, |rounds| rounds.parse().unwrap());
    let model = train(&read(Path::new(&arguments[0])), rounds);
    judge("test", &model, &test);
    for folder in &arguments[2..] {
        let mut looks = read(&Path::new(folder).join("examples.jsonl"));
        looks.retain(|(look, _)| look.class.is_none() || ids.contains(look.id.as_str()));
        judge(folder.rsplit('/').next().unwrap(), &model, &looks);
    }
}
