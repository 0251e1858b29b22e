//! Which pictures the arguments mean.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::hints::UserError;

/// Files in a walked folder that are pictures.
const EXTENSIONS: [&str; 6] = ["png", "jpg", "jpeg", "webp", "gif", "bmp"];

/// One picture to analyse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Picture {
    /// `-`.
    StandardInput,
    /// A file, as given or as found in a folder given.
    File(PathBuf),
}

impl Picture {
    /// As given.
    pub(super) fn name(&self) -> String {
        match self {
            Self::StandardInput => "-".to_owned(),
            Self::File(path) => path.to_string_lossy().into_owned(),
        }
    }

    /// Its bytes; of one that is too long, a byte more than `max_bytes`, for the decoder to refuse.
    pub(super) fn read(&self, max_bytes: u64) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut bounded =
            |reader: &mut dyn Read| reader.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes);
        match self {
            Self::StandardInput => bounded(&mut std::io::stdin().lock())?,
            Self::File(path) => bounded(&mut std::fs::File::open(path)?)?,
        };
        Ok(bytes)
    }
}

/// Walks folders. Files are taken as they are, whatever their names; what is not there is left for
/// the answer to say, so that one wrong name does not keep the others from being answered.
pub(super) fn expand(images: &[PathBuf]) -> anyhow::Result<Vec<Picture>> {
    if images.iter().filter(|image| image.as_os_str() == "-").count() > 1 {
        return Err(UserError::new("standard input can be read only once", "name `-` once").into());
    }
    let mut pictures = Vec::new();
    for image in images {
        if image.as_os_str() == "-" {
            pictures.push(Picture::StandardInput);
        } else if image.is_dir() {
            walk(image, &mut pictures)?;
        } else {
            pictures.push(Picture::File(image.clone()));
        }
    }
    Ok(pictures)
}

/// By name, folders within folders where their names stand. Links to folders are not followed, as
/// they may lead in circles.
fn walk(folder: &Path, pictures: &mut Vec<Picture>) -> anyhow::Result<()> {
    let failed = || format!("cannot read folder `{}`", folder.display());
    let mut entries =
        std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>).with_context(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().with_context(failed)?.is_dir() {
            walk(&path, pictures)?;
        } else if has_picture_name(&path) && path.is_file() {
            pictures.push(Picture::File(path));
        }
    }
    Ok(())
}

fn has_picture_name(path: &Path) -> bool {
    path.extension()
        .is_some_and(|found| EXTENSIONS.iter().any(|extension| found.eq_ignore_ascii_case(extension)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_order_and_names_kept_as_given() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        for name in ["c.PNG", "a.jpg", "b/z.webp", "notes.txt"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let given = [folder.path().to_path_buf(), PathBuf::from("missing.png"), PathBuf::from("-")];
        let names: Vec<String> = expand(&given).unwrap().iter().map(Picture::name).collect();
        let inside = |name: &str| folder.path().join(name).display().to_string();
        let expected =
            [inside("a.jpg"), inside("b/z.webp"), inside("c.PNG"), "missing.png".into(), "-".into()];
        assert_eq!(names, expected);
    }

    #[test]
    fn standard_input_is_read_once() {
        let error = expand(&["-".into(), "-".into()]).unwrap_err();
        assert!(error.to_string().contains("only once"));
    }

    #[test]
    fn a_long_file_is_not_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        std::fs::write(&path, vec![0; 100]).unwrap();
        assert_eq!(Picture::File(path.clone()).read(10).unwrap().len(), 11);
        assert_eq!(Picture::File(path).read(1000).unwrap().len(), 100);
    }
}
