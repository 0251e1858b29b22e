//! Small pictures that are kept beside the index for the pages: of what was judged worst, of what failed.

use std::io::ErrorKind;
use std::path::Path;

/// Writes pictures (name, PNG bytes) into a folder.
pub(crate) fn write<'a>(
    folder: &Path,
    pictures: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, bytes) in pictures {
        std::fs::write(folder.join(format!("{name}.png")), bytes)?;
    }
    Ok(())
}

/// The picture with a name; `None` where there is none.
pub(crate) fn read(folder: &Path, name: &str) -> std::io::Result<Option<Vec<u8>>> {
    // A name comes from an address: nothing but what is written by us names a file.
    let ours = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || !name.bytes().all(ours) {
        return Ok(None);
    }
    match std::fs::read(folder.join(format!("{name}.png"))) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes the pictures whose names do not begin so.
pub(crate) fn keep_only(folder: &Path, beginning: &str) -> std::io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(beginning) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        keep_only(&folder.path().join("none"), "a").unwrap();
        write(folder.path(), [("a-1", &b"one"[..]), ("b-1", b"two")]).unwrap();
        assert_eq!(read(folder.path(), "a-1").unwrap().unwrap(), b"one");
        for name in ["", "a", "../a-1", "a-1.png", "A-1"] {
            assert_eq!(read(folder.path(), name).unwrap(), None, "{name}");
        }
        keep_only(folder.path(), "b-").unwrap();
        assert_eq!(
            (read(folder.path(), "a-1").unwrap(), read(folder.path(), "b-1").unwrap().is_some()),
            (None, true)
        );
    }
}
