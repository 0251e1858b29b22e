//! The options of each command, and which setting each one sets.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::output::Format;
use crate::settings::{
    DEFAULT_CLIP_MODEL, Engine, Language, Layer, LogFormat, ModelPrecision, NEIGHBOURS_MAX,
};

/// Options of every command.
#[derive(Debug, Default, Args)]
pub(crate) struct CommonOptions {
    /// Folder for the index, the training state and models
    #[arg(long, global = true, value_name = "DIR", help_heading = "Common options")]
    cache: Option<PathBuf>,
    /// Where looks are kept: `embedded` is the cache folder, `postgres://user:password@host/database` a
    /// database that several machines share
    #[arg(long, global = true, value_name = "URL", help_heading = "Common options")]
    store: Option<String>,
    /// Settings file; without it, `lorgnon.toml` here if there is one [env: LORGNON_CONFIG]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Common options")]
    pub(crate) config: Option<PathBuf>,
    /// Which logs to write to stderr: `error`, `warn`, `info`, `debug`, or `crate=level,…`
    #[arg(long, global = true, value_name = "FILTER", help_heading = "Common options")]
    log: Option<String>,
    /// How logs are written
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Common options")]
    log_format: Option<LogFormat>,
}

impl CommonOptions {
    pub(super) fn collect(&self, layer: &mut Layer) {
        layer.path("cache", self.cache.as_ref());
        layer.text("store", self.store.as_ref());
        layer.text("log", self.log.as_ref());
        layer.choice("log_format", self.log_format);
    }
}

/// How data is written.
#[derive(Debug, Default, Args)]
pub(crate) struct FormatOption {
    /// How data is written
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

impl FormatOption {
    pub(super) fn collect(&self, layer: &mut Layer) {
        layer.choice("format", self.format);
    }
}

/// What pictures are turned into vectors by, and which items exist.
#[derive(Debug, Default, Args)]
pub(crate) struct EncoderOptions {
    /// `builtin`, `clip`, a model's folder or hub id, or `auto`: a model if there is one, else `builtin`
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    encoder: Option<String>,
    /// What runs a model
    #[arg(long, value_name = "ENGINE")]
    engine: Option<Engine>,
    /// Which of a model's networks
    #[arg(long, value_name = "PRECISION")]
    precision: Option<ModelPrecision>,
    /// Catalogue of items (JSON or JSON lines): names, levels, icons, which look alike
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// Folder of the items' icons; without it, `icons` beside the catalogue
    #[arg(long, value_name = "DIR")]
    icons: Option<PathBuf>,
    /// Threads for heavy work; without it, one a core
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

impl EncoderOptions {
    fn collect(&self, layer: &mut Layer) {
        layer.text("encoder", self.encoder.as_ref());
        layer.choice("engine", self.engine);
        layer.choice("precision", self.precision);
        layer.path("catalogue", self.catalogue.as_ref());
        layer.path("icons", self.icons.as_ref());
        layer.number("jobs", self.jobs);
    }
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoOptions {
    /// Looks to draw for training
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    looks: Option<u32>,
    /// Address to serve on
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Threads for heavy work; without it, one a core
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

impl DemoOptions {
    pub(super) fn collect(&self, layer: &mut Layer) {
        layer.number("looks", self.looks);
        layer.number("listen", self.listen);
        layer.number("jobs", self.jobs);
    }
}

/// Options of `train`.
#[derive(Debug, Args)]
pub(crate) struct TrainOptions {
    /// Export to learn from, a folder or a file; without it, `generations/` in the cache folder
    #[arg(long, value_name = "PATH")]
    dataset: Option<PathBuf>,
    /// Only this many looks, from the start
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Forget the index and read every picture again
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    rebuild: Option<bool>,
    /// Say what would be done, and do nothing
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    dry_run: Option<bool>,
    /// Share the work with other processes that train with the same database, export and encoder
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    worker: Option<bool>,
    /// Use pictures outside the dataset's folder too
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    allow_outside: Option<bool>,
    #[command(flatten)]
    encoder: EncoderOptions,
    #[command(flatten)]
    format: FormatOption,
}

impl TrainOptions {
    pub(super) fn collect(&self, layer: &mut Layer) {
        layer.path("dataset", self.dataset.as_ref());
        layer.number("limit", self.limit);
        layer.number("rebuild", self.rebuild);
        layer.number("dry_run", self.dry_run);
        layer.number("worker", self.worker);
        layer.number("allow_outside", self.allow_outside);
        self.encoder.collect(layer);
        self.format.collect(layer);
    }
}

/// Options of `analyze`.
#[derive(Debug, Args)]
pub(crate) struct AnalyzeOptions {
    /// Pictures, folders of pictures, or `-` for standard input
    #[arg(required = true, value_name = "IMAGE")]
    pub(crate) images: Vec<PathBuf>,
    /// How many of the most similar looks to name
    #[arg(short = 'k', long, value_name = "N", allow_negative_numbers = true,
          value_parser = clap::value_parser!(u64).range(0..=NEIGHBOURS_MAX))]
    neighbours: Option<u64>,
    #[command(flatten)]
    encoder: EncoderOptions,
    #[command(flatten)]
    format: FormatOption,
}

impl AnalyzeOptions {
    pub(super) fn collect(&self, layer: &mut Layer) {
        layer.number("neighbours", self.neighbours);
        self.encoder.collect(layer);
        self.format.collect(layer);
    }
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// Address to serve on
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Export that a training started from the pages learns from
    #[arg(long, value_name = "PATH")]
    dataset: Option<PathBuf>,
    /// Path that a reverse proxy serves the program under
    #[arg(long, value_name = "PATH")]
    base_path: Option<String>,
    /// Origins whose pages may call the API, separated by commas; `*` is any
    #[arg(long, value_name = "ORIGINS")]
    allowed_origins: Option<String>,
    /// Secret that allows writing; without it, only this machine may
    #[arg(long, value_name = "SECRET")]
    token: Option<String>,
    /// Largest picture that is taken, in MiB of its file
    #[arg(long, value_name = "MIB")]
    max_upload_mib: Option<u64>,
    /// Largest picture that is taken, in millions of pixels
    #[arg(long, value_name = "MEGAPIXELS")]
    max_megapixels: Option<u64>,
    /// Pictures that may wait for a thread; more are refused with 503; without it, as many as threads
    #[arg(long, value_name = "N")]
    queue_length: Option<u64>,
    /// Seconds a client has to send its request and get its answer
    #[arg(long, value_name = "SECONDS")]
    request_timeout_s: Option<u64>,
    /// Live progress streams open at once; more are refused with 503
    #[arg(long, value_name = "N")]
    max_streams: Option<u64>,
    /// Connections open at once; more wait
    #[arg(long, value_name = "N")]
    max_connections: Option<u64>,
    /// Requests that recognise or change something, a minute and client; more are refused with 429; 0: no limit
    #[arg(long, value_name = "N")]
    requests_per_minute: Option<u64>,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or networks, separated by commas
    #[arg(long, value_name = "NETWORKS")]
    trusted_proxies: Option<String>,
    #[command(flatten)]
    encoder: EncoderOptions,
}

impl ServeOptions {
    pub(super) fn collect(&self, layer: &mut Layer) {
        layer.number("listen", self.listen);
        layer.path("dataset", self.dataset.as_ref());
        layer.text("base_path", self.base_path.as_ref());
        layer.text("allowed_origins", self.allowed_origins.as_ref());
        layer.text("token", self.token.as_ref());
        layer.number("max_upload_mib", self.max_upload_mib);
        layer.number("max_megapixels", self.max_megapixels);
        layer.number("queue_length", self.queue_length);
        layer.number("request_timeout_s", self.request_timeout_s);
        layer.number("max_streams", self.max_streams);
        layer.number("max_connections", self.max_connections);
        layer.number("requests_per_minute", self.requests_per_minute);
        layer.text("trusted_proxies", self.trusted_proxies.as_ref());
        self.encoder.collect(layer);
    }
}

/// Options of `evaluate`.
#[derive(Debug, Args)]
pub(crate) struct EvaluateOptions {
    /// Labelled looks to judge by; without it, cross-validation on the dataset
    #[arg(long, value_name = "PATH")]
    test: Option<PathBuf>,
    /// Export the index was trained on, for cross-validation
    #[arg(long, value_name = "PATH")]
    dataset: Option<PathBuf>,
    /// Parts of the cross-validation
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100))]
    folds: Option<u32>,
    /// Folder to write an HTML report into
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Language of the report
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<Language>,
    #[command(flatten)]
    encoder: EncoderOptions,
    #[command(flatten)]
    format: FormatOption,
}

impl EvaluateOptions {
    pub(super) fn collect(&self, layer: &mut Layer) {
        layer.path("test", self.test.as_ref());
        layer.path("dataset", self.dataset.as_ref());
        layer.number("folds", self.folds);
        layer.path("report", self.report.as_ref());
        layer.choice("language", self.language);
        self.encoder.collect(layer);
        self.format.collect(layer);
    }
}

/// Options of `status`.
#[derive(Debug, Args)]
pub(crate) struct StatusOptions {
    /// Go on until the training ends
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    follow: Option<bool>,
    #[command(flatten)]
    format: FormatOption,
}

impl StatusOptions {
    pub(super) fn collect(&self, layer: &mut Layer) {
        layer.number("follow", self.follow);
        self.format.collect(layer);
    }
}

/// Options of `model fetch`.
#[derive(Debug, Args)]
pub(crate) struct FetchOptions {
    /// Hub id of the model, `organisation/name`; without it, CLIP's
    #[arg(value_name = "ID", default_value = DEFAULT_CLIP_MODEL)]
    pub(crate) id: String,
    /// Branch, tag or commit
    #[arg(long, value_name = "REVISION", default_value = "main")]
    pub(crate) revision: String,
    /// The hub, or a mirror of it [env: HF_ENDPOINT]
    #[arg(
        long,
        value_name = "URL",
        env = "HF_ENDPOINT",
        hide_env = true,
        default_value = "https://huggingface.co"
    )]
    pub(crate) endpoint: String,
    /// Seconds to wait for a connection, an answer, or the next 16 MiB
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout_s: u64,
    /// Which of the model's networks
    #[arg(long, value_name = "PRECISION")]
    precision: Option<ModelPrecision>,
    #[command(flatten)]
    format: FormatOption,
}

impl FetchOptions {
    pub(super) fn collect(&self, layer: &mut Layer) {
        layer.choice("precision", self.precision);
        self.format.collect(layer);
    }
}

/// Options of `model check`.
#[derive(Debug, Args)]
pub(crate) struct ModelOptions {
    #[command(flatten)]
    encoder: EncoderOptions,
    #[command(flatten)]
    format: FormatOption,
}

impl ModelOptions {
    pub(super) fn collect(&self, layer: &mut Layer) {
        self.encoder.collect(layer);
        self.format.collect(layer);
    }
}
