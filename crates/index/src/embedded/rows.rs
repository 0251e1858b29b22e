//! Vectors exactly as given: what answers are computed from.
//!
//! One row a look: its eight vectors (the global one, then the slots in order) as little-endian
//! 32-bit floats, then one CRC-32 for each. A checksum covers the row's number and the place too,
//! so a row that was moved is as damaged as one that was changed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use lorgnon_look::{SLOT_COUNT, Slot, SlotMap};
use memmap2::Mmap;

use super::data_file::{self, HEADER_BYTES};
use super::folder::{FileKind, Folder, damaged, io_error};
use crate::{StoreError, VectorSet};

/// Vectors a look.
pub(crate) const PLACES: usize = 1 + SLOT_COUNT;

/// Position of a vector in a row.
pub(crate) fn place_of(slot: Option<Slot>) -> usize {
    slot.map_or(0, |slot| 1 + slot.index())
}

fn row_bytes(dimensions: u32) -> u64 {
    PLACES as u64 * (u64::from(dimensions) * 4 + 4)
}

fn committed_bytes(rows: u64, dimensions: u32) -> u64 {
    if rows == 0 { 0 } else { HEADER_BYTES.saturating_add(rows.saturating_mul(row_bytes(dimensions))) }
}

fn checksum(row: u64, place: usize, vector: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&row.to_le_bytes());
    hasher.update(&(place as u64).to_le_bytes());
    hasher.update(vector);
    hasher.finalize()
}

/// Appends rows.
pub(crate) struct RowWriter {
    path: PathBuf,
    file: BufWriter<File>,
    next: u64,
    buffer: Vec<u8>,
}

impl RowWriter {
    pub(crate) fn open(
        folder: &Folder,
        generation: u64,
        dimensions: u32,
        rows: u64,
    ) -> Result<Self, StoreError> {
        let path = folder.data(FileKind::Rows, generation);
        let committed = committed_bytes(rows, dimensions);
        let file = data_file::open_for_append(&path, FileKind::Rows, generation, dimensions, committed)?;
        Ok(Self { path, file: BufWriter::with_capacity(1 << 20, file), next: rows, buffer: Vec::new() })
    }

    /// Appends a look's vectors, in the order of places.
    pub(crate) fn push<'a>(&mut self, vectors: impl Iterator<Item = &'a [f32]>) -> Result<(), StoreError> {
        self.buffer.clear();
        let mut sums = [0u32; PLACES];
        for (place, vector) in vectors.enumerate() {
            let start = self.buffer.len();
            self.buffer.extend(vector.iter().flat_map(|value| value.to_le_bytes()));
            sums[place] = checksum(self.next, place, &self.buffer[start..]);
        }
        self.buffer.extend(sums.iter().flat_map(|sum| sum.to_le_bytes()));
        self.file.write_all(&self.buffer).map_err(io_error("write", &self.path))?;
        self.next += 1;
        Ok(())
    }

    /// Makes all rows durable.
    pub(crate) fn sync(&mut self) -> Result<(), StoreError> {
        self.file.flush().map_err(io_error("write", &self.path))?;
        self.file.get_ref().sync_data().map_err(io_error("sync", &self.path))
    }
}

/// The committed rows.
#[derive(Debug)]
pub(crate) struct Rows {
    path: PathBuf,
    map: Mmap,
    dimensions: u32,
    rows: u64,
}

impl Rows {
    pub(crate) fn open(
        folder: &Folder,
        generation: u64,
        dimensions: u32,
        rows: u64,
    ) -> Result<Self, StoreError> {
        let path = folder.data(FileKind::Rows, generation);
        let committed = committed_bytes(rows, dimensions);
        let map = data_file::map(&path, FileKind::Rows, generation, dimensions, committed)?;
        Ok(Self { path, map, dimensions, rows })
    }

    pub(crate) fn mapped_bytes(&self) -> u64 {
        self.map.len() as u64
    }

    /// A stored vector's bytes, once their checksum was found to hold.
    pub(crate) fn vector(&self, row: u64, place: usize) -> Result<&[u8], StoreError> {
        if row >= self.rows {
            return Err(damaged(&self.path, format!("it has no row {row}")));
        }
        let vector_bytes = self.dimensions as usize * 4;
        let vectors = PLACES * vector_bytes;
        // Within the map, whose length was computed from these numbers.
        let start = (HEADER_BYTES + row * row_bytes(self.dimensions)) as usize;
        let row_slice = &self.map[start..start + vectors + PLACES * 4];
        let vector = &row_slice[place * vector_bytes..(place + 1) * vector_bytes];
        let sum = &row_slice[vectors + place * 4..vectors + place * 4 + 4];
        if checksum(row, place, vector).to_le_bytes() != sum {
            return Err(damaged(&self.path, format!("row {row} does not match its checksum")));
        }
        Ok(vector)
    }

    /// All vectors of a row.
    pub(crate) fn vectors(&self, row: u64) -> Result<VectorSet, StoreError> {
        let floats = |place: usize| -> Result<Vec<f32>, StoreError> {
            let bytes = self.vector(row, place)?.chunks_exact(4);
            Ok(bytes.map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect())
        };
        let mut slots = SlotMap::<Vec<f32>>::default();
        for slot in Slot::ALL {
            slots[slot] = floats(place_of(Some(slot)))?;
        }
        Ok(VectorSet { global: floats(0)?, slots })
    }
}
