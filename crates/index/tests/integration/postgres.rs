//! The PostgreSQL store, against a real server: `LORGNON_TEST_POSTGRES=postgres://…` names one whose user may make
//! schemas (`tools/postgres-for-tests` starts one). Without it these tests skip themselves.

mod failures;
mod moving;
mod searches;
mod server;
mod tls;

use lorgnon_index::{PostgresStore, Store};

use self::server::TestServer;

#[test]
fn the_postgres_store_keeps_the_contract() {
    let Some(server) = TestServer::named("contract") else { return };
    lorgnon_testing::store_contract::run(|name| {
        let store: Box<dyn Store> = Box::new(PostgresStore::open(&server.url(name)).unwrap());
        store
    });
}

#[test]
fn there_is_one_training() {
    let Some(server) = TestServer::named("training") else { return };
    let (one, other) =
        (PostgresStore::open(&server.url("a")).unwrap(), PostgresStore::open(&server.url("a")).unwrap());
    let elsewhere = PostgresStore::open(&server.url("b")).unwrap();
    let held = one.lock_training().unwrap();
    assert!(matches!(other.lock_training(), Err(lorgnon_index::StoreError::Locked { .. })));
    assert!(matches!(one.lock_training(), Err(lorgnon_index::StoreError::Locked { .. })));
    drop(elsewhere.lock_training().unwrap());
    // Writes of others, such as relabelling by hand, are not held up.
    crate::embedded::fill(&other, 0..2, 8);
    drop(held);
    drop(other.lock_training().unwrap());
}

#[test]
fn a_clear_leaves_no_old_tables_behind() {
    let Some(server) = TestServer::named("tables") else { return };
    let store = PostgresStore::open(&server.url("a")).unwrap();
    for round in 0..3 {
        crate::embedded::fill(&store, 0..5, 8);
        let mut writer = store.writer().unwrap();
        writer.clear().unwrap();
        writer.commit().unwrap();
        drop(store.reader().unwrap());
        assert!(store.reader().unwrap().is_empty(), "{round}");
    }
    crate::embedded::fill(&store, 0..5, 8);
    drop(store.reader().unwrap());
    crate::embedded::fill(&store, 5..6, 8);
    let count = format!(
        "SELECT count(*)::text FROM pg_class WHERE relkind = 'p' AND relnamespace = '{}'::regnamespace",
        server.schema("a")
    );
    assert_eq!(server.ask(&count), "1");
    assert!(store.verify().unwrap().is_clean(), "{:?}", store.verify());
}
