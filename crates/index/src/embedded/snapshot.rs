//! One committed state, as readers see it.

use std::ops::{Bound, ControlFlow};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use lorgnon_look::Slot;
use redb::{ReadOnlyTable, ReadTransaction, ReadableTable, ReadableTableMetadata};

use super::attributes::Attributes;
use super::blobs::Blobs;
use super::codes::Codes;
use super::folder::{Folder, damaged};
use super::rows::{Rows, place_of};
use super::scan::{Query, Scan, Scored, best_of};
use super::sketch::Sketches;
use super::tables::{
    BLOBS, BlobPlace, DEAD_ROWS, LOOKS, LookRow, MODELS, ROWS, STATE, State, blob_key, decode, failed,
    guarded, read_state,
};
use crate::{Filter, LookRecord, Manifest, Match, Reader, StoreError, VectorSet};

/// Filtered searches that leave fewer rows than this, or than a 64th of all, compare those rows
/// one by one instead of scanning.
const FEW_ROWS: usize = 2048;

/// Is shown a look's id and the look, and says whether to go on.
type VisitRow<'a> = dyn FnMut(&str, LookRow) -> Result<ControlFlow<()>, StoreError> + 'a;

/// The data files of one commit, mapped. Shared by all readers of that commit; holds no
/// transaction, so keeping it does not keep old pages alive.
#[derive(Debug)]
pub(crate) struct Mapped {
    pub(crate) state: State,
    pub(crate) rows: Option<Arc<Rows>>,
    pub(crate) codes: Option<Arc<Codes>>,
    pub(crate) blobs: Option<Arc<Blobs>>,
    /// One bit a row, set where its look was replaced or removed; empty when there is none.
    dead: Vec<u64>,
    attributes: Mutex<Option<Arc<Attributes>>>,
    sketches: Sketches,
}

impl Mapped {
    /// Maps what a state refers to, taking over what the last one mapped where nothing grew.
    fn open(
        folder: &Folder,
        state: State,
        dead_rows: impl Iterator<Item = Result<u64, StoreError>>,
        last: Option<&Self>,
    ) -> Result<Self, StoreError> {
        let same = last.filter(|last| last.state.generation == state.generation);
        let same_rows = same.filter(|last| last.state.rows == state.rows);
        let same_blobs = same.filter(|last| last.state.blob_bytes == state.blob_bytes);
        let (generation, dimensions) = (state.generation, state.dimensions);
        let (rows, codes) = match same_rows {
            Some(last) => (last.rows.clone(), last.codes.clone()),
            None if state.rows == 0 => (None, None),
            None => (
                Some(Arc::new(Rows::open(folder, generation, dimensions, state.rows)?)),
                Some(Arc::new(Codes::open(folder, generation, dimensions, state.rows)?)),
            ),
        };
        let blobs = match same_blobs {
            Some(last) => last.blobs.clone(),
            None if state.blob_bytes == 0 => None,
            None => Some(Arc::new(Blobs::open(folder, generation, state.blob_bytes)?)),
        };
        let mut dead = Vec::new();
        for row in dead_rows {
            let row = row?;
            if row >= state.rows {
                return Err(damaged(&folder.database(), format!("row {row} is dead but was never written")));
            }
            if dead.is_empty() {
                dead = vec![0u64; state.rows.div_ceil(64) as usize];
            }
            dead[(row / 64) as usize] |= 1 << (row % 64);
        }
        let sketches = same.map_or_else(Sketches::default, |last| last.sketches.taken_over());
        Ok(Self { state, rows, codes, blobs, dead, attributes: Mutex::new(None), sketches })
    }

    /// Whether a row's look was replaced or removed.
    pub(crate) fn is_dead(&self, row: u64) -> bool {
        self.dead.get((row / 64) as usize).is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }
}

/// The last commit a process has seen.
#[derive(Debug, Default)]
pub(crate) struct LastMapped(Mutex<Option<Arc<Mapped>>>);

impl LastMapped {
    fn get(&self) -> Option<Arc<Mapped>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, mapped: Arc<Mapped>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(mapped);
    }
}

/// A consistent view of one commit.
pub(crate) struct Snapshot {
    path: PathBuf,
    looks: ReadOnlyTable<&'static str, &'static [u8]>,
    row_owners: ReadOnlyTable<u64, &'static str>,
    blob_places: ReadOnlyTable<(&'static str, &'static str), &'static [u8]>,
    models: ReadOnlyTable<&'static str, &'static [u8]>,
    pub(crate) mapped: Arc<Mapped>,
    length: u64,
    /// Rows from which on searches begin with a sketch.
    sketch_from: u64,
}

impl Snapshot {
    /// What a read transaction sees.
    pub(crate) fn open(
        folder: &Folder,
        transaction: &ReadTransaction,
        last: &LastMapped,
        sketch_from: u64,
    ) -> Result<Self, StoreError> {
        let path = folder.database();
        let action = "open tables";
        let state = read_state(&path, &transaction.open_table(STATE).map_err(failed(&path, action))?)?;
        let looks = transaction.open_table(LOOKS).map_err(failed(&path, action))?;
        let length = looks.len().map_err(failed(&path, action))?;
        let mapped = match last.get() {
            Some(mapped) if mapped.state == state => mapped,
            previous => {
                let dead = transaction.open_table(DEAD_ROWS).map_err(failed(&path, action))?;
                let dead_rows = dead.iter().map_err(failed(&path, "list removed rows"))?.map(|entry| {
                    entry.map(|(row, _)| row.value()).map_err(failed(&path, "list removed rows"))
                });
                let mapped = Arc::new(Mapped::open(folder, state, dead_rows, previous.as_deref())?);
                last.set(Arc::clone(&mapped));
                mapped
            }
        };
        Ok(Self {
            looks,
            row_owners: transaction.open_table(ROWS).map_err(failed(&path, action))?,
            blob_places: transaction.open_table(BLOBS).map_err(failed(&path, action))?,
            models: transaction.open_table(MODELS).map_err(failed(&path, action))?,
            path,
            mapped,
            length,
            sketch_from,
        })
    }

    fn look_row(&self, id: &str) -> Result<Option<LookRow>, StoreError> {
        let found = self.looks.get(id).map_err(failed(&self.path, "read a look"))?;
        found.map(|value| decode(&self.path, id, value.value())).transpose()
    }

    /// Visits all looks by id, with their rows.
    pub(crate) fn visit_rows(&self, visit: &mut VisitRow<'_>) -> Result<(), StoreError> {
        for entry in self.looks.iter().map_err(failed(&self.path, "list looks"))? {
            let (id, value) = entry.map_err(failed(&self.path, "list looks"))?;
            let look_row: LookRow = decode(&self.path, id.value(), value.value())?;
            if visit(id.value(), look_row)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The look that owns a row.
    pub(crate) fn owner(&self, row: u64) -> Result<Option<String>, StoreError> {
        let found = self.row_owners.get(row).map_err(failed(&self.path, "find a row's look"))?;
        Ok(found.map(|id| id.value().to_owned()))
    }

    /// How many rows have an owner.
    pub(crate) fn owners(&self) -> Result<u64, StoreError> {
        self.row_owners.len().map_err(failed(&self.path, "count rows"))
    }

    /// Visits the blobs of a look, or of all looks, by look and name.
    pub(crate) fn visit_blobs(
        &self,
        of: Option<&str>,
        visit: &mut dyn FnMut(&str, &str, BlobPlace) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let start = Bound::Included((of.unwrap_or_default(), ""));
        let range = self
            .blob_places
            .range::<(&str, &str)>((start, Bound::Unbounded))
            .map_err(failed(&self.path, "list blobs"))?;
        for entry in range {
            let (key, value) = entry.map_err(failed(&self.path, "list blobs"))?;
            let (id, name) = key.value();
            if of.is_some_and(|of| of != id) {
                break;
            }
            visit(id, name, decode(&self.path, &blob_key(id, name), value.value())?)?;
        }
        Ok(())
    }

    /// Visits all models by name.
    pub(crate) fn visit_models(
        &self,
        visit: &mut dyn FnMut(&str, BlobPlace) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for entry in self.models.iter().map_err(failed(&self.path, "list models"))? {
            let (name, value) = entry.map_err(failed(&self.path, "list models"))?;
            visit(name.value(), decode(&self.path, name.value(), value.value())?)?;
        }
        Ok(())
    }

    /// A blob's bytes.
    pub(crate) fn bytes(&self, place: BlobPlace) -> Result<&[u8], StoreError> {
        let blobs = self.mapped.blobs.as_ref();
        blobs.ok_or_else(|| damaged(&self.path, "it refers to blobs but holds none"))?.get(place)
    }

    fn attributes(&self) -> Result<Arc<Attributes>, StoreError> {
        let mut cached = self.mapped.attributes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(attributes) = &*cached {
            return Ok(Arc::clone(attributes));
        }
        let mut attributes = Attributes::default();
        self.visit_rows(&mut |_, look_row| {
            attributes.add(look_row.row, &look_row.record.look);
            Ok(ControlFlow::Continue(()))
        })?;
        let attributes = Arc::new(attributes.finish());
        *cached = Some(Arc::clone(&attributes));
        Ok(attributes)
    }

    /// Rows to ids, the `count` best; ties by id.
    fn name(&self, scored: Vec<Scored>, count: usize) -> Result<Vec<Match>, StoreError> {
        let mut matches = Vec::with_capacity(scored.len());
        for Scored { row, similarity } in scored {
            let id = self
                .owner(row)?
                .ok_or_else(|| damaged(&self.path, format!("row {row} belongs to no look")))?;
            // Names in this table have no checksums: the look itself says whether it is meant.
            if self.look_row(&id)?.is_none_or(|look_row| look_row.row != row) {
                return Err(damaged(&self.path, format!("row {row} does not belong to look `{id}`")));
            }
            matches.push(Match { id, similarity });
        }
        matches.sort_by(|left, right| {
            right.similarity.total_cmp(&left.similarity).then_with(|| left.id.cmp(&right.id))
        });
        matches.truncate(count);
        Ok(matches)
    }

    fn find(
        &self,
        vector: &[f32],
        slot: Option<Slot>,
        count: usize,
        filter: &Filter,
    ) -> Result<Vec<Match>, StoreError> {
        let (Some(rows), Some(codes)) = (&self.mapped.rows, &self.mapped.codes) else {
            return Ok(Vec::new());
        };
        let expected = self.mapped.state.dimensions as usize;
        if vector.len() != expected {
            return Err(StoreError::Dimensions { got: vector.len(), expected });
        }
        if !vector.iter().all(|value| value.is_finite()) {
            return Err(StoreError::NotFinite);
        }
        let count = count.min(usize::try_from(self.length).unwrap_or(usize::MAX));
        if count == 0 {
            return Ok(Vec::new());
        }
        let filtered = if *filter == Filter::default() { None } else { self.attributes()?.rows(filter) };
        let Some(query) = Query::new(vector) else {
            return self.first_by_id(count, filtered.as_deref());
        };
        let place = place_of(slot);
        let scan = |query, wanted: &(dyn Fn(u64) -> bool + Sync)| {
            let large = self.mapped.state.rows >= self.sketch_from;
            let sketch = large.then(|| self.mapped.sketches.of(codes, place));
            Scan { codes, rows, place, query, count, wanted }.best(sketch.as_deref())
        };
        let scored = match &filtered {
            None => scan(query, &|row| !self.mapped.is_dead(row))?,
            Some(few) if few.len() <= FEW_ROWS.max((self.mapped.state.rows / 64) as usize) => {
                best_of(rows, place, &query, count, few.iter().copied())?
            }
            Some(many) => {
                let mut bits = vec![0u64; self.mapped.state.rows.div_ceil(64) as usize];
                for row in many {
                    bits[(row / 64) as usize] |= 1 << (row % 64);
                }
                scan(query, &|row| bits[(row / 64) as usize] >> (row % 64) & 1 == 1)?
            }
        };
        self.name(scored, count)
    }

    /// The answer to a vector of length zero: everything is as far, so the first by id.
    fn first_by_id(&self, count: usize, rows: Option<&[u64]>) -> Result<Vec<Match>, StoreError> {
        let mut matches = Vec::new();
        self.visit_rows(&mut |id, look_row| {
            if rows.is_none_or(|rows| rows.binary_search(&look_row.row).is_ok()) {
                matches.push(Match { id: id.to_owned(), similarity: 0.0 });
            }
            Ok(if matches.len() < count { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(matches)
    }
}

impl Reader for Snapshot {
    fn version(&self) -> u64 {
        self.mapped.state.version
    }

    fn manifest(&self) -> &Manifest {
        &self.mapped.state.manifest
    }

    fn len(&self) -> u64 {
        self.length
    }

    fn look(&self, id: &str) -> Result<Option<LookRecord>, StoreError> {
        guarded(&self.path, || Ok(self.look_row(id)?.map(|look_row| look_row.record)))
    }

    fn visit(&self, visit: &mut dyn FnMut(LookRecord) -> ControlFlow<()>) -> Result<(), StoreError> {
        // Not guarded as a whole: a panic of the visitor is the caller's own.
        let mut iterator =
            guarded(&self.path, || self.looks.iter().map_err(failed(&self.path, "list looks")))?;
        loop {
            let record = guarded(&self.path, || {
                let Some(entry) = iterator.next() else { return Ok(None) };
                let (id, value) = entry.map_err(failed(&self.path, "list looks"))?;
                Ok(Some(decode::<LookRow>(&self.path, id.value(), value.value())?.record))
            })?;
            let Some(record) = record else { return Ok(()) };
            if visit(record).is_break() {
                return Ok(());
            }
        }
    }

    fn vectors(&self, id: &str) -> Result<Option<VectorSet>, StoreError> {
        guarded(&self.path, || {
            let Some(look_row) = self.look_row(id)? else { return Ok(None) };
            let rows = self.mapped.rows.as_ref();
            let rows = rows.ok_or_else(|| damaged(&self.path, "it refers to rows but holds none"))?;
            rows.vectors(look_row.row).map(Some)
        })
    }

    fn blob(&self, id: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        guarded(&self.path, || {
            let found = self.blob_places.get((id, name)).map_err(failed(&self.path, "find a blob"))?;
            let Some(value) = found else { return Ok(None) };
            let place = decode(&self.path, &blob_key(id, name), value.value())?;
            Ok(Some(self.bytes(place)?.to_vec()))
        })
    }

    fn blob_names(&self, id: &str) -> Result<Vec<String>, StoreError> {
        guarded(&self.path, || {
            let mut names = Vec::new();
            self.visit_blobs(Some(id), &mut |_, name, _| {
                names.push(name.to_owned());
                Ok(())
            })?;
            Ok(names)
        })
    }

    fn model_names(&self) -> Result<Vec<String>, StoreError> {
        guarded(&self.path, || {
            let mut names = Vec::new();
            self.visit_models(&mut |name, _| {
                names.push(name.to_owned());
                Ok(())
            })?;
            Ok(names)
        })
    }

    fn model(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        guarded(&self.path, || {
            let found = self.models.get(name).map_err(failed(&self.path, "find a model"))?;
            let Some(value) = found else { return Ok(None) };
            Ok(Some(self.bytes(decode(&self.path, name, value.value())?)?.to_vec()))
        })
    }

    fn search(
        &self,
        vector: &[f32],
        slot: Option<Slot>,
        count: usize,
        filter: &Filter,
    ) -> Result<Vec<Match>, StoreError> {
        guarded(&self.path, || self.find(vector, slot, count, filter))
    }
}
