//! Thumbnails, measurements and models: bytes that belong to a look or to the whole index.
//!
//! They are too large for the database's pages, so they lie one after the other in a file of their
//! own and the database says where.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use memmap2::Mmap;

use super::data_file::{self, HEADER_BYTES};
use super::folder::{FileKind, Folder, damaged, io_error};
use super::tables::BlobPlace;
use crate::StoreError;

/// Appends blobs.
pub(crate) struct BlobWriter {
    path: PathBuf,
    file: BufWriter<File>,
    next: u64,
}

impl BlobWriter {
    /// `committed` is the length in use, 0 when there is no file yet.
    pub(crate) fn open(folder: &Folder, generation: u64, committed: u64) -> Result<Self, StoreError> {
        let path = folder.data(FileKind::Blobs, generation);
        let file = data_file::open_for_append(&path, FileKind::Blobs, generation, 0, committed)?;
        Ok(Self {
            path,
            file: BufWriter::with_capacity(1 << 20, file),
            next: if committed == 0 { HEADER_BYTES } else { committed },
        })
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<BlobPlace, StoreError> {
        self.file.write_all(bytes).map_err(io_error("write", &self.path))?;
        let place =
            BlobPlace { offset: self.next, length: bytes.len() as u64, checksum: crc32fast::hash(bytes) };
        self.next += place.length;
        Ok(place)
    }

    /// Bytes in use, header included.
    pub(crate) fn length(&self) -> u64 {
        self.next
    }

    /// Makes all blobs durable.
    pub(crate) fn sync(&mut self) -> Result<(), StoreError> {
        self.file.flush().map_err(io_error("write", &self.path))?;
        self.file.get_ref().sync_data().map_err(io_error("sync", &self.path))
    }
}

/// The committed blobs.
#[derive(Debug)]
pub(crate) struct Blobs {
    path: PathBuf,
    map: Mmap,
}

impl Blobs {
    pub(crate) fn open(folder: &Folder, generation: u64, committed: u64) -> Result<Self, StoreError> {
        let path = folder.data(FileKind::Blobs, generation);
        let map = data_file::map(&path, FileKind::Blobs, generation, 0, committed)?;
        Ok(Self { path, map })
    }

    pub(crate) fn mapped_bytes(&self) -> u64 {
        self.map.len() as u64
    }

    /// A blob's bytes, once their checksum was found to hold.
    pub(crate) fn get(&self, place: BlobPlace) -> Result<&[u8], StoreError> {
        let slice = usize::try_from(place.offset).ok().and_then(|start| {
            let end = start.checked_add(usize::try_from(place.length).ok()?)?;
            self.map.get(start..end)
        });
        slice.filter(|bytes| crc32fast::hash(bytes) == place.checksum).ok_or_else(|| {
            damaged(&self.path, format!("the blob at byte {} does not match its checksum", place.offset))
        })
    }
}
