//! Logs, on stderr.

use std::io::IsTerminal;
use std::sync::OnceLock;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, registry, reload};

use crate::settings::{LogFormat, Settings, SettingsError};

/// Exchanges the filter of the one subscriber that a process has.
static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Turns on logs as the settings say.
pub(crate) fn start(settings: &Settings) -> anyhow::Result<()> {
    let (filter, handle) = reload::Layer::new(filter(settings)?);
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = match settings.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let subscriber = registry().with(lines.with_filter(filter));
    #[cfg(feature = "opentelemetry")]
    let subscriber = subscriber.with(crate::telemetry::layer()?);
    // A subscriber is set once a process; a second call (in tests) changes nothing.
    if subscriber.try_init().is_ok() {
        let _ = FILTER.set(handle);
    }
    Ok(())
}

/// Logs from now on what the settings say.
pub(crate) fn change(settings: &Settings) -> Result<(), SettingsError> {
    let filter = filter(settings)?;
    if let Some(handle) = FILTER.get() {
        // It fails only when the subscriber is gone, which nobody removes.
        let _ = handle.reload(filter);
    }
    Ok(())
}

fn filter(settings: &Settings) -> Result<EnvFilter, SettingsError> {
    EnvFilter::try_new(&settings.log)
        .map_err(|error| settings.refused("log", &settings.log, &format!("a log filter ({error})")))
}
