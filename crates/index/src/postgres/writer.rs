//! A write in progress: one transaction, which a lock keeps the only one.
//!
//! Looks go in by `COPY`, many at a time. The lock is the transaction's own, so it ends with it,
//! however that ends. When the connection is lost during the commit itself, the server is asked
//! afterwards whether it happened: what it says is what the caller is told.

use std::time::{Duration, Instant};

use lorgnon_look::{Look, Slot};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::PostgresStore;
use super::connection::Connection;
use super::half::HalfVector;
use super::reader::record_of;
use super::rows::{Cells, cells_of, check_key, encode, items_of};
use super::search::gender_text;
use super::state::{self, State};
use super::{failure, near, schema};
use crate::rules::{check_encoder, check_vectors, in_order};
use crate::{Entry, LookRecord, Manifest, StoreError, Writer};

/// What is gathered before it is sent.
const BUFFERED_LOOKS: usize = 256;
const BUFFERED_BYTES: usize = 16 << 20;
/// Longer vectors cannot have an HNSW index in half precision.
const INDEXED_DIMENSIONS_MAX: usize = 4000;
/// Commits of which is known whose they were.
const COMMITS_REMEMBERED: i64 = 1000;
/// How long a write waits for another, as in the embedded store.
const LOCK_WAIT: Duration = Duration::from_secs(3);
/// How long the server is asked what became of a commit.
const OUTCOME_WAIT: Duration = Duration::from_secs(30);
const OUTCOME_PAUSE: Duration = Duration::from_millis(200);

/// Vectors a look: the global one and one a slot.
pub(super) const PLACES: usize = Slot::ALL.len() + 1;

/// The PostgreSQL store's writer.
pub(super) struct PostgresWriter<'a> {
    store: &'a PostgresStore,
    connection: Option<Connection>,
    /// What this commit is told from all others by, should its answer be lost.
    token: String,
    state: State,
    buffer: Vec<Entry>,
    buffered_bytes: usize,
    /// A statement failed, so nothing of this can be committed.
    failed: bool,
}

impl<'a> PostgresWriter<'a> {
    /// Begins a write, of the training with this number where one is given.
    pub(super) fn begin(store: &'a PostgresStore, run: Option<i64>) -> Result<Self, StoreError> {
        let server = &store.server;
        let lock = format!(
            "BEGIN; SET LOCAL lock_timeout = {}; SELECT {}; SET LOCAL lock_timeout = 0",
            LOCK_WAIT.as_millis(),
            wait_for_lock_of(&server.address().schema)
        );
        let mut attempt = 0;
        let connection = loop {
            let connection = server.connection()?;
            match connection.run(&lock) {
                Ok(()) => break connection,
                // It idled over a restart of the server; nothing has been written yet.
                Err(error) if failure::is_lost(&error) && attempt < 5 => attempt += 1,
                Err(error) => {
                    server.end(connection);
                    if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) {
                        return Err(StoreError::Locked { place: server.address().place().to_owned() });
                    }
                    return Err(failure::of_statement(server.address(), "begin a write", error));
                }
            }
        };
        Self::locked(store, connection, run)
    }

    /// Goes on with a transaction that holds a task of a training, as soon as nobody else writes.
    pub(super) fn go_on(
        store: &'a PostgresStore,
        connection: Connection,
        run: i64,
    ) -> Result<Self, StoreError> {
        let server = &store.server;
        let lock = format!("SELECT {}", wait_for_lock_of(&server.address().schema));
        if let Err(error) = connection.run(&lock) {
            server.end(connection);
            return Err(failure::of_statement(server.address(), "begin a write", error));
        }
        Self::locked(store, connection, Some(run))
    }

    /// A writer in whose transaction the lock is held. The training cannot be taken over until it ends.
    fn locked(
        store: &'a PostgresStore,
        connection: Connection,
        run: Option<i64>,
    ) -> Result<Self, StoreError> {
        let server = &store.server;
        let begun = || {
            let failed = |error| failure::of_statement(server.address(), "begin a write", error);
            let missing = StoreError::Database { action: "read the state", source: "there is none".into() };
            let rows = connection.query_text(state::SELECT).map_err(failed)?;
            let state = State::from_row(rows.first().ok_or(missing)?)?;
            schema::check_format(state.format)?;
            if let Some(run) = run {
                let held = connection
                    .query("SELECT FROM run WHERE number = $1 FOR KEY SHARE", &[&run])
                    .map_err(failed)?;
                if held.is_empty() {
                    return Err(StoreError::Superseded { place: server.address().place().to_owned() });
                }
            }
            let token = connection
                .query_text(
                    "SELECT concat_ws('/', pg_current_xact_id(), pg_backend_pid(), clock_timestamp())",
                )
                .map_err(failed)?;
            let token = token.first().and_then(|row| row.get(0)).unwrap_or_default().to_owned();
            Ok((state, token))
        };
        match begun() {
            Ok((state, token)) => Ok(Self {
                store,
                connection: Some(connection),
                token,
                state,
                buffer: Vec::new(),
                buffered_bytes: 0,
                failed: false,
            }),
            Err(error) => {
                server.end(connection);
                Err(error)
            }
        }
    }

    /// Takes away the task whose results this write holds, and leaves its report.
    pub(super) fn finish_task(&mut self, run: i64, number: i64, report: &[u8]) -> Result<(), StoreError> {
        self.run("finish a task", |connection| {
            connection.execute("DELETE FROM tasks WHERE run = $1 AND number = $2", &[&run, &number])?;
            connection.execute(
                "INSERT INTO reports (run, number, report) VALUES ($1, $2, $3)",
                &[&run, &number, &report],
            )
        })?;
        Ok(())
    }

    /// Runs statements of this transaction; after a failure there is nothing to go on with.
    fn run<T>(
        &mut self,
        action: &'static str,
        statements: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        let Some(connection) = self.connection.as_ref().filter(|_| !self.failed) else {
            return Err(StoreError::Database {
                action,
                source: "an earlier step of this write failed".into(),
            });
        };
        let result = statements(connection);
        self.failed = result.is_err();
        result.map_err(|error| failure::of_statement(self.store.server.address(), action, error))
    }

    /// Sends what was gathered.
    fn flush(&mut self) -> Result<(), StoreError> {
        let mut entries = std::mem::take(&mut self.buffer);
        self.buffered_bytes = 0;
        if entries.is_empty() {
            return Ok(());
        }
        // Of several with one id the last counts.
        entries.reverse();
        entries.sort_by(|left, right| left.record.look.id.cmp(&right.record.look.id));
        entries.dedup_by(|later, kept| later.record.look.id == kept.record.look.id);
        let ids: Vec<&[u8]> = entries.iter().map(|entry| entry.record.look.id.as_bytes()).collect();
        let removed = self.delete(&ids)?;
        let first_key = self.state.next_key;
        self.state.next_key += entries.len() as i64;
        self.state.looks = self.state.looks - removed + entries.len() as u64;
        let table = self.state.vectors();
        let records: Vec<Vec<u8>> =
            entries.iter().map(|entry| encode(&entry.record)).collect::<Result<_, _>>()?;
        self.run("store looks", |connection| {
            let keyed = || (first_key..).zip(&entries);
            connection.copy_in(
                "COPY looks (key, id, class, gender, items, record, exact) FROM STDIN BINARY",
                &[
                    Type::INT8,
                    Type::BYTEA,
                    Type::BYTEA,
                    Type::TEXT,
                    Type::TEXT_ARRAY,
                    Type::BYTEA,
                    Type::BYTEA,
                ],
                &mut keyed().zip(records).map(|((key, entry), record)| cells_of(key, entry, record)),
            )?;
            connection.copy_in(
                &format!("COPY {table} (slot, look, half) FROM STDIN BINARY"),
                &[Type::INT2, Type::INT8, Type::UNKNOWN],
                &mut (0i16..).take(PLACES).flat_map(|place| {
                    keyed().map(move |(key, entry)| -> Cells<'_> {
                        let vector = in_order(&entry.vectors).nth(place as usize).unwrap_or_default();
                        vec![Box::new(place), Box::new(key), Box::new(HalfVector::new(vector))]
                    })
                }),
            )?;
            connection.copy_in(
                "COPY blobs (look, name, bytes) FROM STDIN BINARY",
                &[Type::INT8, Type::BYTEA, Type::BYTEA],
                &mut keyed().flat_map(|(key, entry)| {
                    entry.blobs.iter().enumerate().filter_map(move |(number, (name, bytes))| {
                        // As above: of several with one name the last counts.
                        let is_last = entry.blobs[number + 1..].iter().all(|(other, _)| other != name);
                        is_last.then(|| -> Cells<'_> {
                            vec![Box::new(key), Box::new(name.as_bytes()), Box::new(bytes.as_slice())]
                        })
                    })
                }),
            )
        })
    }

    /// Removes stored looks with all that belongs to them; gives how many there were.
    fn delete(&mut self, ids: &[&[u8]]) -> Result<u64, StoreError> {
        let table = (self.state.dimensions > 0).then(|| self.state.vectors());
        self.run("remove looks", |connection| {
            let rows = connection.query("DELETE FROM looks WHERE id = ANY($1) RETURNING key", &[&ids])?;
            let keys: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
            if !keys.is_empty() {
                connection.execute("DELETE FROM blobs WHERE look = ANY($1)", &[&keys])?;
                if let Some(table) = table {
                    connection.execute(&format!("DELETE FROM {table} WHERE look = ANY($1)"), &[&keys])?;
                }
            }
            Ok(keys.len() as u64)
        })
    }

    /// Makes the tables for vectors of a length.
    fn make_tables(&mut self, dimensions: usize) -> Result<(), StoreError> {
        self.state.generation += 1;
        let table = self.state.vectors();
        let mut sql = format!(
            "CREATE TABLE {table} (slot smallint NOT NULL, look bigint NOT NULL, half halfvec NOT NULL) \
             PARTITION BY LIST (slot);"
        );
        for place in 0..PLACES {
            sql.push_str(&format!(
                "CREATE TABLE {table}_{place} PARTITION OF {table} FOR VALUES IN ({place}); \
                 ALTER TABLE {table}_{place} ALTER COLUMN half SET STORAGE MAIN; \
                 CREATE UNIQUE INDEX ON {table}_{place} (look);"
            ));
        }
        self.run("make the tables of vectors", |connection| connection.run(&sql))?;
        self.state.dimensions = dimensions;
        (self.state.indexed, self.state.reach, self.state.reach_looks) = (false, 0, 0);
        Ok(())
    }

    /// Makes the HNSW indexes once there are enough looks for them, and measures what they find.
    fn make_indexes(&mut self) -> Result<(), StoreError> {
        let dimensions = self.state.dimensions;
        let pays = self.state.looks >= self.store.indexed_from;
        if !pays || !(1..=INDEXED_DIMENSIONS_MAX).contains(&dimensions) {
            return Ok(());
        }
        let table = self.state.vectors();
        if !self.state.indexed {
            tracing::info!(looks = self.state.looks, "making the HNSW indexes");
            self.run("make the indexes of vectors", |connection| {
                for place in 0..PLACES {
                    connection.run(&near::create(&format!("{table}_{place}"), dimensions))?;
                }
                // Plans are made from statistics, which autovacuum would take minutes to notice.
                connection.run(&format!("ANALYZE looks; ANALYZE {table}"))
            })?;
            self.state.indexed = true;
        } else if self.state.looks < self.state.reach_looks * 2 {
            return Ok(());
        }
        self.state.reach = self.run("measure the indexes", |connection| {
            near::reach(connection, &format!("{table}_0"), dimensions)
        })?;
        self.state.reach_looks = self.state.looks;
        Ok(())
    }

    fn finish(&mut self) -> Result<u64, StoreError> {
        self.flush()?;
        self.make_indexes()?;
        self.state.version += 1;
        let state = self.state.clone();
        let token = self.token.clone();
        self.run("commit", |connection| {
            state.save(connection)?;
            connection.execute(
                "WITH old AS (DELETE FROM commits WHERE version <= $1::bigint - $3::bigint) \
                 INSERT INTO commits (version, token) VALUES ($1, $2)",
                &[&(state.version as i64), &token, &COMMITS_REMEMBERED],
            )
        })?;
        match self.run("commit", |connection| connection.run("COMMIT")) {
            Ok(()) => {}
            Err(error @ StoreError::ConnectionLost { .. }) => {
                if !self.was_committed() {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
        if let Some(connection) = self.connection.take() {
            self.store.server.give_back(connection);
        }
        Ok(self.state.version)
    }

    /// Asks what became of a commit whose answer was lost. The number of a transaction will not do: after a
    /// crash the server may give it to another one. A server that cannot be asked in time is taken
    /// to have refused: then the caller repeats what is stored already, which changes nothing.
    fn was_committed(&self) -> bool {
        let server = &self.store.server;
        // Two statements, so that the second sees what was committed before the first had the lock.
        let sql = format!(
            "BEGIN; SELECT {}; SELECT token FROM commits WHERE version = {}; COMMIT",
            lock_of(&server.address().schema),
            self.state.version
        );
        let start = Instant::now();
        while start.elapsed() < OUTCOME_WAIT {
            let asked = server.connection().ok().and_then(|connection| {
                let rows = connection.query_text(&sql).ok()?;
                server.give_back(connection);
                let nobody_writes = rows.first()?.get(0)? == "t";
                let token = rows.get(1).and_then(|row| row.get(0).map(ToOwned::to_owned));
                Some((nobody_writes, token))
            });
            match asked {
                Some((_, Some(token))) => return token == self.token,
                Some((true, None)) => return false,
                // Perhaps it is still being decided; or the server cannot be asked yet.
                Some((false, None)) | None => std::thread::sleep(OUTCOME_PAUSE),
            }
        }
        false
    }
}

/// Takes the lock of a schema's only writer if it is free, until the transaction ends.
fn lock_of(schema: &str) -> String {
    format!("pg_try_advisory_xact_lock(hashtextextended('lorgnon.{schema}', 1))")
}

/// The same as soon as it is free.
fn wait_for_lock_of(schema: &str) -> String {
    format!("pg_advisory_xact_lock(hashtextextended('lorgnon.{schema}', 1))")
}

impl Drop for PostgresWriter<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.store.server.end(connection);
        }
    }
}

impl Writer for PostgresWriter<'_> {
    fn put(&mut self, entry: Entry) -> Result<(), StoreError> {
        let look = &entry.record.look;
        check_key(&look.id)?;
        check_key(look.class.as_ref().map_or("", |class| class.as_str()))?;
        let dimensions = check_vectors(&entry.vectors, self.state.dimensions, &self.state.manifest)?;
        if self.state.dimensions == 0 {
            self.make_tables(dimensions)?;
        }
        let blobs: usize = entry.blobs.iter().map(|(_, bytes)| bytes.len()).sum();
        self.buffered_bytes += blobs + dimensions * PLACES * size_of::<f32>();
        self.buffer.push(entry);
        if self.buffer.len() >= BUFFERED_LOOKS || self.buffered_bytes >= BUFFERED_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn relabel(&mut self, look: Look, source: String) -> Result<bool, StoreError> {
        if let Some(entry) = self.buffer.iter_mut().rev().find(|entry| entry.record.look.id == look.id) {
            (entry.record.look, entry.record.source) = (look, source);
            return Ok(true);
        }
        let id = look.id.as_bytes().to_vec();
        let rows = self.run("relabel a look", |connection| {
            connection.query("SELECT record FROM looks WHERE id = $1", &[&id])
        })?;
        let Some(row) = rows.first() else { return Ok(false) };
        let fingerprint = record_of(row.get(0))?.fingerprint;
        let class = look.class.as_ref().map(|class| class.as_str().as_bytes().to_vec());
        let (gender, items) = (look.gender.map(gender_text), items_of(&look));
        let record = encode(&LookRecord { look, source, fingerprint })?;
        self.run("relabel a look", |connection| {
            connection.execute(
                "UPDATE looks SET class = $2, gender = $3, items = $4, record = $5 WHERE id = $1",
                &[&id, &class, &gender, &items, &record],
            )
        })?;
        Ok(true)
    }

    fn remove(&mut self, id: &str) -> Result<bool, StoreError> {
        let before = self.buffer.len();
        self.buffer.retain(|entry| entry.record.look.id != id);
        let removed = self.delete(&[id.as_bytes()])?;
        self.state.looks -= removed;
        Ok(removed > 0 || self.buffer.len() < before)
    }

    fn clear(&mut self) -> Result<(), StoreError> {
        self.buffer.clear();
        self.buffered_bytes = 0;
        // Rows, because emptying tables by `TRUNCATE` would wait for readers, and take away what they see.
        self.run("clear", |connection| {
            connection.run("DELETE FROM looks; DELETE FROM blobs; DELETE FROM models")
        })?;
        // The next vectors get a table of their own; this one goes when nobody reads it any more.
        self.state.dimensions = 0;
        (self.state.indexed, self.state.reach, self.state.reach_looks) = (false, 0, 0);
        self.state.looks = 0;
        self.state.manifest.encoder = None;
        self.state.manifest.model = String::new();
        Ok(())
    }

    fn put_model(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        check_key(name)?;
        self.run("store a model", |connection| {
            connection.execute(
                "INSERT INTO models (name, bytes) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes",
                &[&name.as_bytes(), &bytes],
            )
        })?;
        Ok(())
    }

    fn remove_model(&mut self, name: &str) -> Result<bool, StoreError> {
        let removed = self.run("remove a model", |connection| {
            connection.execute("DELETE FROM models WHERE name = $1", &[&name.as_bytes()])
        })?;
        Ok(removed > 0)
    }

    fn set_manifest(&mut self, manifest: Manifest) -> Result<(), StoreError> {
        if self.state.dimensions > 0 {
            check_encoder(&manifest, &self.state.manifest, self.state.dimensions)?;
        }
        self.state.manifest = manifest;
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> Result<u64, StoreError> {
        let version = self.finish()?;
        self.store.drop_old_tables();
        Ok(version)
    }
}
