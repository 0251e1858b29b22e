//! Traces reach a collector, here one that is a socket and a thread.

#![cfg(all(unix, feature = "opentelemetry"))]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use crate::program::Program;
use crate::server::Server;

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
    let program = Program::new().variable("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint);
    let mut server = Server::start(&program, &[]);
    server.ask("GET /api/looks/secret-look", &[("x-request-id", "abc-7")], b"");
    server.signal("TERM");
    assert!(server.wait().success());
    let (head, body) = collected.join().unwrap();
    assert!(head.starts_with("POST /v1/traces "), "{head}");
    for told in ["lorgnon", "GET /api/looks/{id}", "abc-7"] {
        assert!(body.contains(told), "{told} in {body}");
    }
    assert!(!body.contains("secret-look") && !body.contains("127.0.0.1"), "{body}");
}
