//! The store that several machines share: a PostgreSQL database with pgvector.
//!
//! Labels, blobs and models are rows; vectors are partitioned by place (the global one and one a
//! slot), each partition with an HNSW index in half precision once it pays. A commit is one
//! transaction, a reader is another (see [`snapshot`]). The trait is synchronous; tokio is an
//! implementation detail of [`server`].

mod address;
mod claim;
mod connection;
mod failure;
mod half;
mod info;
mod lead;
mod loan;
mod near;
mod reader;
mod rows;
mod schema;
mod search;
mod server;
mod snapshot;
mod state;
mod tls;
mod writer;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use info::PostgresInfo;
pub use lead::PostgresLead;

use self::address::Address;
use self::reader::PostgresReader;
use self::server::Server;
use self::writer::PostgresWriter;
use crate::{Reader, Store, StoreError, Writer};

/// From how many looks on vectors get an HNSW index. Below, comparing all takes few milliseconds and is exact.
const INDEXED_FROM: u64 = 5_000;
/// How old the view of a reader that is asked for again may be.
const VIEW_AGE_MAX: Duration = Duration::from_secs(60);

/// Looks and vectors in a PostgreSQL database.
pub struct PostgresStore {
    server: Arc<Server>,
    indexed_from: u64,
    /// The reader given last, given again while nobody has committed.
    last: Mutex<Option<Arc<PostgresReader>>>,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PostgresStore").field("place", &self.place()).finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the store at an address such as `postgres://user:password@host:5432/database`; with
    /// `?schema=name` one of several in a database. Tables that are missing are made, older ones are
    /// brought up to date.
    ///
    /// # Errors
    /// [`StoreError::Address`], [`StoreError::Unreachable`], [`StoreError::Credentials`],
    /// [`StoreError::Extension`], [`StoreError::Version`]: each is the user's or the operator's to mend.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let server = Server::new(Address::parse(url)?)?;
        schema::prepare(&server)?;
        Ok(Self { server: Arc::new(server), indexed_from: INDEXED_FROM, last: Mutex::default() })
    }

    /// Has vectors get their HNSW index from another number of looks on.
    #[must_use]
    pub fn with_index_from(mut self, looks: u64) -> Self {
        self.indexed_from = looks;
        self
    }

    /// The address without user and password, for messages.
    #[must_use]
    pub fn place(&self) -> &str {
        self.server.address().place()
    }

    /// What an address names, without user and password, for messages about one that is not opened.
    ///
    /// # Errors
    /// [`StoreError::Address`].
    pub fn place_of(url: &str) -> Result<String, StoreError> {
        Address::parse(url).map(|address| address.place().to_owned())
    }

    fn newest(&self) -> Result<Arc<PostgresReader>, StoreError> {
        let fresh = Arc::new(PostgresReader::open(&self.server)?);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = last.as_ref()
            && last.state() == fresh.state()
        {
            last.grow_younger(&fresh, VIEW_AGE_MAX);
            return Ok(Arc::clone(last));
        }
        *last = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// Drops tables of vectors that were cleared and that nobody reads any more; what is still read
    /// is dropped after a later commit.
    fn drop_old_tables(&self) {
        let Ok(connection) = self.server.connection() else { return };
        let old = connection.query(
            "SELECT relname FROM pg_class, state WHERE relnamespace = current_schema::regnamespace \
             AND relkind = 'p' AND relname LIKE 'vectors\\_%' \
             AND (relname <> 'vectors_' || generation OR dimensions = 0)",
            &[],
        );
        for row in old.unwrap_or_default() {
            let name: String = row.get(0);
            let drop = format!("BEGIN; SET LOCAL lock_timeout = '50ms'; DROP TABLE IF EXISTS {name}; COMMIT");
            if connection.run(&drop).is_err() {
                tracing::debug!(name, "a cleared table is still read");
                break;
            }
        }
        self.server.end(connection);
    }
}

impl Store for PostgresStore {
    fn reader(&self) -> Result<Arc<dyn Reader>, StoreError> {
        Ok(self.newest()?)
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>, StoreError> {
        Ok(Box::new(PostgresWriter::begin(self, None)?))
    }
}
