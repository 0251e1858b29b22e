//! Training end to end: what it learns, what it reuses, what it survives.

use std::fs;
use std::sync::atomic::Ordering;

use lorgnon_imaging::Picture;
use lorgnon_index::Store;
use lorgnon_look::Slot;
use lorgnon_recogniser::evaluate::evaluate;
use lorgnon_recogniser::train::TrainSettings;
use lorgnon_recogniser::{AnalyzeOptions, ItemSource, RecogniserError, Verdict};

use crate::world::{LOOKS, World};

#[test]
fn what_was_drawn_is_recognised_and_a_second_run_does_nothing() {
    let (world, first) = World::trained();
    assert_eq!((first.added, first.failed, first.entries), (LOOKS, 0, LOOKS));

    let found = evaluate(&world.recogniser(), &world.dataset("test.jsonl"), &world.watcher).unwrap();
    // Three dressed looks a class and sex to learn from, and "unknown" counts as wrong: chance is
    // one in sixteen for the class, one in thirty-two for both.
    assert!(found.score.class.share() > 0.5, "{:?}", found.score.class);
    assert!(found.score.both.share() > 0.4, "{:?}", found.score.both);
    let differences = found.score.colour_differences();
    assert!(differences[differences.len() / 2] < 3.0, "{:?}", &differences[differences.len() / 2..]);

    let version = world.store.reader().unwrap().version();
    let second = world.train().unwrap();
    assert_eq!((second.added, second.reused, second.model.as_str()), (0, LOOKS, first.model.as_str()));
    assert_eq!(world.store.reader().unwrap().version(), version, "an unchanged export commits nothing");

    let export = world.export("looks.jsonl");
    let lines: Vec<String> = fs::read_to_string(&export).unwrap().lines().map(str::to_owned).collect();
    let relabelled = lines[0].replacen("\"gender\":\"m\"", "\"gender\":\"f\"", 1);
    let relabelled = if relabelled == lines[0] {
        lines[0].replacen("\"gender\":\"f\"", "\"gender\":\"m\"", 1)
    } else {
        relabelled
    };
    fs::write(&export, format!("{relabelled}\n{}\n", lines[1..lines.len() - 1].join("\n"))).unwrap();
    let third = world.train().unwrap();
    assert_eq!((third.added, third.relabelled, third.removed), (0, 1, 1));
    assert_ne!(third.model, first.model);
}

#[test]
fn answers_are_deterministic_and_nothing_is_invented() {
    let (world, _) = World::trained();
    let (one, other) = (world.recogniser(), world.recogniser());
    let example = world.dataset("test.jsonl").examples().find_map(Result::ok).unwrap();
    let lorgnon_dataset::ImageReference::File(path) = example.image else { panic!("a file") };
    let picture = lorgnon_imaging::decode(&fs::read(path).unwrap(), &Default::default()).unwrap();
    let answer = |recogniser: &lorgnon_recogniser::Recogniser| {
        let mut answer = recogniser.analyze(&picture, &AnalyzeOptions::default()).unwrap();
        answer.took_ms = 0.0;
        serde_json::to_string(&answer).unwrap()
    };
    assert_eq!(answer(&one), answer(&other));

    for nobody in [Picture::filled(300, 200, [90, 140, 90, 255]), Picture::filled(5, 5, [0; 4])] {
        let answer = one.analyze(&nobody, &AnalyzeOptions::default()).unwrap();
        assert_eq!((answer.verdict, answer.class_label, answer.character), (Verdict::Unknown, None, None));
        assert!(answer.items.iter().all(|(_, item)| item.item_id.is_none()));
    }
}

#[test]
fn an_index_without_looks_answers_nulls() {
    let world = World::new(1);
    let picture = Picture::filled(64, 64, [200, 10, 10, 255]);
    let answer = world.recogniser().analyze(&picture, &AnalyzeOptions::default()).unwrap();
    assert!(answer.class_label.is_none() && answer.neighbors.is_empty() && answer.class_votes.is_empty());
}

#[test]
fn bad_pictures_are_counted_and_named_and_the_rest_is_trained() {
    let world = World::new(20);
    let image = world
        .export("images")
        .read_dir()
        .unwrap()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .min()
        .unwrap();
    fs::write(image, "not a picture at all").unwrap();
    let summary = world.train().unwrap();
    assert_eq!((summary.failed, summary.entries), (1, 19));
    let failures = world.watcher.failures.lock().unwrap();
    assert!(failures[0].1.contains("not a picture"), "{failures:?}");
}

#[test]
fn pictures_that_changed_do_not_count_twice() {
    let (world, first) = World::trained();
    let templates = |world: &World| world.store.reader().unwrap().model("character").unwrap().unwrap().len();
    let before = templates(&world);
    for image in world.export("images").read_dir().unwrap().filter_map(Result::ok) {
        let mut bytes = fs::read(image.path()).unwrap();
        // What follows the end of a PNG file is no part of the picture.
        bytes.push(0);
        fs::write(image.path(), bytes).unwrap();
    }
    let again = world.train().unwrap();
    assert_eq!((again.added, again.reused, again.entries), (LOOKS, 0, LOOKS));
    assert_ne!(again.model, first.model);
    let after = templates(&world);
    assert!(after * 10 < before * 13, "twins were taken for poses: {before} bytes became {after}");
}

#[test]
fn hats_that_no_look_taught_are_named_from_their_icons() {
    let world = World::new(LOOKS);
    let export = world.export("looks.jsonl");
    let hatless: Vec<String> = fs::read_to_string(&export)
        .unwrap()
        .lines()
        .map(|line| {
            let mut look: serde_json::Value = serde_json::from_str(line).unwrap();
            look["items"].as_object_mut().unwrap().remove("coiffe");
            look.to_string()
        })
        .collect();
    fs::write(&export, hatless.join("\n")).unwrap();
    let catalogue = lorgnon_dataset::read_catalogue(&world.export("catalogue.json")).unwrap();
    let icons = world.export("icons");
    let spoilt = catalogue
        .iter()
        .filter(|item| item.slot == Some(Slot::Familier))
        .find_map(|item| {
            let files = [format!("{}.png", item.icon_id?), format!("familier/{}.png", item.icon_id?)];
            files.iter().map(|file| icons.join(file)).find(|file| file.is_file())
        })
        .unwrap();
    fs::write(&spoilt, "no picture").unwrap();
    let settings = TrainSettings { icons: Some(icons), ..TrainSettings::default() };
    world.train_with(&catalogue, settings).unwrap();
    assert_eq!(*world.watcher.bad_icons.lock().unwrap(), [spoilt]);

    let recogniser = world.recogniser();
    let (mut hats, mut named) = (0, 0);
    for example in world.dataset("test.jsonl").examples().filter_map(Result::ok) {
        let Some(hat) = example.look.items.get(&Slot::Coiffe) else { continue };
        let lorgnon_dataset::ImageReference::File(path) = example.image else { panic!("a file") };
        let picture = lorgnon_imaging::decode(&fs::read(path).unwrap(), &Default::default()).unwrap();
        let answer = recogniser.analyze(&picture, &AnalyzeOptions::default()).unwrap();
        let candidates = &answer.items[Slot::Coiffe].candidates;
        assert!(candidates.iter().all(|candidate| candidate.source == ItemSource::Icon));
        hats += 1;
        named +=
            usize::from(candidates.iter().take(3).any(|candidate| candidate.same_appearance.contains(hat)));
    }
    assert!(hats > 5 && 2 * named >= hats, "{named} of {hats} among the first three");
}

#[test]
fn an_export_without_any_look_is_refused_and_forgets_nothing() {
    let (world, _) = World::trained();
    fs::write(world.export("looks.jsonl"), "{\"id\":\"a\"}\n").unwrap();
    assert!(matches!(world.train(), Err(RecogniserError::EmptyDataset { .. })));
    assert_eq!(world.store.reader().unwrap().len(), LOOKS);
}

#[test]
fn a_training_interrupted_in_every_stage_keeps_what_it_committed_and_learns_the_same_byte_for_byte() {
    // Looks for two batches, so that each stage can be stopped between them.
    let (undisturbed, _) = World::trained();
    let disturbed = World::new(LOOKS);
    let stop_after_measured = &disturbed.watcher.stop_after_measured;
    // In the first round, in the second (the first one's second batch is done again there), while looks are described.
    for batches in [1, 4] {
        stop_after_measured.store(batches, Ordering::Relaxed);
        assert!(matches!(disturbed.train(), Err(RecogniserError::Cancelled)), "{batches}");
    }
    stop_after_measured.store(0, Ordering::Relaxed);
    disturbed.watcher.stop_after.store(1, Ordering::Relaxed);
    assert!(matches!(disturbed.train(), Err(RecogniserError::Cancelled)));
    let kept = disturbed.store.reader().unwrap().len();
    assert!(kept > 0 && kept < LOOKS, "{kept}");
    disturbed.watcher.stop_after.store(0, Ordering::Relaxed);
    let summary = disturbed.train().unwrap();
    assert_eq!((summary.reused, summary.entries), (kept, LOOKS));
    let (expected, found) = (undisturbed.models(), disturbed.models());
    let names = |parts: &[(String, Vec<u8>)]| parts.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&expected), names(&found));
    for (expected, found) in expected.iter().zip(&found) {
        assert!(expected.1 == found.1, "{} differs", expected.0);
    }
}
