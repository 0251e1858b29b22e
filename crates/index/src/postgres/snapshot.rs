//! One commit, as a transaction that goes on seeing it.
//!
//! A key design decision: PostgreSQL keeps what an open transaction sees, so a reader *is* one
//! (`REPEATABLE READ`), and several connections share its view by its exported name. Such a
//! transaction holds up the clean-up of rows removed since; so the store exchanges it for a younger one of
//! the same commit whenever it is asked (see [`super::PostgresStore`]), and the only old ones are
//! those of readers that somebody keeps.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use tokio_postgres::Error;

use super::connection::Connection;
use super::failure;
use super::schema::check_format;
use super::server::Server;
use super::state::{self, State};
use crate::StoreError;

/// Connections that share one view, at most: questions beyond wait for each other.
const CONNECTIONS_MAX: usize = 4;
/// Tries to see a commit and its table before somebody clears it away.
const ATTEMPTS: usize = 5;

/// How far the index is searched in a transaction.
fn reach_of(state: &State) -> String {
    if state.reach == 0 { String::new() } else { format!("SET LOCAL hnsw.ef_search = {}", state.reach) }
}

/// A view of one commit.
pub(super) struct Snapshot {
    leader: Option<Connection>,
    /// The view's name, once another connection wanted to share it.
    name: OnceLock<String>,
    followers: Mutex<Vec<Connection>>,
    lent: AtomicUsize,
    opened: AtomicUsize,
    /// The statement that sets how far the index is searched.
    reach: String,
    began: Instant,
}

impl Snapshot {
    /// Looks at the newest commit.
    pub(super) fn begin(server: &Server) -> Result<(Self, State), StoreError> {
        let failed = |error| failure::of_statement(server.address(), "read the state", error);
        let mut attempt = 0;
        loop {
            let connection = server.connection()?;
            let begin = format!("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; {}", state::SELECT);
            let rows = match connection.query_text(&begin) {
                Ok(rows) => rows,
                // A connection that idled over a restart of the server; the next is a new one.
                Err(error) if failure::is_lost(&error) && attempt < ATTEMPTS => {
                    attempt += 1;
                    continue;
                }
                Err(error) => {
                    // A newer program may have changed the table itself.
                    server.end(connection);
                    return Err(failed(error));
                }
            };
            let state = rows.first().map(State::from_row).unwrap_or_else(|| {
                Err(StoreError::Database { action: "read the state", source: "there is none".into() })
            });
            let state = match state.and_then(|state| check_format(state.format).map(|()| state)) {
                Ok(state) => state,
                Err(error) => {
                    server.end(connection);
                    return Err(error);
                }
            };
            if state.dimensions > 0 {
                // So that nobody drops a table which this view may still ask.
                let lock =
                    format!("LOCK TABLE {} IN ACCESS SHARE MODE; {}", state.vectors(), reach_of(&state));
                if let Err(error) = connection.run(&lock) {
                    server.end(connection);
                    attempt += 1;
                    if attempt < ATTEMPTS {
                        continue;
                    }
                    return Err(failed(error));
                }
            }
            let snapshot = Self {
                leader: Some(connection),
                name: OnceLock::new(),
                followers: Mutex::default(),
                lent: AtomicUsize::new(0),
                opened: AtomicUsize::new(1),
                reach: reach_of(&state),
                began: Instant::now(),
            };
            return Ok((snapshot, state));
        }
    }

    /// When it began to hold up clean-up.
    pub(super) fn began(&self) -> Instant {
        self.began
    }

    /// Asks the view. The first to ask gets the first connection, those beside it others.
    pub(super) fn ask<T>(
        &self,
        server: &Server,
        question: &dyn Fn(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Some(leader) = &self.leader else { unreachable!("only dropping takes it away") };
        let beside = self.lent.fetch_add(1, Ordering::AcqRel);
        let answer = if beside == 0 {
            question(leader)
        } else {
            match self.follower(server, leader) {
                Some(follower) => {
                    let answer = question(&follower);
                    self.followers.lock().unwrap_or_else(PoisonError::into_inner).push(follower);
                    answer
                }
                // A connection answers in turn when several ask at once.
                None => question(leader),
            }
        };
        self.lent.fetch_sub(1, Ordering::AcqRel);
        answer
    }

    /// A connection with the same view: one that is free, else a new one while there are few.
    fn follower(&self, server: &Server, leader: &Connection) -> Option<Connection> {
        let free = self.followers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if free.is_some() {
            return free;
        }
        if self.opened.fetch_add(1, Ordering::AcqRel) >= CONNECTIONS_MAX {
            self.opened.fetch_sub(1, Ordering::AcqRel);
            return None;
        }
        let follower = self.open_follower(server, leader);
        if follower.is_none() {
            self.opened.fetch_sub(1, Ordering::AcqRel);
        }
        follower
    }

    fn open_follower(&self, server: &Server, leader: &Connection) -> Option<Connection> {
        let name = match self.name.get() {
            Some(name) => name.clone(),
            None => {
                let rows = leader.query("SELECT pg_export_snapshot()", &[]).ok()?;
                let name: String = rows.first()?.get(0);
                self.name.get_or_init(|| name).clone()
            }
        };
        let connection = server.connection().ok()?;
        let begin = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET TRANSACTION SNAPSHOT '{name}'; {}",
            self.reach
        );
        if connection.run(&begin).is_err() {
            server.end(connection);
            return None;
        }
        Some(connection)
    }

    /// Ends the view and gives its connections back.
    pub(super) fn end(&mut self, server: &Server) {
        let followers = std::mem::take(&mut *self.followers.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in followers.into_iter().chain(self.leader.take()) {
            server.end(connection);
        }
    }
}
