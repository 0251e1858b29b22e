use axum::body::Body;
use axum::http::Request;
use lorgnon_server::Problem;

use crate::client::{Answer, Client};
use crate::fake::FakeBackend;

/// A release must not change the snapshots.
fn without_version(answer: &Answer) -> serde_json::Value {
    let mut json = answer.json();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    json["version"] = "[version]".into();
    json
}

#[tokio::test]
async fn a_healthy_server_says_what_it_runs() {
    let answer = Client::new(FakeBackend::default()).get("/health").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    insta::assert_json_snapshot!("health", without_version(&answer));
}

#[tokio::test]
async fn a_degraded_one_says_why_in_the_clients_language_and_hides_folders() {
    let fallback = Problem::EncoderFallback { wanted: "/models/secret/clip".to_owned() };
    let other = Problem::IndexOfAnotherEncoder { encoder: "/models/secret/dino".to_owned() };
    let backend = FakeBackend { problems: vec![Problem::NoModel, fallback, other], ..FakeBackend::default() };
    let client = Client::new(backend);
    let request = Request::get("/health").header("accept-language", "en").body(Body::empty()).unwrap();
    let answer = client.send(request).await;
    assert!(!answer.text().contains("secret"));
    insta::assert_json_snapshot!("health-degraded", without_version(&answer));
}
