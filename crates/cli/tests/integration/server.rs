//! A running `serve`, in the folder of a program and ended with the test.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command};

use crate::program::Program;

pub(crate) struct Server {
    child: Child,
    log: Option<Lines<BufReader<ChildStderr>>>,
    address: String,
}

impl Server {
    /// `serve` at a free port, with more arguments.
    pub(crate) fn start(program: &Program, arguments: &[&str]) -> Self {
        let mut child =
            program.command(&["serve", "--listen", "127.0.0.1:0"]).args(arguments).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = log
            .find_map(|line| {
                Some(line.unwrap().strip_prefix("serving http://")?.trim_end_matches('/').to_owned())
            })
            .unwrap();
        Self { child, log: Some(log), address }
    }

    /// Lets the log go unread: it must have somewhere to go.
    pub(crate) fn unread(mut self) -> Self {
        let log = self.log.take().unwrap();
        std::thread::spawn(move || log.for_each(drop));
        self
    }

    /// The next line of the log with this in it.
    #[cfg(unix)]
    pub(crate) fn logged(&mut self, part: &str) -> String {
        self.log.as_mut().unwrap().find(|line| line.as_ref().unwrap().contains(part)).unwrap().unwrap()
    }

    /// Sends a signal by its name.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    #[cfg(all(unix, feature = "opentelemetry"))]
    pub(crate) fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    /// Status and body of the answer to a request with these head lines after `host` and `connection`.
    pub(crate) fn ask(&self, request: &str, head: &[(&str, &str)], body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let mut lines = format!("{request} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in head {
            lines += &format!("{name}: {value}\r\n");
        }
        lines += &format!("content-length: {}\r\n\r\n", body.len());
        stream.write_all(lines.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, it is no matter here.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
