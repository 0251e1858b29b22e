//! What is wrong with an export, found before training on it.

mod text;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use lorgnon_look::Look;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{Dataset, Entry, Example, ImageReference, Skipped, Warning};

/// A class seen in fewer looks than this cannot be judged by leaving one out.
const FEWEST_LOOKS: u64 = 2;

/// Says of a picture's bytes whether they decode, and why not.
pub type Inspect<'a> = dyn Fn(&[u8]) -> Result<(), String> + 'a;

/// Says of a look whether what was learned of its stored self speaks against its labels.
pub type Suspect<'a> = dyn Fn(&Look) -> bool + 'a;

/// How an export is checked.
#[derive(Clone, Copy, Default)]
pub struct CheckOptions<'a> {
    /// This crate knows no pictures: the caller lends its decoder. Without one, pictures are
    /// compared but not decoded.
    pub inspect: Option<&'a Inspect<'a>>,
    /// Nor does it know of trainings: a caller that has one lends what it doubts.
    pub suspect: Option<&'a Suspect<'a>>,
}

impl fmt::Debug for CheckOptions<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CheckOptions")
            .field("inspect", &self.inspect.is_some())
            .field("suspect", &self.suspect.is_some())
            .finish()
    }
}

/// A remark on one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark<T> {
    /// The export file.
    pub file: PathBuf,
    /// 1-based line or position.
    pub line: u64,
    /// The look.
    pub id: String,
    /// What there is to say.
    #[serde(flatten)]
    pub about: T,
}

/// A picture that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadablePicture {
    /// The decoder's or the system's words.
    pub error: String,
}

/// A picture that an earlier look has too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SamePicture {
    /// The first look with these bytes.
    pub same_as: String,
}

/// What speaks against a look's labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "doubt", rename_all = "camelCase")]
pub enum Doubt {
    /// In these colours, the other looks of the class would not give this picture.
    Colours,
}

impl fmt::Display for Doubt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Colours => formatter.write_str("its labelled colours do not explain its picture"),
        }
    }
}

/// The result of checking an export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Export files read.
    pub files: u64,
    /// Entries met.
    pub entries: u64,
    /// Entries that give a look.
    pub looks: u64,
    /// Looks without a class. Not a fault: their colours and items are still learned from.
    pub without_class: u64,
    /// Looks without a sex.
    pub without_gender: u64,
    /// Looks with fewer than six known colours.
    pub without_all_colours: u64,
    /// Looks a class.
    pub classes: BTreeMap<String, u64>,
    /// Entries that give no look, duplicate ids among them.
    pub skipped: Vec<Skipped>,
    /// Parts of entries left out or contradictory.
    pub warnings: Vec<Remark<Warning>>,
    /// Pictures that cannot be read or do not decode.
    pub unreadable: Vec<Remark<UnreadablePicture>>,
    /// Same picture, same labels: the later look teaches nothing.
    pub duplicates: Vec<Remark<SamePicture>>,
    /// Same picture, other labels: at least one of the two is wrong.
    pub contradictions: Vec<Remark<SamePicture>>,
    /// Looks that a training doubts; never any where the caller lends no doubts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suspects: Vec<Remark<Doubt>>,
    /// Classes with too few looks to be learned and judged, with their number.
    pub few_looks: BTreeMap<String, u64>,
}

impl Dataset {
    /// Reads every entry and every picture once and reports all that is wrong or doubtful. Holds a
    /// few dozen bytes a look, never the pictures.
    #[must_use]
    pub fn check(&self, options: &CheckOptions<'_>) -> Report {
        let mut report = Report { files: self.files().len() as u64, ..Report::default() };
        let mut pictures = HashMap::new();
        for Entry { example, warnings } in self.entries() {
            report.entries += 1;
            match example {
                Ok(example) => {
                    report.warnings.extend(warnings.into_iter().map(|warning| remark(&example, warning)));
                    report.count(&example.look);
                    if options.suspect.is_some_and(|suspect| suspect(&example.look)) {
                        report.suspects.push(remark(&example, Doubt::Colours));
                    }
                    report.compare(&example, options, &mut pictures);
                }
                Err(skipped) => report.skipped.push(skipped),
            }
        }
        let few = |(_, count): &(&String, &u64)| **count < FEWEST_LOOKS;
        report.few_looks =
            report.classes.iter().filter(few).map(|(class, count)| (class.clone(), *count)).collect();
        report
    }
}

/// By a digest of the picture's bytes: the first look with it, and a hash of that look's labels.
type Pictures = HashMap<[u8; 16], (String, u64)>;

impl Report {
    /// Whether there is nothing to mend.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.skipped.is_empty()
            && self.warnings.is_empty()
            && self.unreadable.is_empty()
            && self.duplicates.is_empty()
            && self.contradictions.is_empty()
            && self.suspects.is_empty()
            && self.few_looks.is_empty()
    }

    fn count(&mut self, look: &Look) {
        self.looks += 1;
        match &look.class {
            Some(class) => *self.classes.entry(class.as_str().to_owned()).or_default() += 1,
            None => self.without_class += 1,
        }
        self.without_gender += u64::from(look.gender.is_none());
        let known = look.colours.iter().flatten().count();
        self.without_all_colours += u64::from(known < lorgnon_look::COLOUR_COUNT);
    }

    fn compare(&mut self, example: &Example, options: &CheckOptions<'_>, pictures: &mut Pictures) {
        let read;
        let bytes = match &example.image {
            ImageReference::Inline(bytes) => bytes,
            ImageReference::File(path) => match std::fs::read(path) {
                Ok(bytes) => {
                    read = bytes;
                    &read
                }
                Err(error) => {
                    let about = UnreadablePicture { error: error.to_string() };
                    return self.unreadable.push(remark(example, about));
                }
            },
        };
        if let Some(Err(error)) = options.inspect.map(|inspect| inspect(bytes)) {
            return self.unreadable.push(remark(example, UnreadablePicture { error }));
        }
        let mut digest = [0; 16];
        digest.copy_from_slice(&Sha256::digest(bytes)[..16]);
        let labels = labels_hash(&example.look);
        match pictures.get(&digest) {
            None => {
                pictures.insert(digest, (example.look.id.clone(), labels));
            }
            Some((first, first_labels)) => {
                let same = remark(example, SamePicture { same_as: first.clone() });
                if *first_labels == labels {
                    self.duplicates.push(same);
                } else {
                    self.contradictions.push(same);
                }
            }
        }
    }
}

fn remark<T>(example: &Example, about: T) -> Remark<T> {
    let origin = &example.origin;
    Remark { file: origin.file.clone(), line: origin.line, id: example.look.id.clone(), about }
}

fn labels_hash(look: &Look) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&look.class, look.gender, &look.colours, &look.items).hash(&mut hasher);
    hasher.finish()
}
