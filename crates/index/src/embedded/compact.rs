//! Giving back the space of what was removed.
//!
//! The living rows and blobs are copied into the files of the next generation, in their order, and
//! one commit turns to them. Readers go on with the old files until they ask for a new reader, so
//! this can run in the background of a server or of a training.

use super::EmbeddedStore;
use super::lock::WriteLock;
use super::tables::{guarded, open_writable};
use super::writer::EmbeddedWriter;
use crate::{Entry, Reader, StoreError, Writer};

impl EmbeddedStore {
    /// Writes the store anew without what was removed; gives the new version.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while another writer is at work; when the disk is full, in which case
    /// nothing has changed.
    pub fn compact(&self) -> Result<u64, StoreError> {
        let lock = WriteLock::acquire(self.folder())?;
        let snapshot = self.snapshot()?;
        let path = self.folder().database();
        let mut writer = EmbeddedWriter::begin(self, lock)?;
        guarded(&path, || {
            writer.next_generation()?;
            for row in 0..snapshot.mapped.state.rows {
                let Some(id) = snapshot.owner(row)? else { continue };
                let (Some(record), Some(vectors)) = (snapshot.look(&id)?, snapshot.vectors(&id)?) else {
                    continue;
                };
                let mut blobs = Vec::new();
                snapshot.visit_blobs(Some(&id), &mut |_, name, place| {
                    blobs.push((name.to_owned(), snapshot.bytes(place)?.to_vec()));
                    Ok(())
                })?;
                writer.put(Entry { record, vectors, blobs })?;
            }
            snapshot.visit_models(&mut |name, place| writer.put_model(name, snapshot.bytes(place)?.to_vec()))
        })?;
        drop(snapshot);
        let version = Box::new(writer).commit()?;
        self.shrink_database();
        Ok(version)
    }

    /// Compacts when that would give back a good part of the disk and nobody is writing; says
    /// whether it did. Readers are not disturbed: made for a thread in the background.
    ///
    /// # Errors
    /// As [`EmbeddedStore::compact`], but for a writer at work.
    pub fn compact_if_worthwhile(&self) -> Result<bool, StoreError> {
        if !self.info()?.is_worth_compacting() {
            return Ok(false);
        }
        match self.compact() {
            Ok(_) => Ok(true),
            Err(StoreError::Locked { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Lets the database give back its free pages. It cannot while somebody reads; then it does the
    /// next time.
    fn shrink_database(&self) {
        let Ok(_lock) = WriteLock::acquire(self.folder()) else { return };
        let path = self.folder().database();
        let _ = guarded(&path, || {
            let mut database = open_writable(&path)?;
            Ok(database.compact().is_ok())
        });
    }
}
