//! What the three kinds of data file share: a checked header, and how they are mapped.
//!
//! Bytes below the committed length never change, bytes beyond it are never looked at. That is what
//! makes a memory map sound here, across processes too.

use std::fs::{File, OpenOptions};
use std::path::Path;

use memmap2::{Mmap, MmapOptions};

use super::folder::{FileKind, damaged, io_error};
use crate::StoreError;

/// A page, so that what follows is aligned.
pub(crate) const HEADER_BYTES: u64 = 4096;

const DATA_FORMAT: u32 = 1;

fn header(kind: FileKind, generation: u64, dimensions: u32) -> [u8; HEADER_BYTES as usize] {
    let magic: &[u8; 8] = match kind {
        FileKind::Rows => b"LORGROWS",
        FileKind::Codes => b"LORGCODE",
        FileKind::Blobs => b"LORGBLOB",
    };
    let mut bytes = [0; HEADER_BYTES as usize];
    bytes[..8].copy_from_slice(magic);
    bytes[8..12].copy_from_slice(&DATA_FORMAT.to_le_bytes());
    bytes[12..16].copy_from_slice(&dimensions.to_le_bytes());
    bytes[16..24].copy_from_slice(&generation.to_le_bytes());
    let sum = crc32fast::hash(&bytes[..24]);
    bytes[24..28].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Opens a data file to be appended to at `committed` bytes (0: there is none yet); what a killed
/// writer left beyond is cut off.
pub(crate) fn open_for_append(
    path: &Path,
    kind: FileKind,
    generation: u64,
    dimensions: u32,
    committed: u64,
) -> Result<File, StoreError> {
    use std::io::{Seek, SeekFrom, Write};

    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(committed == 0)
        .truncate(false)
        .open(path)
        .map_err(io_error("open", path))?;
    if committed == 0 {
        file.set_len(0).map_err(io_error("truncate", path))?;
        file.write_all(&header(kind, generation, dimensions)).map_err(io_error("write", path))?;
    } else {
        let length = file.metadata().map_err(io_error("measure", path))?.len();
        if length < committed {
            return Err(damaged(path, format!("it has {length} bytes, {committed} were committed")));
        }
        if length > committed {
            file.set_len(committed).map_err(io_error("truncate", path))?;
        }
        file.seek(SeekFrom::Start(committed)).map_err(io_error("seek in", path))?;
    }
    Ok(file)
}

/// Maps the committed part of a data file after checking its header.
pub(crate) fn map(
    path: &Path,
    kind: FileKind,
    generation: u64,
    dimensions: u32,
    committed: u64,
) -> Result<Mmap, StoreError> {
    let file = File::open(path).map_err(io_error("open", path))?;
    let length = file.metadata().map_err(io_error("measure", path))?.len();
    if length < committed {
        return Err(damaged(path, format!("it has {length} bytes, {committed} were committed")));
    }
    let committed =
        usize::try_from(committed).map_err(|_| damaged(path, "it is too large for this machine"))?;
    #[expect(unsafe_code, reason = "mapping a file is unsafe by nature")]
    // SAFETY: the committed part of a data file is never written to again nor cut off by this
    // program (see the module's text); anything else writing there breaks the folder's contract.
    let map = unsafe { MmapOptions::new().len(committed).map(&file) }.map_err(io_error("map", path))?;
    if map.get(..HEADER_BYTES as usize) != Some(header(kind, generation, dimensions).as_slice()) {
        return Err(damaged(path, "its header is not the expected one"));
    }
    Ok(map)
}
