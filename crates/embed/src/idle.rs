//! An encoder that gives its memory back while nobody asks.
//!
//! A learned network holds hundreds of megabytes. Beside a site that is asked a few times a day they
//! are better given back; the next question waits while the network is loaded again.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use lorgnon_imaging::Picture;

use crate::{EmbedError, Encoder, EncoderSpec};

/// Loads the encoder anew.
type Load = dyn Fn() -> Result<Arc<dyn Encoder>, Box<dyn std::error::Error + Send + Sync>> + Send + Sync;

/// See the module.
pub struct IdleEncoder {
    spec: EncoderSpec,
    load: Box<Load>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    loaded: Mutex<Loaded>,
    /// Tells the watching thread of a use, or of the end.
    used: Condvar,
}

#[derive(Default)]
struct Loaded {
    encoder: Option<Arc<dyn Encoder>>,
    last_use: Option<Instant>,
}

impl IdleEncoder {
    /// Begins with a loaded encoder; `load` loads the same one again. It is unloaded once it was not
    /// used for `idle`.
    pub fn new(
        encoder: Arc<dyn Encoder>,
        idle: Duration,
        load: impl Fn() -> Result<Arc<dyn Encoder>, Box<dyn std::error::Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let spec = encoder.spec().clone();
        let state = Arc::new(State::default());
        *state.lock() = Loaded { encoder: Some(encoder), last_use: Some(Instant::now()) };
        let watched = Arc::downgrade(&state);
        // Ends by itself soon after the encoder is dropped.
        std::thread::spawn(move || watch(&watched, idle));
        Self { spec, load: Box::new(load), state }
    }

    /// Whether the network is in memory now.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.state.lock().encoder.is_some()
    }

    fn encoder(&self) -> Result<Arc<dyn Encoder>, EmbedError> {
        let failed = |source| EmbedError::Engine { encoder: self.spec.name.clone(), source };
        // Held while loading: who comes second waits instead of loading too.
        let mut loaded = self.state.lock();
        loaded.last_use = Some(Instant::now());
        self.state.used.notify_all();
        if let Some(encoder) = &loaded.encoder {
            return Ok(Arc::clone(encoder));
        }
        let encoder = (self.load)().map_err(failed)?;
        if encoder.spec() != &self.spec {
            return Err(failed("its files were replaced since it was loaded first".into()));
        }
        tracing::info!(encoder = self.spec.name, "the encoder was loaded again");
        loaded.encoder = Some(Arc::clone(&encoder));
        loaded.last_use = Some(Instant::now());
        Ok(encoder)
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Loaded> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Unloads the encoder whenever it was idle for so long.
fn watch(state: &Weak<State>, idle: Duration) {
    /// How long an encoder that nobody has any more is watched at most.
    const LONGEST_SLEEP: Duration = Duration::from_secs(5);
    while let Some(state) = state.upgrade() {
        let mut loaded = state.lock();
        let rest = loaded.last_use.map_or(idle, |used| idle.saturating_sub(used.elapsed()));
        if rest.is_zero() && loaded.encoder.take().is_some() {
            tracing::info!("the encoder was idle and is unloaded");
        }
        let sleep = if rest.is_zero() { LONGEST_SLEEP } else { rest.min(LONGEST_SLEEP) };
        // The lock is given back while sleeping; a use wakes.
        drop(state.used.wait_timeout(loaded, sleep));
    }
}

impl Encoder for IdleEncoder {
    fn spec(&self) -> &EncoderSpec {
        &self.spec
    }

    fn encode(&self, pictures: &[Picture]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let vectors = self.encoder()?.encode(pictures);
        self.state.lock().last_use = Some(Instant::now());
        vectors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BuiltinEncoder;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn an_idle_encoder_is_unloaded_and_loaded_again() {
        let loads = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&loads);
        let encoder =
            IdleEncoder::new(Arc::new(BuiltinEncoder::new()), Duration::from_millis(20), move || {
                counted.fetch_add(1, Ordering::Relaxed);
                Ok(Arc::new(BuiltinEncoder::new()))
            });
        let picture = [Picture::filled(9, 9, [40, 80, 120, 255])];
        let first = encoder.encode(&picture).unwrap();
        while encoder.is_loaded() {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(encoder.encode(&picture).unwrap(), first);
        assert_eq!(loads.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn an_encoder_that_cannot_be_loaded_again_is_an_error() {
        let encoder = IdleEncoder::new(Arc::new(BuiltinEncoder::new()), Duration::ZERO, || {
            Err("the file is gone".into())
        });
        while encoder.is_loaded() {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(encoder.encode(&[Picture::filled(2, 2, [9; 4])]).is_err());
    }
}
