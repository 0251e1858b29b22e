//! The pages in a real browser, by `tools/e2e/pages.mjs` and `flows.mjs`: they give pictures, read the
//! answers, correct, collect, share and search, and take screenshots at three widths in both themes. Skipped, with the reason printed, where there
//! is no Node.js or no Chromium.

use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use lorgnon_imaging::encode_png;
use lorgnon_server::{ServerConfig, Shutdown, serve};

use crate::fake::{FakeBackend, draw, running};

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
    let (ready, is_ready) = channel();
    let server = std::thread::spawn({
        let shutdown = shutdown.clone();
        let generations = folder.path().join("generations");
        move || {
            let config = ServerConfig {
                listen: "127.0.0.1:0".parse().unwrap(),
                generations: Some(generations),
                ..ServerConfig::default()
            };
            serve(config, Arc::new(backend), &shutdown, |address| ready.send(address).unwrap())
        }
    });
    let address = is_ready.recv().unwrap();
    let run = |script: &str, pictures: &str, shots: &str| {
        Command::new("node")
            .arg(root.join("tools/e2e").join(script))
            .arg(format!("http://{address}"))
            .arg(pictures)
            .arg(root.join("target/e2e").join(shots))
            .output()
            .unwrap()
    };
    let seen = [run("pages.mjs", &pictures[0], ""), run("flows.mjs", &pictures.join(","), "flows")];
    shutdown.trigger();
    server.join().unwrap().unwrap();
    for seen in seen {
        let (told, complained) =
            (String::from_utf8_lossy(&seen.stdout), String::from_utf8_lossy(&seen.stderr));
        println!("{told}{complained}");
        assert!(seen.status.success(), "{complained}");
    }
}
