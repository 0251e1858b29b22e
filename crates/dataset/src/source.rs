//! An export on disk, streamed.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use lorgnon_look::Catalogue;

use crate::entry;
use crate::fields::Fields;
use crate::image_reference::Places;
use crate::json_stream::JsonStream;
use crate::{
    Collection, CollectionError, DatasetError, Example, HandMade, Origin, SkipReason, Skipped, Warning,
};

/// How an export is read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether pictures outside the dataset's folder may be used.
    pub allow_outside: bool,
    /// Longest entry (line or array element), in bytes; longer ones are skipped.
    pub max_entry_bytes: usize,
    /// Longest picture in a `data:` URL, in bytes once decoded.
    pub max_image_bytes: usize,
    /// Tells the slots of items listed without them.
    pub catalogue: Option<Arc<Catalogue>>,
}

impl Default for Options {
    /// Inside only, 64 MiB an entry, 32 MiB a picture, no catalogue.
    fn default() -> Self {
        Self { allow_outside: false, max_entry_bytes: 64 << 20, max_image_bytes: 32 << 20, catalogue: None }
    }
}

/// An export: one file, or a folder of `*.json` and `*.jsonl` files (not recursive, by name).
///
/// Nothing of it is held in memory: [`Dataset::examples`] reads the files anew each time, one entry
/// at a time. A key design decision: "the last of several entries with one id wins" needs to know
/// the future, so a first pass (done once, on demand) notes which entries a later one replaces; it
/// holds 16 bytes an entry while it runs and only the replaced positions afterwards.
#[derive(Debug)]
pub struct Dataset {
    path: PathBuf,
    root: PathBuf,
    files: Vec<PathBuf>,
    /// The export of the collected looks where it lies elsewhere, and its canonical folder.
    collected: Option<(PathBuf, PathBuf)>,
    /// Other labels than the files say, by id.
    corrections: BTreeMap<String, HandMade>,
    options: Options,
    census: OnceLock<Census>,
}

#[derive(Debug)]
struct Census {
    entries: u64,
    /// Ordinals of entries whose id comes again later.
    replaced: HashSet<u64>,
    /// Ordinals of entries that were removed by hand.
    removed: HashSet<u64>,
}

/// One entry of an export: what it gives, and what is doubtful about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The example, or why there is none.
    pub example: Result<Example, Skipped>,
    /// Parts left out or contradictory. Empty where the entry was skipped.
    pub warnings: Vec<Warning>,
}

impl Dataset {
    /// Opens a folder or one file.
    ///
    /// # Errors
    /// When the path is missing, unreadable, or holds no entry at all: an empty dataset is never
    /// taken for a valid one.
    pub fn open(path: &Path, options: &Options) -> Result<Self, DatasetError> {
        let unreadable = |source| DatasetError::Unreadable { path: path.to_owned(), source };
        let metadata = std::fs::metadata(path).map_err(|source| {
            if source.kind() == std::io::ErrorKind::NotFound {
                DatasetError::Missing { path: path.to_owned() }
            } else {
                unreadable(source)
            }
        })?;
        let (folder, files) = if metadata.is_dir() {
            (path, exports_in(path).map_err(unreadable)?)
        } else {
            (folder_of(path), vec![path.to_owned()])
        };
        let root = folder.canonicalize().map_err(unreadable)?;
        let mut empty = true;
        for file in &files {
            let opened = JsonStream::open(file, options.max_entry_bytes);
            let source = |source| DatasetError::Unreadable { path: file.clone(), source };
            empty &= opened.map_err(source)?.next().is_none();
        }
        if empty {
            return Err(DatasetError::Empty { path: path.to_owned() });
        }
        let census = OnceLock::new();
        Ok(Self {
            path: path.to_owned(),
            root,
            files,
            collected: None,
            corrections: BTreeMap::new(),
            options: options.clone(),
            census,
        })
    }

    /// The same export with what people added, corrected and removed by hand: collected looks come
    /// after its own, corrected ones have their corrected labels, removed ones are not there.
    ///
    /// # Errors
    /// When the collection cannot be read.
    pub fn with_collection(mut self, collection: &Collection) -> Result<Self, CollectionError> {
        self.corrections =
            collection.all()?.into_iter().filter(|(_, hand_made)| !hand_made.collected).collect();
        if let Some(export) = collection.export()
            && let (Ok(canonical), Ok(root)) = (export.canonicalize(), collection.folder().canonicalize())
            && !self.files.iter().any(|file| file.canonicalize().is_ok_and(|file| file == canonical))
        {
            self.files.push(export.clone());
            self.collected = Some((export, root));
        }
        self.census = OnceLock::new();
        Ok(self)
    }

    /// The path as given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The export files, in reading order.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// How many results [`Dataset::examples`] gives, by a pass that reads no picture.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.census().entries
    }

    /// Every example, or what was skipped and why, in file order. The same on every call as long as
    /// the files are.
    pub fn examples(&self) -> impl Iterator<Item = Result<Example, Skipped>> + use<'_> {
        self.entries().map(|entry| entry.example)
    }

    /// As [`Dataset::examples`], with the warnings of each.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + use<'_> {
        let entries = (0u64..).zip(self.raw());
        let kept = entries.filter(|(ordinal, _)| !self.census().removed.contains(ordinal));
        kept.map(|(ordinal, raw)| self.entry(ordinal, raw))
    }

    fn entry(&self, ordinal: u64, raw: Raw) -> Entry {
        let default_id = raw.default_id();
        let Raw { file, line, parsed, .. } = raw;
        let mut id = None;
        let mut warnings = Vec::new();
        let example = parsed.and_then(|fields| {
            id = Some(entry::id(&fields).unwrap_or_else(|| default_id.clone()));
            if self.census().replaced.contains(&ordinal) {
                return Err(SkipReason::DuplicateId);
            }
            let root = match &self.collected {
                Some((export, root)) if *export == file => root,
                Some(_) | None => &self.root,
            };
            let places = Places { beside: folder_of(&file).to_owned(), root: root.clone() };
            let origin = Origin { file: file.clone(), line };
            let mut example =
                entry::example(&fields, &default_id, origin, &places, &self.options, &mut warnings)?;
            if let Some(corrected) = self.corrections.get(&example.look.id) {
                example.look = corrected.look.clone();
            }
            Ok(example)
        });
        if example.is_err() {
            warnings.clear();
        }
        Entry { example: example.map_err(|reason| Skipped { file, line, id, reason }), warnings }
    }

    fn raw(&self) -> impl Iterator<Item = Raw> + use<'_> {
        let max_bytes = self.options.max_entry_bytes;
        self.files.iter().flat_map(move |file| RawEntries::open(file, max_bytes))
    }

    fn census(&self) -> &Census {
        self.census.get_or_init(|| {
            let mut entries = 0;
            let mut ids = Vec::new();
            let mut removed = HashSet::new();
            for raw in self.raw() {
                if let Ok(fields) = &raw.parsed {
                    let id = entry::id(fields).unwrap_or_else(|| raw.default_id());
                    if self.corrections.get(&id).is_some_and(|hand_made| hand_made.removed) {
                        removed.insert(entries);
                    }
                }
                if let Some(id) = raw.parsed.ok().as_ref().and_then(entry::id) {
                    let mut hasher = DefaultHasher::new();
                    id.hash(&mut hasher);
                    ids.push((hasher.finish(), entries));
                }
                entries += 1;
            }
            ids.sort_unstable();
            let repeated = ids.windows(2).filter(|pair| pair[0].0 == pair[1].0);
            Census {
                entries: entries - removed.len() as u64,
                replaced: repeated.map(|pair| pair[0].1).collect(),
                removed,
            }
        })
    }
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

fn exports_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let named = path.extension().is_some_and(|extension| {
            extension.eq_ignore_ascii_case("json") || extension.eq_ignore_ascii_case("jsonl")
        });
        if named && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// One value of a file, parsed.
struct Raw {
    file: PathBuf,
    line: u64,
    /// 0-based number among the file's values that parse: the default id's.
    index: u64,
    parsed: Result<Fields, SkipReason>,
}

impl Raw {
    /// What names an entry without an id.
    fn default_id(&self) -> String {
        let name = self.file.file_name().unwrap_or_default().to_string_lossy();
        format!("{name}#{}", self.index)
    }
}

/// The values of one file; a file that cannot be read or is empty gives one that says so.
struct RawEntries {
    file: PathBuf,
    stream: Option<JsonStream<BufReader<File>>>,
    failure: Option<SkipReason>,
    max_bytes: usize,
    line: u64,
    index: u64,
}

impl RawEntries {
    fn open(file: &Path, max_bytes: usize) -> Self {
        let (stream, failure) = match JsonStream::open(file, max_bytes) {
            Ok(stream) => (Some(stream), None),
            Err(error) => (None, Some(SkipReason::UnreadableFile { message: error.to_string() })),
        };
        Self { file: file.to_owned(), stream, failure, max_bytes, line: 0, index: 0 }
    }

    fn raw(&self, parsed: Result<Fields, SkipReason>) -> Raw {
        Raw { file: self.file.clone(), line: self.line, index: self.index, parsed }
    }
}

impl Iterator for RawEntries {
    type Item = Raw;

    fn next(&mut self) -> Option<Raw> {
        if let Some(reason) = self.failure.take() {
            return Some(self.raw(Err(reason)));
        }
        let Some(read) = self.stream.as_mut()?.next() else {
            self.stream = None;
            return (self.line == 0).then(|| self.raw(Err(SkipReason::EmptyFile)));
        };
        let piece = match read {
            Ok(piece) => piece,
            Err(error) => {
                self.line += 1;
                self.stream = None;
                return Some(self.raw(Err(SkipReason::UnreadableFile { message: error.to_string() })));
            }
        };
        self.line = piece.line;
        let parsed = match piece.bytes {
            Some(bytes) => entry::parse(&bytes),
            None => Err(SkipReason::TooLong { limit_bytes: self.max_bytes }),
        };
        let raw = self.raw(parsed);
        let counts = match &raw.parsed {
            Ok(_) | Err(SkipReason::NotAnObject) => 1,
            Err(_) => 0,
        };
        self.index += counts;
        Some(raw)
    }
}
