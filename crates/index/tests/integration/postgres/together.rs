//! Work that several processes share: each task is done once, whoever dies.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use lorgnon_index::{Lead, PostgresLead, PostgresStore, Store, StoreError, Team, Writer};

use super::server::TestServer;
use crate::embedded::entry;

/// Tells the child where to work.
const STORE: &str = "LORGNON_TEST_WORKER_STORE";

fn tasks(numbers: std::ops::Range<i64>) -> Vec<(i64, Vec<u8>)> {
    numbers.map(|number| (number, number.to_string().into_bytes())).collect()
}

fn leading(store: &PostgresStore) -> PostgresLead<'_> {
    let mut lead = store.lead().unwrap();
    lead.begin(true).unwrap();
    lead
}

/// Takes one task and stores a look for it; `false` when there is none.
fn work_once(team: &dyn Team) -> Result<bool, StoreError> {
    let Some(claim) = team.claim()? else { return Ok(false) };
    let text = std::str::from_utf8(claim.work()).unwrap().to_owned();
    let mut writer: Box<dyn Writer> = claim.finish(text.as_bytes())?;
    writer.put(entry(text.parse().unwrap(), 8))?;
    writer.commit()?;
    Ok(true)
}

fn reported(lead: &dyn Lead) -> Vec<i64> {
    lead.take_reports().unwrap().into_iter().map(|(number, _)| number).collect()
}

#[test]
fn tasks_are_done_once_by_whoever_is_there() {
    let Some(server) = TestServer::named("shared") else { return };
    let url = server.url("a");
    let store = PostgresStore::open(&url).unwrap();
    assert!(store.claim().unwrap().is_none());
    let lead = leading(&store);
    lead.announce(b"hello").unwrap();
    let state = PostgresStore::open(&url).unwrap().run_state().unwrap();
    assert!(state.open && state.notice == b"hello");
    lead.publish(&tasks(0..40)).unwrap();
    // What is published twice, because an answer was lost, is there once.
    lead.publish(&tasks(30..40)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let helper = PostgresStore::open(&url).unwrap();
                while work_once(&helper).unwrap() {}
            });
        }
        while work_once(&lead).unwrap() {}
    });
    assert_eq!(reported(&lead), (0..40).collect::<Vec<_>>());
    assert!(reported(&lead).is_empty());
    assert_eq!(store.reader().unwrap().len(), 40);
    lead.close(b"done").unwrap();
    assert!(!store.run_state().unwrap().open);
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn threads_are_lent_as_long_as_their_process_holds_them() {
    let Some(server) = TestServer::named("lent") else { return };
    let (url, other) = (server.url("a"), server.url("b"));
    let stores = [&url, &url, &other].map(|url| PostgresStore::open(url).unwrap());
    let lead = leading(&stores[0]);
    assert_eq!(lead.lent_threads().unwrap(), 0);
    let loans: Vec<_> =
        stores.iter().zip([3, 4, 5]).map(|(store, count)| store.lend_threads(count).unwrap()).collect();
    if loans.iter().any(Option::is_none) {
        eprintln!("skipped: this system does not tell which processes share a machine");
        return;
    }
    assert!(loans.iter().flatten().all(|loan| loan.is_open()));
    assert_eq!(lead.lent_threads().unwrap(), 7, "those of another schema are for its leader");
    drop(loans);
    let returned = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(25));
        lead.lent_threads().unwrap() == 0
    });
    assert!(returned);
}

#[test]
fn a_task_that_is_dropped_is_taken_again_and_nothing_of_it_is_there() {
    let Some(server) = TestServer::named("dropped") else { return };
    let (store, helper) =
        (PostgresStore::open(&server.url("a")).unwrap(), PostgresStore::open(&server.url("a")).unwrap());
    let lead = leading(&store);
    lead.publish(&tasks(0..2)).unwrap();
    let claim = helper.claim().unwrap().unwrap();
    assert_eq!(claim.work(), b"0");
    claim.keep().unwrap();
    assert_eq!(lead.claim().unwrap().unwrap().work(), b"1", "the first is taken");
    let mut writer = claim.finish(b"0").unwrap();
    writer.put(entry(0, 8)).unwrap();
    drop(writer);
    assert!(store.reader().unwrap().is_empty() && reported(&lead).is_empty());
    while work_once(&lead).unwrap() {}
    assert_eq!(reported(&lead), [0, 1]);
    assert_eq!(store.reader().unwrap().len(), 2);
}

#[test]
fn who_leads_no_longer_writes_no_more() {
    let Some(server) = TestServer::named("superseded") else { return };
    let (one, other) =
        (PostgresStore::open(&server.url("a")).unwrap(), PostgresStore::open(&server.url("a")).unwrap());
    let first = leading(&one);
    first.publish(&tasks(0..3)).unwrap();
    let claim = one.claim().unwrap().unwrap();
    assert!(matches!(other.lead(), Err(StoreError::Locked { .. })));
    // The connection that holds the lock is cut, and another is quicker to take it.
    let schema = server.schema("a");
    let cut = format!(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_locks WHERE locktype = 'advisory' \
         AND ((classid::bigint << 32) | objid::bigint) = hashtextextended('lorgnon.{schema}.training', 1)"
    );
    assert_eq!(server.ask(&cut), "1");
    let second = leading(&other);
    let superseded = |error: StoreError| assert!(matches!(error, StoreError::Superseded { .. }), "{error:?}");
    superseded(first.writer().err().unwrap());
    superseded(first.publish(&tasks(3..4)).unwrap_err());
    superseded(first.announce(b"x").unwrap_err());
    superseded(first.claim().err().unwrap());
    superseded(first.take_reports().unwrap_err());
    superseded(first.close(b"x").unwrap_err());
    superseded(claim.finish(b"0").err().unwrap());
    // Of the first training nothing is left to do; the second goes on.
    assert!(second.claim().unwrap().is_none());
    second.publish(&tasks(0..1)).unwrap();
    assert!(work_once(&one).unwrap());
    assert_eq!(reported(&second), [0]);
    // The lock comes back by itself where nobody took it.
    assert_eq!(server.ask(&cut), "1");
    second.writer().unwrap().commit().unwrap();
    assert!(matches!(one.lead(), Err(StoreError::Locked { .. })));
}

#[test]
fn a_training_that_is_not_shared_gives_nobody_tasks() {
    let Some(server) = TestServer::named("unshared") else { return };
    let store = PostgresStore::open(&server.url("a")).unwrap();
    let mut lead = store.lead().unwrap();
    lead.begin(false).unwrap();
    lead.publish(&tasks(0..1)).unwrap();
    assert!(store.claim().unwrap().is_none() && !store.run_state().unwrap().open);
}

/// Works until it is killed, saying what it has begun.
#[test]
#[ignore = "the child process of the test below"]
#[expect(clippy::print_stdout, reason = "its parent reads what was begun")]
fn work_until_killed() {
    // Somebody runs all ignored tests: there is no parent to be killed by.
    let Some(url) = std::env::var_os(STORE) else { return };
    let store = PostgresStore::open(url.to_str().unwrap()).unwrap();
    loop {
        let Some(claim) = store.claim().unwrap() else { continue };
        let text = std::str::from_utf8(claim.work()).unwrap().to_owned();
        println!("\nbegun {text}");
        std::thread::sleep(Duration::from_millis(5));
        let mut writer = claim.finish(text.as_bytes()).unwrap();
        writer.put(entry(text.parse().unwrap(), 8)).unwrap();
        writer.commit().unwrap();
    }
}

#[test]
fn killed_workers_and_a_killed_server_lose_and_double_nothing() {
    let Some(server) = TestServer::alone("killed") else { return };
    let url = server.url("a");
    let store = PostgresStore::open(&url).unwrap();
    let lead = leading(&store);
    let all = 120;
    lead.publish(&tasks(0..all)).unwrap();
    let mut seen = Vec::new();
    for round in 0..12u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "postgres::together::work_until_killed", "--nocapture"])
            .env(STORE, &url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Killed in the middle of its first, second, … task, at different moments of it.
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let begun = said.map_while(Result::ok).filter(|line| line.starts_with("begun"));
        assert_eq!(begun.take(1 + round as usize % 3).count(), 1 + round as usize % 3);
        std::thread::sleep(Duration::from_millis(round % 9));
        child.kill().unwrap();
        child.wait().unwrap();
        if round == 6
            && let Some(control) = TestServer::crash_command()
        {
            assert!(Command::new(control).arg("crash").status().unwrap().success());
        }
        seen.extend(reported(&lead));
        assert!(store.reader().unwrap().len() >= seen.len() as u64, "a report came before its look");
    }
    loop {
        match work_once(&lead) {
            Ok(true) => {}
            // The server notices a moment later that a killed worker's connection is gone.
            Ok(false) if seen.len() < all as usize => std::thread::sleep(Duration::from_millis(20)),
            Ok(false) => break,
            Err(error) => panic!("{error:?}"),
        }
        seen.extend(reported(&lead));
    }
    assert_eq!(seen.len(), all as usize, "each report came once");
    assert_eq!(seen.iter().copied().collect::<BTreeSet<_>>(), (0..all).collect());
    let reader = store.reader().unwrap();
    assert_eq!(reader.len(), all as u64);
    for number in 0..all as u64 {
        let expected = entry(number, 8);
        assert_eq!(reader.look(&expected.record.look.id).unwrap().unwrap(), expected.record);
    }
    assert!(store.verify().unwrap().is_clean());
}
