//! The server as everybody here uses it: a few connections that are lent and given back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pollster::block_on;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::NoTls;

use super::address::Address;
use super::connection::Connection;
use super::failure;
use crate::StoreError;

/// Tries of what may be asked again when the connection is lost.
const ATTEMPTS: usize = 5;
/// Connections kept open while nobody uses them.
const IDLE_MAX: usize = 4;
/// How long a server that answered before may be away, for a restart, before that is an error.
const AWAY_MAX: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Where connections come from.
pub(super) struct Server {
    address: Address,
    runtime: Option<Runtime>,
    idle: Mutex<Vec<Connection>>,
    /// Whether it ever answered: one that never did is not waited for.
    answered: AtomicBool,
}

impl Server {
    pub(super) fn new(address: Address) -> Result<Self, StoreError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("postgres")
            .enable_io()
            .enable_time()
            .build()
            .map_err(|source| StoreError::Database {
                action: "start a thread for connections",
                source: Box::new(source),
            })?;
        Ok(Self { address, runtime: Some(runtime), idle: Mutex::default(), answered: AtomicBool::new(false) })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// A connection outside any transaction: one that idles, else a new one.
    pub(super) fn connection(&self) -> Result<Connection, StoreError> {
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match idle {
                Some(connection) if connection.is_closed() => {}
                Some(connection) => return Ok(connection),
                None => return self.connect(),
            }
        }
    }

    /// Takes a connection back, which must be outside any transaction.
    pub(super) fn give_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX && !connection.is_closed() {
            idle.push(connection);
        }
    }

    /// Ends whatever transaction a connection is in and takes it back.
    pub(super) fn end(&self, connection: Connection) {
        if !connection.is_closed() && connection.run("ROLLBACK").is_ok() {
            self.give_back(connection);
        }
    }

    /// Asks what may be asked again after a lost connection; gives the connection that answered, too. After an
    /// answer of failure the connection is out of whatever transaction the question began.
    pub(super) fn ask_anew<T>(
        &self,
        action: &'static str,
        question: &dyn Fn(&Connection) -> Result<T, tokio_postgres::Error>,
    ) -> Result<(Connection, T), StoreError> {
        let mut attempt = 1;
        loop {
            let connection = self.connection()?;
            match question(&connection) {
                Ok(answer) => return Ok((connection, answer)),
                Err(error) if failure::is_lost(&error) && attempt < ATTEMPTS => attempt += 1,
                Err(error) => {
                    self.end(connection);
                    return Err(failure::of_statement(&self.address, action, error));
                }
            }
        }
    }

    /// Forgets the idle connections, which know types and names from before a schema was made.
    pub(super) fn forget_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Opens a connection. Passing failures are waited out where the server answered before.
    fn connect(&self) -> Result<Connection, StoreError> {
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.try_connect() {
                Ok(connection) => {
                    self.answered.store(true, Ordering::Relaxed);
                    return Ok(connection);
                }
                Err(error) => error,
            };
            let may_wait = self.answered.load(Ordering::Relaxed) && failure::is_passing(&error);
            if !may_wait || start.elapsed() + pause > AWAY_MAX {
                return Err(failure::of_connecting(&self.address, error));
            }
            tracing::warn!(place = self.address.place(), "PostgreSQL does not answer, trying again");
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn try_connect(&self) -> Result<Connection, tokio_postgres::Error> {
        let (config, tls) = (self.address.config.clone(), self.address.tls.clone());
        // Only dropping takes the runtime away.
        let handle = self.runtime.as_ref().map(Runtime::handle);
        let client = block_on(async {
            let _guard = handle.map(tokio::runtime::Handle::enter);
            let connecting = tokio::spawn(async move {
                // Its end is seen by the client, in the statement that it fails.
                match tls {
                    Some(tls) => {
                        let (client, connection) = config.connect(tls).await?;
                        tokio::spawn(connection);
                        Ok(client)
                    }
                    None => {
                        let (client, connection) = config.connect(NoTls).await?;
                        tokio::spawn(connection);
                        Ok(client)
                    }
                }
            });
            connecting.await
        });
        match client {
            Ok(client) => Connection::begin(client?, &self.address.schema),
            Err(join) => std::panic::resume_unwind(join.into_panic()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if let Some(runtime) = self.runtime.take() {
            // Dropping it would wait, which is not allowed in a thread of another runtime.
            runtime.shutdown_background();
        }
    }
}
