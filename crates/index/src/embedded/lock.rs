//! One writer at a time, in all processes together.
//!
//! A file lock of the operating system, so that a killed writer's lock goes with it. Readers never
//! touch it.

use std::fs::{File, OpenOptions, TryLockError};
use std::time::{Duration, Instant};

use super::folder::{Folder, io_error};
use crate::StoreError;

/// How long a writer waits for another one's lock. Commits and checks hold it for moments; a training
/// must not die because somebody verified the index beside it.
const WAIT: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(20);

/// Held while a writer is at work; dropping it lets the next one in.
#[derive(Debug)]
pub(crate) struct WriteLock {
    file: File,
}

impl WriteLock {
    /// Takes the lock, or fails at once with [`StoreError::Locked`].
    pub(crate) fn acquire(folder: &Folder) -> Result<Self, StoreError> {
        let path = folder.lock();
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(io_error("open lock file", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => {
                Err(StoreError::Locked { place: folder.path().display().to_string() })
            }
            Err(TryLockError::Error(source)) => Err(io_error("lock", &path)(source)),
        }
    }

    /// Takes the lock as soon as it is free, or fails with [`StoreError::Locked`] when it is not for a
    /// while.
    pub(crate) fn wait(folder: &Folder) -> Result<Self, StoreError> {
        let give_up = Instant::now() + WAIT;
        loop {
            match Self::acquire(folder) {
                Err(StoreError::Locked { .. }) if Instant::now() < give_up => std::thread::sleep(PAUSE),
                result => return result,
            }
        }
    }
}

impl Drop for WriteLock {
    fn drop(&mut self) {
        // Closing the file would release it too; a failure here changes nothing.
        let _ = self.file.unlock();
    }
}
