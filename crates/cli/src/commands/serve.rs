//! `serve`: the API and the pages.

use std::sync::Arc;

use anyhow::Context;
use lorgnon_index::Store;
use lorgnon_server::{Live, LiveParts, ServerConfig, Shutdown};

use crate::local_trainer::LocalTrainer;
use crate::outcome::Outcome;
use crate::output::say;
use crate::settings::Settings;
use crate::wiring;

/// Serves until it is told to stop; prints the address once it answers.
pub(super) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    let chosen = wiring::encoder(settings)?;
    let catalogue = wiring::catalogue(settings)?;
    let store = wiring::store(&settings.cache)?;
    let trainer =
        LocalTrainer::new(settings, Arc::clone(&store), Arc::clone(&chosen.encoder), Arc::clone(&catalogue));
    let live = Live::open(LiveParts {
        store: store as Arc<dyn Store>,
        encoder: chosen.encoder,
        wanted_encoder: chosen.fallback_from,
        catalogue,
        cache: settings.cache.clone(),
        trainer: Box::new(trainer.clone()),
    })
    .context("cannot answer from the index")?;
    let mut config = ServerConfig {
        listen: settings.listen,
        base_path: settings.base_path.clone(),
        allowed_origins: settings.allowed_origins.clone(),
        token: settings.token.clone(),
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
