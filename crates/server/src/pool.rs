//! Worker threads behind a bounded queue.
//!
//! Decoding and recognising take tens of milliseconds of arithmetic: on the async runtime they
//! would stall every other connection, on an unbounded pool a burst would eat the memory. Here a
//! full queue refuses at once, and a panic costs one answer, not a thread.
//!
//! A task alone may use every core. Where others are at work the cores are taken anyway: then each
//! task keeps to one thread of its own, since handing parts to and fro only costs (a quarter of
//! the processor time, measured; the result is the same on any number of threads).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::ThreadPool;
use tokio::sync::oneshot;

type Task = Box<dyn FnOnce() + Send>;

/// The threads and their queue. They end when the pool is dropped and the queue is empty.
pub(crate) struct WorkerPool {
    queue: SyncSender<Task>,
    waiting: Arc<AtomicUsize>,
}

/// Why a task gave no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PoolError {
    /// As many tasks wait as may.
    Full,
    /// The task panicked; the panic is in the log.
    Panicked,
}

impl WorkerPool {
    /// Starts the threads; one at least.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(name: &str, workers: usize, queue_length: usize) -> std::io::Result<Self> {
        let (queue, tasks) = sync_channel::<Task>(queue_length.max(1));
        let tasks = Arc::new(Mutex::new(tasks));
        let (waiting, at_work) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        for number in 0..workers.max(1) {
            let worker = Worker {
                tasks: Arc::clone(&tasks),
                waiting: Arc::clone(&waiting),
                at_work: Arc::clone(&at_work),
                own_core: own_core(format!("{name}-{number}-core"))?,
            };
            std::thread::Builder::new().name(format!("{name}-{number}")).spawn(move || worker.work())?;
        }
        Ok(Self { queue, waiting })
    }

    /// Tasks that wait for a thread.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Runs a task on a worker.
    ///
    /// # Errors
    /// When the queue is full, or the task panicked.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let (give, take) = oneshot::channel();
        let span = tracing::Span::current();
        let boxed: Task = Box::new(move || {
            let _within = span.enter();
            // A client that left while its task waited is not worked for.
            if !give.is_closed()
                && let Ok(result) = catch_unwind(AssertUnwindSafe(task))
            {
                let _ = give.send(result);
            }
        });
        self.waiting.fetch_add(1, Ordering::Relaxed);
        match self.queue.try_send(boxed) {
            Ok(()) => take.await.map_err(|_| PoolError::Panicked),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                Err(PoolError::Full)
            }
        }
    }
}

/// A pool of one thread: what runs in it is not shared out.
fn own_core(name: String) -> std::io::Result<ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .thread_name(move |_| name.clone())
        .build()
        .map_err(std::io::Error::other)
}

struct Worker {
    tasks: Arc<Mutex<Receiver<Task>>>,
    waiting: Arc<AtomicUsize>,
    /// Workers of the pool that have a task.
    at_work: Arc<AtomicUsize>,
    own_core: ThreadPool,
}

impl Worker {
    fn work(&self) {
        loop {
            let next = self.tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(task) = next else { return };
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            let others = self.at_work.fetch_add(1, Ordering::Relaxed);
            if others == 0 {
                task()
            } else {
                self.own_core.install(task)
            }
            self.at_work.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinHandle;

    use super::*;

    /// A worker at a task that ends when it is released.
    async fn one_at_work(pool: &Arc<WorkerPool>) -> (SyncSender<()>, JoinHandle<Result<(), PoolError>>) {
        let (release, held) = sync_channel::<()>(0);
        let (started, has_started) = oneshot::channel();
        let pool = Arc::clone(pool);
        let first = tokio::spawn(async move {
            let hold = move || {
                let _ = started.send(());
                held.recv().unwrap();
            };
            pool.run(hold).await
        });
        has_started.await.unwrap();
        (release, first)
    }

    #[tokio::test]
    async fn a_panic_costs_one_answer_and_no_thread() {
        let pool = WorkerPool::start("test", 1, 4).unwrap();
        assert_eq!(pool.run(|| -> u8 { panic!("expected by this test") }).await, Err(PoolError::Panicked));
        assert_eq!(pool.run(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn a_task_keeps_to_one_thread_where_another_is_at_work() {
        let pool = Arc::new(WorkerPool::start("test", 2, 4).unwrap());
        let (release, first) = one_at_work(&pool).await;
        assert_eq!(pool.run(rayon::current_num_threads).await, Ok(1));
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let pool = Arc::new(WorkerPool::start("test", 1, 1).unwrap());
        let (release, first) = one_at_work(&pool).await;
        let second = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(|| 2).await }
        });
        while pool.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(|| 3).await, Err(PoolError::Full));
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(()));
        assert_eq!(second.await.unwrap(), Ok(2));
        assert_eq!(pool.waiting(), 0);
    }
}
