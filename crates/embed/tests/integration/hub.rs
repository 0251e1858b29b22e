//! Fetching from a hub that a test plays, faults included.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lorgnon_embed::hub::{FetchEvent, Hub, HubError, fetched_model};
use lorgnon_embed::{ModelFiles, Precision};
use sha2::{Digest, Sha256};

const ID: &str = "tests/small-clip";
const NETWORK: &str = "onnx/vision_model.onnx";

/// What goes wrong with the network's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// The first so many connections end in the middle.
    Cut(usize),
    /// The first so many answers are "try again".
    Busy(usize),
    /// A byte arrives as another, each time.
    Flipped,
    /// Ranges are not understood: the whole file each time.
    WithoutRanges,
    /// Nothing is answered.
    Silent,
}

/// A hub with one model.
struct PlayedHub {
    endpoint: String,
    requests: Arc<Mutex<Vec<String>>>,
}

fn network() -> Vec<u8> {
    (0u32..300_000).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn play(fault: Fault, token: Option<&'static str>) -> PlayedHub {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    std::thread::spawn(move || {
        let mut faults = 0;
        for stream in listener.incoming().flatten() {
            answer(stream, fault, token, &seen, &mut faults);
        }
    });
    PlayedHub { endpoint, requests }
}

/// Answers one request and closes the connection.
fn answer(
    mut stream: TcpStream,
    fault: Fault,
    token: Option<&str>,
    seen: &Mutex<Vec<String>>,
    faults: &mut usize,
) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    let headers: HashMap<String, String> = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            Some((line.split_once(": ")?.0.to_lowercase(), line.split_once(": ")?.1.to_owned()))
        })
        .collect();
    seen.lock().unwrap().push(format!("{request} {}", headers.get("range").map_or("", String::as_str)));
    let mut reply = |status: &str, extra: &str, length: usize, body: &[u8]| {
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{extra}Connection: close\r\n\r\n");
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    };
    if let Some(token) = token
        && headers.get("authorization") != Some(&format!("Bearer {token}"))
    {
        return reply("401 Unauthorized", "", 0, b"");
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    if path == format!("/api/models/{ID}/revision/main?blobs=true") {
        let network = network();
        let listing = serde_json::json!({ "sha": "c0ffee", "siblings": [
            { "rfilename": "README.md", "size": 5 },
            { "rfilename": "config.json", "size": 2 },
            { "rfilename": "preprocessor_config.json", "size": 2 },
            { "rfilename": NETWORK, "size": network.len(), "lfs": { "sha256": hexadecimal(&network) } },
            { "rfilename": "onnx/text_model.onnx", "size": 7 },
        ] });
        let listing = listing.to_string();
        return reply("200 OK", "", listing.len(), listing.as_bytes());
    }
    let Some(file) = path.strip_prefix(&format!("/{ID}/resolve/c0ffee/")) else {
        return reply("404 Not Found", "", 0, b"");
    };
    if file.ends_with(".json") {
        return reply("200 OK", "", 2, b"{}");
    }
    assert_eq!(file, NETWORK, "nothing else is wanted");
    let mut network = network();
    let start =
        headers.get("range").and_then(|range| range.strip_prefix("bytes=")?.split('-').next()?.parse().ok());
    let start: usize = start.filter(|_| fault != Fault::WithoutRanges).unwrap_or(0);
    let status = if fault == Fault::WithoutRanges { "200 OK" } else { "206 Partial Content" };
    *faults += 1;
    match fault {
        Fault::Cut(times) if *faults <= times => {
            let rest = &network[start..];
            reply(status, "", rest.len(), &rest[..rest.len() / 2]);
        }
        Fault::Busy(times) if *faults <= times => reply("503 Service Unavailable", "", 0, b""),
        Fault::Silent => std::thread::sleep(Duration::from_secs(3)),
        Fault::None | Fault::Cut(_) | Fault::Busy(_) | Fault::Flipped | Fault::WithoutRanges => {
            if fault == Fault::Flipped {
                network[1234] ^= 1;
            }
            reply(status, "", network.len() - start, &network[start..]);
        }
    }
}

impl PlayedHub {
    fn hub(&self) -> Hub {
        Hub { endpoint: self.endpoint.clone(), timeout: Duration::from_secs(5), retries: 2, ..Hub::default() }
    }

    fn downloads(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().filter(|request| request.contains(NETWORK)).cloned().collect()
    }
}

fn fetch(hub: &Hub, cache: &std::path::Path) -> Result<lorgnon_embed::hub::FetchedModel, HubError> {
    hub.fetch(ID, "main", Precision::Any, cache, &mut |_| {})
}

#[test]
fn a_model_is_fetched_recorded_found_and_not_fetched_again() {
    let (home, played) = (tempfile::tempdir().unwrap(), play(Fault::None, None));
    let fetched = fetch(&played.hub(), home.path()).unwrap();
    let names: Vec<&str> = fetched.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["config.json", "preprocessor_config.json", NETWORK]);
    assert_eq!(fetched.files[2].sha256, hexadecimal(&network()));
    let folder = home.path().join(ID);
    assert_eq!(fetched_model(&folder).unwrap(), fetched);
    let found = ModelFiles::find(ID, home.path(), Precision::Any).unwrap();
    assert_eq!(std::fs::read(found.network).unwrap(), network());
    let mut kept = Vec::new();
    let again = played.hub().fetch(ID, "main", Precision::Any, home.path(), &mut |event| {
        if let FetchEvent::Kept { file } = event {
            kept.push(file.to_owned());
        }
    });
    assert_eq!((again.unwrap(), kept), (fetched, vec![NETWORK.to_owned()]));
    assert_eq!(played.downloads().len(), 1);
}

#[test]
fn a_transfer_that_breaks_goes_on_where_it_was() {
    let (home, played) = (tempfile::tempdir().unwrap(), play(Fault::Cut(4), None));
    fetch(&played.hub(), home.path()).unwrap();
    let downloads = played.downloads();
    assert_eq!(downloads.len(), 5);
    assert!(downloads[1].contains("bytes=150000-"), "{downloads:?}");
    assert_eq!(std::fs::read(home.path().join(ID).join(NETWORK)).unwrap(), network());
}

#[test]
fn what_another_run_left_is_taken_up() {
    let (home, played) = (tempfile::tempdir().unwrap(), play(Fault::None, None));
    let folder = home.path().join(ID).join("onnx");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("vision_model.onnx.part"), &network()[..100_000]).unwrap();
    fetch(&played.hub(), home.path()).unwrap();
    assert!(played.downloads()[0].contains("bytes=100000-"));
    assert!(!folder.join("vision_model.onnx.part").exists());
}

#[test]
fn a_server_without_ranges_starts_over() {
    let (home, played) = (tempfile::tempdir().unwrap(), play(Fault::WithoutRanges, None));
    let folder = home.path().join(ID).join("onnx");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("vision_model.onnx.part"), [9; 1000]).unwrap();
    fetch(&played.hub(), home.path()).unwrap();
    assert_eq!(std::fs::read(folder.join("vision_model.onnx")).unwrap(), network());
}

#[test]
fn a_busy_hub_is_asked_again_and_given_up_in_the_end() {
    let home = tempfile::tempdir().unwrap();
    fetch(&play(Fault::Busy(2), None).hub(), home.path()).unwrap();
    let error = fetch(&play(Fault::Busy(99), None).hub(), &home.path().join("other")).unwrap_err();
    assert!(matches!(error, HubError::Status { status: 503, .. }), "{error:?}");
}

#[test]
fn a_damaged_file_never_gets_its_name() {
    let (home, played) = (tempfile::tempdir().unwrap(), play(Fault::Flipped, None));
    let error = fetch(&played.hub(), home.path()).unwrap_err();
    assert!(error.to_string().contains("SHA-256"), "{error}");
    assert!(!home.path().join(ID).join(NETWORK).exists());
    assert!(ModelFiles::find(ID, home.path(), Precision::Any).is_err());
}

#[test]
fn a_silent_hub_is_not_waited_for_for_ever() {
    let (home, played) = (tempfile::tempdir().unwrap(), play(Fault::Silent, None));
    let hub = Hub { timeout: Duration::from_millis(200), retries: 0, ..played.hub() };
    let error = fetch(&hub, home.path()).unwrap_err();
    assert!(matches!(error, HubError::Unreachable { .. }), "{error:?}");
}

#[test]
fn what_is_not_there_or_not_ours_says_so() {
    let home = tempfile::tempdir().unwrap();
    let played = play(Fault::None, Some("secret"));
    let error = fetch(&played.hub(), home.path()).unwrap_err();
    assert!(matches!(error, HubError::NotFound { status: 401, .. }), "{error:?}");
    let with_token = Hub { token: Some("secret".to_owned()), ..played.hub() };
    fetch(&with_token, home.path()).unwrap();
    let integers = with_token.fetch(ID, "main", Precision::Integers, home.path(), &mut |_| {});
    assert!(integers.unwrap_err().to_string().contains("`vision_model_quantized.onnx`"));
    let bad = with_token.fetch("../etc", "main", Precision::Any, home.path(), &mut |_| {});
    assert!(matches!(bad, Err(HubError::Id { .. })));
    let nowhere = Hub { endpoint: "http://127.0.0.1:9".to_owned(), ..with_token };
    assert!(matches!(fetch(&nowhere, home.path()), Err(HubError::Unreachable { .. })));
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let (home, played) = (tempfile::tempdir().unwrap(), play(Fault::None, None));
    std::fs::write(home.path().join("tests"), "a file where a folder should be").unwrap();
    let error = fetch(&played.hub(), home.path()).unwrap_err();
    assert!(matches!(&error, HubError::Disk { path, .. } if path.starts_with(home.path())), "{error:?}");
}

/// A disk without a byte left, as the system plays one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_leaves_no_model() {
    let (home, played) = (tempfile::tempdir().unwrap(), play(Fault::None, None));
    let folder = home.path().join(ID).join("onnx");
    std::fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink("/dev/full", folder.join("vision_model.onnx.part")).unwrap();
    let error = fetch(&played.hub(), home.path()).unwrap_err();
    let HubError::Disk { source, .. } = &error else { panic!("{error:?}") };
    assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
    assert!(ModelFiles::find(ID, home.path(), Precision::Any).is_err());
}
