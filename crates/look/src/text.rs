//! Comparison of words as people write them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The form in which labels are compared: Unicode NFD, marks stripped, lower case, trimmed.
///
/// ```
/// assert_eq!(lorgnon_look::fold(" Éniripsa "), "eniripsa");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    text.trim()
        .nfd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .collect()
}
