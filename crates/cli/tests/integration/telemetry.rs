//! Traces reach a collector, here one that is a socket and a thread.

#![cfg(all(unix, feature = "opentelemetry"))]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use crate::program::Program;

#[test]
fn requests_become_traces_with_route_and_id_and_without_addresses() {
    let collector = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    let collected = std::thread::spawn(move || {
        let (mut stream, _) = collector.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while reader.read_line(&mut head).unwrap() > 2 {}
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
        });
        let mut body = vec![0; length.unwrap()];
        reader.read_exact(&mut body).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        (head, String::from_utf8_lossy(&body).into_owned())
    });
    let program = Program::new();
    let mut server = Command::new(env!("CARGO_BIN_EXE_lorgnon"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(program.folder())
        .env_clear()
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap()).lines();
    let serving = log.find(|line| line.as_ref().unwrap().starts_with("serving ")).unwrap().unwrap();
    let address = serving.trim_start_matches("serving http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(
            b"GET /api/looks/secret-look HTTP/1.1\r\nhost: x\r\nx-request-id: abc-7\r\nconnection: close\r\n\r\n",
        )
        .unwrap();
    stream.read_to_string(&mut String::new()).unwrap();
    Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(server.wait().unwrap().success());
    let (head, body) = collected.join().unwrap();
    assert!(head.starts_with("POST /v1/traces "), "{head}");
    for told in ["lorgnon", "GET /api/looks/{id}", "abc-7"] {
        assert!(body.contains(told), "{told} in {body}");
    }
    assert!(!body.contains("secret-look") && !body.contains("127.0.0.1"), "{body}");
}
