//! The program as its user meets it: exit codes, stdout, stderr, files.

#![expect(clippy::unwrap_used, reason = "test code")]

mod bad_input;
mod database;
mod program;
mod settings;
mod suspects;
