//! A write in progress.
//!
//! Bytes go to the data files as they come, beyond the committed length where nobody looks. A
//! commit makes them durable first and only then commits the database, whose state says how long
//! the files are: killed at any instant, the store is what the last commit left.

use std::path::PathBuf;

use lorgnon_look::Look;
use redb::{Database, ReadableTable, WriteTransaction};

use super::EmbeddedStore;
use super::blobs::BlobWriter;
use super::codes::CodeWriter;
use super::folder::{Folder, damaged};
use super::lock::WriteLock;
use super::rows::RowWriter;
use super::tables::{
    BLOBS, BlobPlace, DEAD_ROWS, LOOKS, LookRow, MODELS, ROWS, STATE, STATE_KEY, State, blob_key, decode,
    encode, failed, guarded, open_writable, read_state,
};
use crate::rules::{check_encoder, check_vectors, in_order};
use crate::{Entry, LookRecord, Manifest, StoreError, VectorSet, Writer};

/// The embedded store's writer. Fields are dropped in this order: the transaction before the
/// database, the lock last.
pub(crate) struct EmbeddedWriter<'a> {
    transaction: Option<WriteTransaction>,
    database: Option<Database>,
    rows: Option<RowWriter>,
    codes: Option<CodeWriter>,
    blobs: Option<BlobWriter>,
    state: State,
    path: PathBuf,
    store: &'a EmbeddedStore,
    _lock: WriteLock,
}

impl<'a> EmbeddedWriter<'a> {
    pub(crate) fn begin(store: &'a EmbeddedStore, lock: WriteLock) -> Result<Self, StoreError> {
        let path = store.folder().database();
        let database = open_writable(&path)?;
        let (transaction, state) = guarded(&path, || {
            let mut transaction = database.begin_write().map_err(failed(&path, "begin a write"))?;
            // Whoever opens the store after a kill must not have to wait for a repair.
            transaction.set_quick_repair(true);
            let state =
                read_state(&path, &transaction.open_table(STATE).map_err(failed(&path, "open tables"))?)?;
            Ok((transaction, state))
        })?;
        Ok(Self {
            transaction: Some(transaction),
            database: Some(database),
            rows: None,
            codes: None,
            blobs: None,
            state,
            path,
            store,
            _lock: lock,
        })
    }

    fn folder(&self) -> &Folder {
        self.store.folder()
    }

    fn transaction(&self) -> Result<&WriteTransaction, StoreError> {
        // Only `commit`, which consumes the writer, takes it.
        self.transaction.as_ref().ok_or_else(|| damaged(&self.path, "the write has ended"))
    }

    fn check(&self, vectors: &VectorSet) -> Result<u32, StoreError> {
        let length = check_vectors(vectors, self.state.dimensions as usize, &self.state.manifest)?;
        u32::try_from(length).map_err(|_| StoreError::Dimensions { got: length, expected: 0 })
    }

    fn push_vectors(&mut self, vectors: &VectorSet, dimensions: u32) -> Result<u64, StoreError> {
        if self.state.dimensions == 0 {
            self.state.dimensions = dimensions;
        }
        let (folder, generation, row) = (self.store.folder(), self.state.generation, self.state.rows);
        let rows = match &mut self.rows {
            Some(rows) => rows,
            none => none.insert(RowWriter::open(folder, generation, dimensions, row)?),
        };
        rows.push(in_order(vectors))?;
        let codes = match &mut self.codes {
            Some(codes) => codes,
            none => none.insert(CodeWriter::open(folder, generation, dimensions, row)?),
        };
        codes.push(in_order(vectors))?;
        self.state.rows += 1;
        Ok(row)
    }

    fn push_blob(&mut self, bytes: &[u8]) -> Result<BlobPlace, StoreError> {
        let (folder, state) = (self.store.folder(), &self.state);
        let blobs = match &mut self.blobs {
            Some(blobs) => blobs,
            none => none.insert(BlobWriter::open(folder, state.generation, state.blob_bytes)?),
        };
        let place = blobs.push(bytes)?;
        self.state.blob_bytes = blobs.length();
        Ok(place)
    }

    /// Marks a look's row dead.
    fn bury_row(&self, row: u64) -> Result<(), StoreError> {
        let transaction = self.transaction()?;
        let action = "remove a row";
        let mut owners = transaction.open_table(ROWS).map_err(failed(&self.path, action))?;
        owners.remove(row).map_err(failed(&self.path, action))?;
        let mut dead = transaction.open_table(DEAD_ROWS).map_err(failed(&self.path, action))?;
        dead.insert(row, ()).map_err(failed(&self.path, action))?;
        Ok(())
    }

    /// Forgets a look's blobs; gives their size.
    fn bury_blobs(&self, id: &str) -> Result<u64, StoreError> {
        let action = "remove blobs";
        let mut table = self.transaction()?.open_table(BLOBS).map_err(failed(&self.path, action))?;
        let mut found = Vec::new();
        let mut bytes = 0;
        for entry in table.range((id, "")..).map_err(failed(&self.path, action))? {
            let (key, value) = entry.map_err(failed(&self.path, action))?;
            let (owner, name) = key.value();
            if owner != id {
                break;
            }
            let place: BlobPlace = decode(&self.path, &blob_key(owner, name), value.value())?;
            bytes += place.length;
            found.push(name.to_owned());
        }
        for name in found {
            table.remove((id, name.as_str())).map_err(failed(&self.path, action))?;
        }
        Ok(bytes)
    }

    fn put_entry(&mut self, entry: Entry) -> Result<(), StoreError> {
        let Entry { record, vectors, blobs } = entry;
        let dimensions = self.check(&vectors)?;
        let id = record.look.id.clone();
        let row = self.push_vectors(&vectors, dimensions)?;
        let value = encode(&id, &LookRow { row, record })?;
        let previous = {
            let action = "store a look";
            let transaction = self.transaction()?;
            let mut owners = transaction.open_table(ROWS).map_err(failed(&self.path, action))?;
            owners.insert(row, id.as_str()).map_err(failed(&self.path, action))?;
            let mut looks = transaction.open_table(LOOKS).map_err(failed(&self.path, action))?;
            let previous = looks.insert(id.as_str(), value.as_slice()).map_err(failed(&self.path, action))?;
            previous.map(|value| decode::<LookRow>(&self.path, &id, value.value())).transpose()?
        };
        if let Some(previous) = previous {
            self.bury_row(previous.row)?;
            self.state.dead_blob_bytes += self.bury_blobs(&id)?;
        }
        let mut places = Vec::with_capacity(blobs.len());
        for (name, bytes) in &blobs {
            places.push((name, self.push_blob(bytes)?));
        }
        if !places.is_empty() {
            let action = "store blobs";
            let mut table = self.transaction()?.open_table(BLOBS).map_err(failed(&self.path, action))?;
            for (name, place) in places {
                let value = encode(&blob_key(&id, name), &place)?;
                table
                    .insert((id.as_str(), name.as_str()), value.as_slice())
                    .map_err(failed(&self.path, action))?;
            }
        }
        Ok(())
    }

    fn relabel_look(&mut self, look: Look, source: String) -> Result<bool, StoreError> {
        let action = "relabel a look";
        let mut looks = self.transaction()?.open_table(LOOKS).map_err(failed(&self.path, action))?;
        let found = match looks.get(look.id.as_str()).map_err(failed(&self.path, action))? {
            Some(value) => decode::<LookRow>(&self.path, &look.id, value.value())?,
            None => return Ok(false),
        };
        let fingerprint = found.record.fingerprint;
        let id = look.id.clone();
        let changed = LookRow { row: found.row, record: LookRecord { look, source, fingerprint } };
        let value = encode(&id, &changed)?;
        looks.insert(id.as_str(), value.as_slice()).map_err(failed(&self.path, action))?;
        Ok(true)
    }

    fn remove_look(&mut self, id: &str) -> Result<bool, StoreError> {
        let removed = {
            let action = "remove a look";
            let mut looks = self.transaction()?.open_table(LOOKS).map_err(failed(&self.path, action))?;
            let removed = looks.remove(id).map_err(failed(&self.path, action))?;
            removed.map(|value| decode::<LookRow>(&self.path, id, value.value())).transpose()?
        };
        let Some(removed) = removed else { return Ok(false) };
        self.bury_row(removed.row)?;
        self.state.dead_blob_bytes += self.bury_blobs(id)?;
        Ok(true)
    }

    /// Empties all tables and turns to the files of the next generation.
    pub(crate) fn next_generation(&mut self) -> Result<(), StoreError> {
        let action = "clear";
        let transaction = self.transaction()?;
        transaction.delete_table(LOOKS).map_err(failed(&self.path, action))?;
        transaction.open_table(LOOKS).map_err(failed(&self.path, action))?;
        transaction.delete_table(ROWS).map_err(failed(&self.path, action))?;
        transaction.open_table(ROWS).map_err(failed(&self.path, action))?;
        transaction.delete_table(DEAD_ROWS).map_err(failed(&self.path, action))?;
        transaction.open_table(DEAD_ROWS).map_err(failed(&self.path, action))?;
        transaction.delete_table(BLOBS).map_err(failed(&self.path, action))?;
        transaction.open_table(BLOBS).map_err(failed(&self.path, action))?;
        transaction.delete_table(MODELS).map_err(failed(&self.path, action))?;
        transaction.open_table(MODELS).map_err(failed(&self.path, action))?;
        self.rows = None;
        self.codes = None;
        self.blobs = None;
        self.state.generation += 1;
        self.state.dimensions = 0;
        self.state.rows = 0;
        self.state.blob_bytes = 0;
        self.state.dead_blob_bytes = 0;
        Ok(())
    }

    fn store_model(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let place = self.push_blob(bytes)?;
        let action = "store a model";
        let value = encode(name, &place)?;
        let replaced = {
            let mut models = self.transaction()?.open_table(MODELS).map_err(failed(&self.path, action))?;
            let replaced = models.insert(name, value.as_slice()).map_err(failed(&self.path, action))?;
            replaced.map(|value| decode::<BlobPlace>(&self.path, name, value.value())).transpose()?
        };
        self.state.dead_blob_bytes += replaced.map_or(0, |replaced| replaced.length);
        Ok(())
    }

    fn forget_model(&mut self, name: &str) -> Result<bool, StoreError> {
        let action = "remove a model";
        let removed = {
            let mut models = self.transaction()?.open_table(MODELS).map_err(failed(&self.path, action))?;
            let removed = models.remove(name).map_err(failed(&self.path, action))?;
            removed.map(|value| decode::<BlobPlace>(&self.path, name, value.value())).transpose()?
        };
        self.state.dead_blob_bytes += removed.as_ref().map_or(0, |removed| removed.length);
        Ok(removed.is_some())
    }

    fn finish(&mut self) -> Result<u64, StoreError> {
        let created = self.rows.is_some() || self.blobs.is_some();
        if let Some(rows) = &mut self.rows {
            rows.sync()?;
        }
        if let Some(codes) = &mut self.codes {
            codes.sync()?;
        }
        if let Some(blobs) = &mut self.blobs {
            blobs.sync()?;
        }
        if created {
            self.folder().sync()?;
        }
        self.state.version += 1;
        let value = encode(STATE_KEY, &self.state)?;
        let Some(transaction) = self.transaction.take() else {
            return Err(damaged(&self.path, "the write has ended"));
        };
        {
            let mut state = transaction.open_table(STATE).map_err(failed(&self.path, "commit"))?;
            state.insert(STATE_KEY, value.as_slice()).map_err(failed(&self.path, "commit"))?;
        }
        let entries = {
            use redb::ReadableTableMetadata;
            let looks = transaction.open_table(LOOKS).map_err(failed(&self.path, "commit"))?;
            looks.len().map_err(failed(&self.path, "commit"))?
        };
        let manifest = self.store.manifest_file().prepare(&self.state.manifest, entries)?;
        transaction.commit().map_err(failed(&self.path, "commit"))?;
        if let Some(database) = self.database.take() {
            // The commit is durable; whatever closing could not do, the next opening does.
            let _ = database.close();
        }
        self.folder().remove_other_generations(self.state.generation);
        manifest.publish()?;
        Ok(self.state.version)
    }
}

impl Writer for EmbeddedWriter<'_> {
    fn put(&mut self, entry: Entry) -> Result<(), StoreError> {
        let path = self.path.clone();
        guarded(&path, || self.put_entry(entry))
    }

    fn relabel(&mut self, look: Look, source: String) -> Result<bool, StoreError> {
        let path = self.path.clone();
        guarded(&path, || self.relabel_look(look, source))
    }

    fn remove(&mut self, id: &str) -> Result<bool, StoreError> {
        let path = self.path.clone();
        guarded(&path, || self.remove_look(id))
    }

    fn clear(&mut self) -> Result<(), StoreError> {
        let path = self.path.clone();
        guarded(&path, || self.next_generation())?;
        self.state.manifest.encoder = None;
        self.state.manifest.model = String::new();
        Ok(())
    }

    fn put_model(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let path = self.path.clone();
        guarded(&path, || self.store_model(name, &bytes))
    }

    fn remove_model(&mut self, name: &str) -> Result<bool, StoreError> {
        let path = self.path.clone();
        guarded(&path, || self.forget_model(name))
    }

    fn set_manifest(&mut self, manifest: Manifest) -> Result<(), StoreError> {
        if self.state.rows > 0 {
            check_encoder(&manifest, &self.state.manifest, self.state.dimensions as usize)?;
        }
        self.state.manifest = manifest;
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> Result<u64, StoreError> {
        let path = self.path.clone();
        guarded(&path, || self.finish())
    }
}
