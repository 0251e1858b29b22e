//! What people add and correct by hand, kept beside the export so that the next training takes it.
//!
//! The folder is the default dataset (`.cache/generations/`): collected looks are an ordinary export
//! there, `collected.jsonl`, with their pictures in `collected/`. What is no entry of an export, looks
//! that were removed (they can come back) and corrections of looks of the site's own exports, stands in
//! `collected/changes.jsonl`. The site's own files are never touched.
//!
//! A key design decision: every change rewrites one small file beside itself and renames it over the
//! old one. There is no half-written line to repair, and what was acknowledged survives a kill.

mod files;
mod record;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lorgnon_look::{COLOUR_COUNT, ClassLabel, Colour, Gender, ItemId, Look, Slot};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use self::files::{FolderLock, Stamp};
use self::record::{Kind, Record};

/// Pictures of collected looks, and the file of changes.
const SUBFOLDER: &str = "collected";
/// The export of collected looks.
const EXPORT: &str = "collected.jsonl";
/// Removed looks and corrections.
const CHANGES: &str = "changes.jsonl";

/// Why the collection could not be read or changed. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CollectionError {
    /// A file cannot be read or written: the operator's disk or permissions.
    #[error("cannot {action} `{path}`")]
    Io {
        /// What was being done.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A line that this program did not write so; nothing is changed before it is mended or removed.
    #[error("line {line} of `{path}` is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

/// Labels of a look; what is unknown is `None` or absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// Class.
    pub class: Option<ClassLabel>,
    /// Sex.
    pub gender: Option<Gender>,
    /// By position.
    pub colours: Vec<Option<Colour>>,
    /// Worn items.
    pub items: BTreeMap<Slot, ItemId>,
}

impl Labels {
    /// Whether they say nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.class.is_none()
            && self.gender.is_none()
            && self.items.is_empty()
            && self.colours.iter().all(Option::is_none)
    }

    /// The look with an id that these labels describe.
    #[must_use]
    pub fn look(&self, id: &str) -> Look {
        Look {
            id: id.to_owned(),
            class: self.class.clone(),
            gender: self.gender,
            colours: self.colours.iter().copied().take(COLOUR_COUNT).collect(),
            items: self.items.clone(),
        }
    }
}

impl From<&Look> for Labels {
    fn from(look: &Look) -> Self {
        Self {
            class: look.class.clone(),
            gender: look.gender,
            colours: look.colours.clone(),
            items: look.items.clone(),
        }
    }
}

/// A look that was added, corrected or removed by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct HandMade {
    /// With its present labels.
    pub look: Look,
    /// Whether its picture was added here; else it corrects a look of the site's own export.
    pub collected: bool,
    /// Whether the next training leaves it out.
    pub removed: bool,
}

/// What became of a picture that was added.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    /// As it is kept now.
    pub look: Look,
    /// What the same picture was labelled before, where it was collected already.
    pub before: Option<Look>,
}

/// Whether a change left something to write.
#[derive(PartialEq, Eq)]
enum Written {
    Yes,
    No,
}

/// The looks that people added, corrected or removed.
#[derive(Debug)]
pub struct Collection {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    records: BTreeMap<String, Record>,
    /// The files as they were read.
    stamp: Option<Stamp>,
}

impl Collection {
    /// The collection of a folder, which is made when something is first added.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), state: Mutex::default() }
    }

    /// The folder: an export of the collected looks, for [`crate::Dataset`].
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The export file of the collected looks, where there is one.
    #[must_use]
    pub fn export(&self) -> Option<PathBuf> {
        Some(self.folder.join(EXPORT)).filter(|file| file.is_file())
    }

    /// Adds a picture with its labels. The id is made of the picture's bytes, so that adding it twice
    /// corrects it. `extension` is that of its format; `provenance` is kept beside the labels.
    ///
    /// # Errors
    /// When the files cannot be read or written.
    pub fn add(
        &self,
        picture: &[u8],
        extension: &str,
        labels: &Labels,
        provenance: Map<String, Value>,
    ) -> Result<Added, CollectionError> {
        let id = id_of(picture);
        let image = format!("{SUBFOLDER}/{id}.{extension}");
        self.change(|records| {
            let path = self.folder.join(&image);
            files::write(&path, picture)?;
            let now_ms = files::now_ms();
            let known = records.get(&id);
            let before = known.filter(|record| !record.removed).map(|record| record.look(&id));
            let record = Record {
                kind: Kind::Collected { image: image.clone() },
                labels: labels.clone(),
                added_ms: known.map_or(now_ms, |record| record.added_ms),
                changed_ms: known.map(|_| now_ms),
                removed: false,
                other: provenance,
            };
            let look = record.look(&id);
            records.insert(id.clone(), record);
            Ok((Added { look, before }, Written::Yes))
        })
    }

    /// Gives a look other labels; `known` are those of the site's own export, for a look that is not
    /// collected. `None`: there is no such look.
    ///
    /// # Errors
    /// When the files cannot be read or written.
    pub fn correct(
        &self,
        id: &str,
        known: Option<&Look>,
        change: impl FnOnce(&mut Labels),
    ) -> Result<Option<Look>, CollectionError> {
        self.change_one(id, known, |record| {
            change(&mut record.labels);
            record.removed = false;
        })
    }

    /// Leaves a look out of the next training; `known` as for [`Self::correct`]. `None`: no such look.
    ///
    /// # Errors
    /// When the files cannot be read or written.
    pub fn remove(&self, id: &str, known: Option<&Look>) -> Result<Option<Look>, CollectionError> {
        self.change_one(id, known, |record| record.removed = true)
    }

    /// Takes a removed look back, with the labels it had. `None`: no such look was removed.
    ///
    /// # Errors
    /// When the files cannot be read or written.
    pub fn restore(&self, id: &str) -> Result<Option<Look>, CollectionError> {
        self.change(|records| {
            let record = records.get_mut(id).filter(|record| record.removed);
            Ok(match record {
                Some(record) => {
                    record.removed = false;
                    (Some(record.look(id)), Written::Yes)
                }
                None => (None, Written::No),
            })
        })
    }

    /// What is known of one look.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn get(&self, id: &str) -> Result<Option<HandMade>, CollectionError> {
        Ok(self.fresh()?.records.get(id).map(|record| record.hand_made(id)))
    }

    /// All of them, by id.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn all(&self) -> Result<BTreeMap<String, HandMade>, CollectionError> {
        let state = self.fresh()?;
        Ok(state.records.iter().map(|(id, record)| (id.clone(), record.hand_made(id))).collect())
    }

    /// The encoded picture of a collected look, removed ones included.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn picture(&self, id: &str) -> Result<Option<Vec<u8>>, CollectionError> {
        let Some(path) = self.fresh()?.records.get(id).and_then(|record| record.picture(&self.folder)) else {
            return Ok(None);
        };
        files::read_if_there(&path)
    }

    fn change_one(
        &self,
        id: &str,
        known: Option<&Look>,
        change: impl FnOnce(&mut Record),
    ) -> Result<Option<Look>, CollectionError> {
        self.change(|records| {
            let now_ms = files::now_ms();
            let record = match (records.get_mut(id), known) {
                (Some(record), _) => record,
                (None, Some(known)) => records.entry(id.to_owned()).or_insert(Record {
                    kind: Kind::Correction,
                    labels: Labels::from(known),
                    added_ms: now_ms,
                    changed_ms: None,
                    removed: false,
                    other: Map::new(),
                }),
                (None, None) => return Ok((None, Written::No)),
            };
            change(record);
            record.changed_ms = Some(now_ms);
            Ok((Some(record.look(id)), Written::Yes))
        })
    }

    /// Changes the records as one, other processes kept out.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Record>) -> Result<(T, Written), CollectionError>,
    ) -> Result<T, CollectionError> {
        let mut state = self.lock();
        files::make_folder(&self.folder.join(SUBFOLDER))?;
        let _others = FolderLock::take(&self.folder.join(SUBFOLDER))?;
        self.refresh(&mut state)?;
        let mut records = state.records.clone();
        let (result, written) = change(&mut records)?;
        if written == Written::No {
            return Ok(result);
        }
        // Where a kill falls between the two, the changes' word stands (see `refresh`).
        let exported = |record: &Record| matches!(record.kind, Kind::Collected { .. }) && !record.removed;
        let (export, changes) = (self.folder.join(EXPORT), self.folder.join(SUBFOLDER).join(CHANGES));
        let text = |wanted: bool| record::write(&records, |record| exported(record) == wanted);
        if records.iter().any(|(id, record)| record.removed && state.records.get(id) != Some(record)) {
            files::write_or_delete(&changes, &text(false))?;
            files::write_or_delete(&export, &text(true))?;
        } else {
            files::write_or_delete(&export, &text(true))?;
            files::write_or_delete(&changes, &text(false))?;
        }
        *state = State { records, stamp: Some(self.stamp()) };
        Ok(result)
    }

    /// The state, read again where another process wrote since.
    fn fresh(&self) -> Result<MutexGuard<'_, State>, CollectionError> {
        let mut state = self.lock();
        self.refresh(&mut state)?;
        Ok(state)
    }

    fn refresh(&self, state: &mut State) -> Result<(), CollectionError> {
        let stamp = self.stamp();
        if state.stamp == Some(stamp) {
            return Ok(());
        }
        let mut records = record::read(&self.folder.join(EXPORT))?;
        records.append(&mut record::read(&self.folder.join(SUBFOLDER).join(CHANGES))?);
        *state = State { records, stamp: Some(stamp) };
        Ok(())
    }

    fn stamp(&self) -> Stamp {
        Stamp::of([&self.folder.join(EXPORT), &self.folder.join(SUBFOLDER).join(CHANGES)])
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Replaced as a whole, so right whatever happened to the thread that held it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Short enough for an address, long enough never to meet another: 64 bits of SHA-256.
fn id_of(picture: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(picture)[..8].iter().fold("c".to_owned(), |mut id, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(id, "{byte:02x}");
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(class: &str) -> Labels {
        Labels {
            class: Some(ClassLabel::new(class)),
            gender: Some(Gender::Female),
            colours: vec![Some(Colour::new(1, 2, 3)), None],
            items: [(Slot::Coiffe, 12)].into(),
        }
    }

    fn add(collection: &Collection, picture: &[u8], class: &str) -> Added {
        collection.add(picture, "png", &labels(class), Map::new()).unwrap()
    }

    #[test]
    fn what_is_added_is_there_for_others_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (Collection::new(folder.path()), Collection::new(folder.path()));
        assert_eq!(other.all().unwrap().len(), 0);
        let id = add(&one, b"one", "Iop").look.id;
        assert_eq!(other.get(&id).unwrap().unwrap().look, labels("Iop").look(&id));
        assert_eq!(other.picture(&id).unwrap().unwrap(), b"one");
        add(&other, b"two", "Sram");
        assert_eq!(one.all().unwrap().len(), 2);
    }

    #[test]
    fn the_same_picture_is_one_look_and_its_former_labels_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let collection = Collection::new(folder.path());
        assert_eq!(add(&collection, b"one", "Iop").before, None);
        let again = add(&collection, b"one", "Sram");
        assert_eq!(again.before.unwrap().class.unwrap().as_str(), "Iop");
        assert_eq!(collection.all().unwrap().len(), 1);
    }

    #[test]
    fn a_removed_look_leaves_the_export_and_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let collection = Collection::new(folder.path());
        let id = add(&collection, b"one", "Iop").look.id;
        collection.remove(&id, None).unwrap().unwrap();
        assert_eq!(collection.export(), None);
        assert!(collection.get(&id).unwrap().unwrap().removed);
        assert_eq!(collection.restore(&id).unwrap().unwrap(), labels("Iop").look(&id));
        assert!(collection.export().is_some());
        assert_eq!(collection.restore(&id).unwrap(), None);
    }

    #[test]
    fn looks_of_an_export_are_corrected_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let collection = Collection::new(folder.path());
        let known = labels("Iop").look("../a");
        assert_eq!(collection.correct("../a", None, |_| {}).unwrap(), None);
        let corrected =
            collection.correct("../a", Some(&known), |labels| labels.gender = None).unwrap().unwrap();
        assert_eq!((corrected.gender, corrected.class.as_ref()), (None, known.class.as_ref()));
        let read = Collection::new(folder.path()).get("../a").unwrap().unwrap();
        assert_eq!((read.look, read.collected, read.removed), (corrected, false, false));
        assert_eq!(collection.export(), None);
        assert_eq!(collection.picture("../a").unwrap(), None);
    }

    #[test]
    fn a_damaged_file_is_named_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let collection = Collection::new(folder.path());
        add(&collection, b"one", "Iop");
        let file = folder.path().join(EXPORT);
        let text = std::fs::read_to_string(&file).unwrap() + "{\"id\":";
        std::fs::write(&file, &text).unwrap();
        let error = collection.add(b"two", "png", &labels("Iop"), Map::new()).unwrap_err();
        assert!(matches!(error, CollectionError::Damaged { line: 2, .. }), "{error}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }

    #[test]
    fn what_a_person_wrote_beside_the_labels_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let collection = Collection::new(folder.path());
        let provenance = Map::from_iter([("note".to_owned(), Value::from("seen in Astrub"))]);
        let id = collection.add(b"one", "png", &labels("Iop"), provenance).unwrap().look.id;
        collection.correct(&id, None, |labels| labels.items.clear()).unwrap();
        let text = std::fs::read_to_string(folder.path().join(EXPORT)).unwrap();
        assert!(text.contains("\"note\":\"seen in Astrub\"") && text.contains("\"items\":{}"), "{text}");
    }
}
