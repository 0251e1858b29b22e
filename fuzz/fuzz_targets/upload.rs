//! Requests with a picture: multipart forms, JSON with data URLs, raw bytes, labels, queries.
#![no_main]

use std::cell::RefCell;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use libfuzzer_sys::fuzz_target;
use lorgnon_fuzz::server;
use tokio::runtime::Runtime;
use tower::ServiceExt;

const KINDS: [&str; 5] =
    ["multipart/form-data; boundary=b", "application/json", "image/png", "", "application/vnd.x+json"];
const ROUTES: [(&str, &str); 6] = [
    ("POST", "/api/analyze-look"),
    ("POST", "/api/similar"),
    ("POST", "/api/heat-map"),
    ("POST", "/api/looks"),
    ("PATCH", "/api/looks/a"),
    ("GET", "/api/redraw"),
];

thread_local! { static SERVER: RefCell<Option<(Runtime, Router)>> = const { RefCell::new(None) }; }

fuzz_target!(|bytes: &[u8]| {
    let Some(([kind, route, query_length], rest)) = bytes.split_first_chunk::<3>() else { return };
    let (query, body) = rest.split_at(usize::from(*query_length).min(rest.len()));
    let (method, path) = ROUTES[usize::from(*route) % ROUTES.len()];
    let query: String = query.iter().map(|byte| format!("%{byte:02x}")).collect();
    // Names and values are told apart by what stands between them.
    let query = query.replace("%3d", "=").replace("%26", "&").replace("%3D", "=");
    let mut request =
        Request::builder().method(method).uri(format!("{path}?{query}")).header("authorization", "Bearer t");
    let kind = KINDS[usize::from(*kind) % KINDS.len()];
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    let request = request.body(Body::from(body.to_vec())).expect("a request can be made");
    SERVER.with_borrow_mut(|place| {
        let (runtime, router) = place.get_or_insert_with(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            (runtime.expect("a runtime can be made"), server())
        });
        let (status, body) = runtime.block_on(async {
            let answer = router.clone().oneshot(request).await.expect("routes never fail");
            let status = answer.status().as_u16();
            (status, to_bytes(answer.into_body(), 1 << 22).await.expect("answers are short"))
        });
        let text = String::from_utf8_lossy(&body);
        // The one fault that is the backend's own: it knows nobody. A panic would be `internal`.
        assert!(status < 500 || text.contains("\"analysis_failed\""), "{status} {text}");
    });
});
