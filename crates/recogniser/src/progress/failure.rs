//! Why a look could not be used: a kind for programs, and its words in both languages in one place.

use lorgnon_dataset::SkipReason;
use lorgnon_imaging::ImagingError;
use serde::{Deserialize, Serialize};

/// Why an entry gives no look, or a look could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum FailureKind {
    /// The line or element does not parse.
    InvalidJson,
    /// Valid JSON, but not an object.
    NotAnObject,
    /// The entry is too long; the detail is the limit.
    TooLong,
    /// The system cannot read the export file.
    UnreadableFile,
    /// The export file has no entries.
    EmptyFile,
    /// No field names a picture.
    NoImage,
    /// The picture is not there; the detail is how the entry names it.
    ImageNotFound,
    /// The picture lies outside the dataset's folder; the detail is how the entry names it.
    ImageOutside,
    /// The picture is on the network; the detail is its address.
    ImageRemote,
    /// A `data:` URL that does not decode.
    InvalidDataUrl,
    /// The picture has too many bytes; the detail is the limit.
    ImageTooLarge,
    /// A later entry has the same id.
    DuplicateId,
    /// The system cannot read the picture.
    ImageUnreadable,
    /// The bytes are no picture.
    NotAPicture,
    /// A format that is not read; the detail names it.
    UnsupportedFormat,
    /// The picture has too many pixels; the detail is its size.
    TooManyPixels,
    /// The picture is damaged.
    Damaged,
    /// Nobody is to be seen in the picture.
    NoCharacter,
    /// A fault of the program; the log knows more.
    Internal,
    /// Of another version of the program.
    #[serde(other)]
    Other,
}

impl FailureKind {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::InvalidJson,
        Self::NotAnObject,
        Self::TooLong,
        Self::UnreadableFile,
        Self::EmptyFile,
        Self::NoImage,
        Self::ImageNotFound,
        Self::ImageOutside,
        Self::ImageRemote,
        Self::InvalidDataUrl,
        Self::ImageTooLarge,
        Self::DuplicateId,
        Self::ImageUnreadable,
        Self::NotAPicture,
        Self::UnsupportedFormat,
        Self::TooManyPixels,
        Self::Damaged,
        Self::NoCharacter,
        Self::Internal,
        Self::Other,
    ];

    /// In French and in English.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::InvalidJson => ("JSON invalide", "invalid JSON"),
            Self::NotAnObject => ("pas un objet JSON", "not a JSON object"),
            Self::TooLong => ("entrée trop longue", "entry too long"),
            Self::UnreadableFile => ("fichier illisible", "unreadable file"),
            Self::EmptyFile => ("fichier sans entrée", "file without entries"),
            Self::NoImage => ("aucune image indiquée", "no picture named"),
            Self::ImageNotFound => ("image introuvable", "picture not found"),
            Self::ImageOutside => ("image hors du dossier du dataset", "picture outside the dataset folder"),
            Self::ImageRemote => {
                ("image sur le réseau, jamais lu", "picture on the network, which is never read")
            }
            Self::InvalidDataUrl => ("data URL inutilisable", "unusable data URL"),
            Self::ImageTooLarge => ("image trop volumineuse", "picture too large"),
            Self::DuplicateId => {
                ("une entrée plus loin a le même identifiant", "a later entry has the same id")
            }
            Self::ImageUnreadable => ("l’image ne peut pas être lue", "the picture cannot be read"),
            Self::NotAPicture => ("ce fichier n’est pas une image", "the file is not a picture"),
            Self::UnsupportedFormat => {
                ("format d’image non pris en charge", "picture format that is not read")
            }
            Self::TooManyPixels => ("image trop grande", "picture with too many pixels"),
            Self::Damaged => ("image endommagée", "damaged picture"),
            Self::NoCharacter => ("aucun personnage visible", "no character to be seen"),
            Self::Internal => {
                ("erreur interne, voir le journal du serveur", "internal error, see the server’s log")
            }
            Self::Other => ("raison inconnue de cette version", "a reason this version does not know"),
        }
    }
}

/// Why a look failed: the kind, and what that was about in no language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureReason {
    /// The kind.
    pub kind: FailureKind,
    /// A name, a size, a limit.
    pub detail: Option<String>,
}

impl FailureReason {
    fn of(kind: FailureKind) -> Self {
        Self { kind, detail: None }
    }

    fn about(kind: FailureKind, detail: impl ToString) -> Self {
        Self { kind, detail: Some(detail.to_string()) }
    }

    /// In French, for the state file.
    #[must_use]
    pub fn french(&self) -> String {
        let words = self.kind.words().0;
        // A space that does not break stands before a colon.
        self.detail.as_ref().map_or_else(|| words.to_owned(), |detail| format!("{words}\u{a0}: {detail}"))
    }
}

impl From<&SkipReason> for FailureReason {
    fn from(reason: &SkipReason) -> Self {
        match reason {
            SkipReason::InvalidJson { .. } => Self::of(FailureKind::InvalidJson),
            SkipReason::NotAnObject => Self::of(FailureKind::NotAnObject),
            SkipReason::TooLong { limit_bytes } => {
                Self::about(FailureKind::TooLong, bytes(*limit_bytes as u64))
            }
            SkipReason::UnreadableFile { .. } => Self::of(FailureKind::UnreadableFile),
            SkipReason::EmptyFile => Self::of(FailureKind::EmptyFile),
            SkipReason::NoImage => Self::of(FailureKind::NoImage),
            SkipReason::ImageNotFound { reference } => Self::about(FailureKind::ImageNotFound, reference),
            SkipReason::ImageOutside { reference } => Self::about(FailureKind::ImageOutside, reference),
            SkipReason::ImageRemote { reference } => Self::about(FailureKind::ImageRemote, reference),
            SkipReason::InvalidDataUrl { .. } => Self::of(FailureKind::InvalidDataUrl),
            SkipReason::ImageTooLarge { limit_bytes } => {
                Self::about(FailureKind::ImageTooLarge, bytes(*limit_bytes as u64))
            }
            SkipReason::DuplicateId => Self::of(FailureKind::DuplicateId),
        }
    }
}

impl From<&ImagingError> for FailureReason {
    fn from(error: &ImagingError) -> Self {
        match error {
            ImagingError::NotAPicture => Self::of(FailureKind::NotAPicture),
            ImagingError::UnsupportedFormat { format } => Self::about(FailureKind::UnsupportedFormat, format),
            ImagingError::TooManyBytes { limit, .. } => {
                Self::about(FailureKind::ImageTooLarge, bytes(*limit))
            }
            ImagingError::TooManyPixels { width, height, .. } => {
                Self::about(FailureKind::TooManyPixels, format!("{width}\u{a0}×\u{a0}{height}"))
            }
            ImagingError::Damaged(_) => Self::of(FailureKind::Damaged),
            ImagingError::Encode(_) | _ => Self::of(FailureKind::Internal),
        }
    }
}

impl From<FailureKind> for FailureReason {
    fn from(kind: FailureKind) -> Self {
        Self::of(kind)
    }
}

/// A limit in figures that both languages read: `> 32 MiB`.
fn bytes(limit: u64) -> String {
    match limit >> 20 {
        0 => format!(">\u{a0}{}\u{a0}KiB", limit >> 10),
        mebibytes => format!(">\u{a0}{mebibytes}\u{a0}MiB"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_words_of_its_own_in_both_languages() {
        let words = FailureKind::ALL.map(FailureKind::words);
        let french: BTreeSet<&str> = words.iter().map(|(french, _)| *french).collect();
        let english: BTreeSet<&str> = words.iter().map(|(_, english)| *english).collect();
        assert_eq!((french.len(), english.len()), (words.len(), words.len()));
    }

    #[test]
    fn a_reason_names_what_it_is_about() {
        let reason = FailureReason::from(&SkipReason::ImageNotFound { reference: "a.png".to_owned() });
        assert_eq!(reason.french(), "image introuvable\u{a0}: a.png");
        let limit = ImagingError::TooManyBytes { bytes: 1 << 30, limit: 32 << 20 };
        assert_eq!(FailureReason::from(&limit).french(), "image trop volumineuse\u{a0}: >\u{a0}32\u{a0}MiB");
        // No words of the parser, which are English.
        let broken = SkipReason::InvalidJson { message: "expected value".to_owned() };
        assert_eq!(FailureReason::from(&broken).french(), "JSON invalide");
    }

    #[test]
    fn a_kind_of_a_newer_version_is_read() {
        assert_eq!(serde_json::from_str::<FailureKind>("\"moonPhase\"").unwrap(), FailureKind::Other);
        assert_eq!(serde_json::to_string(&FailureKind::NoCharacter).unwrap(), "\"noCharacter\"");
    }
}
