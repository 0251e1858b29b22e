//! From the folder to the database and back.

use std::ops::ControlFlow;

use lorgnon_index::{EmbeddedStore, PostgresStore, Store, copy};

use super::server::TestServer;
use crate::embedded::{entry, fill};

#[test]
fn an_interrupted_copy_goes_on_and_comes_back_the_same() {
    let Some(server) = TestServer::named("copy") else { return };
    let folder = tempfile::tempdir().unwrap();
    let from = EmbeddedStore::open(&folder.path().join("from")).unwrap();
    fill(&from, 0..50, 8);
    let source = from.reader().unwrap();
    let database = PostgresStore::open(&server.url("a")).unwrap();
    let stopped = copy(&*source, &database, &mut |done, _| {
        if done == 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let stopped = stopped.unwrap();
    assert_eq!((stopped.copied, stopped.complete), (20, false));
    let whole = copy(&*source, &database, &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!((whole.copied, whole.already_there, whole.complete), (30, 20, true));
    assert!(database.verify().unwrap().is_clean());

    let back = EmbeddedStore::open(&folder.path().join("back")).unwrap();
    let reader = database.reader().unwrap();
    copy(&*reader, &back, &mut |_, _| ControlFlow::Continue(())).unwrap();
    let back = back.reader().unwrap();
    assert_eq!(back.manifest(), source.manifest());
    assert_eq!(back.model("character").unwrap(), source.model("character").unwrap());
    assert_eq!(back.len(), 50);
    for number in 0..50 {
        let expected = entry(number, 8);
        let id = &expected.record.look.id;
        for reader in [&reader, &back] {
            assert_eq!(reader.look(id).unwrap().unwrap(), expected.record);
            assert_eq!(reader.vectors(id).unwrap().unwrap(), expected.vectors);
            assert_eq!(reader.blob(id, "thumbnail").unwrap().unwrap(), expected.blobs[0].1);
        }
    }
}
