//! A task that this process is at: a locked row, which nobody else waits for.
//!
//! The transaction that locks the row is the one that stores the results and removes it. It ends with its
//! connection, so a dead process holds nothing. One that lives but does nothing is told apart by the
//! server: it ends connections that were silent in a transaction for longer than the lease.

use super::connection::Connection;
use super::writer::PostgresWriter;
use super::{PostgresStore, failure};
use crate::team::{Claim, LEASE};
use crate::{StoreError, Writer};

struct PostgresClaim<'a> {
    store: &'a PostgresStore,
    /// In the transaction that holds the task.
    connection: Option<Connection>,
    run: i64,
    number: i64,
    work: Vec<u8>,
}

/// Takes the first free task of the newest open training, which must be `own_run` where that is given.
pub(super) fn take(
    store: &PostgresStore,
    own_run: Option<i64>,
) -> Result<Option<Box<dyn Claim + '_>>, StoreError> {
    let server = &store.server;
    let begin = format!("BEGIN; SET LOCAL idle_in_transaction_session_timeout = {}", LEASE.as_millis());
    let (connection, rows) = server.ask_anew("take a task", &|connection| {
        connection.run(&begin)?;
        connection.query(
            "SELECT tasks.run, tasks.number, tasks.work, run.number FROM run LEFT JOIN LATERAL \
             (SELECT * FROM tasks WHERE tasks.run = run.number AND run.open ORDER BY tasks.number LIMIT 1 \
              FOR UPDATE SKIP LOCKED) tasks ON true",
            &[],
        )
    })?;
    let newest: Option<i64> = rows.first().and_then(|row| row.get(3));
    if own_run.is_some() && newest != own_run {
        server.end(connection);
        return Err(StoreError::Superseded { place: store.place().to_owned() });
    }
    let task = rows.first().and_then(|row| Some((row.get::<_, Option<i64>>(0)?, row.get(1), row.get(2))));
    let Some((run, number, work)) = task else {
        server.end(connection);
        return Ok(None);
    };
    Ok(Some(Box::new(PostgresClaim { store, connection: Some(connection), run, number, work })))
}

impl Claim for PostgresClaim<'_> {
    fn run(&self) -> i64 {
        self.run
    }

    fn work(&self) -> &[u8] {
        &self.work
    }

    fn keep(&self) -> Result<(), StoreError> {
        let Some(connection) = &self.connection else { return Ok(()) };
        let address = self.store.server.address();
        connection.run("SELECT 1").map_err(|error| failure::of_statement(address, "hold a task", error))
    }

    fn finish<'a>(mut self: Box<Self>, report: &[u8]) -> Result<Box<dyn Writer + 'a>, StoreError>
    where
        Self: 'a,
    {
        let Some(connection) = self.connection.take() else { unreachable!("only this takes it away") };
        let mut writer = PostgresWriter::go_on(self.store, connection, self.run)?;
        writer.finish_task(self.run, self.number, report)?;
        Ok(Box::new(writer))
    }
}

impl Drop for PostgresClaim<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.store.server.end(connection);
        }
    }
}
