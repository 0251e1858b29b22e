//! One 24-bit colour and every way exports write it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A colour code of the game, in gamma-encoded sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Colour {
    /// 0 to 255.
    pub red: u8,
    /// 0 to 255.
    pub green: u8,
    /// 0 to 255.
    pub blue: u8,
}

/// Why a text or number is no colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a colour: expected `#RRGGBB`, `0xRRGGBB` or an integer up to 16777215")]
pub struct ColourError(String);

impl Colour {
    /// From its three channels.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// From `0xRRGGBB`; the bits above 24 are ignored.
    #[must_use]
    pub const fn from_rgb(rgb: u32) -> Self {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Self { red, green, blue }
    }

    /// As `0xRRGGBB`.
    #[must_use]
    pub const fn to_rgb(self) -> u32 {
        u32::from_be_bytes([0, self.red, self.green, self.blue])
    }

    /// The channels, red first.
    #[must_use]
    pub const fn channels(self) -> [u8; 3] {
        [self.red, self.green, self.blue]
    }

    /// Reads a number of an export: plain `0xRRGGBB`, or the network's signed 32-bit
    /// `(index << 24) | rgb`, whose top byte is dropped. `Ok(None)` is `-1`, "the class's default".
    ///
    /// # Errors
    /// When the number fits neither form.
    pub fn from_integer(number: i64) -> Result<Option<Self>, ColourError> {
        let refused = || ColourError(number.to_string());
        match number {
            -1 => Ok(None),
            0..=0xFF_FFFF => Ok(Some(Self::from_rgb(u32::try_from(number).map_err(|_| refused())?))),
            // Indices 1..=6 in the top byte; negative only where a signed reader overflowed.
            _ => {
                let bits = u32::try_from(number)
                    .or_else(|_| i32::try_from(number).map(i32::cast_unsigned))
                    .map_err(|_| refused())?;
                if (1..=6).contains(&(bits >> 24)) { Ok(Some(Self::from_rgb(bits))) } else { Err(refused()) }
            }
        }
    }

    /// Reads a text of an export: `#RRGGBB`, `RRGGBB` with a letter in it, `#RGB`, `0x…`, a decimal
    /// integer, or `index=colour` of a look string. `Ok(None)` is `-1`, "the class's default".
    ///
    /// Decimal text is a number ("15134214" is #E6EE06): hexadecimal needs its mark or a letter.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn parse(text: &str) -> Result<Option<Self>, ColourError> {
        let refused = || ColourError(text.to_owned());
        let text_trimmed = text.trim();
        let value = match text_trimmed.split_once('=') {
            Some((index, value)) if index.parse::<u8>().is_ok() => value.trim(),
            Some(_) => return Err(refused()),
            None => text_trimmed,
        };
        let hexadecimal = |digits: &str| {
            if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(refused());
            }
            u32::from_str_radix(digits, 16).map_err(|_| refused())
        };
        if let Some(digits) = value.strip_prefix('#') {
            return match digits.len() {
                6 => Ok(Some(Self::from_rgb(hexadecimal(digits)?))),
                3 => {
                    let short = hexadecimal(digits)?;
                    let channel = |shift: u32| ((short >> shift) & 0xF) * 0x11;
                    Ok(Some(Self::from_rgb(channel(8) << 16 | channel(4) << 8 | channel(0))))
                }
                _ => Err(refused()),
            };
        }
        if let Some(digits) = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X")) {
            return if (1..=6).contains(&digits.len()) {
                Ok(Some(Self::from_rgb(hexadecimal(digits)?)))
            } else {
                Err(refused())
            };
        }
        if let Ok(number) = value.parse::<i64>() {
            return Self::from_integer(number).map_err(|_| refused());
        }
        if value.len() == 6 { Ok(Some(Self::from_rgb(hexadecimal(value)?))) } else { Err(refused()) }
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "#{:02X}{:02X}{:02X}", self.red, self.green, self.blue)
    }
}

impl std::str::FromStr for Colour {
    type Err = ColourError;
    fn from_str(text: &str) -> Result<Self, ColourError> {
        Self::parse(text)?.ok_or_else(|| ColourError(text.to_owned()))
    }
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimal_text_is_a_number_not_hexadecimal() {
        assert_eq!(Colour::parse("15134214").unwrap().unwrap().to_string(), "#E6EE06");
        assert_eq!(Colour::parse("151342").unwrap().unwrap(), Colour::from_rgb(151_342));
    }

    #[test]
    fn minus_one_is_the_default_not_black() {
        assert_eq!(Colour::parse("-1"), Ok(None));
        assert_eq!(Colour::from_integer(-1), Ok(None));
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in ["", "#12345", "#GGGGGG", "0x", "0x1234567", "red", "117440512", "-5", "#+12345", "a=1"] {
            assert!(Colour::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_written_form_reads_back(rgb in 0u32..=0xFF_FFFF, index in 1u32..=6) {
            let colour = Colour::from_rgb(rgb);
            prop_assert_eq!(colour.to_rgb(), rgb);
            for text in [
                colour.to_string(),
                colour.to_string().to_lowercase(),
                format!("0x{rgb:x}"),
                rgb.to_string(),
                format!("{index}={rgb}"),
                format!("{index}={colour}"),
            ] {
                prop_assert_eq!(Colour::parse(&text), Ok(Some(colour)), "{}", text);
            }
            prop_assert_eq!(Colour::from_integer(i64::from(index << 24 | rgb)), Ok(Some(colour)));
        }

        #[test]
        fn no_text_panics(text in ".{0,12}") {
            let _ = Colour::parse(&text);
        }
    }
}
