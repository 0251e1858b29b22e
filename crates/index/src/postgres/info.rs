//! What the database holds and whether it fits together, for `index info` and `index verify`.

use std::sync::PoisonError;

use super::failure;
use super::reader::{record_of, text};
use super::writer::PLACES;
use super::{PostgresReader, PostgresStore};
use crate::{Manifest, StoreError, VerifyReport};

/// Looks a page of a verification.
const PAGE: i64 = 200;

/// What a database holds.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PostgresInfo {
    /// Host, port, database and schema.
    pub place: String,
    /// Format of the tables.
    pub format: u32,
    /// Commits so far.
    pub version: u64,
    /// Looks held.
    pub looks: u64,
    /// Length of every vector; 0 before the first.
    pub dimensions: u32,
    /// Whether an HNSW index is searched, or all vectors are compared.
    pub indexed: bool,
    /// Bytes of all tables and indexes, removed rows included.
    pub table_bytes: u64,
    /// Parts of the trained model with their sizes in bytes, by name.
    pub models: Vec<(String, u64)>,
    /// What the last training said.
    pub manifest: Manifest,
}

impl PostgresStore {
    /// What the last commit holds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn info(&self) -> Result<PostgresInfo, StoreError> {
        let reader = self.newest()?;
        let state = reader.state();
        let sizes = reader.query(
            "measure the tables",
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class \
             WHERE relnamespace = current_schema::regnamespace AND relkind = 'r'",
            &[],
        )?;
        let models = reader.query(
            "list models",
            "SELECT name, length(bytes)::bigint FROM models ORDER BY name",
            &[],
        )?;
        let models = models
            .iter()
            .map(|row| Ok((text(row.get(0))?, row.get::<_, i64>(1).unsigned_abs())))
            .collect::<Result<_, StoreError>>()?;
        Ok(PostgresInfo {
            place: self.place().to_owned(),
            format: state.format,
            version: state.version,
            looks: state.looks,
            dimensions: u32::try_from(state.dimensions).unwrap_or(u32::MAX),
            indexed: state.reach > 0,
            table_bytes: sizes.first().map_or(0, |row| row.get::<_, i64>(0).unsigned_abs()),
            models,
            manifest: state.manifest.clone(),
        })
    }

    /// Gives the space of removed rows to later ones, which PostgreSQL also does by itself in time.
    ///
    /// # Errors
    /// When the user may not, or the database cannot be reached.
    pub fn compact(&self) -> Result<(), StoreError> {
        self.drop_old_tables();
        let state = self.newest()?.state().clone();
        // Our own view would keep what it sees.
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let mut tables =
            vec!["looks".to_owned(), "blobs".to_owned(), "models".to_owned(), "state".to_owned()];
        if state.dimensions > 0 {
            tables.push(state.vectors());
        }
        let connection = self.server.connection()?;
        connection
            .run(&format!("VACUUM (ANALYZE) {}", tables.join(", ")))
            .map_err(|error| failure::of_statement(self.server.address(), "compact", error))?;
        self.server.give_back(connection);
        Ok(())
    }

    /// Reads everything and checks that it fits together. Flipped bits are the server's to find: it
    /// has checksums of its own (`data_checksums`), and what it refuses to read is an error here.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn verify(&self) -> Result<VerifyReport, StoreError> {
        let reader = self.newest()?;
        let mut report = VerifyReport { pages_checked: true, ..VerifyReport::default() };
        let length = reader.state().dimensions * PLACES * size_of::<f32>();
        let mut last: Option<i64> = None;
        loop {
            let rows = reader.query(
                "read looks",
                "SELECT key, id, record, exact FROM looks WHERE key > $1 ORDER BY key LIMIT $2",
                &[&last.unwrap_or(-1), &PAGE],
            )?;
            let Some(row) = rows.last() else { break };
            last = Some(row.get(0));
            for row in &rows {
                let id = text(row.get(1))?;
                report.looks += 1;
                match record_of(row.get(2)) {
                    Ok(record) if record.look.id == id => {}
                    Ok(record) => report.note(format!("look `{id}` is stored as `{}`", record.look.id)),
                    Err(error) => report.note(format!("look `{id}`: {error}")),
                }
                if row.get::<_, &[u8]>(3).len() == length {
                    report.vectors += PLACES as u64;
                } else {
                    report.note(format!("look `{id}` has vectors of another length"));
                }
            }
        }
        count_rows(&reader, &mut report)?;
        Ok(report)
    }
}

/// Compares the tables with each other.
fn count_rows(reader: &PostgresReader, report: &mut VerifyReport) -> Result<(), StoreError> {
    let state = reader.state();
    let count = |sql: &str| -> Result<u64, StoreError> {
        let rows = reader.query("count rows", sql, &[])?;
        Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0).unsigned_abs()))
    };
    // Reading every byte is what has the server check its pages.
    report.blobs =
        count("SELECT count(length(bytes)) FROM blobs")? + count("SELECT count(length(bytes)) FROM models")?;
    if report.looks != state.looks {
        report.note(format!("{} looks, but the last commit says {}", report.looks, state.looks));
    }
    let strays = count("SELECT count(*) FROM blobs WHERE NOT EXISTS (SELECT FROM looks WHERE key = look)")?;
    if strays > 0 {
        report.note(format!("{strays} blobs belong to no look"));
    }
    if state.dimensions == 0 {
        return Ok(());
    }
    for place in 0..PLACES {
        let table = format!("{}_{place}", state.vectors());
        let joined = count(&format!(
            "SELECT count(*) FROM {table} JOIN looks ON key = look WHERE vector_dims(half) = {}",
            state.dimensions
        ))?;
        let all = count(&format!("SELECT count(*) FROM {table}"))?;
        if joined != state.looks || all != state.looks {
            report.note(format!(
                "{all} vectors at place {place}, {joined} of them usable, for {} looks",
                state.looks
            ));
        }
    }
    Ok(())
}
