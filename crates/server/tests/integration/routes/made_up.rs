//! Bodies that no honest client sends: forms, JSON with data URLs, pictures, each with something wrong.
//!
//! What the fuzz target `upload` does with a nightly toolchain, on every toolchain; `PROPTEST_CASES` says how much.

use std::cell::OnceCell;

use axum::body::Body;
use axum::http::Request;
use lorgnon_imaging::{Picture, encode_png};
use lorgnon_server::ServerConfig;
use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::client::Client;
use crate::fake::FakeBackend;

thread_local! {
    static SERVER: OnceCell<(Runtime, Client)> = const { OnceCell::new() };
}

const ROUTES: [(&str, &str); 5] = [
    ("POST", "/api/analyze-look"),
    ("POST", "/api/similar"),
    ("POST", "/api/heat-map"),
    ("POST", "/api/looks"),
    ("PATCH", "/api/looks/look-01"),
];
const KINDS: [&str; 4] =
    ["multipart/form-data; boundary=b", "application/json", "image/png", "application/octet-stream"];

fn png() -> Vec<u8> {
    encode_png(&Picture::filled(5, 4, [9, 90, 200, 255])).unwrap()
}

/// Base64 as it should be, nearly.
fn data_url() -> impl Strategy<Value = String> {
    prop_oneof![
        "data:image/png;base64,[A-Za-z0-9+/=_ -]{0,60}",
        "data:[a-z/;,=]{0,20}[A-Za-z0-9]{0,20}",
        "[A-Za-z0-9+/=]{0,40}",
        "\\PC{0,20}",
    ]
}

fn json() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![
        Just("image"),
        Just("k"),
        Just("class"),
        Just("gender"),
        Just("colors"),
        Just("items"),
        Just("labels"),
        Just("slot"),
        Just("item"),
        Just("note"),
        Just("coiffe"),
    ];
    let leaf = prop_oneof![
        data_url().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
        "#[0-9A-Fa-f]{6}".prop_map(serde_json::Value::from),
        Just(serde_json::Value::from("Iop")),
    ];
    let value = leaf.prop_recursive(4, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::btree_map("[a-z]{1,9}", inner, 0..4)
                .prop_map(|fields| fields.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    });
    prop::collection::vec((name, value), 0..6).prop_map(|fields| {
        let object: serde_json::Map<_, _> =
            fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        serde_json::Value::from(object).to_string().into_bytes()
    })
}

fn form() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof!["image|k|class|gender|colors|coiffe|labels", "\\PC{0,12}"];
    let content = prop_oneof![
        Just(png()),
        "\\PC{0,30}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..40),
    ];
    let end = prop_oneof![4 => Just("\r\n--b--\r\n"), 1 => Just("\r\n--b"), 1 => Just("")];
    (prop::collection::vec((name, content), 0..5), end).prop_map(|(parts, end)| {
        let mut body = Vec::new();
        for (name, content) in parts {
            body.extend(format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n").bytes());
            body.extend(content);
            body.extend(b"\r\n");
        }
        body.extend(end.bytes());
        body
    })
}

/// A body with some bytes changed and its end cut off.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let good = prop_oneof![json(), form(), Just(png()), prop::collection::vec(any::<u8>(), 0..200)];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
    (good, edits, 0usize..400).prop_map(|(mut body, edits, kept)| {
        for (place, byte) in edits {
            if !body.is_empty() {
                let at = place.index(body.len());
                body[at] = byte;
            }
        }
        if kept < 40 {
            body.truncate(kept);
        }
        body
    })
}

proptest! {
    #[test]
    fn a_made_up_body_is_answered_or_refused_and_never_a_fault_of_ours(
        route in 0..ROUTES.len(), kind in 0..KINDS.len(), query in "(k=[0-9a-z]{0,4}&?)?(gender=\\PC{0,3})?", body in bodies(),
    ) {
        let (method, path) = ROUTES[route];
        let query: String = query.bytes().map(|byte| match byte {
            b'=' | b'&' | b'a'..=b'z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02x}"),
        }).collect();
        let request = Request::builder().method(method).uri(format!("{path}?{query}"));
        let request = request.header("content-type", KINDS[kind]).body(Body::from(body)).unwrap();
        let answer = SERVER.with(|server| {
            let (runtime, client) = server.get_or_init(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
                (runtime, Client::with(FakeBackend::default(), ServerConfig { workers: 1, ..ServerConfig::default() }))
            });
            runtime.block_on(client.send(request))
        });
        prop_assert!(answer.status.as_u16() < 500, "{} {}", answer.status, answer.text());
    }
}
