//! The names of all settings.

use super::Layer;

/// One setting. Its flag is `--` and its name with dashes; its variable `LORGNON_` and its name in
/// capitals; its key in the settings file is its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// With underscores.
    pub(crate) name: &'static str,
    /// Whether its value must never be shown.
    pub(crate) secret: bool,
}

const fn key(name: &'static str) -> Key {
    Key { name, secret: false }
}

/// All of them, in the order of `default.toml`.
pub(crate) const KEYS: &[Key] = &[
    key("cache"),
    key("dataset"),
    key("catalogue"),
    key("icons"),
    key("store"),
    key("encoder"),
    key("engine"),
    key("precision"),
    key("encoder_idle_s"),
    key("model_cache"),
    key("jobs"),
    key("limit"),
    key("rebuild"),
    key("dry_run"),
    key("worker"),
    key("allow_outside"),
    key("neighbours"),
    key("format"),
    key("listen"),
    key("base_path"),
    key("allowed_origins"),
    Key { name: "token", secret: true },
    key("max_upload_mib"),
    key("max_megapixels"),
    key("queue_length"),
    key("request_timeout_s"),
    key("max_streams"),
    key("max_connections"),
    key("requests_per_minute"),
    key("trusted_proxies"),
    key("test"),
    key("folds"),
    key("report"),
    key("language"),
    key("looks"),
    key("follow"),
    key("log"),
    key("log_format"),
];

impl Key {
    /// The setting with a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        KEYS.iter().copied().find(|key| key.name == name)
    }

    /// Its environment variable.
    pub(crate) fn variable(self) -> String {
        format!("LORGNON_{}", self.name.to_uppercase())
    }

    /// Its flag.
    pub(crate) fn flag(self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }

    /// Its default for the help; `None` where there is none worth showing.
    pub(crate) fn default_text(self) -> Option<String> {
        let defaults = Layer::defaults().ok()?;
        defaults.get(self.name).filter(|text| *text != "false").map(ToOwned::to_owned)
    }
}
