//! A server on a real socket, from its start to its end.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::channel;

use lorgnon_server::{ServerConfig, ServerError, Shutdown, serve};

use crate::fake::FakeBackend;

fn config(listen: SocketAddr) -> ServerConfig {
    ServerConfig { listen, workers: 1, ..ServerConfig::default() }
}

#[test]
fn it_answers_until_it_is_told_to_end_and_ends_its_streams() {
    let shutdown = Shutdown::default();
    let (ready, is_ready) = channel();
    let server = std::thread::spawn({
        let shutdown = shutdown.clone();
        move || {
            let config = config("127.0.0.1:0".parse().unwrap());
            serve(config, Arc::new(FakeBackend::default()), &shutdown, None, |address| {
                ready.send(address).unwrap()
            })
        }
    });
    let address = is_ready.recv().unwrap();
    assert_ne!(address.port(), 0);
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /api/vision-progress/stream HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    shutdown.trigger();
    // To the end of the connection, which the server closes.
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("event: progress"));
    server.join().unwrap().unwrap();
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let ended = serve(config(address), Arc::new(FakeBackend::default()), &Shutdown::default(), None, |_| {});
    assert!(matches!(ended, Err(ServerError::Listen { listen, .. }) if listen == address));
}
