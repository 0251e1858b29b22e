//! A running server takes over its settings file at SIGHUP, and keeps what it has when the file is wrong.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::program::Program;

struct Server {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    address: String,
}

impl Server {
    fn start(program: &Program) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lorgnon"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(program.folder())
            .env_clear()
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let serving = log.find(|line| line.as_ref().unwrap().starts_with("serving ")).unwrap().unwrap();
        let address = serving.trim_start_matches("serving http://").trim_end_matches('/').to_owned();
        Self { child, log, address }
    }

    /// Sends SIGHUP and waits until the log has this in it.
    fn hang_up(&mut self, until: &str) -> String {
        let told = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        self.log.find(|line| line.as_ref().unwrap().contains(until)).unwrap().unwrap()
    }

    /// The status of a write with a token.
    fn write_with(&self, token: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "DELETE /api/training HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n",
            self.address
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, it is no matter here.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_new_token_holds_after_sighup_and_a_wrong_file_changes_nothing() {
    let program = Program::new();
    program.write("lorgnon.toml", "token = 'first'\nlog = 'info'\n");
    let mut server = Server::start(&program);
    // 409: allowed, but nothing is there to be stopped.
    assert_eq!((server.write_with("first"), server.write_with("second")), ("409".into(), "401".into()));
    program.write("lorgnon.toml", "token = 'second'\nlog = 'info'\nqueue_length = 5\n");
    let warned = server.hang_up("read at the start only");
    assert!(warned.contains("queue_length"), "{warned}");
    server.log.find(|line| line.as_ref().unwrap().contains("settings read again")).unwrap().unwrap();
    // The log tells of it before it holds.
    while server.write_with("second") != "409" {}
    assert_eq!(server.write_with("first"), "401");
    program.write("lorgnon.toml", "token = 'third'\nrequest_timeout_s = 'soon'\n");
    let refused = server.hang_up("the settings stay as they were");
    assert!(refused.contains("request_timeout_s"), "{refused}");
    assert_eq!((server.write_with("second"), server.write_with("third")), ("409".into(), "401".into()));
}
