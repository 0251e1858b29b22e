//! The two sexes a look can have.

use serde::{Deserialize, Serialize};

use crate::fold;

/// A character's sex, written `"m"` or `"f"` wherever it leaves the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Gender {
    /// Written `"m"`.
    #[serde(rename = "m")]
    Male,
    /// Written `"f"`.
    #[serde(rename = "f")]
    Female,
}

impl Gender {
    /// Both, male first.
    pub const ALL: [Self; 2] = [Self::Male, Self::Female];

    /// Reads any of the words met in exports (`m`, `Homme`, `0`, `féminin`, …), case and accents
    /// aside. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match fold(text).as_str() {
            "m" | "male" | "man" | "homme" | "h" | "0" | "masculin" => Some(Self::Male),
            "f" | "female" | "woman" | "femme" | "1" | "feminin" | "feminine" | "femelle" | "fille" => {
                Some(Self::Female)
            }
            _ => None,
        }
    }

    /// `"m"` or `"f"`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Male => "m",
            Self::Female => "f",
        }
    }
}

impl std::fmt::Display for Gender {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_export_are_read() {
        for word in ["m", "Male", "MAN", "homme", "H", "0", "masculin", "mâle", " Homme "] {
            assert_eq!(Gender::parse(word), Some(Gender::Male), "{word}");
        }
        for word in ["f", "female", "woman", "Femme", "1", "feminin", "féminin", "fille", "femelle"] {
            assert_eq!(Gender::parse(word), Some(Gender::Female), "{word}");
        }
        for word in ["", "2", "other", "mf"] {
            assert_eq!(Gender::parse(word), None, "{word}");
        }
    }
}
