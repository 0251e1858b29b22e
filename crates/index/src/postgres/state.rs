//! The one row that says what a commit holds.

use tokio_postgres::SimpleQueryRow;

use super::connection::Connection;
use crate::{Manifest, StoreError};

/// Reads the row; first of all the format, so that a newer one is known before anything else is read.
pub(super) const SELECT: &str = "SELECT format, version, generation, dimensions, looks, next_key, indexed, reach, reach_looks, manifest FROM state";

/// What one commit says about the whole store.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    /// Format of the tables.
    pub(super) format: u32,
    /// Grows by one with every commit.
    pub(super) version: u64,
    /// Which table of vectors is meant: clearing turns to a new one.
    pub(super) generation: u64,
    /// Length of every vector; 0 before the first, when there is no table of vectors either.
    pub(super) dimensions: usize,
    /// Looks held.
    pub(super) looks: u64,
    /// Key of the next look.
    pub(super) next_key: i64,
    /// Whether vectors have an HNSW index, used or not.
    pub(super) indexed: bool,
    /// How far it is searched (`hnsw.ef_search`) to find what comparing all would; 0 when it does not.
    pub(super) reach: u64,
    /// How many looks there were when that was measured.
    pub(super) reach_looks: u64,
    /// As set by the writer.
    pub(super) manifest: Manifest,
}

impl State {
    /// From a row of [`SELECT`].
    pub(super) fn from_row(row: &SimpleQueryRow) -> Result<Self, StoreError> {
        let text = |column: usize| row.get(column).unwrap_or_default();
        fn number<T: std::str::FromStr>(text: &str) -> Result<T, StoreError>
        where
            T::Err: std::error::Error + Send + Sync + 'static,
        {
            text.parse()
                .map_err(|error| StoreError::Database { action: "read the state", source: Box::new(error) })
        }
        Ok(Self {
            format: number(text(0))?,
            version: number(text(1))?,
            generation: number(text(2))?,
            dimensions: number(text(3))?,
            looks: number(text(4))?,
            next_key: number(text(5))?,
            indexed: text(6) == "t",
            reach: number(text(7))?,
            reach_looks: number(text(8))?,
            manifest: serde_json::from_str(text(9)).map_err(|error| StoreError::Database {
                action: "read the manifest",
                source: Box::new(error),
            })?,
        })
    }

    /// Writes the row.
    pub(super) fn save(&self, connection: &Connection) -> Result<(), tokio_postgres::Error> {
        // A manifest is plain numbers and texts, which always have a JSON form.
        let manifest = serde_json::to_string(&self.manifest).unwrap_or_default();
        connection.execute(
            "UPDATE state SET version = $1, generation = $2, dimensions = $3, looks = $4, next_key = $5, \
             indexed = $6, reach = $7, reach_looks = $8, manifest = $9",
            &[
                &(self.version as i64),
                &(self.generation as i64),
                &(self.dimensions as i64),
                &(self.looks as i64),
                &self.next_key,
                &self.indexed,
                &(self.reach as i64),
                &(self.reach_looks as i64),
                &manifest,
            ],
        )?;
        Ok(())
    }

    /// The table of this state's vectors; partitions have the place's number behind it.
    pub(super) fn vectors(&self) -> String {
        format!("vectors_{}", self.generation)
    }
}
