//! A writer killed at random moments: nothing it acknowledged is lost, nothing is in the way.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lorgnon_index::{EmbeddedStore, Filter, Store};

/// The example built beside this test.
fn committer() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.parent().unwrap().parent().unwrap();
    target.join("examples").join(format!("commit_until_killed{}", std::env::consts::EXE_SUFFIX))
}

#[test]
fn what_a_killed_writer_acknowledged_is_there() {
    let program = committer();
    if !program.exists() {
        eprintln!("skipped: `{}` is not built (cargo test builds it)", program.display());
        return;
    }
    let cache = tempfile::tempdir().unwrap();
    // A server that was there before everything and is asked now and then.
    let server = EmbeddedStore::open(cache.path()).unwrap();
    let mut acknowledged = (0u64, 0u64);
    let mut pause_ms = 7u64;
    for round in 0..24 {
        let mut child = Command::new(&program)
            .arg(cache.path())
            .arg(acknowledged.1.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // 0 to 250 ms, another each round; now and then before it has opened the store.
        pause_ms = (pause_ms * 75 + 74) % 251;
        let end = Instant::now() + Duration::from_millis(pause_ms);
        let mut last = (0, 0);
        while Instant::now() < end {
            // The server is never disturbed, whatever the child is in the middle of.
            let reader = server.reader().unwrap();
            let now = (reader.version(), reader.len());
            assert!(now >= last, "{now:?} {last:?}");
            last = now;
            if let Some(at) = now.1.checked_sub(1) {
                let id = format!("look-{}", at / 2);
                assert_eq!(reader.look(&id).unwrap().unwrap().source, (at / 2).to_string());
                let global = reader.vectors(&id).unwrap().unwrap().global;
                assert!(reader.search(&global, None, 1, &Filter::default()).unwrap()[0].similarity > 0.9999);
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let (mut said, mut complained) = (String::new(), String::new());
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        child.stderr.take().unwrap().read_to_string(&mut complained).unwrap();
        assert_eq!(complained, "", "round {round}");
        if let Some(line) = said.lines().last() {
            let mut numbers = line.split(' ').map(|number| number.parse::<u64>().unwrap());
            acknowledged = (numbers.next().unwrap(), numbers.next().unwrap());
        }

        // The old handle and a new one see the same, and at least what was acknowledged.
        let store = EmbeddedStore::open(cache.path()).unwrap();
        let reader = store.reader().unwrap();
        let seen_by_server = server.reader().unwrap();
        assert_eq!((reader.version(), reader.len()), (seen_by_server.version(), seen_by_server.len()));
        assert!(reader.version() >= acknowledged.0, "round {round}");
        let count =
            reader.model("count").unwrap().map_or(0, |bytes| u64::from_le_bytes(bytes.try_into().unwrap()));
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
    assert!(acknowledged.1 > 0, "no round committed anything");
}
