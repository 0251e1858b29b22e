//! The program as its user meets it: exit codes, stdout, stderr, files.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "test code")]

mod bad_input;
mod collecting;
mod database;
mod drawn;
mod encoders;
mod program;
mod reload;
mod server;
mod settings;
mod suspects;
mod telemetry;
mod upgrading;
