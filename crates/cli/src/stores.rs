//! Where looks are kept: in the cache folder or in a PostgreSQL database. The only file that knows
//! what the two do differently; everything else sees a [`Store`].

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lorgnon_index::{
    EmbeddedStore, ManifestState, PostgresInfo, PostgresLead, PostgresStore, Reader, Store, StoreError,
    StoreInfo, VerifyReport, Writer,
};

use crate::output::say;

/// The value of `store` for the folder in the cache.
const EMBEDDED: &str = "embedded";

/// Which store is asked for. What is shown of it never holds a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum StoreChoice {
    /// The folder `index` in the cache folder.
    Embedded,
    /// A database.
    Postgres {
        /// Its address, password included.
        url: String,
        /// The address as it may be shown.
        place: String,
    },
}

impl StoreChoice {
    /// By the value of the setting.
    ///
    /// # Errors
    /// Says what is expected, without the value.
    pub(crate) fn named(value: &str) -> Result<Self, String> {
        let value = value.trim();
        if value == EMBEDDED {
            return Ok(Self::Embedded);
        }
        if !value.contains("://") {
            return Err(format!("`{EMBEDDED}` or `postgres://user:password@host:port/database`"));
        }
        match PostgresStore::place_of(value) {
            Ok(place) => Ok(Self::Postgres { url: value.to_owned(), place }),
            Err(StoreError::Address { what }) => {
                Err(format!("the address of a PostgreSQL database, but {what}"))
            }
            Err(other) => Err(other.to_string()),
        }
    }
}

impl fmt::Display for StoreChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => formatter.write_str(EMBEDDED),
            Self::Postgres { place, .. } => formatter.write_str(place),
        }
    }
}

impl fmt::Debug for StoreChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// An open store.
pub(crate) enum IndexStore {
    Embedded(EmbeddedStore),
    Postgres(PostgresStore),
}

/// The right to train, until this is dropped.
pub(crate) enum TrainingRight<'a> {
    /// The lock of the cache folder, which the journal has, is enough.
    Embedded(&'a EmbeddedStore),
    /// Other machines may be training.
    Postgres(Box<PostgresLead<'a>>),
}

impl TrainingRight<'_> {
    /// The store to train with: its writes fail once the right is lost.
    pub(crate) fn store(&self) -> &dyn Store {
        match self {
            Self::Embedded(store) => *store,
            Self::Postgres(lead) => lead.as_ref(),
        }
    }
}

/// What `index info` tells.
pub(crate) enum IndexInfo {
    Embedded(StoreInfo),
    Postgres(PostgresInfo),
}

impl IndexStore {
    /// Opens a store, which makes it where it is missing.
    pub(crate) fn open(choice: &StoreChoice, cache: &Path) -> Result<Self, StoreError> {
        Ok(match choice {
            StoreChoice::Embedded => Self::Embedded(EmbeddedStore::open(cache)?),
            StoreChoice::Postgres { url, .. } => Self::Postgres(PostgresStore::open(url)?),
        })
    }

    /// Where it is, for people.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Embedded(store) => store.path().display().to_string(),
            Self::Postgres(store) => store.place().to_owned(),
        }
    }

    /// What the training state names as the index.
    pub(crate) fn manifest_path(&self) -> PathBuf {
        match self {
            Self::Embedded(store) => store.manifest_path().to_path_buf(),
            Self::Postgres(store) => PathBuf::from(store.place()),
        }
    }

    /// What a training does first: the old system's index is kept aside, and an owner who deleted
    /// the manifest wants everything read again. A database has neither file, but other machines that may
    /// be training: what is returned is held until the training ends.
    pub(crate) fn prepare_training(&self) -> Result<TrainingRight<'_>, StoreError> {
        let store = match self {
            Self::Embedded(store) => store,
            Self::Postgres(store) => {
                let mut lead = store.lead()?;
                lead.begin(false)?;
                return Ok(TrainingRight::Postgres(Box::new(lead)));
            }
        };
        if store.manifest_state()? == ManifestState::Foreign
            && let Some(aside) = store.set_legacy_aside()?
        {
            say(&format!(
                "note: the old system's index is kept as `{}`, its looks are read again",
                aside.display()
            ));
        }
        if store.clear_if_forgotten()? {
            say("note: `vision-index.json` was deleted, so every look is read again");
        }
        Ok(TrainingRight::Embedded(store))
    }

    /// The database, where it is one: only its work can be shared.
    pub(crate) fn database(&self) -> Option<&PostgresStore> {
        match self {
            Self::Embedded(_) => None,
            Self::Postgres(store) => Some(store),
        }
    }

    /// What was measured on the way and what was replaced leave dead bytes. Failing to give them
    /// back costs only disk. A database does it by itself.
    pub(crate) fn give_back_space(&self) {
        let Self::Embedded(store) = self else { return };
        match store.compact_if_worthwhile() {
            Ok(true) => tracing::info!("the index was compacted"),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the index keeps its dead bytes")
            }
        }
    }

    /// What the last commit holds.
    pub(crate) fn info(&self) -> Result<IndexInfo, StoreError> {
        Ok(match self {
            Self::Embedded(store) => IndexInfo::Embedded(store.info()?),
            Self::Postgres(store) => IndexInfo::Postgres(store.info()?),
        })
    }

    /// Reads everything and checks it.
    pub(crate) fn verify(&self) -> Result<VerifyReport, StoreError> {
        match self {
            Self::Embedded(store) => store.verify(),
            Self::Postgres(store) => store.verify(),
        }
    }

    /// Gives back the space of what was removed; how many bytes there were before and after.
    pub(crate) fn compact(&self) -> Result<(u64, u64), StoreError> {
        match self {
            Self::Embedded(store) => {
                let before = store.info()?.file_bytes;
                store.compact()?;
                Ok((before, store.info()?.file_bytes))
            }
            Self::Postgres(store) => {
                let before = store.info()?.table_bytes;
                store.compact()?;
                Ok((before, store.info()?.table_bytes))
            }
        }
    }
}

impl Store for IndexStore {
    fn reader(&self) -> Result<Arc<dyn Reader>, StoreError> {
        match self {
            Self::Embedded(store) => store.reader(),
            Self::Postgres(store) => store.reader(),
        }
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>, StoreError> {
        match self {
            Self::Embedded(store) => store.writer(),
            Self::Postgres(store) => store.writer(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_known_by_its_address_and_its_password_never_shown() {
        assert_eq!(StoreChoice::named("embedded"), Ok(StoreChoice::Embedded));
        let choice = StoreChoice::named("postgres://ann:hunter2@db/looks").unwrap();
        assert_eq!(choice.to_string(), "postgres://db:5432/looks");
        assert_eq!(format!("{choice:?}"), "postgres://db:5432/looks");
        for wrong in ["folder", "mysql://a:hunter2@b/c", "postgres://a:hunter2@b:x/c"] {
            let expected = StoreChoice::named(wrong).unwrap_err();
            assert!(expected.contains("postgres") && !expected.contains("hunter2"), "{expected}");
        }
    }
}
