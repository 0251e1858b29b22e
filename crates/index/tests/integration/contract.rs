//! The suite every store passes.

use lorgnon_index::{EmbeddedStore, Store};

#[test]
fn the_embedded_store_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    lorgnon_testing::store_contract::run(|name| {
        let store: Box<dyn Store> = Box::new(EmbeddedStore::open(&folder.path().join(name)).unwrap());
        store
    });
}
