//! What can be wrong with settings, and where.

use std::path::PathBuf;

use super::Origin;

/// Why settings cannot be used: always the user's to mend, and always says where.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// The settings file cannot be read.
    #[error("cannot read settings file `{path}`")]
    Read {
        /// The file.
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// The settings file is not TOML.
    #[error("settings file `{path}` is not valid: {message}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What does not fit and where, on one line.
        message: String,
    },
    /// A key that no setting has.
    #[error("settings file `{path}` has no use for key `{key}`{}", suggestion(.nearest.as_deref()))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// What may have been meant.
        nearest: Option<String>,
    },
    /// A value of the wrong kind.
    #[error("{origin} is `{value}`, expected {expected}")]
    Value {
        /// Flag, variable, or file and key.
        origin: String,
        /// What it says.
        value: String,
        /// What it should say.
        expected: String,
    },
    /// A variable that is no text.
    #[error("variable `{variable}` is not valid Unicode")]
    Unicode {
        /// Its name.
        variable: String,
    },
    /// A setting without any value, which only a broken `default.toml` brings about.
    #[error("setting `{key}` has no value")]
    Missing {
        /// Its name.
        key: &'static str,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!(", did you mean `{nearest}`?"))
}

impl SettingsError {
    /// A value that `origin` gives to `key` and that is not what is expected.
    pub(super) fn value(key: &str, origin: &Origin, value: &str, expected: &str) -> Self {
        Self::Value { origin: origin.describe(key), value: value.to_owned(), expected: expected.to_owned() }
    }
}
