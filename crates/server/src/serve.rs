//! From a configuration to a server that answers, and to its end.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::backend::Backend;
use crate::config::{ServerConfig, ServerError};
use crate::listener::{LimitedListener, Peer};
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
    on_ready: impl FnOnce(SocketAddr),
) -> Result<(), ServerError> {
    let state = AppState::new(backend, config, shutdown.0.subscribe())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| ServerError::Io { action: "start the runtime", source })?;
    runtime.block_on(listen(state, shutdown, on_ready))
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
    on_ready: impl FnOnce(SocketAddr),
) -> Result<(), ServerError> {
    let listen = state.config.listen;
    let broken = |source| ServerError::Listen { listen, source };
    let listener = TcpListener::bind(listen).await.map_err(broken)?;
    let address = listener.local_addr().map_err(broken)?;
    let end_on_signal = end_on_signal(shutdown.clone())?;
    let signals = tokio::spawn(end_on_signal);
    let grace = state.config.shutdown_grace;
    let mut stopping = shutdown.0.subscribe();
    let mut stopped = shutdown.0.subscribe();
    let service = router(state).into_make_service_with_connect_info::<Peer>();
    let server = axum::serve(LimitedListener::new(listener), service).with_graceful_shutdown(async move {
        // The sender outlives the server.
        let _ = stopping.wait_for(|stop| *stop).await;
    });
    on_ready(address);
    let too_late = async {
        let _ = stopped.wait_for(|stop| *stop).await;
        tokio::time::sleep(grace).await;
    };
    let ended = tokio::select! {
        ended = server => ended.map_err(|source| ServerError::Io { action: "serve", source }),
        () = too_late => {
            tracing::warn!("some requests did not end in time and were cut off");
            Ok(())
        }
    };
    signals.abort();
    ended
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
