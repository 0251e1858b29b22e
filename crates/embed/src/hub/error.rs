//! Why a model could not be fetched.

use std::path::PathBuf;

/// What the person who fetches can be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// The id is not `organisation/name`.
    #[error("`{id}` is no hub id: one is `organisation/name`")]
    Id {
        /// What was given.
        id: String,
    },
    /// The hub has no such model or revision, or shows it to no one without a token.
    #[error("the hub has no model `{id}` for us (status {status})")]
    NotFound {
        /// What was asked for.
        id: String,
        /// 401, 403 or 404.
        status: u16,
    },
    /// The model has no network of the wanted precision.
    #[error("model `{id}` has no vision network: none of {expected}")]
    NoNetwork {
        /// What was asked for.
        id: String,
        /// The names that were looked for.
        expected: String,
    },
    /// The hub answered with a status that is none of a success.
    #[error("`{url}` answered with status {status}")]
    Status {
        /// Where.
        url: String,
        /// What.
        status: u16,
    },
    /// No connection, or it broke.
    #[error("cannot get `{url}`")]
    Unreachable {
        /// Where.
        url: String,
        /// What the connection said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The hub's list of files is none.
    #[error("`{url}` gives no list of files")]
    Listing {
        /// Where.
        url: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A file arrived, and is not what the hub lists.
    #[error("`{file}` arrived damaged: {what}")]
    Damaged {
        /// Its name in the model.
        file: String,
        /// What differs.
        what: String,
    },
    /// The disk: full, or not ours to write.
    #[error("cannot write `{path}`")]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl HubError {
    /// An answer's status as an error, where it is one.
    pub(super) fn of_status(status: u16, url: &str, id: &str) -> Result<(), Self> {
        match status {
            200..=299 => Ok(()),
            401 | 403 | 404 => Err(Self::NotFound { id: id.to_owned(), status }),
            status => Err(Self::Status { url: url.to_owned(), status }),
        }
    }

    /// Whether trying again may help.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Damaged { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..),
            Self::Id { .. }
            | Self::NotFound { .. }
            | Self::NoNetwork { .. }
            | Self::Listing { .. }
            | Self::Disk { .. } => false,
        }
    }
}
