//! `serve`: the API and the pages.

use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use lorgnon_imaging::Limits;
use lorgnon_index::Store;
use lorgnon_server::{Live, LiveParts, Reload, ServerConfig, Shutdown};

use crate::encoders;
use crate::local_trainer::LocalTrainer;
use crate::outcome::Outcome;
use crate::output::say;
use crate::settings::{KEYS, Settings};
use crate::{hints, logging, wiring};

/// Serves until it is told to stop; prints the address once it answers.
pub(super) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    let chosen = encoders::chosen_for_server(settings)?;
    let catalogue = wiring::catalogue(settings)?;
    let store = wiring::store(settings)?;
    let trainer =
        LocalTrainer::new(settings, Arc::clone(&store), Arc::clone(&chosen.encoder), Arc::clone(&catalogue));
    let live = Live::open(LiveParts {
        store: store as Arc<dyn Store>,
        encoder: chosen.encoder,
        wanted_encoder: chosen.fallback_from,
        catalogue,
        icons: wiring::icons(settings)?,
        cache: settings.cache.clone(),
        trainer: Box::new(trainer.clone()),
    })
    .context("cannot answer from the index")?;
    let shutdown = Shutdown::default();
    let served = lorgnon_server::serve(
        configuration(settings),
        Arc::new(live),
        &shutdown,
        reload(settings),
        |address| {
            say(&format!("serving http://{address}/"));
        },
    );
    trainer.stop();
    served?;
    Ok(Outcome::Done)
}

fn configuration(settings: &Settings) -> ServerConfig {
    let defaults = ServerConfig::default();
    let workers = settings.jobs.map_or(defaults.workers, NonZeroUsize::get);
    ServerConfig {
        listen: settings.listen,
        base_path: settings.base_path.clone(),
        allowed_origins: settings.allowed_origins.clone(),
        token: settings.token.clone(),
        generations: Some(settings.cache.join(wiring::GENERATIONS)),
        limits: Limits {
            max_bytes: settings.max_upload_mib << 20,
            max_pixels: settings.max_megapixels * 1_000_000,
        },
        workers,
        queue_length: settings.queue_length.unwrap_or_else(|| ServerConfig::queue_length_for(workers)),
        request_timeout: Duration::from_secs(settings.request_timeout_s),
        max_connections: settings.max_connections,
        requests_per_minute: settings.requests_per_minute,
        trusted_proxies: settings.trusted_proxies.clone(),
        max_streams: settings.max_streams,
        shutdown_grace: defaults.shutdown_grace,
    }
}

/// What SIGHUP does. At a terminal it says that the terminal went away, and ends the program as ever.
fn reload(settings: &Settings) -> Option<Reload> {
    if std::io::stderr().is_terminal() {
        return None;
    }
    let started = settings.clone();
    Some(Box::new(move || match started.read_again() {
        Ok(newer) => {
            if let Err(error) = logging::change(&newer) {
                tracing::error!(error = hints::message(&error.into()), "the log stays as it was");
            }
            for key in needing_a_restart(&started, &newer) {
                tracing::warn!(setting = key, "changed, but is read at the start only");
            }
            tracing::info!("settings read again");
            Some(configuration(&newer))
        }
        Err(error) => {
            tracing::error!(error = hints::message(&error.into()), "the settings stay as they were");
            None
        }
    }))
}

/// Settings that changed and that [`ServerConfig::reloaded`] does not take over.
fn needing_a_restart(started: &Settings, newer: &Settings) -> Vec<&'static str> {
    const TAKEN_OVER: [&str; 8] = [
        "token",
        "allowed_origins",
        "trusted_proxies",
        "max_upload_mib",
        "max_megapixels",
        "requests_per_minute",
        "request_timeout_s",
        "log",
    ];
    KEYS.iter()
        .map(|key| key.name)
        .filter(|name| !TAKEN_OVER.contains(name))
        .filter(|name| started.layers.get(name) != newer.layers.get(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Layer;

    #[test]
    fn only_what_a_running_server_cannot_take_over_needs_a_restart() {
        let settings = |pairs: &[(&str, &str)]| {
            let mut flags = Layer::default();
            for (name, value) in pairs {
                flags.text(name, Some(&(*value).to_owned()));
            }
            Settings::resolve(flags, None).unwrap()
        };
        let started = settings(&[]);
        let newer =
            settings(&[("token", "x"), ("log", "debug"), ("queue_length", "5"), ("listen", "[::1]:80")]);
        assert_eq!(needing_a_restart(&started, &newer), ["listen", "queue_length"]);
    }
}
