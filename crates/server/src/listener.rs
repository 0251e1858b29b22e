//! Connections that cannot be used to starve the server.
//!
//! A connection costs a file handle and memory for as long as it is open, and a client that sends
//! nothing, or one byte a minute, can keep it open for ever. Here their number is bounded, in all and
//! for each client; one on which nothing moved for a minute is closed, and so is one whose request head
//! is not there in time or is larger than any honest one. Live streams beat more often than that.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, Sleep, sleep};
use tower::ServiceExt;

use crate::client::rate_key;
use crate::state::AppState;

/// Nothing moved for this long: closed.
const IDLE_MAX: Duration = Duration::from_secs(60);
/// The head of a request: more is answered 431.
const HEAD_MAX_BYTES: usize = 64 << 10;
/// The headers of a request: more are answered 431.
const HEADERS_MAX: usize = 100;
/// One client may have this share of all connections (one in so many).
const CLIENT_SHARE: usize = 4;

/// The address of a connection's other end.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Counts connections and lets in as many as may be open.
pub(crate) struct Doors {
    permits: Arc<Semaphore>,
    connections_max: u32,
    by_client: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Doors {
    pub(crate) fn new(connections_max: u32) -> Self {
        let connections_max = connections_max.max(1);
        let permits = Arc::new(Semaphore::new(connections_max as usize));
        Self { permits, connections_max, by_client: Arc::default() }
    }

    /// Accepts and serves until `stopping` says so, then waits until the last connection has ended.
    pub(crate) async fn serve(
        &self,
        mut listener: TcpListener,
        router: Router,
        state: &AppState,
        mut stopping: watch::Receiver<bool>,
    ) {
        loop {
            // More than may be open wait in the system's backlog.
            let accepted = async {
                let permit = Arc::clone(&self.permits).acquire_owned().await;
                let (stream, peer) = Listener::accept(&mut listener).await;
                (permit, stream, peer)
            };
            let (permit, stream, peer) = tokio::select! {
                accepted = accepted => accepted,
                // The sender outlives the server.
                _ = stopping.wait_for(|stop| *stop) => break,
            };
            // The semaphore is never closed.
            let Ok(permit) = permit else { break };
            let config = state.config();
            let free = config.is_free(peer.ip());
            let Some(place) = self.admit(peer.ip(), free) else {
                tracing::debug!("a client has too many connections open; its next one was closed");
                continue;
            };
            // Without it, small answers wait for the client's acknowledgement; failure costs speed only.
            let _ = stream.set_nodelay(true);
            let stream = LimitedStream {
                stream,
                idle: Box::pin(sleep(IDLE_MAX)),
                _permit: permit,
                _place: place,
                _open: Open::new(state),
            };
            let head_timeout = config.request_timeout;
            tokio::spawn(connection(stream, peer, router.clone(), head_timeout, stopping.clone()));
        }
        drop(listener);
        // All permits are back: all connections are closed.
        let _ = self.permits.acquire_many(self.connections_max).await;
    }

    /// A place for one more connection of a client; `None` where it has its share. Proxies and this
    /// machine (`free`) speak for many.
    fn admit(&self, client: IpAddr, free: bool) -> Option<Place> {
        if free {
            return Some(Place(None));
        }
        let client = rate_key(client);
        let most = (self.connections_max as usize / CLIENT_SHARE).max(1);
        let mut open = self.by_client.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(client).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place(Some((client, Arc::clone(&self.by_client)))))
    }
}

/// A client's connections by its address.
type OpenByClient = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// One of a client's connections; given back when dropped.
struct Place(Option<(IpAddr, OpenByClient)>);

impl Drop for Place {
    fn drop(&mut self) {
        let Some((client, open)) = &self.0 else { return };
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(client) {
            *count -= 1;
            if *count == 0 {
                open.remove(client);
            }
        }
    }
}

/// Counted among the connections that are open, until dropped.
struct Open(AppState);

impl Open {
    fn new(state: &AppState) -> Self {
        state.metrics.connections.fetch_add(1, Ordering::Relaxed);
        Self(state.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.metrics.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Serves one connection to its end.
async fn connection(
    stream: LimitedStream,
    peer: SocketAddr,
    router: Router,
    head_timeout: Duration,
    mut stopping: watch::Receiver<bool>,
) {
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(Peer(peer)));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_buf_size(HEAD_MAX_BYTES)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let stop = async {
        // The sender outlives the server.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Clients leave, and send what they like: nobody's fault here.
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke off");
    }
}

/// A connection that ends when nothing moves on it.
struct LimitedStream {
    stream: TcpStream,
    idle: Pin<Box<Sleep>>,
    _permit: OwnedSemaphorePermit,
    _place: Place,
    _open: Open,
}

impl LimitedStream {
    fn moved(&mut self) {
        self.idle.as_mut().reset(Instant::now() + IDLE_MAX);
    }
}

impl AsyncRead for LimitedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Poll::Ready(result) = Pin::new(&mut self.stream).poll_read(context, buffer) {
            self.moved();
            return Poll::Ready(result);
        }
        self.idle.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for LimitedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_ready() {
            self.moved();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        if written.is_ready() {
            self.moved();
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_gets_a_quarter_of_the_connections_and_gives_them_back() {
        let doors = Doors::new(8);
        let stranger: IpAddr = "192.0.2.7".parse().unwrap();
        let held: Vec<Option<Place>> = (0..3).map(|_| doors.admit(stranger, false)).collect();
        assert_eq!(held.iter().filter(|place| place.is_some()).count(), 2);
        assert!(doors.admit("192.0.2.8".parse().unwrap(), false).is_some());
        assert!(doors.admit(stranger, true).is_some());
        drop(held);
        assert!(doors.admit(stranger, false).is_some());
        assert!(doors.by_client.lock().unwrap().is_empty());
    }
}
