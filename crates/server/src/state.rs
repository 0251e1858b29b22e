//! What every handler can reach.

use std::sync::Arc;

use lorgnon_dataset::Collection;
use tokio::sync::{Semaphore, watch};

use crate::backend::Backend;
use crate::config::{ServerConfig, ServerError};
use crate::error::{ApiError, ApiResult};
use crate::looks::Looks;
use crate::metrics::Metrics;
use crate::pool::WorkerPool;
use crate::progress_feed::ProgressFeed;

/// Uploads read into memory at once, for each picture that may wait or be worked on. Clients on
/// slow lines hold one for seconds without costing a worker.
const UPLOADS_PER_TASK: usize = 2;
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
    pub(crate) config: ServerConfig,
    /// What people changed by hand.
    pub(crate) collection: Option<Arc<Collection>>,
    /// `""` or `/path`.
    pub(crate) base_path: String,
    /// Decoding and recognition.
    pub(crate) pictures: WorkerPool,
    /// Index and state reads.
    pub(crate) reads: WorkerPool,
    pub(crate) uploads: Arc<Semaphore>,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) progress: ProgressFeed,
    pub(crate) metrics: Metrics,
    /// Becomes true when the server should end.
    pub(crate) stopping: watch::Receiver<bool>,
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
        let uploads = (config.workers + config.queue_length) * UPLOADS_PER_TASK;
        Ok(Self(Arc::new(Shared {
            base_path: config.normalised_base_path()?,
            pictures,
            reads,
            uploads: Arc::new(Semaphore::new(uploads.max(1))),
            streams: Arc::new(Semaphore::new(config.max_streams)),
            progress: ProgressFeed::default(),
            metrics: Metrics::default(),
            stopping,
            backend,
            collection: config.generations.as_deref().map(|folder| Arc::new(Collection::new(folder))),
            config,
        })))
    }

    /// Reads from the looks on a reader thread.
    pub(crate) async fn read_looks<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Looks<'_>) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        let (backend, collection) = (Arc::clone(&self.backend), self.collection.clone());
        self.reads.run(move || read(&Looks { backend: &*backend, collection: collection.as_deref() })).await?
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
