//! Formats of the store: what this program reads, and how older ones become the newest.
//!
//! The format is a number in the database. A change that older programs would misread takes the
//! next number and one step here, run under the write lock before anything else is read; data files
//! are changed by writing the next generation, so a kill during an upgrade leaves the old format
//! whole. A store of every released format is kept with the tests.

use std::path::Path;

use super::folder::damaged;
use crate::StoreError;

/// Format this program writes.
pub(crate) const FORMAT: u32 = 1;

/// Oldest format this program can still bring up to date.
const OLDEST: u32 = 1;

/// Refuses what this program does not know. Formats in between would be brought up to date by the
/// steps of this module; 1 is the first.
pub(crate) fn check(path: &Path, found: u32) -> Result<(), StoreError> {
    if found > FORMAT {
        return Err(StoreError::Version { found, supported: FORMAT });
    }
    if found < OLDEST {
        return Err(damaged(path, format!("format {found} was never released")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_formats_are_accepted() {
        let path = Path::new("looks.redb");
        assert!(check(path, FORMAT).is_ok());
        assert!(matches!(check(path, 0), Err(StoreError::Damaged { .. })));
        let newer = check(path, FORMAT + 1);
        assert!(
            matches!(newer, Err(StoreError::Version { found, supported: FORMAT }) if found == FORMAT + 1)
        );
    }
}
