//! A name for every request, in its answer and in the log, so that a report can be traced.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const LENGTH_MAX: usize = 64;

/// The request's id.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) HeaderValue);

impl RequestId {
    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// Unique within a run of the server, and most likely between runs.
    fn next() -> Self {
        static START: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let text = format!("{:08x}-{number:06x}", *START >> 32);
        Self(HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("unnamed")))
    }

    /// The one a proxy gave, when it is short and plain.
    fn given(request: &Request) -> Option<Self> {
        let value = request.headers().get(HEADER)?;
        let text = value.to_str().ok()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = (1..=LENGTH_MAX).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| Self(value.clone()))
    }
}

pub(super) async fn assign(mut request: Request, next: Next) -> Response {
    let id = RequestId::given(&request).unwrap_or_else(RequestId::next);
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    response.headers_mut().insert(HEADER, id.0);
    response
}
