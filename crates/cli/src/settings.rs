//! What is in force: flag > environment > settings file > default.
//!
//! Each source gives a [`Layer`] of texts with their [`Origin`]; the layers are merged, and one
//! validated [`Settings`] is read from the result. So every value is checked in one place, and an
//! error names the flag, the variable, or the file and key that is wrong.
//!
//! The defaults are a layer too: the commented `default.toml`, compiled in. What the documentation
//! shows is what the program does.

mod environment;
mod error;
mod file;
mod key;
mod layer;
mod values;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use ipnet::IpNet;

pub(crate) use error::SettingsError;
pub(crate) use file::DEFAULT_FILE;
pub(crate) use key::{KEYS, Key};
pub(crate) use layer::{Layer, Origin};
pub(crate) use values::{DEFAULT_CLIP_MODEL, EncoderChoice, Engine, Language, LogFormat, ModelPrecision};

use crate::output::Format;
use crate::stores::StoreChoice;
use crate::wiring;

/// More neighbours than this are never named.
pub(crate) const NEIGHBOURS_MAX: u64 = 100;

/// What is in force.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) cache: PathBuf,
    pub(crate) dataset: PathBuf,
    pub(crate) catalogue: Option<PathBuf>,
    pub(crate) icons: Option<PathBuf>,
    pub(crate) store: StoreChoice,
    pub(crate) encoder: EncoderChoice,
    pub(crate) engine: Engine,
    pub(crate) precision: ModelPrecision,
    pub(crate) encoder_idle_s: u64,
    pub(crate) model_cache: PathBuf,
    pub(crate) jobs: Option<NonZeroUsize>,
    pub(crate) limit: Option<u64>,
    pub(crate) rebuild: bool,
    pub(crate) dry_run: bool,
    pub(crate) worker: bool,
    pub(crate) allow_outside: bool,
    pub(crate) neighbours: usize,
    pub(crate) format: Format,
    pub(crate) listen: SocketAddr,
    pub(crate) base_path: String,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) token: Option<String>,
    pub(crate) max_upload_mib: u64,
    pub(crate) max_megapixels: u64,
    pub(crate) queue_length: Option<usize>,
    pub(crate) request_timeout_s: u64,
    pub(crate) max_streams: usize,
    pub(crate) max_connections: u32,
    pub(crate) requests_per_minute: u32,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) test: Option<PathBuf>,
    pub(crate) report: Option<PathBuf>,
    pub(crate) folds: u32,
    pub(crate) language: Language,
    pub(crate) looks: u32,
    pub(crate) follow: bool,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    /// Where each value comes from, for `config` and for errors.
    pub(crate) layers: Layer,
    /// Variables that look like ours and are not.
    pub(crate) unknown_variables: Vec<String>,
    /// The flags and the settings file asked for, to read everything again.
    pub(crate) typed: (Layer, Option<PathBuf>),
}

impl Settings {
    /// Merges what was typed with environment, settings file and defaults.
    ///
    /// `config` is the settings file asked for; without it `LORGNON_CONFIG`, then `lorgnon.toml` in
    /// the working folder if there is one.
    pub(crate) fn resolve(flags: Layer, config: Option<&Path>) -> Result<Self, SettingsError> {
        let variables: Vec<_> = std::env::vars_os().collect();
        let environment = environment::read(&variables)?;
        let file = match config.map(Path::to_path_buf).or(environment.config) {
            Some(path) => file::read(&path)?,
            None => file::read_if_there(Path::new(file::NAME))?,
        };
        let layers = Layer::defaults()?.under(file).under(environment.layer).under(flags.clone());
        let mut settings = Self::validate(layers, environment.unknown)?;
        settings.typed = (flags, config.map(Path::to_path_buf));
        Ok(settings)
    }

    /// What would be in force if the program were started now: the settings file may have changed.
    pub(crate) fn read_again(&self) -> Result<Self, SettingsError> {
        Self::resolve(self.typed.0.clone(), self.typed.1.as_deref())
    }

    fn validate(layers: Layer, unknown_variables: Vec<String>) -> Result<Self, SettingsError> {
        // What is wrong may be part of a password.
        let store = StoreChoice::named(&layers.text_of("store")?)
            .map_err(|expected| layers.refused("store", "(hidden)", &expected))?;
        let cache = PathBuf::from(layers.text_of("cache")?);
        Ok(Self {
            dataset: layers.get("dataset").map_or_else(|| cache.join(wiring::GENERATIONS), PathBuf::from),
            model_cache: layers.get("model_cache").map_or_else(|| cache.join("transformers"), PathBuf::from),
            catalogue: layers.get("catalogue").map(PathBuf::from),
            icons: layers.get("icons").map(PathBuf::from),
            encoder: EncoderChoice::named(&layers.text_of("encoder")?),
            engine: layers.choice_of("engine")?,
            precision: layers.choice_of("precision")?,
            encoder_idle_s: layers.in_range("encoder_idle_s", 0, 31_536_000)?,
            jobs: layers.optional("jobs", "a whole number above 0")?,
            limit: layers.optional("limit", "a whole number")?,
            rebuild: layers.switch("rebuild")?,
            dry_run: layers.switch("dry_run")?,
            worker: layers.switch("worker")?,
            allow_outside: layers.switch("allow_outside")?,
            neighbours: layers.in_range("neighbours", 0, NEIGHBOURS_MAX)?,
            format: layers.choice_of("format")?,
            listen: layers.required("listen", "an address and a port such as `127.0.0.1:3000`")?,
            base_path: layers.get("base_path").unwrap_or_default().to_owned(),
            allowed_origins: layers.list_of("allowed_origins"),
            token: layers.get("token").map(ToOwned::to_owned),
            max_upload_mib: layers.in_range("max_upload_mib", 1, 1024)?,
            max_megapixels: layers.in_range("max_megapixels", 1, 1000)?,
            queue_length: layers.in_range_if_set("queue_length", 1, 100_000)?,
            request_timeout_s: layers.in_range("request_timeout_s", 1, 3600)?,
            max_streams: layers.in_range("max_streams", 0, 100_000)?,
            max_connections: layers.in_range("max_connections", 1, 100_000)?,
            requests_per_minute: layers.in_range("requests_per_minute", 0, 1_000_000)?,
            trusted_proxies: values::networks(&layers)?,
            test: layers.get("test").map(PathBuf::from),
            report: layers.get("report").map(PathBuf::from),
            folds: layers.in_range("folds", 2, 100)?,
            language: match layers.get("language") {
                Some(_) => layers.choice_of("language")?,
                None => Language::of_this_system(),
            },
            looks: layers.in_range("looks", 1, u64::from(u32::MAX))?,
            follow: layers.switch("follow")?,
            log: layers.text_of("log")?,
            log_format: layers.choice_of("log_format")?,
            cache,
            store,
            layers,
            unknown_variables,
            typed: Default::default(),
        })
    }

    /// The error that says where a value comes from and what was expected of it.
    pub(crate) fn refused(&self, key: &'static str, value: &str, expected: &str) -> SettingsError {
        self.layers.refused(key, value, expected)
    }
}

#[cfg(test)]
mod tests;
