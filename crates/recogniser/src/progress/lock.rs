//! One training at a time, and proof of life for its readers.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use super::error::{ProgressError, io_error};
use super::file::lock_path;

/// A reader holds the lock for an instant while it probes; a training that meets one tries again.
const ATTEMPTS: u32 = 25;
const PAUSE: Duration = Duration::from_millis(20);

/// Held while a training runs; the operating system lets go of it when the process ends, however.
#[derive(Debug)]
pub(super) struct TrainingLock {
    /// Kept open: closing the file releases the lock.
    _file: File,
}

impl TrainingLock {
    /// Takes the lock, or fails with [`ProgressError::Busy`].
    pub(super) fn acquire(cache: &Path) -> Result<Self, ProgressError> {
        let path = lock_path(cache);
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(io_error("open lock file", &path))?;
        for attempt in 1.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempt < ATTEMPTS => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    let mut text = String::new();
                    // Only a courtesy to the reader of the message.
                    let process = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                    return Err(ProgressError::Busy { cache: cache.to_path_buf(), process });
                }
                // Without locks the heartbeat alone tells life from death.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                    tracing::warn!(path = %path.display(), "the file system cannot lock files");
                    break;
                }
                Err(TryLockError::Error(error)) => return Err(io_error("lock", &path)(error)),
            }
        }
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{}", std::process::id()));
        written.map_err(io_error("write", &path))?;
        Ok(Self { _file: file })
    }
}

/// Whether a training holds the lock; `None` where the file system cannot tell.
pub(super) fn is_held(cache: &Path) -> Option<bool> {
    let file = match File::open(lock_path(cache)) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Some(false),
        Err(_) => return None,
    };
    match file.try_lock_shared() {
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_and_told_who_holds_it() {
        let cache = tempfile::tempdir().unwrap();
        assert_eq!(is_held(cache.path()), Some(false));
        let first = TrainingLock::acquire(cache.path()).unwrap();
        assert_eq!(is_held(cache.path()), Some(true));
        let refused = TrainingLock::acquire(cache.path()).unwrap_err();
        let expected = format!("another training (process {}) is running", std::process::id());
        assert!(refused.to_string().starts_with(&expected), "{refused}");
        drop(first);
        assert_eq!(is_held(cache.path()), Some(false));
        TrainingLock::acquire(cache.path()).unwrap();
    }
}
