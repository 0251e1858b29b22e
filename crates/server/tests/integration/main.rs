//! The server in process: the modules mirror the addresses.

#![expect(clippy::unwrap_used, reason = "test code")]

mod browser;
mod client;
mod connections;
mod fake;
mod routes;
mod shutdown;
