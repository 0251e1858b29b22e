//! A writer killed at random moments: nothing it acknowledged is lost, nothing is in the way.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lorgnon_index::{EmbeddedStore, Entry, Filter, Fingerprint, LookRecord, Store, VectorSet};
use lorgnon_look::{Look, SlotMap};

const ROUNDS: u32 = 24;
const DIMENSIONS: u64 = 24;
/// Tells the child where to write and from which number on.
const CACHE: &str = "LORGNON_TEST_KILLED_CACHE";
const FIRST: &str = "LORGNON_TEST_KILLED_FIRST";

fn entry(number: u64) -> Entry {
    let vector = |place: u64| -> Vec<f32> {
        (0..DIMENSIONS).map(|at| ((number * 31 + place * 7 + at * 13) % 101) as f32 - 50.0).collect()
    };
    Entry {
        record: LookRecord {
            look: Look { id: format!("look-{number}"), ..Look::default() },
            source: number.to_string(),
            fingerprint: Fingerprint([number as u8; 32]),
        },
        vectors: VectorSet {
            global: vector(0),
            slots: SlotMap::from_fn(|slot| vector(1 + slot.index() as u64)),
        },
        blobs: vec![("thumbnail".to_owned(), vec![number as u8; 200])],
    }
}

/// Commits until it is killed, saying what each commit acknowledged.
#[test]
#[ignore = "the child process of the test below"]
fn commit_until_killed() {
    // Somebody runs all ignored tests: there is no parent to be killed by.
    let Some(cache) = std::env::var_os(CACHE) else { return };
    let first: u64 = std::env::var(FIRST).unwrap().parse().unwrap();
    let acknowledge = |version: u64, number: u64| {
        // One write, so that a line is whole or not there.
        let line = format!("\ncommitted {version} {number}\n");
        std::io::stdout().write_all(line.as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
    };
    let store = EmbeddedStore::open(std::path::Path::new(&cache)).unwrap();
    let mut number = first;
    loop {
        let mut writer = store.writer().unwrap();
        for _ in 0..1 + number % 40 {
            writer.put(entry(number)).unwrap();
            number += 1;
        }
        // Some looks are written again, some removed and written again, so that all paths are met.
        writer.put(entry(first)).unwrap();
        writer.remove(&format!("look-{}", number - 1)).unwrap();
        writer.put(entry(number - 1)).unwrap();
        writer.put_model("count", number.to_le_bytes().to_vec()).unwrap();
        acknowledge(writer.commit().unwrap(), number);
        if number % 200 < 40 {
            acknowledge(store.compact().unwrap(), number);
        }
    }
}

/// Reads as a server would while somebody else writes: it is never disturbed.
fn read_for(server: &EmbeddedStore, time: Duration) {
    let end = Instant::now() + time;
    let mut last = (0, 0);
    while Instant::now() < end {
        let reader = server.reader().unwrap();
        let now = (reader.version(), reader.len());
        assert!(now >= last, "{now:?} {last:?}");
        last = now;
        if let Some(at) = now.1.checked_sub(1) {
            let id = format!("look-{}", at / 2);
            assert_eq!(reader.look(&id).unwrap().unwrap().source, (at / 2).to_string());
            let global = reader.vectors(&id).unwrap().unwrap().global;
            let found = reader.search(&global, None, 1, &Filter::default()).unwrap();
            assert!(found[0].similarity > 0.9999);
        }
    }
}

#[test]
fn what_a_killed_writer_acknowledged_is_there() {
    let cache = tempfile::tempdir().unwrap();
    let server = EmbeddedStore::open(cache.path()).unwrap();
    let mut acknowledged = (0u64, 0u64);
    let mut pause_ms = 7u64;
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "kills::commit_until_killed", "--nocapture"])
            .env(CACHE, cache.path())
            .env(FIRST, acknowledged.1.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // 0 to 250 ms, another each round; now and then before it has opened the store.
        pause_ms = (pause_ms * 75 + 74) % 251;
        read_for(&server, Duration::from_millis(pause_ms));
        child.kill().unwrap();
        child.wait().unwrap();
        let (mut said, mut complained) = (String::new(), String::new());
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        child.stderr.take().unwrap().read_to_string(&mut complained).unwrap();
        assert_eq!(complained, "", "round {round}");
        if let Some(line) = said.lines().filter_map(|line| line.strip_prefix("committed ")).next_back() {
            let mut numbers = line.split(' ').map(|number| number.parse::<u64>().unwrap());
            acknowledged = (numbers.next().unwrap(), numbers.next().unwrap());
        }

        // The old handle and a new one see the same, and at least what was acknowledged.
        let store = EmbeddedStore::open(cache.path()).unwrap();
        let reader = store.reader().unwrap();
        let of_server = server.reader().unwrap();
        assert_eq!((reader.version(), reader.len()), (of_server.version(), of_server.len()));
        assert!(reader.version() >= acknowledged.0, "round {round}");
        let count = reader.model("count").unwrap();
        let count = count.map_or(0, |bytes| u64::from_le_bytes(bytes.try_into().unwrap()));
        assert!(count >= acknowledged.1, "round {round}: {count} {acknowledged:?}");
        assert_eq!(reader.len(), count, "round {round}: a commit was applied by halves");
        for number in (0..count).step_by(17) {
            let id = format!("look-{number}");
            assert_eq!(reader.look(&id).unwrap().unwrap().source, number.to_string());
            assert_eq!(reader.blob(&id, "thumbnail").unwrap().unwrap(), vec![number as u8; 200]);
            let global = reader.vectors(&id).unwrap().unwrap().global;
            let found = reader.search(&global, None, 1, &Filter::default()).unwrap();
            assert!(found[0].similarity > 0.9999);
        }
        let report = store.verify().unwrap();
        assert!(report.is_clean() && report.pages_checked, "round {round}: {report:?}");
        acknowledged.1 = acknowledged.1.max(count);
    }
    eprintln!("{} looks and {} commits after {ROUNDS} kills", acknowledged.1, acknowledged.0);
    assert!(acknowledged.1 > 0, "no round committed anything");
}
