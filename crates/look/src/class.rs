//! Classes: the nineteen of Dofus, and labels of any other game.

use serde::{Deserialize, Serialize};

use crate::{Gender, fold};

/// A Dofus class.
#[derive(Debug, PartialEq, Eq)]
pub struct Class {
    /// Breed id of DofusDB (Forgelance is 20).
    pub id: u32,
    /// The name every answer uses.
    pub french: &'static str,
    /// The English client's name.
    pub english: &'static str,
    /// Other spellings met in exports, folded.
    spellings: &'static [&'static str],
}

/// The nineteen Dofus classes by id.
pub const CLASSES: [Class; 19] = [
    class(1, "Féca", "Feca", &["le bouclier feca"]),
    class(2, "Osamodas", "Osamodas", &["osa", "le fouet d'osamodas"]),
    class(3, "Enutrof", "Enutrof", &["enu", "les doigts d'enutrof"]),
    class(4, "Sram", "Sram", &["l'ombre de sram"]),
    class(5, "Xélor", "Xelor", &["le sablier de xelor"]),
    class(6, "Ecaflip", "Ecaflip", &["eca", "la bourse d'ecaflip", "ecaflips"]),
    class(7, "Eniripsa", "Eniripsa", &["eni", "les mains d'eniripsa"]),
    class(8, "Iop", "Iop", &["le coeur de iop"]),
    class(9, "Crâ", "Cra", &["l'etendue de cra"]),
    class(10, "Sadida", "Sadida", &["sadi", "le soulier de sadida"]),
    class(11, "Sacrieur", "Sacrier", &["sacri", "le sang de sacrieur"]),
    class(12, "Pandawa", "Pandawa", &["panda", "la chope de pandawa"]),
    class(13, "Roublard", "Rogue", &["roub", "la ruse du roublard"]),
    class(14, "Zobal", "Masqueraider", &["le masque du zobal"]),
    class(15, "Steamer", "Foggernaut", &["steameur", "steam", "la torpille du steamer"]),
    class(16, "Eliotrope", "Eliotrope", &["elio"]),
    class(17, "Huppermage", "Huppermage", &["hupper"]),
    class(18, "Ouginak", "Ouginak", &["ougi"]),
    class(20, "Forgelance", "Forgelance", &["forge"]),
];

const fn class(
    id: u32,
    french: &'static str,
    english: &'static str,
    spellings: &'static [&'static str],
) -> Class {
    Class { id, french, english, spellings }
}

impl Class {
    /// The class with a breed id. Both 19 (Barbofus's numbering) and 20 are Forgelance.
    #[must_use]
    pub fn from_id(id: u64) -> Option<&'static Self> {
        let id = if id == 19 { 20 } else { id };
        CLASSES.iter().find(|class| u64::from(class.id) == id)
    }

    /// The class a word names: id, French or English name, plural, long form or nickname, with or
    /// without accents.
    #[must_use]
    pub fn parse(text: &str) -> Option<&'static Self> {
        let folded = fold(text).replace('’', "'");
        if let Ok(id) = folded.parse::<u64>() {
            return Self::from_id(id);
        }
        let named = |word: &str| {
            CLASSES.iter().find(|class| {
                fold(class.french) == word || fold(class.english) == word || class.spellings.contains(&word)
            })
        };
        named(&folded).or_else(|| folded.strip_suffix('s').and_then(named))
    }

    /// What a head (face) id says of class and sex: eight faces a class and sex, see
    /// `docs/formats.md`. `None` for ids outside the known ranges.
    #[must_use]
    pub fn from_head(head: u64) -> Option<(&'static Self, Gender)> {
        let gender = |offset: u64| if offset < 8 { Gender::Male } else { Gender::Female };
        match head {
            1..=272 => Self::from_id((head - 1) / 16 + 1).map(|class| (class, gender((head - 1) % 16))),
            // Ouginak's faces are not in eights: only the first of each sex is certain.
            273 => Self::from_id(18).map(|class| (class, Gender::Male)),
            275 => Self::from_id(18).map(|class| (class, Gender::Female)),
            294..=309 => Self::from_id(20).map(|class| (class, gender(head - 294))),
            _ => None,
        }
    }

    /// What the body skin of a look string says of class and sex. `None` for skins of other bodies,
    /// and for classes whose body skins are not known here (from Eliotrope on).
    #[must_use]
    pub fn from_body(skin: u64) -> Option<(&'static Self, Gender)> {
        let (id, gender) = match skin {
            10..=121 if skin % 10 < 2 => {
                (skin / 10, if skin.is_multiple_of(10) { Gender::Male } else { Gender::Female })
            }
            1405 => (13, Gender::Male),
            1407 => (13, Gender::Female),
            1437 => (14, Gender::Male),
            1438 => (14, Gender::Female),
            1663 => (15, Gender::Male),
            1664 => (15, Gender::Female),
            _ => return None,
        };
        Self::from_id(id).map(|class| (class, gender))
    }
}

/// A class as labels name it: the French name of a Dofus class, or any other game's word unchanged.
///
/// ```
/// use lorgnon_look::ClassLabel;
/// assert_eq!(ClassLabel::new("1").as_str(), "Féca");
/// assert_eq!(ClassLabel::new("Lizard").as_str(), "Lizard");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClassLabel(String);

impl ClassLabel {
    /// The canonical label for a word of an export.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(match Class::parse(text) {
            Some(class) => class.french.to_owned(),
            None => text.trim().to_owned(),
        })
    }

    /// The label as answers write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The Dofus class it names, if it names one.
    #[must_use]
    pub fn class(&self) -> Option<&'static Class> {
        CLASSES.iter().find(|class| class.french == self.0)
    }
}

impl std::fmt::Display for ClassLabel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_names_its_class() {
        for (word, french) in [
            ("1", "Féca"),
            ("19", "Forgelance"),
            ("20", "Forgelance"),
            ("Éniripsa", "Eniripsa"),
            ("Steameur", "Steamer"),
            ("Foggernaut", "Steamer"),
            ("Sacrier", "Sacrieur"),
            ("elio", "Eliotrope"),
            ("Le bouclier Féca", "Féca"),
            ("Iops", "Iop"),
            ("CRA", "Crâ"),
            ("Ecaflip", "Ecaflip"),
        ] {
            assert_eq!(ClassLabel::new(word).as_str(), french, "{word}");
        }
        for word in ["21", "0", "Lizard", "Mouse", "s"] {
            assert_eq!(ClassLabel::new(word).as_str(), word);
            assert!(ClassLabel::new(word).class().is_none());
        }
    }

    #[test]
    fn head_ids_tell_class_and_sex() {
        let told = |head| Class::from_head(head).map(|(class, gender)| (class.id, gender));
        assert_eq!(told(1), Some((1, Gender::Male)));
        assert_eq!(told(9), Some((1, Gender::Female)));
        assert_eq!(told(272), Some((17, Gender::Female)));
        assert_eq!(told(273), Some((18, Gender::Male)));
        assert_eq!(told(275), Some((18, Gender::Female)));
        assert_eq!(told(274), None);
        assert_eq!(told(302), Some((20, Gender::Female)));
        assert_eq!(told(0), None);
        assert_eq!(told(290), None);
    }

    #[test]
    fn body_skins_tell_class_and_sex() {
        let told = |skin| Class::from_body(skin).map(|(class, gender)| (class.id, gender));
        assert_eq!(told(10), Some((1, Gender::Male)));
        assert_eq!(told(81), Some((8, Gender::Female)));
        assert_eq!(told(121), Some((12, Gender::Female)));
        assert_eq!(told(1405), Some((13, Gender::Male)));
        assert_eq!(told(1664), Some((15, Gender::Female)));
        for other in [0, 1, 12, 22, 130, 1406, 2012, u64::MAX] {
            assert_eq!(told(other), None, "{other}");
        }
    }
}
