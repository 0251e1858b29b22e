//! The pages with hand-written answers, to work on how they look without a training.
//!
//! `cargo run -p lorgnon-server --example preview [ADDRESS] [FOLDER OF PICTURES]`; this is no part
//! of the program, and nothing it says is recognised.

#![expect(clippy::print_stdout, reason = "an example that tells its address")]
#![expect(clippy::unwrap_used, reason = "an example may end with a message")]
#![expect(dead_code, reason = "the tests use more of the fake")]

#[path = "../tests/integration/fake/mod.rs"]
mod fake;

use std::sync::{Arc, Mutex};

use lorgnon_server::{ServerConfig, Shutdown, serve};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let listen = arguments.next().unwrap_or_else(|| "127.0.0.1:3000".to_owned()).parse().unwrap();
    let pictures: Vec<std::path::PathBuf> = arguments
        .next()
        .map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    let picture = move |id: &str| {
        let number: usize = id.rsplit('-').next()?.parse().ok()?;
        std::fs::read(pictures.get(number)?).ok()
    };
    let backend = fake::FakeBackend {
        picture: Box::new(picture),
        progress: Mutex::new(fake::running(83)),
        ..fake::FakeBackend::default()
    };
    let config = ServerConfig { listen, ..ServerConfig::default() };
    let ready = |address| println!("preview on http://{address}/");
    serve(config, Arc::new(backend), &Shutdown::default(), None, ready).unwrap();
}
