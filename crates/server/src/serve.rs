//! From a configuration to a server that answers, and to its end.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::backend::Backend;
use crate::config::{ServerConfig, ServerError};
use crate::listener::Doors;
use crate::router::router;
use crate::state::AppState;

/// Ends a server from another thread. Clones end the same server.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Sender<bool>);

impl Default for Shutdown {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Shutdown {
    /// Ends the server: live streams at once, requests at work when they are done.
    pub fn trigger(&self) {
        self.0.send_replace(true);
    }
}

/// Reads the configuration anew when the operator asks for it (SIGHUP; without such a function the signal
/// ends the process as ever); `None` when it is wrong, which the
/// function has told, and what holds goes on holding.
pub type Reload = Box<dyn Fn() -> Option<ServerConfig> + Send + Sync>;

/// Serves until `shutdown`, Ctrl-C or SIGTERM. `on_ready` is told the address, whose port is the
/// real one, as soon as connections are accepted.
///
/// # Errors
/// When the configuration is wrong, the address cannot be listened on, or the system gives no
/// threads.
pub fn serve(
    config: ServerConfig,
    backend: Arc<dyn Backend>,
    shutdown: &Shutdown,
    reload: Option<Reload>,
    on_ready: impl FnOnce(SocketAddr),
) -> Result<(), ServerError> {
    let state = AppState::new(backend, config, shutdown.0.subscribe())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| ServerError::Io { action: "start the runtime", source })?;
    runtime.block_on(listen(state, shutdown, reload, on_ready))
}

/// The routes alone, to embed in another service. Requests must carry
/// [`ConnectInfo<Peer>`](axum::extract::ConnectInfo) for writes from this machine to be known.
///
/// # Errors
/// When the configuration is wrong or the system gives no threads.
pub fn routes(
    config: ServerConfig,
    backend: Arc<dyn Backend>,
    shutdown: &Shutdown,
) -> Result<axum::Router, ServerError> {
    Ok(router(AppState::new(backend, config, shutdown.0.subscribe())?))
}

async fn listen(
    state: AppState,
    shutdown: &Shutdown,
    reload: Option<Reload>,
    on_ready: impl FnOnce(SocketAddr),
) -> Result<(), ServerError> {
    let config = state.config();
    let broken = |source| ServerError::Listen { listen: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(broken)?;
    let address = listener.local_addr().map_err(broken)?;
    let mut signals = vec![tokio::spawn(end_on_signal(shutdown.clone())?)];
    if let Some(reload) = reload {
        signals.push(tokio::spawn(reload_on_signal(state.clone(), reload)?));
    }
    let mut stopped = shutdown.0.subscribe();
    let doors = Doors::new(config.max_connections);
    let server = doors.serve(listener, router(state.clone()), &state, shutdown.0.subscribe());
    on_ready(address);
    let too_late = async {
        // The sender outlives the server.
        let _ = stopped.wait_for(|stop| *stop).await;
        tokio::time::sleep(config.shutdown_grace).await;
    };
    tokio::select! {
        () = server => {}
        () = too_late => tracing::warn!("some requests did not end in time and were cut off"),
    }
    for task in signals {
        task.abort();
    }
    Ok(())
}

#[cfg(unix)]
fn end_on_signal(shutdown: Shutdown) -> Result<impl Future<Output = ()>, ServerError> {
    use tokio::signal::unix::{SignalKind, signal};
    let refused = |source| ServerError::Io { action: "listen for signals", source };
    let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        shutdown.trigger();
    })
}

#[cfg(not(unix))]
fn end_on_signal(shutdown: Shutdown) -> Result<impl Future<Output = ()>, ServerError> {
    Ok(async move {
        // Where Ctrl-C cannot be heard, the process is ended from outside.
        if tokio::signal::ctrl_c().await.is_ok() {
            shutdown.trigger();
        }
    })
}

/// Takes over the configuration at every SIGHUP.
#[cfg(unix)]
fn reload_on_signal(state: AppState, reload: Reload) -> Result<impl Future<Output = ()>, ServerError> {
    use tokio::signal::unix::{SignalKind, signal};
    let refused = |source| ServerError::Io { action: "listen for signals", source };
    let mut hang_up = signal(SignalKind::hangup()).map_err(refused)?;
    let reload = Arc::new(reload);
    Ok(async move {
        while hang_up.recv().await.is_some() {
            let reload = Arc::clone(&reload);
            // Files are read in it. A panic in it is in the log, and changes nothing.
            if let Ok(Some(newer)) = tokio::task::spawn_blocking(move || reload()).await {
                state.reload(newer);
            }
        }
    })
}

#[cfg(not(unix))]
fn reload_on_signal(_: AppState, _: Reload) -> Result<impl Future<Output = ()>, ServerError> {
    Ok(std::future::pending())
}
