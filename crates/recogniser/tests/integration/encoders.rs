//! Another encoder over a trained index: the old one answers until the new one is complete.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use lorgnon_embed::Encoder;
use lorgnon_index::{Filter, Store};
use lorgnon_look::Catalogue;
use lorgnon_recogniser::{AnalyzeOptions, Recogniser, RecogniserError};
use lorgnon_testing::FakeEncoder;

use crate::world::{LOOKS, World};

#[test]
fn known_looks_get_new_vectors_and_keep_their_measurements() {
    let (world, _) = World::trained();
    let old = world.store.reader().unwrap();
    let id = world.dataset("looks.jsonl").examples().find_map(Result::ok).unwrap().look.id;

    // Interrupted: the old index is whole, and the old encoder is the one that fits.
    world.watcher.stop_after_encoded.store(16, Ordering::Relaxed);
    let other = FakeEncoder::new();
    assert!(matches!(world.train_by(&other), Err(RecogniserError::Cancelled)));
    let reader = world.store.reader().unwrap();
    assert_eq!(reader.manifest().encoder.as_ref(), Some(world.encoder.spec()));
    assert_eq!((reader.len(), reader.vectors(&id).unwrap()), (LOOKS, old.vectors(&id).unwrap()));
    let mismatched =
        Recogniser::open(Arc::clone(&reader), Arc::new(FakeEncoder::new()), Arc::new(Catalogue::default()));
    assert!(matches!(mismatched, Err(RecogniserError::EncoderMismatch { .. })));

    // Taken up again: nothing is measured anew, every vector is the new encoder's.
    world.watcher.stop_after_encoded.store(0, Ordering::Relaxed);
    let summary = world.train_by(&other).unwrap();
    assert_eq!((summary.added, summary.reused, summary.entries), (0, LOOKS, LOOKS));
    let reader = world.store.reader().unwrap();
    assert_eq!(reader.manifest().encoder.as_ref(), Some(other.spec()));
    let vector = reader.vectors(&id).unwrap().unwrap().global;
    assert_eq!(vector.len(), other.spec().dimensions);
    assert_eq!(reader.search(&vector, None, 1, &Filter::default()).unwrap()[0].id, id);
    assert_eq!(reader.blob(&id, "character").unwrap(), old.blob(&id, "character").unwrap());
    assert!(reader.model_names().unwrap().iter().all(|name| !name.contains('/')), "nothing waits any more");
    let answers = Recogniser::open(reader, Arc::new(other), Arc::new(Catalogue::default())).unwrap();
    let picture = lorgnon_imaging::Picture::filled(64, 64, [200, 10, 10, 255]);
    answers.analyze(&picture, &AnalyzeOptions::default()).unwrap();

    // And the reader that was open all the time still sees what it saw.
    assert_eq!(old.vectors(&id).unwrap().unwrap().global.len(), world.encoder.spec().dimensions);
    assert_eq!(world.train_by(&FakeEncoder::new()).unwrap().reused, LOOKS);
}

#[test]
fn a_changed_picture_is_measured_anew_beside_the_change_of_encoder() {
    let (world, _) = World::trained();
    let examples: Vec<_> = world.dataset("looks.jsonl").examples().filter_map(Result::ok).collect();
    let [first, second] = [0, 1].map(|at: usize| match &examples[at].image {
        lorgnon_dataset::ImageReference::File(path) => path.clone(),
        lorgnon_dataset::ImageReference::Inline(_) => panic!("a file"),
    });
    std::fs::copy(second, first).unwrap();
    let summary = world.train_by(&FakeEncoder::new()).unwrap();
    assert_eq!((summary.added, summary.reused, summary.entries), (1, LOOKS - 1, LOOKS));
}
