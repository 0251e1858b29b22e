//! What the user can do about an error: the `hint:` line.
//!
//! Libraries say what went wrong; only the program knows which command or option mends it.

use lorgnon_dataset::DatasetError;
use lorgnon_index::StoreError;
use lorgnon_recogniser::RecogniserError;
use lorgnon_recogniser::progress::ProgressError;

use crate::settings::SettingsError;

/// An error that comes with its own hint.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct UserError {
    message: String,
    hint: String,
}

impl UserError {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

/// The error and its causes on one line.
pub(crate) fn message(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let said = cause.to_string();
        // Some errors repeat their cause in their own words.
        if parts.last().is_none_or(|last| !last.ends_with(&said)) {
            parts.push(said);
        }
    }
    parts.join(": ")
}

const ANOTHER_TRAINING: &str = "watch it with `lorgnon status --follow`, or use another `--cache`";
const NO_DATASET: &str = "give the export with `--dataset PATH`, a folder or a file";
const ANOTHER_ENCODER: &str = "`lorgnon train` reads every look again with the encoder in force";
const OLD_MODEL: &str =
    "another version may have made it: `lorgnon train` makes it anew, `lorgnon index verify` tells damage";
const SETTINGS: &str = "`lorgnon config --default` explains every setting";
const LOCKED: &str = "wait until the other command ends, or use another `--cache` or `--store`";
const DAMAGED: &str =
    "`lorgnon index verify` lists the damage, `lorgnon train --rebuild` makes the index anew";
const VERSION: &str = "use the newer `lorgnon`, or another `--cache` or `--store`";
const ADDRESS: &str = "`lorgnon config --default` shows how the address of a store is written";
const UNREACHABLE: &str =
    "check that PostgreSQL runs and that host, port and database of the store's address are right";
const CREDENTIALS: &str =
    "check user and password: in the address of `LORGNON_STORE`, or in the variable `PGPASSWORD`";
const EXTENSION: &str = "install pgvector 0.8 or newer on the server and run `CREATE EXTENSION vector` in the database as \
                         its superuser (`ALTER EXTENSION vector UPDATE` for an old one)";
const CONNECTION_LOST: &str =
    "what was committed is kept; run the same command again once PostgreSQL answers";

const SUPERSEDED: &str =
    "what was committed is kept; run the same command again once the other training ends";
const CANNOT_HELP: &str =
    "every worker needs the same program, export, pictures, catalogue and collected looks";

/// All of them: each is explained in `docs/troubleshooting.md`.
#[cfg(test)]
pub(crate) const ALL: [&str; 15] = [
    ANOTHER_TRAINING,
    NO_DATASET,
    ANOTHER_ENCODER,
    OLD_MODEL,
    SETTINGS,
    LOCKED,
    DAMAGED,
    VERSION,
    ADDRESS,
    UNREACHABLE,
    CREDENTIALS,
    EXTENSION,
    CONNECTION_LOST,
    SUPERSEDED,
    CANNOT_HELP,
];

/// What to do about it, where we know.
pub(crate) fn hint(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| match cause.downcast_ref::<UserError>() {
        Some(user) => Some(user.hint.clone()),
        None => known(cause).map(ToOwned::to_owned),
    })
}

/// What to do about an error of the libraries.
fn known(cause: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    if let Some(ProgressError::Busy { .. }) = cause.downcast_ref() {
        return Some(ANOTHER_TRAINING);
    }
    if let Some(DatasetError::Missing { .. } | DatasetError::Empty { .. }) = cause.downcast_ref() {
        return Some(NO_DATASET);
    }
    if let Some(RecogniserError::EncoderMismatch { .. }) = cause.downcast_ref() {
        return Some(ANOTHER_ENCODER);
    }
    if let Some(RecogniserError::Stored { .. }) = cause.downcast_ref() {
        return Some(OLD_MODEL);
    }
    if let Some(RecogniserError::CannotHelp { .. }) = cause.downcast_ref() {
        return Some(CANNOT_HELP);
    }
    if cause.downcast_ref::<SettingsError>().is_some() {
        return Some(SETTINGS);
    }
    match cause.downcast_ref::<StoreError>() {
        Some(StoreError::Locked { .. }) => Some(LOCKED),
        Some(StoreError::Damaged { .. }) => Some(DAMAGED),
        Some(StoreError::Encoder { .. }) => Some(ANOTHER_ENCODER),
        Some(StoreError::Version { .. }) => Some(VERSION),
        Some(StoreError::Address { .. }) => Some(ADDRESS),
        Some(StoreError::Unreachable { .. }) => Some(UNREACHABLE),
        Some(StoreError::Credentials { .. }) => Some(CREDENTIALS),
        Some(StoreError::Extension { .. }) => Some(EXTENSION),
        Some(StoreError::ConnectionLost { .. }) => Some(CONNECTION_LOST),
        Some(StoreError::Superseded { .. }) => Some(SUPERSEDED),
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn causes_are_joined_and_not_repeated() {
        let error = anyhow::anyhow!("no such file").context("cannot read `a`").context("cannot train");
        assert_eq!(message(&error), "cannot train: cannot read `a`: no such file");
        let error = anyhow::anyhow!("no such file").context("cannot read `a`: no such file");
        assert_eq!(message(&error), "cannot read `a`: no such file");
    }

    #[test]
    fn a_hint_is_found_under_its_context() {
        let error = Err::<(), _>(UserError::new("no", "do this")).context("cannot").unwrap_err();
        assert_eq!(hint(&error).as_deref(), Some("do this"));
        assert_eq!(hint(&anyhow::anyhow!("no")), None);
        let locked = StoreError::Locked { place: "x".into() };
        assert!(hint(&anyhow::Error::new(locked)).is_some());
    }
}
