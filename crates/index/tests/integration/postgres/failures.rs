//! What can go wrong between the program and its database, and what the program says then.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lorgnon_index::{PostgresStore, Store, StoreError};

use super::server::TestServer;
use crate::embedded::{entry, fill};

fn refusal(url: &str) -> StoreError {
    match PostgresStore::open(url) {
        Ok(_) => panic!("an unusable store was opened"),
        Err(error) => error,
    }
}

#[test]
fn nobody_listens() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = refusal(&format!("postgres://ann:hunter2@127.0.0.1:{port}/looks"));
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    assert_eq!(error.to_string(), format!("cannot reach PostgreSQL at `postgres://127.0.0.1:{port}/looks`"));
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn something_else_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let other = std::thread::spawn(move || {
        use std::io::Write;
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").unwrap();
    });
    let error = refusal(&format!("postgres://ann:hunter2@127.0.0.1:{port}/looks"));
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    other.join().unwrap();
}

#[test]
fn a_wrong_password_or_database() {
    let Some(server) = TestServer::named("credentials") else { return };
    let (user, rest) = server.base().split_once("://").unwrap().1.split_once('@').unwrap();
    let user = user.split(':').next().unwrap();
    let error = refusal(&format!("postgres://{user}:hunter2@{rest}"));
    assert!(matches!(error, StoreError::Credentials { .. }), "{error:?}");
    assert!(error.to_string().ends_with(&format!("refuses user `{user}`")), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));
    let error = refusal(&format!("postgres://{user}@{rest}"));
    assert!(matches!(error, StoreError::Credentials { .. }), "{error:?}");
    let error = refusal(&format!("{}_that_is_not_there", server.base()));
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    let said = std::error::Error::source(&error).unwrap().to_string()
        + &std::error::Error::source(&error).unwrap().source().map(ToString::to_string).unwrap_or_default();
    assert!(said.contains("does not exist"), "{said}");
}

#[test]
fn the_extension_is_missing() {
    let Some(server) = TestServer::named("extension") else { return };
    // A database of its own, in which a user who is no superuser may not make the extension.
    let name = format!("lorgnon_test_bare_{}", std::process::id());
    server.ask(&format!("CREATE ROLE {name} LOGIN PASSWORD 'x'"));
    server.ask(&format!("CREATE DATABASE {name} OWNER {name}"));
    let (_, rest) = server.base().split_once('@').unwrap();
    let (host, _) = rest.split_once('/').unwrap();
    let error = refusal(&format!("postgres://{name}:x@{host}/{name}"));
    assert!(matches!(error, StoreError::Extension { .. }), "{error:?}");
    assert!(error.to_string().contains("`vector` (pgvector) is not there"), "{error}");
    server.ask(&format!("DROP DATABASE {name}"));
    server.ask(&format!("DROP ROLE {name}"));
}

#[test]
fn a_newer_schema_is_not_touched() {
    let Some(server) = TestServer::named("newer") else { return };
    let url = server.url("a");
    let running = PostgresStore::open(&url).unwrap();
    fill(&running, 0..3, 8);
    let schema = server.schema("a");
    server.ask(&format!("UPDATE {schema}.state SET format = 99"));
    for error in [refusal(&url), running.reader().err().unwrap(), running.writer().err().unwrap()] {
        assert!(matches!(error, StoreError::Version { found: 99, .. }), "{error:?}");
    }
    server.ask(&format!("UPDATE {schema}.state SET format = 2"));
    assert_eq!(running.reader().unwrap().len(), 3);
}

#[test]
fn two_programs_make_the_tables_at_once() {
    let Some(server) = TestServer::named("race") else { return };
    let url = server.url("a");
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| assert!(PostgresStore::open(&url).unwrap().reader().unwrap().is_empty()));
        }
    });
}

#[test]
fn programs_begin_with_a_new_database_at_once() {
    let Some(server) = TestServer::named("new") else { return };
    let name = format!("lorgnon_test_new_{}", std::process::id());
    server.ask(&format!("CREATE DATABASE {name}"));
    let (host, _) = server.base().rsplit_once('/').unwrap();
    std::thread::scope(|scope| {
        for number in 0..6 {
            let url = format!("{host}/{name}?schema=a{number}");
            scope.spawn(move || assert!(PostgresStore::open(&url).unwrap().reader().unwrap().is_empty()));
        }
    });
    server.ask(&format!("DROP DATABASE {name} WITH (FORCE)"));
}

/// Ends every connection of the schema's stores, as a crash or an administrator does.
fn cut_connections(server: &TestServer) {
    server.ask(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity \
         WHERE application_name = 'lorgnon' AND pid <> pg_backend_pid()",
    );
}

#[test]
fn a_lost_connection_loses_nothing_that_was_acknowledged() {
    let Some(server) = TestServer::alone("cut") else { return };
    let url = server.url("a");
    let store = PostgresStore::open(&url).unwrap();
    fill(&store, 0..10, 8);
    let reader = store.reader().unwrap();

    // A reader finds the same commit again.
    cut_connections(&server);
    assert_eq!(reader.look("look-00003").unwrap().unwrap(), entry(3, 8).record);
    assert!(reader.is_usable());

    // A write that was cut off never happened, says so, and can be repeated.
    let mut writer = store.writer().unwrap();
    writer.put(entry(10, 8)).unwrap();
    cut_connections(&server);
    let error = writer.commit().unwrap_err();
    assert!(matches!(error, StoreError::ConnectionLost { .. }), "{error:?}");
    assert_eq!(store.reader().unwrap().len(), 10);
    let mut writer = store.writer().unwrap();
    writer.put(entry(10, 8)).unwrap();
    writer.commit().unwrap();
    assert_eq!(store.reader().unwrap().len(), 11);

    // A reader whose commit is no longer the newest cannot come back, and says so.
    cut_connections(&server);
    let error = reader.look("look-00003").unwrap_err();
    assert!(matches!(error, StoreError::ConnectionLost { .. }), "{error:?}");
    assert!(!reader.is_usable());
    let reader = store.reader().unwrap();
    assert_eq!(reader.look("look-00010").unwrap().unwrap(), entry(10, 8).record);
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn a_refused_statement_leaves_the_store_usable() {
    let Some(server) = TestServer::named("refused") else { return };
    let store = PostgresStore::open(&server.url("a")).unwrap();
    fill(&store, 0..3, 8);
    let mut writer = store.writer().unwrap();
    let mut long = entry(7, 8);
    long.record.look.id = "x".repeat(5_000);
    assert!(matches!(writer.put(long), Err(StoreError::Database { .. })));
    // The zero character, which `text` would not take.
    let mut strange = entry(8, 8);
    strange.record.look.id = "a\0b".to_owned();
    strange.record.look.class = Some(lorgnon_look::ClassLabel::new("c\0d"));
    writer.put(strange.clone()).unwrap();
    writer.commit().unwrap();
    let reader = store.reader().unwrap();
    assert_eq!(reader.look("a\0b").unwrap().unwrap(), strange.record);
    assert_eq!(reader.len(), 4);
}

#[test]
fn a_killed_server_loses_and_doubles_nothing() {
    let Some(server) = TestServer::alone("crash") else { return };
    let Some(control) = TestServer::crash_command() else { return };
    let url = server.url("a");
    let store = PostgresStore::open(&url).unwrap();
    fill(&store, 0..1, 8);
    let stop = AtomicBool::new(false);
    let (mut acknowledged, mut lost) = (1, 0);
    std::thread::scope(|scope| {
        let killer = scope.spawn(|| {
            for round in 0..5 {
                std::thread::sleep(Duration::from_millis(150 + 70 * round));
                assert!(Command::new(&control).arg("crash").status().unwrap().success());
            }
            stop.store(true, Ordering::Relaxed);
        });
        while !stop.load(Ordering::Relaxed) {
            let batch = acknowledged..acknowledged + 10;
            let written = store.writer().and_then(|mut writer| {
                for number in batch.clone() {
                    writer.put(entry(number, 8))?;
                }
                writer.commit()
            });
            match written {
                Ok(_) => acknowledged = batch.end,
                Err(StoreError::ConnectionLost { .. } | StoreError::Locked { .. }) => {
                    lost += 1;
                    // All of it or nothing; what was acknowledged before in any case.
                    let looks = store.reader().unwrap().len();
                    assert_eq!(looks, acknowledged, "after {lost} losses");
                }
                Err(other) => panic!("{other:?}"),
            }
        }
        killer.join().unwrap();
    });
    let reader = store.reader().unwrap();
    assert_eq!(reader.len(), acknowledged);
    for number in 0..acknowledged {
        let expected = entry(number, 8);
        assert_eq!(reader.look(&expected.record.look.id).unwrap().unwrap(), expected.record);
    }
    let report = store.verify().unwrap();
    assert!(report.is_clean(), "{report:?}");
    eprintln!("{acknowledged} looks acknowledged, {lost} writes lost to 5 kills");
}
