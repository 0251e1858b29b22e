//! Share links: how Barbofus puts a look into an address.
//!
//! `…/skinator?s=<letters>`, where the letters are an LZ-string of a small JSON object:
//! `{"1":sex,"2":class 1..19,"3":head,"4":[colours],"5":{"6":coiffe,"7":cape,…}}`. This module knows
//! the address, the compression and which number stands for which slot; what the values mean is for
//! the readers of exports, which know every way to write one.

use crate::Slot;

/// Longest text of a link that is read, in letters. Real ones have about 250, and what they unpack to
/// can grow with the square of their length.
const LONGEST: usize = 4096;

/// What a share link holds, unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareLink {
    /// The JSON object as its site wrote it.
    pub json: String,
}

/// Why a text is no share link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareLinkError {
    /// Longer than any look.
    #[error("a share link of more than {LONGEST} letters")]
    TooLong,
    /// The letters are no compressed text: cut off, or changed on the way.
    #[error("the letters after `s=` do not unpack to text")]
    Damaged,
}

impl ShareLink {
    /// Key of the sex: 0 male, 1 female.
    pub const GENDER_KEY: &str = "1";
    /// Key of the class, counted from 1 to 19.
    pub const CLASS_KEY: &str = "2";
    /// Key of the head id.
    pub const HEAD_KEY: &str = "3";
    /// Key of the list of colours.
    pub const COLOURS_KEY: &str = "4";
    /// Key of the items by the number of their slot.
    pub const ITEMS_KEY: &str = "5";

    /// Reads the address of a look; `None` when it has no `s=` in its query.
    #[must_use]
    pub fn parse_address(address: &str) -> Option<Result<Self, ShareLinkError>> {
        let (_, query) = address.split_once('?')?;
        let query = query.split('#').next().unwrap_or(query);
        let letters = query.split('&').find_map(|part| part.strip_prefix("s="))?;
        Some(Self::parse(letters))
    }

    /// Reads what stands after `s=`.
    ///
    /// # Errors
    /// When it is too long or does not unpack.
    pub fn parse(letters: &str) -> Result<Self, ShareLinkError> {
        if letters.len() > LONGEST {
            return Err(ShareLinkError::TooLong);
        }
        // Browsers write the alphabet's `+` and `$` in either way.
        let letters = letters.trim().replace("%2B", "+").replace("%2b", "+").replace("%24", "$");
        let known =
            |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'+' | b'-' | b'$' | b' ');
        if letters.is_empty() || !letters.bytes().all(known) {
            return Err(ShareLinkError::Damaged);
        }
        let units = lz_str::decompress_from_encoded_uri_component(&letters).ok_or(ShareLinkError::Damaged)?;
        let json = String::from_utf16(&units).map_err(|_| ShareLinkError::Damaged)?;
        if json.is_empty() { Err(ShareLinkError::Damaged) } else { Ok(Self { json }) }
    }

    /// The letters that stand after `s=`.
    #[must_use]
    pub fn to_letters(&self) -> String {
        lz_str::compress_to_encoded_uri_component(&self.json)
    }

    /// The slot with a number among the items.
    #[must_use]
    pub fn slot(key: &str) -> Option<Slot> {
        Slot::ALL.into_iter().find(|slot| Self::slot_key(*slot) == key)
    }

    /// A slot's number among the items.
    #[must_use]
    pub fn slot_key(slot: Slot) -> &'static str {
        match slot {
            Slot::Coiffe => "6",
            Slot::Cape => "7",
            Slot::Familier => "8",
            Slot::Bouclier => "9",
            Slot::Ailes => "10",
            Slot::Epauliere => "11",
            Slot::Costume => "12",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A link that people passed on: an Eniripsa in everything that can be worn.
    const PASSED_ON: &str = "https://barbofus.com/skinator?s=N4IgjCBcYDQgTFA7HAzFMAGArHALFANpgBsmq2YAHPDFtuXiSTCQ3kiSqUqkkgE5aPPoNpIqVVFTwCAunGxRQJKPCR54mOEgyYwA7PDyZycKlFSYmeOALUyBVOFjUC8eVC4iR4ApAwuiL6OKODokAB2AK4ANrEAvglAA";

    #[test]
    fn a_link_of_the_site_is_read_and_written_the_same() {
        let link = ShareLink::parse_address(PASSED_ON).unwrap().unwrap();
        assert_eq!(
            link.json,
            r#"{"1":1,"2":7,"3":105,"4":[16035182,10503466,6504767,16737792,16737792,7883849],"5":{"6":27420,"7":1019524003,"8":30464,"9":28498,"10":29443,"11":29750,"12":28497,"13":null}}"#
        );
        assert!(PASSED_ON.ends_with(&format!("?s={}", link.to_letters())));
        let among_others = format!("{}&lang=fr#top", PASSED_ON.replace("?s=", "?page=2&s="));
        assert_eq!(ShareLink::parse_address(&among_others), Some(Ok(link)));
    }

    #[test]
    fn what_is_no_link_is_refused() {
        assert_eq!(ShareLink::parse_address("https://example.org/skinator"), None);
        assert_eq!(ShareLink::parse_address("https://example.org/?page=s"), None);
        for letters in ["", "N4IgjCBc", "é", "N4Ig/CBc==", &PASSED_ON[32..60]] {
            assert_eq!(ShareLink::parse(letters), Err(ShareLinkError::Damaged), "{letters}");
        }
        assert_eq!(ShareLink::parse(&"A".repeat(5000)), Err(ShareLinkError::TooLong));
    }

    #[test]
    fn every_slot_has_its_number() {
        for slot in Slot::ALL {
            assert_eq!(ShareLink::slot(ShareLink::slot_key(slot)), Some(slot));
        }
        assert_eq!(ShareLink::slot("13"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(json in ".{1,60}") {
            let link = ShareLink { json };
            let address = format!("https://example.org/?s={}", link.to_letters());
            prop_assert_eq!(ShareLink::parse_address(&address), Some(Ok(link)));
        }

        #[test]
        fn no_letters_panic(letters in "[A-Za-z0-9+$ -]{0,200}|.{0,20}") {
            let _ = ShareLink::parse(&letters);
        }
    }
}
