//! What every handler can reach.

use std::sync::{Arc, PoisonError, RwLock};

use lorgnon_dataset::Collection;
use tokio::sync::{Semaphore, watch};

use crate::backend::Backend;
use crate::config::{ServerConfig, ServerError};
use crate::copies::KnownCopies;
use crate::error::{ApiError, ApiResult};
use crate::looks::Looks;
use crate::metrics::Metrics;
use crate::pool::WorkerPool;
use crate::progress_feed::ProgressFeed;
use crate::rate_limit::RateLimit;
use crate::upload::BodyMemory;

/// Threads for index reads, which must not wait behind pictures.
const READERS: usize = 2;
/// Index reads that may wait.
const READS_WAITING_MAX: usize = 256;

/// The state of one server; cloned for each request.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Shared>);

/// What [`AppState`] shares.
pub(crate) struct Shared {
    pub(crate) backend: Arc<dyn Backend>,
    in_force: RwLock<Arc<InForce>>,
    /// What people changed by hand.
    pub(crate) collection: Option<Arc<Collection>>,
    /// `""` or `/path`.
    pub(crate) base_path: String,
    /// Decoding and recognition.
    pub(crate) pictures: WorkerPool,
    /// Index and state reads.
    pub(crate) reads: WorkerPool,
    pub(crate) bodies: BodyMemory,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) progress: ProgressFeed,
    pub(crate) copies: KnownCopies,
    pub(crate) metrics: Metrics,
    /// Becomes true when the server should end.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// What holds until the operator says otherwise.
pub(crate) struct InForce {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) rate_limit: Arc<RateLimit>,
}

impl std::ops::Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl AppState {
    pub(crate) fn new(
        backend: Arc<dyn Backend>,
        config: ServerConfig,
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, ServerError> {
        let threads = |source| ServerError::Io { action: "start the worker threads", source };
        let pictures = WorkerPool::start("picture", config.workers, config.queue_length).map_err(threads)?;
        let reads = WorkerPool::start("reader", READERS, READS_WAITING_MAX).map_err(threads)?;
        Ok(Self(Arc::new(Shared {
            base_path: config.normalised_base_path()?,
            pictures,
            reads,
            bodies: BodyMemory::for_limits(&config.limits),
            streams: Arc::new(Semaphore::new(config.max_streams)),
            progress: ProgressFeed::default(),
            copies: KnownCopies::default(),
            metrics: Metrics::default(),
            stopping,
            backend,
            collection: config.generations.as_deref().map(|folder| Arc::new(Collection::new(folder))),
            in_force: RwLock::new(Arc::new(InForce {
                rate_limit: Arc::new(RateLimit::new(config.requests_per_minute)),
                config: Arc::new(config),
            })),
        })))
    }

    /// What holds now; a request that began under it may end under it.
    pub(crate) fn in_force(&self) -> Arc<InForce> {
        Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The configuration that holds now.
    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.in_force().config)
    }

    /// Takes over what can change while the server runs.
    pub(crate) fn reload(&self, newer: ServerConfig) {
        let mut in_force = self.in_force.write().unwrap_or_else(PoisonError::into_inner);
        let config = in_force.config.reloaded(newer);
        self.bodies.grow_for(&config.limits);
        let same_rate = config.requests_per_minute == in_force.config.requests_per_minute;
        // Who asked too often must not be forgiven by every reload.
        let rate_limit = if same_rate {
            Arc::clone(&in_force.rate_limit)
        } else {
            Arc::new(RateLimit::new(config.requests_per_minute))
        };
        *in_force = Arc::new(InForce { config: Arc::new(config), rate_limit });
    }

    /// Reads from the looks on a reader thread.
    pub(crate) async fn read_looks<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Looks<'_>) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        self.reads.run(self.on_looks(read)).await?
    }

    /// Reads from the looks on a thread of the pictures: what takes as long as they do, and would keep those
    /// waiting who only look things up.
    pub(crate) async fn work_at_looks<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Looks<'_>) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        self.pictures.run(self.on_looks(work)).await?
    }

    fn on_looks<T>(
        &self,
        read: impl FnOnce(&Looks<'_>) -> ApiResult<T> + Send + 'static,
    ) -> impl FnOnce() -> ApiResult<T> + Send + 'static {
        let (backend, collection) = (Arc::clone(&self.backend), self.collection.clone());
        move || read(&Looks { backend: &*backend, collection: collection.as_deref() })
    }

    /// Reads from the backend on a reader thread.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Backend) -> T + Send + 'static,
    ) -> ApiResult<T> {
        let backend = Arc::clone(&self.backend);
        self.reads.run(move || read(&*backend)).await.map_err(ApiError::from)
    }
}
