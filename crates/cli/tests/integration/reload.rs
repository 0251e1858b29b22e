//! A running server takes over its settings file at SIGHUP, and keeps what it has when the file is wrong.

#![cfg(unix)]

use crate::program::Program;
use crate::server::Server;

/// The status of a write with a token.
fn write_with(server: &Server, token: &str) -> u16 {
    server.ask("DELETE /api/training", &[("authorization", &format!("Bearer {token}"))], b"").0
}

/// Sends SIGHUP and waits until the log has this in it.
fn hang_up(server: &mut Server, until: &str) -> String {
    server.signal("HUP");
    server.logged(until)
}

#[test]
fn a_new_token_holds_after_sighup_and_a_wrong_file_changes_nothing() {
    let program = Program::new();
    program.write("lorgnon.toml", "token = 'first'\nlog = 'info'\n");
    let mut server = Server::start(&program, &[]);
    // 409: allowed, but nothing is there to be stopped.
    assert_eq!((write_with(&server, "first"), write_with(&server, "second")), (409, 401));
    program.write("lorgnon.toml", "token = 'second'\nlog = 'info'\nqueue_length = 5\n");
    let warned = hang_up(&mut server, "read at the start only");
    assert!(warned.contains("queue_length"), "{warned}");
    server.logged("settings read again");
    // The log tells of it before it holds.
    while write_with(&server, "second") != 409 {}
    assert_eq!(write_with(&server, "first"), 401);
    program.write("lorgnon.toml", "token = 'third'\nrequest_timeout_s = 'soon'\n");
    let refused = hang_up(&mut server, "the settings stay as they were");
    assert!(refused.contains("request_timeout_s"), "{refused}");
    assert_eq!((write_with(&server, "second"), write_with(&server, "third")), (409, 401));
}
