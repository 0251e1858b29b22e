//! The pages in a real browser, by `tools/e2e/pages.mjs` and `flows.mjs`: they give pictures, read the
//! answers, correct, collect, share and search, and take screenshots at three widths in both themes. Skipped, with the reason printed, where there
//! is no Node.js or no Chromium.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use lorgnon_imaging::encode_png;
use lorgnon_server::{ServerConfig, ServerError, Shutdown, serve};

use crate::fake::{FakeBackend, draw, running};

const TOKEN: &str = "open sesame";

/// A server on a free port, until `shutdown`.
fn start(
    backend: FakeBackend,
    generations: &Path,
    token: Option<&str>,
    shutdown: &Shutdown,
) -> (SocketAddr, JoinHandle<Result<(), ServerError>>) {
    let (ready, is_ready) = channel();
    let config = ServerConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        generations: Some(generations.to_owned()),
        token: token.map(str::to_owned),
        ..ServerConfig::default()
    };
    let shutdown = shutdown.clone();
    let server = std::thread::spawn(move || {
        serve(config, Arc::new(backend), &shutdown, None, |address| ready.send(address).unwrap())
    });
    (is_ready.recv().unwrap(), server)
}

#[test]
#[expect(clippy::print_stdout, reason = "says why it was skipped, or what the browser saw")]
fn the_pages_hold_in_a_real_browser() {
    if Command::new("node").arg("--version").output().is_err() {
        println!("skipped: no Node.js found");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    let backend = FakeBackend { progress: Mutex::new(running(83)), ..FakeBackend::default() };
    let pictures: Vec<String> = (0..3)
        .map(|number| {
            let picture = folder.path().join(format!("picture-{number}.png"));
            std::fs::write(&picture, encode_png(&draw(&backend.looks[number])).unwrap()).unwrap();
            picture.display().to_string()
        })
        .collect();

    let shutdown = Shutdown::default();
    let (open, open_server) = start(backend, &folder.path().join("generations"), None, &shutdown);
    let (closed, closed_server) =
        start(FakeBackend::default(), &folder.path().join("closed"), Some(TOKEN), &shutdown);
    let run = |script: &str, pictures: &str, shots: &str| {
        Command::new("node")
            .arg(root.join("tools/e2e").join(script))
            .arg(format!("http://{open}"))
            .arg(pictures)
            .arg(root.join("target/e2e").join(shots))
            .env("TOKEN_ADDRESS", format!("http://{closed}/"))
            .env("TOKEN", TOKEN)
            .output()
            .unwrap()
    };
    let seen = [run("pages.mjs", &pictures[0], ""), run("flows.mjs", &pictures.join(","), "flows")];
    shutdown.trigger();
    for server in [open_server, closed_server] {
        server.join().unwrap().unwrap();
    }
    for seen in seen {
        let (told, complained) =
            (String::from_utf8_lossy(&seen.stdout), String::from_utf8_lossy(&seen.stderr));
        println!("{told}{complained}");
        assert!(seen.status.success(), "{complained}");
    }
}
