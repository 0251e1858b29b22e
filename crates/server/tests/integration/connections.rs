//! Clients that do not behave, on real sockets.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use lorgnon_server::{ServerConfig, Shutdown, serve};

use crate::fake::FakeBackend;

/// Runs a server while `visit` visits it.
fn with_server(config: ServerConfig, visit: impl FnOnce(SocketAddr)) {
    let shutdown = Shutdown::default();
    let (ready, is_ready) = channel();
    let server = std::thread::spawn({
        let shutdown = shutdown.clone();
        let config = ServerConfig { listen: "127.0.0.1:0".parse().unwrap(), workers: 1, ..config };
        move || {
            let backend = Arc::new(FakeBackend::default());
            serve(config, backend, &shutdown, None, |address| ready.send(address).unwrap())
        }
    });
    visit(is_ready.recv().unwrap());
    shutdown.trigger();
    server.join().unwrap().unwrap();
}

/// All that the server says to this until it closes.
fn answer_to(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    // A server that refuses need not read to the end.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_head_that_never_ends_is_not_waited_for() {
    let config = ServerConfig { request_timeout: Duration::from_millis(100), ..ServerConfig::default() };
    with_server(config, |address| {
        let answer = answer_to(address, b"GET /health HTTP/1.1\r\nhost: x\r\nx-slow: ");
        assert!(!answer.contains("200"), "{answer}");
        // A byte now and then does not help.
        let mut slow = TcpStream::connect(address).unwrap();
        slow.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        slow.write_all(b"GET /health HTTP/1.1\r\nx-slow: ").unwrap();
        let closed = (0..1000).any(|_| {
            let refused = slow.write_all(b"a").is_err();
            refused || slow.read(&mut [0; 64]).is_ok()
        });
        assert!(closed);
    });
}

#[test]
fn heads_of_no_honest_client_are_refused() {
    with_server(ServerConfig::default(), |address| {
        let many = "x: y\r\n".repeat(200);
        let large = format!("x: {}\r\n", "y".repeat(200_000));
        for headers in [many, large] {
            let request = format!("GET /health HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
            let answer = answer_to(address, request.as_bytes());
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
        }
        let good = b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        assert!(answer_to(address, good).starts_with("HTTP/1.1 200"));
    });
}

#[test]
fn more_connections_than_may_be_open_wait_for_their_turn() {
    let config = ServerConfig { max_connections: 2, ..ServerConfig::default() };
    with_server(config, |address| {
        let held = [TcpStream::connect(address).unwrap(), TcpStream::connect(address).unwrap()];
        let mut third = TcpStream::connect(address).unwrap();
        third.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        third.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        assert!(third.read(&mut [0; 12]).is_err());
        drop(held);
        third.set_read_timeout(None).unwrap();
        let mut start = [0; 12];
        third.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 200");
    });
}
