//! The PostgreSQL store, against a real server: `LORGNON_TEST_POSTGRES=postgres://…` names one whose user may make
//! schemas (`tools/postgres-for-tests` starts one). Without it these tests skip themselves.

mod failures;
mod moving;
mod searches;
mod server;
mod tls;
mod together;

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
    let held = one.lead().unwrap();
    assert!(matches!(other.lead(), Err(lorgnon_index::StoreError::Locked { .. })));
    assert!(matches!(one.lead(), Err(lorgnon_index::StoreError::Locked { .. })));
    drop(elsewhere.lead().unwrap());
    // Writes of others, such as relabelling by hand, are not held up.
    crate::embedded::fill(&other, 0..2, 8);
    drop(held);
    drop(other.lead().unwrap());
}

#[test]
fn tables_of_the_first_format_are_brought_up_to_date() {
    let Some(server) = TestServer::named("upgrade") else { return };
    let url = server.url("a");
    crate::embedded::fill(&PostgresStore::open(&url).unwrap(), 0..3, 8);
    let schema = server.schema("a");
    server.ask(&format!(
        "DROP TABLE {schema}.run, {schema}.tasks, {schema}.reports; UPDATE {schema}.state SET format = 1"
    ));
    let store = PostgresStore::open(&url).unwrap();
    assert_eq!(store.reader().unwrap().len(), 3);
    let mut lead = store.lead().unwrap();
    lead.begin(true).unwrap();
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
