//! A reader: one commit, asked by SQL.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use lorgnon_look::{Slot, SlotMap};
use tokio_postgres::Error;

use super::connection::{Connection, Parameters};
use super::failure;
use super::half::from_bytes;
use super::server::Server;
use super::snapshot::Snapshot;
use super::state::State;
use crate::{Filter, LookRecord, Manifest, Match, Reader, StoreError, VectorSet};

/// Looks a page when all are visited.
const PAGE: i64 = 500;
/// Times a question is asked again after the connection was lost.
const ATTEMPTS: usize = 3;

/// One commit.
pub(super) struct PostgresReader {
    server: Arc<Server>,
    state: State,
    view: RwLock<Arc<View>>,
    usable: AtomicBool,
}

/// A snapshot that gives its connections back when nobody uses it any more.
struct View {
    snapshot: Snapshot,
    server: Arc<Server>,
}

impl Drop for View {
    fn drop(&mut self) {
        self.snapshot.end(&self.server);
    }
}

impl PostgresReader {
    /// The newest commit.
    pub(super) fn open(server: &Arc<Server>) -> Result<Self, StoreError> {
        let (snapshot, state) = Snapshot::begin(server)?;
        let view = View { snapshot, server: Arc::clone(server) };
        Ok(Self {
            server: Arc::clone(server),
            state,
            view: RwLock::new(Arc::new(view)),
            usable: AtomicBool::new(true),
        })
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Takes over the view of a reader of the same commit if our own is older than `age_max`.
    pub(super) fn grow_younger(&self, other: &Self, age_max: Duration) {
        if self.view().snapshot.began().elapsed() > age_max {
            let young = other.view();
            *self.view.write().unwrap_or_else(PoisonError::into_inner) = young;
        }
        self.usable.store(true, Ordering::Relaxed);
    }

    fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks; after a lost connection once more, as long as nobody has committed meanwhile.
    pub(super) fn ask<T>(
        &self,
        action: &'static str,
        question: &dyn Fn(&Connection) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        let mut attempt = 0;
        loop {
            let view = self.view();
            let error = match view.snapshot.ask(&self.server, question) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            attempt += 1;
            let lost = failure::is_lost(&error);
            let failure = failure::of_statement(self.server.address(), action, error);
            // After any failure the transaction answers nothing more.
            self.look_again(&view)?;
            if !lost || attempt >= ATTEMPTS {
                return Err(failure);
            }
        }
    }

    /// Exchanges a view that no longer answers for one of the same commit.
    fn look_again(&self, broken: &Arc<View>) -> Result<(), StoreError> {
        let mut current = self.view.write().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&current, broken) {
            return Ok(());
        }
        let fresh = Self::open(&self.server)?;
        if fresh.state.version != self.state.version {
            self.usable.store(false, Ordering::Relaxed);
            return Err(StoreError::ConnectionLost {
                place: self.server.address().place().to_owned(),
                source: "the index has changed since, and what it was cannot be read any more".into(),
            });
        }
        *current = fresh.view();
        Ok(())
    }

    pub(super) fn query(
        &self,
        action: &'static str,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        self.ask(action, &|connection| connection.query(sql, parameters))
    }

    fn bytes(
        &self,
        action: &'static str,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = self.query(action, sql, parameters)?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    fn names(&self, sql: &str, parameters: Parameters<'_>) -> Result<Vec<String>, StoreError> {
        let rows = self.query("list names", sql, parameters)?;
        rows.iter().map(|row| text(row.get(0))).collect()
    }
}

/// A name or an id from its bytes.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes)
        .map_err(|error| StoreError::Database { action: "read a name", source: Box::new(error) })
}

/// A look from its bytes.
pub(super) fn record_of(bytes: &[u8]) -> Result<LookRecord, StoreError> {
    postcard::from_bytes(bytes)
        .map_err(|error| StoreError::Database { action: "read a look", source: Box::new(error) })
}

impl Reader for PostgresReader {
    fn version(&self) -> u64 {
        self.state.version
    }

    fn is_usable(&self) -> bool {
        self.usable.load(Ordering::Relaxed)
    }

    fn manifest(&self) -> &Manifest {
        &self.state.manifest
    }

    fn len(&self) -> u64 {
        self.state.looks
    }

    fn look(&self, id: &str) -> Result<Option<LookRecord>, StoreError> {
        let bytes = self.bytes("read a look", "SELECT record FROM looks WHERE id = $1", &[&id.as_bytes()])?;
        bytes.map(|bytes| record_of(&bytes)).transpose()
    }

    fn visit(&self, visit: &mut dyn FnMut(LookRecord) -> ControlFlow<()>) -> Result<(), StoreError> {
        let action = "list looks";
        let mut rows = self.query(action, "SELECT id, record FROM looks ORDER BY id LIMIT $1", &[&PAGE])?;
        loop {
            let Some(last) = rows.last().map(|row| row.get::<_, Vec<u8>>(0)) else { return Ok(()) };
            let is_last_page = (rows.len() as i64) < PAGE;
            for row in rows {
                if visit(record_of(row.get(1))?).is_break() {
                    return Ok(());
                }
            }
            if is_last_page {
                return Ok(());
            }
            let sql = "SELECT id, record FROM looks WHERE id > $2 ORDER BY id LIMIT $1";
            rows = self.query(action, sql, &[&PAGE, &last])?;
        }
    }

    fn vectors(&self, id: &str) -> Result<Option<VectorSet>, StoreError> {
        let sql = "SELECT exact FROM looks WHERE id = $1";
        let Some(bytes) = self.bytes("read vectors", sql, &[&id.as_bytes()])? else { return Ok(None) };
        let mut numbers = from_bytes(&bytes);
        let mut next = || numbers.by_ref().take(self.state.dimensions).collect();
        Ok(Some(VectorSet { global: next(), slots: SlotMap::from_fn(|_| next()) }))
    }

    fn blob(&self, id: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM blobs WHERE look = (SELECT key FROM looks WHERE id = $1) AND name = $2";
        self.bytes("read a blob", sql, &[&id.as_bytes(), &name.as_bytes()])
    }

    fn blob_names(&self, id: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT name FROM blobs WHERE look = (SELECT key FROM looks WHERE id = $1) ORDER BY name";
        self.names(sql, &[&id.as_bytes()])
    }

    fn model_names(&self) -> Result<Vec<String>, StoreError> {
        self.names("SELECT name FROM models ORDER BY name", &[])
    }

    fn model(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.bytes("read a model", "SELECT bytes FROM models WHERE name = $1", &[&name.as_bytes()])
    }

    fn search(
        &self,
        vector: &[f32],
        slot: Option<Slot>,
        count: usize,
        filter: &Filter,
    ) -> Result<Vec<Match>, StoreError> {
        super::search::search(self, vector, slot, count, filter)
    }
}
