//! What a run says of itself: typed for programs and pages, and in French word for word as the old dashboard's
//! readers know it.

use serde::{Deserialize, Deserializer, Serialize};

use crate::observer::Stage;

/// The last thing that a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[non_exhaustive]
pub enum RunMessage {
    /// Looks that are in the index, unchanged.
    Reusing {
        /// How many.
        count: u64,
    },
    /// A look was done.
    Processing {
        /// So far.
        processed: u64,
        /// In all.
        total: u64,
        /// The look.
        id: String,
    },
    /// A look's picture is not there.
    ImageMissing {
        /// The look.
        id: String,
    },
    /// A look could not be used for another reason.
    FailedOn {
        /// The look.
        id: String,
    },
    /// Busy with other than reading looks. The old system had no such steps, hence no words for them.
    Working {
        /// With what.
        stage: Stage,
        /// Steps so far.
        done: u64,
        /// Steps in all.
        total: u64,
    },
    /// The run could not go on.
    Interrupted {
        /// Why.
        cause: Interruption,
    },
    /// Somebody asked to stop. The old system had no way to, hence no words for it.
    Cancelled {
        /// Looks done with.
        processed: u64,
        /// In all.
        total: u64,
    },
    /// All was done.
    Finished {
        /// Looks of the dataset.
        examples: u64,
        /// Looks that could not be used.
        failed: u64,
    },
}

/// Why a run could not go on: what everybody may know of it, no path and no cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Interruption {
    /// Its process ended.
    ProcessGone,
    /// The dataset cannot be read.
    DatasetUnreadable,
    /// The dataset has no look that can be used.
    DatasetEmpty,
    /// The index cannot be read or written.
    IndexUnusable,
    /// The encoder failed, or is another than the index's.
    EncoderFailed,
    /// The models could not be fitted.
    LearningFailed,
    /// Its export or its program is another than that of the process which leads the training.
    OtherThanLeader,
    /// A fault of the program; the log knows more.
    Internal,
}

impl Interruption {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ProcessGone,
        Self::DatasetUnreadable,
        Self::DatasetEmpty,
        Self::IndexUnusable,
        Self::EncoderFailed,
        Self::LearningFailed,
        Self::OtherThanLeader,
        Self::Internal,
    ];

    /// In French and in English.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ProcessGone => {
                ("le processus s'est arrêté avant la fin", "the process stopped before the end")
            }
            Self::DatasetUnreadable => ("le dataset ne peut pas être lu", "the dataset cannot be read"),
            Self::DatasetEmpty => (
                "le dataset ne contient aucun exemple utilisable",
                "the dataset has no look that can be used",
            ),
            Self::IndexUnusable => ("l'index ne peut pas être utilisé", "the index cannot be used"),
            Self::EncoderFailed => ("l'encodeur a échoué", "the encoder failed"),
            Self::LearningFailed => ("l'apprentissage a échoué", "the learning failed"),
            Self::OtherThanLeader => (
                "l'export ou la version diffère de ceux du premier processus",
                "the export or the version differs from the first process's",
            ),
            Self::Internal => ("erreur interne", "internal error"),
        }
    }
}

impl RunMessage {
    /// As the state file and the old fields say it.
    #[must_use]
    pub fn french(&self) -> String {
        match self {
            Self::Reusing { count } => format!("Réutilisation de {}", french_count(*count, "exemple")),
            Self::Processing { processed, total, id } => format!("Traitement {processed}/{total} ({id})"),
            Self::ImageMissing { id } => format!("Image introuvable pour {id}"),
            Self::FailedOn { id } => format!("Erreur sur {id}"),
            Self::Working { stage, done, total } => {
                format!("{} {done}/{total}", capitalised(stage.words().0))
            }
            Self::Interrupted { cause } => format!("Interruption inattendue: {}", cause.words().0),
            Self::Cancelled { processed, total } => format!("Arrêt demandé ({processed}/{total})"),
            Self::Finished { examples, failed: 0 } => {
                format!("Terminé ({})", french_count(*examples, "exemple"))
            }
            Self::Finished { failed, .. } => format!("Terminé avec {}", french_count(*failed, "échec")),
        }
    }

    /// In English.
    #[must_use]
    pub fn english(&self) -> String {
        match self {
            Self::Reusing { count } => format!("Reusing {}", english_count(*count, "look")),
            Self::Processing { processed, total, id } => format!("Processing {processed}/{total} ({id})"),
            Self::ImageMissing { id } => format!("Picture not found for {id}"),
            Self::FailedOn { id } => format!("Error on {id}"),
            Self::Working { stage, done, total } => {
                format!("{} {done}/{total}", capitalised(stage.words().1))
            }
            Self::Interrupted { cause } => format!("Interrupted: {}", cause.words().1),
            Self::Cancelled { processed, total } => format!("Stopped on request ({processed}/{total})"),
            Self::Finished { examples, failed: 0 } => {
                format!("Finished ({})", english_count(*examples, "look"))
            }
            Self::Finished { failed, .. } => format!("Finished with {}", english_count(*failed, "failure")),
        }
    }

    /// `None` for what another version of the program says: its French words are in the file beside it.
    pub(super) fn read<'de, D: Deserializer<'de>>(file: D) -> Result<Option<Self>, D::Error> {
        let said = serde_json::Value::deserialize(file)?;
        Ok(Self::deserialize(said).ok())
    }
}

/// A noun with its number: French says "0 exemple", English "0 looks".
fn french_count(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count > 1 { "s" } else { "" })
}

fn english_count(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn processing() -> RunMessage {
        RunMessage::Processing { processed: 3, total: 190, id: "c2f13823".to_owned() }
    }

    /// One of each kind, and each number that has words of its own.
    fn all() -> Vec<(RunMessage, &'static str, &'static str)> {
        let id = || "x".to_owned();
        let stage = Stage::Items;
        let cause = Interruption::EncoderFailed;
        vec![
            (RunMessage::Reusing { count: 0 }, "Réutilisation de 0 exemple", "Reusing 0 looks"),
            (RunMessage::Reusing { count: 1 }, "Réutilisation de 1 exemple", "Reusing 1 look"),
            (RunMessage::Reusing { count: 2 }, "Réutilisation de 2 exemples", "Reusing 2 looks"),
            (processing(), "Traitement 3/190 (c2f13823)", "Processing 3/190 (c2f13823)"),
            (RunMessage::ImageMissing { id: id() }, "Image introuvable pour x", "Picture not found for x"),
            (RunMessage::FailedOn { id: id() }, "Erreur sur x", "Error on x"),
            (
                RunMessage::Working { stage, done: 2, total: 7 },
                "Apprentissage des objets 2/7",
                "Learning items 2/7",
            ),
            (
                RunMessage::Interrupted { cause },
                "Interruption inattendue: l'encodeur a échoué",
                "Interrupted: the encoder failed",
            ),
            (
                RunMessage::Cancelled { processed: 5, total: 9 },
                "Arrêt demandé (5/9)",
                "Stopped on request (5/9)",
            ),
            (RunMessage::Finished { examples: 0, failed: 0 }, "Terminé (0 exemple)", "Finished (0 looks)"),
            (RunMessage::Finished { examples: 1, failed: 0 }, "Terminé (1 exemple)", "Finished (1 look)"),
            (
                RunMessage::Finished { examples: 190, failed: 0 },
                "Terminé (190 exemples)",
                "Finished (190 looks)",
            ),
            (
                RunMessage::Finished { examples: 190, failed: 1 },
                "Terminé avec 1 échec",
                "Finished with 1 failure",
            ),
            (
                RunMessage::Finished { examples: 190, failed: 2 },
                "Terminé avec 2 échecs",
                "Finished with 2 failures",
            ),
        ]
    }

    #[test]
    fn every_message_is_the_old_one_with_its_plural_and_said_in_english() {
        for (message, french, english) in all() {
            assert_eq!((message.french().as_str(), message.english().as_str()), (french, english));
        }
    }

    #[test]
    fn every_stage_and_interruption_has_words_of_its_own_in_both_languages() {
        let words = Interruption::ALL.map(Interruption::words);
        let words: Vec<_> = words.into_iter().chain(Stage::ALL.map(Stage::words)).collect();
        let french: BTreeSet<&str> = words.iter().map(|(french, _)| *french).collect();
        let english: BTreeSet<&str> = words.iter().map(|(_, english)| *english).collect();
        assert_eq!((french.len(), english.len()), (words.len(), words.len()));
        assert!(french.is_disjoint(&english));
    }

    #[derive(Deserialize)]
    struct File {
        #[serde(default, deserialize_with = "RunMessage::read")]
        said: Option<RunMessage>,
    }

    #[test]
    fn a_message_is_read_as_it_was_written_and_one_of_another_version_is_none() {
        let read = |said: &str| serde_json::from_str::<File>(&format!("{{\"said\":{said}}}")).unwrap().said;
        for (message, ..) in all() {
            assert_eq!(read(&serde_json::to_string(&message).unwrap()), Some(message));
        }
        assert_eq!(
            serde_json::to_string(&processing()).unwrap(),
            r#"{"kind":"processing","processed":3,"total":190,"id":"c2f13823"}"#
        );
        for other in
            [r#"{"kind":"moon"}"#, r#"{"kind":"working","stage":"moon","done":1,"total":2}"#, "3", "null"]
        {
            assert_eq!(read(other), None, "{other}");
        }
        assert_eq!(serde_json::from_str::<File>("{}").unwrap().said, None);
    }
}
