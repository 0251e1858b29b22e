//! From one store to another.

use std::ops::ControlFlow;

use lorgnon_index::{EmbeddedStore, Manifest, Store, StoreError, copy};

use crate::embedded::{entry, fill};

#[test]
fn an_interrupted_copy_goes_on_and_ends_with_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let from = EmbeddedStore::open(&folder.path().join("from")).unwrap();
    let to = EmbeddedStore::open(&folder.path().join("to")).unwrap();
    fill(&from, 0..50, 8);
    let source = from.reader().unwrap();
    let stopped = copy(&*source, &to, &mut |done, total| {
        assert_eq!(total, 50);
        if done == 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let stopped = stopped.unwrap();
    assert_eq!((stopped.copied, stopped.already_there, stopped.complete), (20, 0, false));
    let whole = copy(&*source, &to, &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!((whole.copied, whole.already_there, whole.complete), (30, 20, true));
    let target = to.reader().unwrap();
    assert_eq!(target.manifest(), source.manifest());
    assert_eq!(target.model("character").unwrap(), source.model("character").unwrap());
    for number in 0..50 {
        let expected = entry(number, 8);
        let id = &expected.record.look.id;
        assert_eq!(target.look(id).unwrap().unwrap(), expected.record);
        assert_eq!(target.vectors(id).unwrap().unwrap(), expected.vectors);
        assert_eq!(target.blob(id, "thumbnail").unwrap().unwrap(), expected.blobs[0].1);
    }
    assert!(to.verify().unwrap().is_clean());
}

#[test]
fn a_target_with_another_encoder_is_refused_before_anything_is_copied() {
    let folder = tempfile::tempdir().unwrap();
    let from = EmbeddedStore::open(&folder.path().join("from")).unwrap();
    let to = EmbeddedStore::open(&folder.path().join("to")).unwrap();
    fill(&from, 0..5, 8);
    let mut writer = to.writer().unwrap();
    writer.put(entry(90, 8)).unwrap();
    let mut encoder = from.reader().unwrap().manifest().encoder.clone().unwrap();
    encoder.recipe += 1;
    writer.set_manifest(Manifest { encoder: Some(encoder), ..Manifest::default() }).unwrap();
    writer.commit().unwrap();
    let refused = copy(&*from.reader().unwrap(), &to, &mut |_, _| ControlFlow::Continue(()));
    assert!(matches!(refused, Err(StoreError::Encoder { .. })), "{refused:?}");
    assert_eq!(to.reader().unwrap().len(), 1);
}
