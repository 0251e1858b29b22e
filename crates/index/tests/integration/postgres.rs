//! The PostgreSQL store, against a real server: `LORGNON_TEST_POSTGRES=postgres://…` names one whose user may make
//! schemas (`tools/postgres-for-tests` starts one). Without it these tests skip themselves.

mod failures;
mod moving;
mod searches;
mod server;

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
