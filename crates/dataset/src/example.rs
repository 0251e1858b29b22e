//! One labelled look and where its picture is.

use std::path::PathBuf;

use lorgnon_look::Look;

/// Where an example's picture is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageReference {
    /// A file that exists.
    File(PathBuf),
    /// The encoded bytes, from a `data:` URL.
    Inline(Vec<u8>),
}

/// Where an entry stands in the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The export file.
    pub file: PathBuf,
    /// 1-based line in a `.jsonl` file, 1-based position in a JSON array.
    pub line: u64,
}

/// A labelled look with its picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The labels.
    pub look: Look,
    /// The picture.
    pub image: ImageReference,
    /// Where the export says so.
    pub origin: Origin,
}
