//! The transactional half of the store: labels, fingerprints and where everything lies.
//!
//! redb checks its pages only when asked to, so every value carries a CRC-32 of its key and itself:
//! a flipped bit is found when the value is read, not when an answer is wrong.

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use redb::{ConcurrencyMode, Database, ReadOnlyDatabase, TableDefinition};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::folder::damaged;
use super::upgrade::{self, FORMAT};
use crate::{LookRecord, Manifest, StoreError};

/// Look id -> [`LookRow`].
pub(crate) const LOOKS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("looks");
/// Row of the data files -> id of the look that owns it.
pub(crate) const ROWS: TableDefinition<'_, u64, &str> = TableDefinition::new("rows");
/// Rows whose look was replaced or removed.
pub(crate) const DEAD_ROWS: TableDefinition<'_, u64, ()> = TableDefinition::new("dead_rows");
/// Look id and name -> [`BlobPlace`].
pub(crate) const BLOBS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("blobs");
/// Name -> [`BlobPlace`].
pub(crate) const MODELS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("models");
/// `format` -> `u32`, `state` -> [`State`].
pub(crate) const STATE: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("state");

pub(crate) const FORMAT_KEY: &str = "format";
pub(crate) const STATE_KEY: &str = "state";

/// Memory redb may use for pages: a process holds at most two handles.
const CACHE_BYTES: usize = 32 << 20;

/// What one commit says about the whole store.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Grows by one with every commit.
    pub(crate) version: u64,
    /// Which data files are meant.
    pub(crate) generation: u64,
    /// Length of every vector; 0 before the first.
    pub(crate) dimensions: u32,
    /// Rows in use in the data files, dead ones included.
    pub(crate) rows: u64,
    /// Bytes in use in the blob file, header included; 0 when there is none.
    pub(crate) blob_bytes: u64,
    /// Of those, bytes that nothing refers to any more.
    pub(crate) dead_blob_bytes: u64,
    /// As set by the writer.
    pub(crate) manifest: Manifest,
}

/// A look as the table keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LookRow {
    /// Its row in the data files.
    pub(crate) row: u64,
    /// Everything else.
    pub(crate) record: LookRecord,
}

/// Where a blob lies in the blob file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BlobPlace {
    /// First byte.
    pub(crate) offset: u64,
    /// How many.
    pub(crate) length: u64,
    /// CRC-32 of them.
    pub(crate) checksum: u32,
}

/// A value's bytes with its checksum.
pub(crate) fn encode<T: Serialize>(key: &str, value: &T) -> Result<Vec<u8>, StoreError> {
    let mut bytes = postcard::to_stdvec(value)
        .map_err(|error| StoreError::Database { action: "encode a value", source: Box::new(error) })?;
    let sum = checksum(key, &bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    Ok(bytes)
}

/// A value from its bytes.
///
/// # Errors
/// [`StoreError::Damaged`] when the checksum does not hold.
pub(crate) fn decode<T: DeserializeOwned>(path: &Path, key: &str, bytes: &[u8]) -> Result<T, StoreError> {
    let holds = bytes
        .split_last_chunk::<4>()
        .filter(|(payload, sum)| checksum(key, payload) == u32::from_le_bytes(**sum))
        .and_then(|(payload, _)| postcard::from_bytes(payload).ok());
    holds.ok_or_else(|| damaged(path, format!("value of `{key}` does not match its checksum")))
}

fn checksum(key: &str, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key.as_bytes());
    hasher.update(&[0]);
    hasher.update(payload);
    hasher.finalize()
}

/// The key under which a blob's place is checksummed.
pub(crate) fn blob_key(id: &str, name: &str) -> String {
    format!("{id}\0{name}")
}

/// A [`StoreError`] from what redb said.
pub(crate) fn failed<E: Into<redb::Error>>(
    path: &Path,
    action: &'static str,
) -> impl FnOnce(E) -> StoreError {
    let path = path.to_path_buf();
    move |error| {
        let error = error.into();
        if let redb::Error::Io(source) = error {
            if matches!(source.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidData) {
                return damaged(&path, format!("it ends too early or is no database ({source})"));
            }
            return StoreError::Io { action, path, source };
        }
        let is_damage = matches!(
            error,
            redb::Error::Corrupted(_)
                | redb::Error::TableDoesNotExist(_)
                | redb::Error::TableTypeMismatch { .. }
                | redb::Error::TypeDefinitionChanged { .. }
                | redb::Error::UpgradeRequired(_)
        );
        if is_damage {
            damaged(&path, error.to_string())
        } else {
            StoreError::Database { action, source: Box::new(error) }
        }
    }
}

/// Runs something that reads the database, turning a panic of the engine, which a damaged page can
/// cause, into [`StoreError::Damaged`].
pub(crate) fn guarded<T>(path: &Path, run: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    // Nothing is shared with the closure but handles that are only read or dropped afterwards.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("unknown");
        Err(damaged(path, format!("the engine cannot make sense of it ({said})")))
    })
}

/// How every process opens the database: one writer beside any number of readers, each of which
/// sees the last commit and blocks nobody.
fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES).set_concurrency_mode(ConcurrencyMode::SingleWriter);
    builder
}

/// Opens for reading. redb refuses a database whose last writer was killed: see [`open_writable`].
pub(crate) fn open_readable(path: &Path) -> Result<ReadOnlyDatabase, redb::DatabaseError> {
    builder().open_read_only(path)
}

/// Opens for writing, repairing what a killed writer left. Callers hold the write lock.
pub(crate) fn open_writable(path: &Path) -> Result<Database, StoreError> {
    guarded(path, || builder().open(path).map_err(failed(path, "open for writing")))
}

/// Makes an empty database. Callers hold the write lock.
pub(crate) fn create(path: &Path) -> Result<(), StoreError> {
    let action = "create";
    let database = builder().create(path).map_err(failed(path, action))?;
    let mut transaction = database.begin_write().map_err(failed(path, action))?;
    transaction.set_quick_repair(true);
    {
        transaction.open_table(LOOKS).map_err(failed(path, action))?;
        transaction.open_table(ROWS).map_err(failed(path, action))?;
        transaction.open_table(DEAD_ROWS).map_err(failed(path, action))?;
        transaction.open_table(BLOBS).map_err(failed(path, action))?;
        transaction.open_table(MODELS).map_err(failed(path, action))?;
        let mut state = transaction.open_table(STATE).map_err(failed(path, action))?;
        let format = encode(FORMAT_KEY, &FORMAT)?;
        state.insert(FORMAT_KEY, format.as_slice()).map_err(failed(path, action))?;
        let empty = encode(STATE_KEY, &State::default())?;
        state.insert(STATE_KEY, empty.as_slice()).map_err(failed(path, action))?;
    }
    transaction.commit().map_err(failed(path, action))?;
    database.close().map_err(failed(path, action))
}

/// Reads the state, refusing formats this program does not know.
pub(crate) fn read_state(
    path: &Path,
    table: &impl redb::ReadableTable<&'static str, &'static [u8]>,
) -> Result<State, StoreError> {
    let read = |key: &'static str| {
        table
            .get(key)
            .map_err(failed(path, "read the state"))?
            .ok_or_else(|| damaged(path, format!("`{key}` is missing")))
    };
    let found: u32 = decode(path, FORMAT_KEY, read(FORMAT_KEY)?.value())?;
    upgrade::check(path, found)?;
    decode(path, STATE_KEY, read(STATE_KEY)?.value())
}
