//! What PostgreSQL and the network say, in the store's terms.

use std::error::Error as _;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::address::Address;
use crate::StoreError;

/// A failure of a statement.
pub(super) fn of_statement(address: &Address, action: &'static str, error: Error) -> StoreError {
    if is_lost(&error) {
        return StoreError::ConnectionLost { place: address.place().to_owned(), source: Box::new(error) };
    }
    StoreError::Database { action, source: Box::new(error) }
}

/// A failure to connect.
pub(super) fn of_connecting(address: &Address, error: Error) -> StoreError {
    let place = address.place().to_owned();
    let refusals = [
        SqlState::INVALID_PASSWORD,
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
        SqlState::INSUFFICIENT_PRIVILEGE,
    ];
    match error.code() {
        Some(code) if refusals.contains(code) => {
            StoreError::Credentials { place, user: address.user().to_owned(), source: Box::new(error) }
        }
        // The server wants a password and there is none: the client finds that by itself.
        None if is_missing_password(&error) => {
            StoreError::Credentials { place, user: address.user().to_owned(), source: Box::new(error) }
        }
        _ => StoreError::Unreachable { place, source: Box::new(error) },
    }
}

fn is_missing_password(error: &Error) -> bool {
    error.source().is_some_and(|source| source.to_string().contains("password missing"))
}

/// Whether the connection is gone, so that another one may do better.
pub(super) fn is_lost(error: &Error) -> bool {
    if error.is_closed() {
        return true;
    }
    match error.as_db_error() {
        Some(database) => {
            let code = database.code();
            // Class 08: connection exceptions; class 57P: the server is going down or starting.
            code.code().starts_with("08") || code.code().starts_with("57P")
        }
        None => error.source().is_some_and(|source| source.is::<std::io::Error>()),
    }
}

/// Whether the server lacks disk, memory or connections (class 53).
pub(super) fn is_short_of_means(error: &Error) -> bool {
    error.code().is_some_and(|code| code.code().starts_with("53"))
}

/// Whether connecting is worth another try: the server is starting, restarting or full.
pub(super) fn is_passing(error: &Error) -> bool {
    error.code().map_or_else(
        || error.source().is_some_and(|source| source.is::<std::io::Error>()),
        |code| *code == SqlState::CANNOT_CONNECT_NOW || *code == SqlState::TOO_MANY_CONNECTIONS,
    )
}
