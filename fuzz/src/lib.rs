//! What the fuzz targets share: a folder in memory, and a server without recognition.

#[cfg(feature = "server")]
mod server;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

#[cfg(feature = "server")]
pub use server::server;

/// A folder of this process, in memory where the system has such a place.
pub fn folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a folder can be made").keep()
}

/// Runs something with a file that holds these bytes.
pub fn with_file(name: &str, bytes: &[u8], run: impl FnOnce(&Path)) {
    thread_local! { static FOLDER: RefCell<Option<PathBuf>> = const { RefCell::new(None) }; }
    FOLDER.with_borrow_mut(|place| {
        let path = place.get_or_insert_with(folder).join(name);
        std::fs::write(&path, bytes).expect("memory is not full");
        run(&path);
    });
}
