//! Sends requests to the routes without a network.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use lorgnon_server::{Peer, ServerConfig, Shutdown, routes};
use tower::ServiceExt;

use crate::fake::FakeBackend;

/// A server in process.
pub(crate) struct Client {
    router: Router,
    /// Who answers.
    pub(crate) backend: Arc<FakeBackend>,
    /// Where requests come from.
    pub(crate) peer: SocketAddr,
    /// Kept: the server ends when it is triggered.
    pub(crate) shutdown: Shutdown,
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Client {
    pub(crate) fn new(backend: FakeBackend) -> Self {
        Self::with(backend, ServerConfig { workers: 2, ..ServerConfig::default() })
    }

    pub(crate) fn with(backend: FakeBackend, config: ServerConfig) -> Self {
        let shutdown = Shutdown::default();
        let backend = Arc::new(backend);
        let router = routes(config, Arc::<FakeBackend>::clone(&backend), &shutdown).unwrap();
        Self { router, backend, peer: "127.0.0.1:5000".parse().unwrap(), shutdown }
    }

    /// The answer, its body unread.
    pub(crate) async fn open(&self, mut request: Request<Body>) -> axum::response::Response {
        request.extensions_mut().insert(ConnectInfo(Peer(self.peer)));
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.open(request).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.send(Request::get(address).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, address: &str, kind: &str, body: impl Into<Body>) -> Answer {
        self.send(Request::post(address).header("content-type", kind).body(body.into()).unwrap()).await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and code of an error.
    pub(crate) fn error(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}
