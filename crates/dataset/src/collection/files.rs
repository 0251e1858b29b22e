//! Files that are whole or not there, and one writer at a time.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::CollectionError;

/// What tells whether files were written since: their lengths and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp([Option<(u64, SystemTime)>; 2]);

impl Stamp {
    pub(super) fn of(files: [&Path; 2]) -> Self {
        Self(files.map(|file| {
            let metadata = std::fs::metadata(file).ok()?;
            Some((metadata.len(), metadata.modified().ok()?))
        }))
    }
}

/// Keeps other processes from changing a collection; released when dropped.
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    pub(super) fn take(folder: &Path) -> Result<Self, CollectionError> {
        let path = folder.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(io_error("open", &path))?;
        file.lock().map_err(io_error("lock", &path))?;
        Ok(Self { _file: file })
    }
}

pub(super) fn io_error<'a>(
    action: &'static str,
    path: &'a Path,
) -> impl Fn(std::io::Error) -> CollectionError + 'a {
    move |source| CollectionError::Io { action, path: path.to_owned(), source }
}

pub(super) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn make_folder(folder: &Path) -> Result<(), CollectionError> {
    std::fs::create_dir_all(folder).map_err(io_error("create", folder))
}

pub(super) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, CollectionError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error("read", path)(error)),
    }
}

/// Replaces a file by one that is on the disk when this returns. Its name ends in no way that an export's
/// does while it is being written.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), CollectionError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(io_error("write", &beside))?;
    std::fs::rename(&beside, path).map_err(io_error("replace", path))?;
    sync_folder(path)
}

/// As [`write`]; an export without entries would be a fault, so an empty file is deleted.
pub(super) fn write_or_delete(path: &Path, text: &str) -> Result<(), CollectionError> {
    if !text.is_empty() {
        return write(path, text.as_bytes());
    }
    match std::fs::remove_file(path) {
        Ok(()) => sync_folder(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io_error("delete", path)(error)),
    }
}

/// A renamed file is only sure to be found once its folder is on the disk too.
#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<(), CollectionError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error("write", folder))
}

/// Other systems give no handle of a folder; their file systems journal renames.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> Result<(), CollectionError> {
    Ok(())
}
