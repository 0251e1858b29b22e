//! The life of a run, seen from the file.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::progress::{FailureKind, read_state, state_path};

fn begin(cache: &Path) -> TrainingJournal {
    TrainingJournal::begin(cache, Path::new("data"), Path::new(".cache/vision-index.json")).unwrap()
}

fn wait_for(cache: &Path, what: impl Fn(&TrainingRun) -> bool) -> TrainingRun {
    loop {
        if let Some(run) = read_state(cache).unwrap().current
            && what(&run)
        {
            return run;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_id_is_the_time_and_six_characters_in_base_36() {
    assert_eq!(base_36(0), "0");
    assert_eq!(base_36(35), "z");
    assert_eq!(base_36(1_795_403_995_202), "mwsp6kw2");
    let id = run_id(1_795_403_995_202);
    let (time, random) = id.split_once('-').unwrap();
    assert_eq!(time, "mwsp6kw2");
    assert_eq!(random.len(), 6);
    assert!(random.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()));
    assert_ne!(run_id(0), run_id(0));
}

#[test]
fn a_run_goes_from_running_to_completed() {
    let cache = tempfile::tempdir().unwrap();
    let journal = begin(cache.path());
    let first = read_state(cache.path()).unwrap().current.unwrap();
    assert_eq!((first.status, first.message, first.finished_at), (TrainingStatus::Running, None, None));
    assert_eq!(first.dataset_path, "data");

    journal.started(5, 2);
    let run = wait_for(cache.path(), |run| run.total_examples == 5);
    assert_eq!((run.processed_examples, run.reused_examples, run.new_examples), (2, 2, 3));
    assert_eq!(run.message.as_deref(), Some("Réutilisation de 2 exemples"));

    journal.processed("a", Outcome::Done);
    let run = wait_for(cache.path(), |run| run.processed_examples == 3);
    assert_eq!(run.message.as_deref(), Some("Traitement 3/5 (a)"));
    assert_eq!(run.last_example_id.as_deref(), Some("a"));

    journal.processed("b", Outcome::ImageMissing);
    let run = wait_for(cache.path(), |run| run.processed_examples == 4);
    assert_eq!(run.message.as_deref(), Some("Image introuvable pour b"));
    journal.processed("c", Outcome::Failed);
    let run = wait_for(cache.path(), |run| run.processed_examples == 5);
    assert_eq!(run.message.as_deref(), Some("Erreur sur c"));

    let run = journal.finish().unwrap();
    assert_eq!(run.status, TrainingStatus::Completed);
    assert_eq!(run.message.as_deref(), Some("Terminé avec 2 échecs"));
    assert!(run.finished_at.is_some());
    let state = read_state(cache.path()).unwrap();
    assert_eq!(state.current, None);
    assert_eq!(state.history, [run]);
}

#[test]
fn failures_before_the_totals_are_known_are_counted_once() {
    let cache = tempfile::tempdir().unwrap();
    let journal = begin(cache.path());
    journal.processed("line 3", Outcome::Failed);
    journal.started(4, 2);
    let run = journal.run().unwrap();
    assert_eq!((run.processed_examples, run.failed_examples, run.new_examples), (3, 1, 2));
    journal.processed("d", Outcome::Done);
    let run = journal.finish().unwrap();
    assert_eq!((run.processed_examples, run.failed_examples), (4, 1));
}

#[test]
fn an_empty_dataset_is_finished_at_once() {
    let cache = tempfile::tempdir().unwrap();
    let journal = begin(cache.path());
    journal.started(0, 0);
    assert_eq!(journal.finish().unwrap().message.as_deref(), Some("Terminé (0 exemple)"));
}

#[test]
fn a_failed_and_a_cancelled_run_say_why() {
    let cache = tempfile::tempdir().unwrap();
    let run = begin(cache.path()).fail(Interruption::DatasetEmpty).unwrap();
    assert_eq!(run.status, TrainingStatus::Failed);
    assert_eq!(
        run.message.as_deref(),
        Some("Interruption inattendue: le dataset ne contient aucun exemple utilisable")
    );
    let journal = begin(cache.path());
    journal.started(9, 4);
    let run = journal.cancel().unwrap();
    assert_eq!((run.status, run.message.as_deref()), (TrainingStatus::Failed, Some("Arrêt demandé (4/9)")));
    let state = read_state(cache.path()).unwrap();
    assert_eq!(state.history.len(), 2);
    assert_eq!(state.history[0], run);
}

#[test]
fn a_panic_is_recorded_and_lets_the_next_training_in() {
    let cache = tempfile::tempdir().unwrap();
    let journal = begin(cache.path());
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _journal = journal;
        panic!("on purpose");
    }));
    assert!(result.is_err());
    let state = read_state(cache.path()).unwrap();
    assert!(state.history[0].message.as_deref().unwrap().starts_with("Interruption inattendue: "));
    begin(cache.path()).finish().unwrap();
}

#[test]
fn a_second_training_is_refused_and_changes_nothing() {
    let cache = tempfile::tempdir().unwrap();
    let journal = begin(cache.path());
    journal.started(3, 0);
    let refused = TrainingJournal::begin(cache.path(), Path::new("other"), Path::new("i")).unwrap_err();
    assert!(matches!(refused, ProgressError::Busy { .. }), "{refused}");
    assert_eq!(read_state(cache.path()).unwrap().current.unwrap().dataset_path, "data");
    journal.finish().unwrap();
    assert_eq!(read_state(cache.path()).unwrap().history.len(), 1);
}

#[test]
fn a_dead_run_is_closed_by_the_next() {
    let cache = tempfile::tempdir().unwrap();
    let journal = begin(cache.path());
    let dead = std::fs::read(state_path(cache.path())).unwrap();
    journal.finish().unwrap();
    std::fs::write(state_path(cache.path()), dead).unwrap();
    let journal = begin(cache.path());
    let state = read_state(cache.path()).unwrap();
    assert_eq!(state.history.len(), 1);
    assert_eq!(state.history[0].status, TrainingStatus::Failed);
    assert_ne!(state.current.unwrap().id, state.history[0].id);
    journal.finish().unwrap();
}

#[test]
fn the_heart_beats_while_nothing_happens() {
    let cache = tempfile::tempdir().unwrap();
    let journal = begin(cache.path());
    let first = read_state(cache.path()).unwrap().current.unwrap().updated_at;
    wait_for(cache.path(), |run| run.updated_at > first);
    journal.finish().unwrap();
}

#[test]
fn readers_never_see_part_of_a_file_nor_a_dead_run() {
    let cache = tempfile::tempdir().unwrap();
    let journal = begin(cache.path());
    journal.started(u64::MAX, 0);
    let stop = AtomicBool::new(false);
    let most_states = AtomicU64::new(0);
    let states = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = std::collections::BTreeSet::new();
                    while !stop.load(Ordering::Relaxed) {
                        let run = read_state(cache.path()).unwrap().current.unwrap();
                        seen.insert(run.processed_examples);
                        most_states.fetch_max(seen.len() as u64, Ordering::Relaxed);
                    }
                    seen.len()
                })
            })
            .collect();
        // Until some reader saw the file change, on however slow a machine: a minute at most.
        let mut number = 0_u64;
        while number < 20_000 || (most_states.load(Ordering::Relaxed) < 2 && number < 6_000_000) {
            number += 1;
            journal.processed(&format!("look-{number}"), Outcome::Done);
            if number.is_multiple_of(1000) {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        stop.store(true, Ordering::Relaxed);
        readers.into_iter().map(|reader| reader.join().unwrap()).max().unwrap()
    });
    assert!(states >= 2, "the readers saw {states} states");
    journal.finish().unwrap();
}

#[test]
fn the_first_failures_are_kept_with_their_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let journal = TrainingJournal::begin(folder.path(), Path::new("data"), Path::new("index")).unwrap();
    for number in 0..60 {
        journal.processed(&format!("look-{number}"), Outcome::Failed);
        let picture = (number == 1).then_some(&b"png"[..]);
        journal.explain(&format!("look-{number}"), &FailureKind::Damaged.into(), picture);
    }
    let run = journal.finish().unwrap();
    assert_eq!((run.failures.len(), run.failed_examples), (50, 60));
    assert_eq!(
        (run.failures[0].id.as_str(), run.failures[0].reason.as_str()),
        ("look-0", "image endommagée")
    );
    let name = run.failures[1].picture.clone().unwrap();
    assert_eq!(
        (run.failures[0].picture.as_deref(), run.failures[0].kind),
        (None, Some(FailureKind::Damaged))
    );
    assert_eq!(failure_picture(folder.path(), &name).unwrap().unwrap(), b"png");
    // The next run begins without them.
    let journal = TrainingJournal::begin(folder.path(), Path::new("data"), Path::new("index")).unwrap();
    assert_eq!(failure_picture(folder.path(), &name).unwrap(), None);
    journal.finish().unwrap();
}
