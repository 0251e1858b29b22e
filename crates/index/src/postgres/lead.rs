//! One training at a time, wherever it runs, and who leads it.
//!
//! A training commits many times and takes away what its export does not name, so two of them would
//! undo each other's work between commits, which the lock of a single write does not prevent. The lock
//! here goes with its connection; but a leader whose connection was cut may not know yet that another took
//! over. So each training has a number, and every write of a leader holds on to its own.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_postgres::Error;

use super::connection::Connection;
use super::writer::PostgresWriter;
use super::{PostgresStore, claim, loan};
use crate::team::{Claim, Lead, Loan, RunState, Team};
use crate::{Reader, Store, StoreError, Writer};

/// The right to train; given up when this is dropped, or its process dies.
#[must_use = "the lock is given up when this is dropped"]
pub struct PostgresLead<'a> {
    store: &'a PostgresStore,
    /// Its own training; 0 before [`PostgresLead::begin`].
    run: i64,
    /// Holds the lock.
    connection: Mutex<Option<Connection>>,
}

impl std::fmt::Debug for PostgresLead<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PostgresLead").field("run", &self.run).finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Takes the lock of the database's only training.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while another training holds it.
    pub fn lead(&self) -> Result<PostgresLead<'_>, StoreError> {
        let connection = self.lock_training()?;
        let connection = connection.ok_or_else(|| StoreError::Locked { place: self.place().to_owned() })?;
        Ok(PostgresLead { store: self, run: 0, connection: Mutex::new(Some(connection)) })
    }

    /// A connection that holds the lock; `None` while another does.
    fn lock_training(&self) -> Result<Option<Connection>, StoreError> {
        let name = format!("lorgnon.{}.training", self.server.address().schema);
        let (connection, locked) = self.server.ask_anew("begin a training", &|connection| {
            let rows = connection.query("SELECT pg_try_advisory_lock(hashtextextended($1, 1))", &[&name])?;
            Ok(rows.first().is_some_and(|row| row.get(0)))
        })?;
        if locked {
            return Ok(Some(connection));
        }
        self.server.give_back(connection);
        Ok(None)
    }

    fn ask<T>(
        &self,
        action: &'static str,
        question: &dyn Fn(&Connection) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        let (connection, answer) = self.server.ask_anew(action, question)?;
        self.server.give_back(connection);
        Ok(answer)
    }
}

impl Team for PostgresStore {
    fn run_state(&self) -> Result<RunState, StoreError> {
        self.ask("read the training's state", &|connection| {
            let rows = connection.query("SELECT number, open, notice FROM run", &[])?;
            let none = RunState { run: 0, open: false, notice: Vec::new() };
            Ok(rows.first().map_or(none, |row| RunState {
                run: row.get(0),
                open: row.get(1),
                notice: row.get(2),
            }))
        })
    }

    fn claim(&self) -> Result<Option<Box<dyn Claim + '_>>, StoreError> {
        claim::take(self, None)
    }

    fn lend_threads(&self, count: usize) -> Result<Option<Box<dyn Loan>>, StoreError> {
        loan::lend(self, count)
    }
}

impl PostgresLead<'_> {
    /// Begins a training of its own, in which others may help if it is `open`. What older ones left to do is
    /// forgotten.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn begin(&mut self, open: bool) -> Result<(), StoreError> {
        self.keep_lock()?;
        let run = self.store.ask("begin a training", &|connection| {
            // Repeated, it only passes over a number.
            let rows = connection.query(
                "UPDATE run SET number = number + 1, open = $1, notice = '' RETURNING number",
                &[&open],
            )?;
            // A task that is being worked at stays until its worker finds that its training is over.
            connection.run(
                "DELETE FROM tasks WHERE (run, number) IN (SELECT run, number FROM tasks FOR UPDATE SKIP LOCKED); \
                 DELETE FROM reports",
            )?;
            Ok(rows.first().map_or(0, |row| row.get(0)))
        })?;
        self.run = run;
        Ok(())
    }

    /// Takes the lock again when its connection was lost and nobody else has taken it.
    fn keep_lock(&self) -> Result<(), StoreError> {
        let mut held = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|connection| !connection.is_closed()) {
            return Ok(());
        }
        *held = self.store.lock_training()?;
        if held.is_some() { Ok(()) } else { Err(self.superseded()) }
    }

    fn superseded(&self) -> StoreError {
        StoreError::Superseded { place: self.store.place().to_owned() }
    }

    /// Changes something of this training; gives how many rows it changed.
    fn change(
        &self,
        action: &'static str,
        change: &dyn Fn(&Connection) -> Result<u64, Error>,
    ) -> Result<u64, StoreError> {
        self.keep_lock()?;
        self.store.ask(action, change)
    }
}

impl Store for PostgresLead<'_> {
    fn reader(&self) -> Result<Arc<dyn Reader>, StoreError> {
        self.store.reader()
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>, StoreError> {
        self.keep_lock()?;
        Ok(Box::new(PostgresWriter::begin(self.store, Some(self.run))?))
    }
}

impl Team for PostgresLead<'_> {
    fn run_state(&self) -> Result<RunState, StoreError> {
        self.store.run_state()
    }

    fn claim(&self) -> Result<Option<Box<dyn Claim + '_>>, StoreError> {
        self.keep_lock()?;
        claim::take(self.store, Some(self.run))
    }

    fn lend_threads(&self, count: usize) -> Result<Option<Box<dyn Loan>>, StoreError> {
        self.store.lend_threads(count)
    }
}

impl Lead for PostgresLead<'_> {
    fn announce(&self, notice: &[u8]) -> Result<(), StoreError> {
        let changed = self.change("announce the training's state", &|connection| {
            connection.execute("UPDATE run SET notice = $2 WHERE number = $1", &[&self.run, &notice])
        })?;
        if changed == 0 { Err(self.superseded()) } else { Ok(()) }
    }

    fn publish(&self, tasks: &[(i64, Vec<u8>)]) -> Result<(), StoreError> {
        let (numbers, works): (Vec<i64>, Vec<&[u8]>) =
            tasks.iter().map(|(number, work)| (*number, work.as_slice())).unzip();
        self.change("publish tasks", &|connection| {
            connection.execute(
                "INSERT INTO tasks (run, number, work) SELECT $1, * FROM unnest($2::bigint[], $3::bytea[]) \
                 ON CONFLICT DO NOTHING",
                &[&self.run, &numbers, &works],
            )
        })?;
        Ok(())
    }

    fn take_reports(&self) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        self.keep_lock()?;
        self.store.ask("read reports", &|connection| {
            let rows = connection
                .query("SELECT number, report FROM reports WHERE run = $1 ORDER BY number", &[&self.run])?;
            let reports: Vec<(i64, Vec<u8>)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
            if !reports.is_empty() {
                let numbers: Vec<i64> = reports.iter().map(|(number, _)| *number).collect();
                connection.execute(
                    "DELETE FROM reports WHERE run = $1 AND number = ANY($2)",
                    &[&self.run, &numbers],
                )?;
            }
            Ok(reports)
        })
    }

    fn lent_threads(&self) -> Result<usize, StoreError> {
        loan::lent(self.store)
    }

    fn close(&self, notice: &[u8]) -> Result<(), StoreError> {
        let changed = self.change("end the training", &|connection| {
            connection
                .execute("UPDATE run SET notice = $2, open = false WHERE number = $1", &[&self.run, &notice])
        })?;
        if changed == 0 { Err(self.superseded()) } else { Ok(()) }
    }
}

impl Drop for PostgresLead<'_> {
    fn drop(&mut self) {
        let held = self.connection.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(connection) = held
            && connection.run("SELECT pg_advisory_unlock_all()").is_ok()
        {
            self.store.server.give_back(connection);
        }
    }
}
