//! `serve`: the API and the pages.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use lorgnon_imaging::Limits;
use lorgnon_index::Store;
use lorgnon_server::{Live, LiveParts, ServerConfig, Shutdown};

use crate::encoders;
use crate::local_trainer::LocalTrainer;
use crate::outcome::Outcome;
use crate::output::say;
use crate::settings::Settings;
use crate::wiring;

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
    let mut config = ServerConfig {
        listen: settings.listen,
        base_path: settings.base_path.clone(),
        allowed_origins: settings.allowed_origins.clone(),
        token: settings.token.clone(),
        generations: Some(settings.cache.join(wiring::GENERATIONS)),
        limits: Limits {
            max_bytes: settings.max_upload_mib << 20,
            max_pixels: settings.max_megapixels * 1_000_000,
        },
        queue_length: settings.queue_length,
        request_timeout: Duration::from_secs(settings.request_timeout_s),
        max_streams: settings.max_streams,
        ..ServerConfig::default()
    };
    if let Some(jobs) = settings.jobs {
        config.workers = jobs.get();
    }
    let served = lorgnon_server::serve(config, Arc::new(live), &Shutdown::default(), |address| {
        say(&format!("serving http://{address}/"));
    });
    trainer.stop();
    served?;
    Ok(Outcome::Done)
}
