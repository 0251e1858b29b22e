//! Look strings: how the game client writes everything that is seen of an entity.
//!
//! `{bones|skin,skin,…|index=colour,…|scale,…|category@index={sub-entity},…}`, in full or with
//! trailing parts left out, sometimes headed by `[version,base]`, where the base says in which
//! radix the numbers are written (A = 10, G = 16, Z = 36). Renderers take the same text hex-encoded
//! in their URLs. Bones 1 is a humanoid, 2 a rider whose nested look is the character.

mod parser;

use std::fmt;

use crate::{COLOUR_COUNT, Class, Colour, Gender};

/// Bones of a humanoid.
const HUMANOID_BONES: u64 = 1;
/// Bones of a mount with a rider.
const RIDER_BONES: u64 = 2;
/// The sub-entity category of a rider.
const RIDER_CATEGORY: u64 = 2;

/// A parsed look string. Numbers are kept as the game has them; it displays as a decimal string
/// without header, which parses back to the same value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LookString {
    /// The skeleton: 1 is a humanoid, 2 a rider.
    pub bones: u64,
    /// Skins, body and head first, then worn appearances.
    pub skins: Vec<u64>,
    /// Colours by their 1-based index, in the order written.
    pub colours: Vec<(u64, Colour)>,
    /// Scales in percent: one for both axes, or two.
    pub scales: Vec<u64>,
    /// What rides, follows or is worn with a skeleton of its own.
    pub sub_entities: Vec<SubEntity>,
}

/// A look bound to a place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubEntity {
    /// Kind of place: 1 a pet, 2 a rider, …
    pub category: u64,
    /// Which of that kind, from 0.
    pub index: u64,
    /// What stands there.
    pub look: LookString,
}

/// Why a text is no look string.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookStringError {
    /// Something else than expected stands at a place.
    #[error("expected {expected} at byte {position} of the look string")]
    Syntax {
        /// What the grammar wants there.
        expected: &'static str,
        /// Byte offset.
        position: usize,
    },
    /// The header names a radix that does not exist.
    #[error("`{0}` is not a number base of a look string: expected A, G or Z")]
    Base(String),
    /// Looks nested deeper than any game does.
    #[error("look string nested deeper than {0} levels")]
    TooDeep(usize),
    /// The hexadecimal form does not hold text.
    #[error("the hexadecimal look does not decode to text")]
    Hexadecimal,
}

impl LookString {
    /// Reads a look string, with or without header.
    ///
    /// # Errors
    /// When the text is no look string; the message says where.
    pub fn parse(text: &str) -> Result<Self, LookStringError> {
        parser::parse(text)
    }

    /// Reads the hexadecimal form of renderer URLs: two digits a byte of the UTF-8 text.
    ///
    /// # Errors
    /// When it is not hexadecimal, or the text in it is no look string.
    pub fn parse_hexadecimal(digits: &str) -> Result<Self, LookStringError> {
        let digits = digits.trim().as_bytes();
        let (pairs, rest) = digits.as_chunks::<2>();
        let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let bytes: Option<Vec<u8>> =
            pairs.iter().map(|&[high, low]| Some(nibble(high)? << 4 | nibble(low)?)).collect();
        let text = bytes.filter(|_| rest.is_empty()).and_then(|bytes| String::from_utf8(bytes).ok());
        Self::parse(&text.ok_or(LookStringError::Hexadecimal)?)
    }

    /// Reads a renderer's address, `…/look/<hexadecimal>/full/1/200_300.png`; `None` when it has no
    /// such part.
    #[must_use]
    pub fn parse_address(address: &str) -> Option<Result<Self, LookStringError>> {
        let mut parts = address.split('/');
        parts.find(|part| *part == "look")?;
        parts.next().map(Self::parse_hexadecimal)
    }

    /// The hexadecimal form of renderer URLs, lower case.
    #[must_use]
    pub fn to_hexadecimal(&self) -> String {
        use fmt::Write;
        self.to_string().bytes().fold(String::new(), |mut digits, byte| {
            // Writing to a `String` cannot fail.
            let _ = write!(digits, "{byte:02x}");
            digits
        })
    }

    /// The look of the character itself: this one, or the rider's where this is a mount.
    #[must_use]
    pub fn character(&self) -> Option<&Self> {
        match self.bones {
            HUMANOID_BONES => Some(self),
            RIDER_BONES => self.rider(),
            // A mount's own skeleton with a rider on it.
            _ => self.rider().filter(|rider| rider.bones == HUMANOID_BONES),
        }
    }

    /// What the character's skins say of class and sex: its body comes before all it wears.
    #[must_use]
    pub fn class_and_gender(&self) -> Option<(&'static Class, Gender)> {
        Class::from_body(*self.character()?.skins.first()?)
    }

    fn rider(&self) -> Option<&Self> {
        self.sub_entities.iter().find(|entity| entity.category == RIDER_CATEGORY).map(|entity| &entity.look)
    }

    /// The six colours by position; a repeated index keeps its last colour, others are dropped.
    #[must_use]
    pub fn six_colours(&self) -> [Option<Colour>; COLOUR_COUNT] {
        let mut six = [None; COLOUR_COUNT];
        for (index, colour) in &self.colours {
            let place = usize::try_from(*index).ok().and_then(|index| six.get_mut(index.checked_sub(1)?));
            if let Some(place) = place {
                *place = Some(*colour);
            }
        }
        six
    }
}

impl std::str::FromStr for LookString {
    type Err = LookStringError;
    fn from_str(text: &str) -> Result<Self, LookStringError> {
        Self::parse(text)
    }
}

impl fmt::Display for LookString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |parts: Vec<String>| parts.join(",");
        let numbers = |list: &[u64]| join(list.iter().map(u64::to_string).collect());
        let colours =
            self.colours.iter().map(|(index, colour)| format!("{index}={}", colour.to_rgb())).collect();
        let entities = self
            .sub_entities
            .iter()
            .map(|SubEntity { category, index, look }| format!("{category}@{index}={look}"));
        let mut parts = vec![
            self.bones.to_string(),
            numbers(&self.skins),
            join(colours),
            numbers(&self.scales),
            join(entities.collect()),
        ];
        while parts.len() > 1 && parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
        write!(formatter, "{{{}}}", parts.join("|"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_documented_examples_are_read() {
        let look = LookString::parse("{1|10||53}").unwrap();
        assert_eq!((look.bones, &look.skins[..], &look.scales[..]), (1, &[10][..], &[53][..]));
        assert_eq!(look.to_string(), "{1|10||53}");
        let coloured = LookString::parse("{1|10,2003|1=15047528,2=#E59BE8,6=-1|140}").unwrap();
        assert_eq!(coloured.six_colours()[0].unwrap().to_string(), "#E59B68");
        assert_eq!(coloured.six_colours()[1].unwrap().to_string(), "#E59BE8");
        assert_eq!(coloured.six_colours()[5], None);
    }

    #[test]
    fn a_riders_look_is_the_character() {
        let mounted = LookString::parse("{2|||100|1@0={5},2@0={1|30|3=255|150}}").unwrap();
        let rider = mounted.character().unwrap();
        assert_eq!((rider.bones, &rider.skins[..]), (1, &[30][..]));
        assert_eq!(rider.six_colours()[2], Some(Colour::from_rgb(255)));
        assert_eq!(mounted.class_and_gender().unwrap().0.french, "Enutrof");
        assert_eq!(LookString::parse("{7}").unwrap().character(), None);
    }

    #[test]
    fn the_header_names_the_base() {
        let plain = LookString::parse("{1|255|1=65535|35}").unwrap();
        assert_eq!(LookString::parse("[1,A]{1|255|1=65535|35}").unwrap(), plain);
        assert_eq!(LookString::parse("[1,G]{1|FF|1=ffff|23}").unwrap(), plain);
        assert_eq!(LookString::parse("[1,Z]{1|73|1=1ekf|z}").unwrap(), plain);
        assert_eq!(LookString::parse("[1,Q]{1}"), Err(LookStringError::Base("Q".to_owned())));
    }

    #[test]
    fn renderer_addresses_are_read() {
        let digits = LookString::parse("{1|10||53}").unwrap().to_hexadecimal();
        assert_eq!(digits, "7b317c31307c7c35337d");
        let address = format!("https://renderer.example/look/{digits}/full/1/200_300.png");
        assert_eq!(LookString::parse_address(&address).unwrap().unwrap().skins, [10]);
        assert_eq!(LookString::parse_address("https://example.org/x.png"), None);
        assert_eq!(LookString::parse_hexadecimal("7b3"), Err(LookStringError::Hexadecimal));
        assert_eq!(LookString::parse_hexadecimal("zz"), Err(LookStringError::Hexadecimal));
    }

    #[test]
    fn faults_say_where_they_are() {
        for (text, position) in [("", 0), ("1|2", 0), ("{1|2", 4), ("{1|2,}", 5), ("{1}x", 3), ("{x}", 1)] {
            match LookString::parse(text) {
                Err(LookStringError::Syntax { position: at, .. }) => assert_eq!(at, position, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        let deep = "{1||||1@0=".repeat(100);
        assert!(matches!(LookString::parse(&deep), Err(LookStringError::TooDeep(_))));
    }

    fn any_look() -> impl Strategy<Value = LookString> {
        let numbers = || prop::collection::vec(any::<u64>(), 0..4);
        let colours =
            prop::collection::vec((any::<u64>(), (0u32..=0xFF_FFFF).prop_map(Colour::from_rgb)), 0..7);
        let flat =
            (any::<u64>(), numbers(), colours, numbers()).prop_map(|(bones, skins, colours, scales)| {
                LookString { bones, skins, colours, scales, sub_entities: Vec::new() }
            });
        flat.clone().prop_recursive(3, 8, 2, move |inner| {
            let entity = (any::<u64>(), any::<u64>(), inner).prop_map(|(category, index, look)| SubEntity {
                category,
                index,
                look,
            });
            (flat.clone(), prop::collection::vec(entity, 0..3))
                .prop_map(|(look, sub_entities)| LookString { sub_entities, ..look })
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(look in any_look()) {
            prop_assert_eq!(LookString::parse(&look.to_string()), Ok(look.clone()));
            prop_assert_eq!(LookString::parse_hexadecimal(&look.to_hexadecimal()), Ok(look));
        }

        #[test]
        fn no_text_panics(text in "[\\[\\]{}|,=@#0-9a-zA-Z-]{0,40}|.{0,20}") {
            let _ = LookString::parse(&text);
            let _ = LookString::parse_hexadecimal(&text);
            let _ = LookString::parse_address(&text);
        }
    }
}
