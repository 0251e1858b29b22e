//! The store of a single machine: a folder, no server.
//!
//! Labels, fingerprints and places are in a transactional database (redb); vectors and blobs, which
//! are many times larger, in append-only files that are memory-mapped. One commit covers both.
//!
//! A key design decision: readers in *other processes* need no lock and no message from the writer.
//! The database is opened in its single-writer mode, in which a reader sees the last commit and its
//! pages are not reused while it looks; the data files only grow. So a server answers while a
//! training writes beside it, and finds the new commit the next time it asks for a reader.

pub(crate) mod attributes;
pub(crate) mod blobs;
pub(crate) mod codes;
pub(crate) mod compact;
pub(crate) mod data_file;
pub(crate) mod folder;
pub(crate) mod info;
pub(crate) mod kernels;
pub(crate) mod largest;
pub(crate) mod lock;
pub(crate) mod rotation;
pub(crate) mod rows;
pub(crate) mod scan;
pub(crate) mod sketch;
pub(crate) mod snapshot;
pub(crate) mod tables;
pub(crate) mod upgrade;
pub(crate) mod verify;
pub(crate) mod writer;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use redb::{DatabaseError, ReadOnlyDatabase, ReadableDatabase, StorageError};

use self::folder::{Folder, io_error};
use self::lock::WriteLock;
use self::snapshot::{LastMapped, Snapshot};
use self::writer::EmbeddedWriter;
use crate::manifest_file::{ManifestFile, ManifestState};
use crate::{Reader, Store, StoreError, Writer};

/// How often opening is tried again while another process creates or repairs the store, which
/// takes it milliseconds.
const OPEN_ATTEMPTS: u32 = 1000;
const OPEN_PAUSE: Duration = Duration::from_millis(5);

/// The same for mapping data files while another process replaces them.
const MAP_ATTEMPTS: u32 = 50;
const MAP_PAUSE: Duration = Duration::from_millis(1);

/// Looks from which on searches begin with a [sketch](sketch): below it a scan of all codes takes
/// some 10 ms on two cores, and is exact.
const SKETCH_FROM: u64 = 250_000;

/// Looks and vectors in a folder.
pub struct EmbeddedStore {
    folder: Folder,
    manifest_file: ManifestFile,
    database: RwLock<Opened>,
    last: LastMapped,
    sketch_from: u64,
}

impl std::fmt::Debug for EmbeddedStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("EmbeddedStore").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// A database and which file it was opened from.
struct Opened {
    database: Arc<ReadOnlyDatabase>,
    identity: Option<(u64, u64)>,
}

impl EmbeddedStore {
    /// Opens the store of a cache folder (`.cache`): its data in `index/`, its manifest in
    /// `vision-index.json`. What is missing is made.
    ///
    /// # Errors
    /// When the folder cannot be used, is damaged, or was written by a newer program.
    pub fn open(cache: &Path) -> Result<Self, StoreError> {
        let folder = Folder::new(cache.join("index"));
        std::fs::create_dir_all(folder.path()).map_err(io_error("create folder", folder.path()))?;
        let database = open_database(&folder)?;
        let store = Self {
            manifest_file: ManifestFile::new(cache.join("vision-index.json")),
            folder,
            database: RwLock::new(database),
            last: LastMapped::default(),
            sketch_from: SKETCH_FROM,
        };
        store.snapshot()?;
        Ok(store)
    }

    /// From how many looks on searches begin with two bits a number, which is several times faster, takes some
    /// 140 bytes of memory a look and vector (of 512 numbers) and misses fewer than one neighbour in a thousand.
    #[must_use]
    pub fn with_sketch_from(mut self, looks: u64) -> Self {
        self.sketch_from = looks;
        self
    }

    /// The folder that holds the data.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the manifest is.
    #[must_use]
    pub fn manifest_path(&self) -> &Path {
        self.manifest_file.path()
    }

    /// What lies at the manifest's place.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn manifest_state(&self) -> Result<ManifestState, StoreError> {
        self.manifest_file.state()
    }

    /// Renames a file of the old system that lies at the manifest's place to
    /// `vision-index.legacy.json`; gives its new path. `None`: there is no such file.
    ///
    /// # Errors
    /// When it cannot be read or renamed.
    pub fn set_legacy_aside(&self) -> Result<Option<PathBuf>, StoreError> {
        self.manifest_file.set_aside()
    }

    /// Empties the store when its manifest was deleted, which is how its owner asks for a full
    /// retraining. Says whether it did. A training calls this first.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn clear_if_forgotten(&self) -> Result<bool, StoreError> {
        let reader = self.snapshot()?;
        let used = !reader.is_empty() || reader.mapped.state.blob_bytes > 0;
        if !used || self.manifest_state()? != ManifestState::Absent {
            return Ok(false);
        }
        drop(reader);
        let mut writer = self.writer()?;
        writer.clear()?;
        writer.commit()?;
        Ok(true)
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(crate) fn manifest_file(&self) -> &ManifestFile {
        &self.manifest_file
    }

    pub(crate) fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let mut attempt = 0;
        loop {
            match self.try_snapshot() {
                // A compaction replaced the files between reading the state and mapping them: the
                // next state names the new ones.
                Err(StoreError::Io { source, path, .. }) if source.kind() == ErrorKind::NotFound => {
                    attempt += 1;
                    if attempt > MAP_ATTEMPTS {
                        return Err(folder::damaged(&path, "it is missing"));
                    }
                    std::thread::sleep(MAP_PAUSE);
                }
                result => return result,
            }
        }
    }

    fn try_snapshot(&self) -> Result<Snapshot, StoreError> {
        let path = self.folder.database();
        let database = self.current_database()?;
        tables::guarded(&path, || {
            let transaction = database.begin_read().map_err(tables::failed(&path, "begin a read"))?;
            Snapshot::open(&self.folder, &transaction, &self.last, self.sketch_from)
        })
    }

    /// The open database, opened again if somebody put another file in its place.
    fn current_database(&self) -> Result<Arc<ReadOnlyDatabase>, StoreError> {
        let identity = identity(&self.folder.database());
        {
            let opened = self.database.read().unwrap_or_else(PoisonError::into_inner);
            if opened.identity == identity {
                return Ok(Arc::clone(&opened.database));
            }
        }
        let mut opened = self.database.write().unwrap_or_else(PoisonError::into_inner);
        std::fs::create_dir_all(self.folder.path()).map_err(io_error("create folder", self.folder.path()))?;
        *opened = open_database(&self.folder)?;
        Ok(Arc::clone(&opened.database))
    }
}

impl Store for EmbeddedStore {
    fn reader(&self) -> Result<Arc<dyn Reader>, StoreError> {
        Ok(Arc::new(self.snapshot()?))
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>, StoreError> {
        let lock = WriteLock::wait(&self.folder)?;
        // Opens again a database that was deleted under a running process.
        self.current_database()?;
        let reader = self.snapshot()?;
        if reader.is_empty() && self.manifest_state()? == ManifestState::Absent {
            // So that a kill between the first commit and its manifest is not taken for somebody's
            // wish to train everything again.
            self.manifest_file.write(reader.manifest(), 0)?;
        }
        drop(reader);
        Ok(Box::new(EmbeddedWriter::begin(self, lock)?))
    }
}

/// Which file a path leads to, where the system can say.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<(u64, u64)> {
    path.exists().then_some((0, 0))
}

/// Opens the database for reading, making it or repairing it where that is needed.
fn open_database(folder: &Folder) -> Result<Opened, StoreError> {
    let path = folder.database();
    let mut attempt = 0;
    loop {
        let before = identity(&path);
        let result = tables::guarded(&path, || Ok(tables::open_readable(&path)))?;
        let error = match result {
            Ok(database) => return Ok(Opened { database: Arc::new(database), identity: before }),
            Err(error) => error,
        };
        let missing = matches!(
            &error,
            DatabaseError::Storage(StorageError::Io(io)) if io.kind() == ErrorKind::NotFound
        );
        let unrepaired = matches!(error, DatabaseError::RepairAborted | DatabaseError::DatabaseAlreadyOpen);
        if attempt >= OPEN_ATTEMPTS || !(missing || unrepaired) {
            return Err(tables::failed(&path, "open")(error));
        }
        attempt += 1;
        match WriteLock::acquire(folder) {
            Ok(_lock) if missing => create_database(folder)?,
            Ok(_lock) => drop(tables::open_writable(&path)?),
            // Its holder makes or repairs the database right now.
            Err(StoreError::Locked { .. }) => std::thread::sleep(OPEN_PAUSE),
            Err(other) => return Err(other),
        }
    }
}

/// Makes an empty database beside its place and moves it there, so that it is never half made.
fn create_database(folder: &Folder) -> Result<(), StoreError> {
    let path = folder.database();
    if path.exists() {
        return Ok(());
    }
    let partial = path.with_extension("redb.partial");
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(io_error("remove", &partial)(error));
        }
        _ => {}
    }
    tables::create(&partial)?;
    std::fs::rename(&partial, &path).map_err(io_error("rename", &partial))?;
    // Data files of a database that was deleted mean nothing to the new one.
    folder.remove_other_generations(u64::MAX);
    folder.sync()
}
