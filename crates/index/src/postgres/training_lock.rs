//! One training at a time, wherever it runs.
//!
//! A training commits many times and takes away what its export does not name, so two of them would
//! undo each other's work between commits, which the lock of a single write does not prevent.

use std::sync::Arc;

use super::connection::Connection;
use super::server::Server;
use super::{PostgresStore, failure};
use crate::StoreError;

/// Held while a training runs; the server gives it up when the connection ends, however that happens.
#[must_use = "the lock is given up when this is dropped"]
pub struct TrainingLock {
    connection: Option<Connection>,
    server: Arc<Server>,
}

impl std::fmt::Debug for TrainingLock {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TrainingLock").finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Takes the lock of the database's only training.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while another training holds it.
    pub fn lock_training(&self) -> Result<TrainingLock, StoreError> {
        let connection = self.server.connection()?;
        let name = format!("lorgnon.{}.training", self.server.address().schema);
        let rows = connection
            .query("SELECT pg_try_advisory_lock(hashtextextended($1, 1))", &[&name])
            .map_err(|error| failure::of_statement(self.server.address(), "begin a training", error))?;
        if !rows.first().is_some_and(|row| row.get(0)) {
            self.server.give_back(connection);
            return Err(StoreError::Locked { place: self.place().to_owned() });
        }
        Ok(TrainingLock { connection: Some(connection), server: Arc::clone(&self.server) })
    }
}

impl Drop for TrainingLock {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && connection.run("SELECT pg_advisory_unlock_all()").is_ok()
        {
            self.server.give_back(connection);
        }
    }
}
