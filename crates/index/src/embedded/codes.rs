//! The same vectors in 8 bits: what a search scans.
//!
//! A quarter of the bytes, so a quarter of the time, and only what is asked for is read: rows are
//! kept in blocks, and in a block each of the eight places has a section of its own (256 scales, 256
//! errors, 256 rows of codes). The file has no checksums because it says nothing of its own:
//! verifying it is quantising the exact rows again, and what a search finds with it is always
//! computed again from the exact rows.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;

use memmap2::Mmap;

use super::data_file::{self, HEADER_BYTES};
use super::folder::{FileKind, Folder, io_error};
use super::kernels::{Quantised, quantise};
use super::rows::PLACES;
use crate::StoreError;

/// Rows a block.
pub(crate) const BLOCK_ROWS: usize = 256;

/// Bytes of one row of codes: the vector's length rounded up, so that most loads are aligned.
pub(crate) fn stride(dimensions: u32) -> usize {
    (dimensions as usize).next_multiple_of(if dimensions >= 64 { 64 } else { 16 })
}

fn section_bytes(dimensions: u32) -> usize {
    BLOCK_ROWS * (8 + stride(dimensions))
}

fn block_bytes(dimensions: u32) -> u64 {
    (PLACES * section_bytes(dimensions)) as u64
}

fn committed_bytes(rows: u64, dimensions: u32) -> u64 {
    if rows == 0 {
        return 0;
    }
    HEADER_BYTES.saturating_add(rows.div_ceil(BLOCK_ROWS as u64).saturating_mul(block_bytes(dimensions)))
}

/// Appends rows, a block at a time.
pub(crate) struct CodeWriter {
    path: PathBuf,
    file: File,
    dimensions: u32,
    /// Where the block in memory begins, as a row.
    block_start: u64,
    /// Rows of it that are in the file already.
    written: usize,
    /// Rows of it in all.
    filled: usize,
    block: Vec<u8>,
    codes: Vec<i8>,
}

impl CodeWriter {
    pub(crate) fn open(
        folder: &Folder,
        generation: u64,
        dimensions: u32,
        rows: u64,
    ) -> Result<Self, StoreError> {
        let path = folder.data(FileKind::Codes, generation);
        let committed = committed_bytes(rows, dimensions);
        let file = data_file::open_for_append(&path, FileKind::Codes, generation, dimensions, committed)?;
        let filled = (rows % BLOCK_ROWS as u64) as usize;
        Ok(Self {
            path,
            file,
            dimensions,
            block_start: rows - filled as u64,
            written: filled,
            filled,
            block: vec![0; PLACES * section_bytes(dimensions)],
            codes: vec![0; stride(dimensions)],
        })
    }

    /// Appends a look's vectors, in the order of places.
    pub(crate) fn push<'a>(&mut self, vectors: impl Iterator<Item = &'a [f32]>) -> Result<(), StoreError> {
        let stride = stride(self.dimensions);
        for (place, vector) in vectors.enumerate() {
            let Quantised { scale, error } = quantise(vector, &mut self.codes);
            let section = place * section_bytes(self.dimensions);
            let scale_at = section + self.filled * 4;
            let error_at = scale_at + BLOCK_ROWS * 4;
            let codes_at = section + BLOCK_ROWS * 8 + self.filled * stride;
            self.block[scale_at..scale_at + 4].copy_from_slice(&scale.to_le_bytes());
            self.block[error_at..error_at + 4].copy_from_slice(&error.to_le_bytes());
            for (byte, code) in self.block[codes_at..codes_at + stride].iter_mut().zip(&self.codes) {
                *byte = code.cast_unsigned();
            }
        }
        self.filled += 1;
        if self.filled == BLOCK_ROWS {
            self.write_block()?;
            self.block_start += BLOCK_ROWS as u64;
            self.written = 0;
            self.filled = 0;
        }
        Ok(())
    }

    /// Writes the rows of the block in memory that are not in the file yet, and no others: those
    /// before them may be mapped by readers.
    fn write_block(&mut self) -> Result<(), StoreError> {
        if self.filled == self.written {
            return Ok(());
        }
        let failed = |source| io_error("write", &self.path)(source);
        let stride = stride(self.dimensions);
        let block_number = self.block_start / BLOCK_ROWS as u64;
        let block_at = HEADER_BYTES + block_number * block_bytes(self.dimensions);
        let end = block_at + block_bytes(self.dimensions);
        if self.file.metadata().map_err(failed)?.len() < end {
            self.file.set_len(end).map_err(failed)?;
        }
        if self.written == 0 && self.filled == BLOCK_ROWS {
            self.file.seek(SeekFrom::Start(block_at)).map_err(failed)?;
            self.file.write_all(&self.block).map_err(failed)?;
        } else {
            for place in 0..PLACES {
                let section = place * section_bytes(self.dimensions);
                for (start, width) in [(0, 4), (BLOCK_ROWS * 4, 4), (BLOCK_ROWS * 8, stride)] {
                    let from = section + start + self.written * width;
                    let to = section + start + self.filled * width;
                    self.file.seek(SeekFrom::Start(block_at + from as u64)).map_err(failed)?;
                    self.file.write_all(&self.block[from..to]).map_err(failed)?;
                }
            }
        }
        self.written = self.filled;
        Ok(())
    }

    /// Makes all rows durable.
    pub(crate) fn sync(&mut self) -> Result<(), StoreError> {
        self.write_block()?;
        self.file.sync_data().map_err(io_error("sync", &self.path))
    }
}

/// One place's rows in one block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section<'a> {
    /// Row number of the first.
    pub(crate) first_row: u64,
    scales: &'a [u8],
    errors: &'a [u8],
    /// The committed rows of codes, one after the other.
    pub(crate) codes: &'a [u8],
}

impl Section<'_> {
    /// What a row's codes stand for.
    pub(crate) fn quantised(&self, index: usize) -> Quantised {
        let float = |bytes: &[u8]| {
            let at = index * 4;
            f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        Quantised { scale: float(self.scales), error: float(self.errors) }
    }

    /// The scales of all rows, as bytes of floats.
    pub(crate) fn scales(&self) -> &[u8] {
        self.scales
    }

    /// The errors of all rows, as bytes of floats.
    pub(crate) fn errors(&self) -> &[u8] {
        self.errors
    }
}

/// The committed codes.
#[derive(Debug)]
pub(crate) struct Codes {
    path: PathBuf,
    map: Mmap,
    dimensions: u32,
    rows: u64,
}

impl Codes {
    pub(crate) fn open(
        folder: &Folder,
        generation: u64,
        dimensions: u32,
        rows: u64,
    ) -> Result<Self, StoreError> {
        let path = folder.data(FileKind::Codes, generation);
        let committed = committed_bytes(rows, dimensions);
        let map = data_file::map(&path, FileKind::Codes, generation, dimensions, committed)?;
        Ok(Self { path, map, dimensions, rows })
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }

    pub(crate) fn mapped_bytes(&self) -> u64 {
        self.map.len() as u64
    }

    pub(crate) fn blocks(&self) -> usize {
        // Bounded by the map's length.
        self.rows.div_ceil(BLOCK_ROWS as u64) as usize
    }

    /// Blocks that hold as many rows as they can.
    pub(crate) fn whole_blocks(&self) -> usize {
        (self.rows / BLOCK_ROWS as u64) as usize
    }

    /// Bytes of one row of codes.
    pub(crate) fn stride(&self) -> usize {
        stride(self.dimensions)
    }

    /// One place's committed rows of a block below [`Codes::blocks`].
    pub(crate) fn section(&self, block: usize, place: usize) -> Section<'_> {
        let first_row = (block * BLOCK_ROWS) as u64;
        let rows = (self.rows - first_row).min(BLOCK_ROWS as u64) as usize;
        let start = HEADER_BYTES as usize
            + block * PLACES * section_bytes(self.dimensions)
            + place * section_bytes(self.dimensions);
        let section = &self.map[start..start + section_bytes(self.dimensions)];
        let codes_at = BLOCK_ROWS * 8;
        Section {
            first_row,
            scales: &section[..rows * 4],
            errors: &section[BLOCK_ROWS * 4..BLOCK_ROWS * 4 + rows * 4],
            codes: &section[codes_at..codes_at + rows * stride(self.dimensions)],
        }
    }
}
