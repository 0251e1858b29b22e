use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures_util::StreamExt;
use lorgnon_server::ServerConfig;

use crate::client::Client;
use crate::fake::{FakeBackend, running};

const ROUTE: &str = "/api/vision-progress";

#[tokio::test]
async fn the_old_fields_are_there_and_folders_are_not() {
    let client = Client::new(FakeBackend::default());
    let answer = client.get(ROUTE).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.text().contains("/srv"));
    insta::assert_json_snapshot!("vision-progress", answer.json());
}

#[tokio::test]
async fn a_running_training_is_both_current_and_last() {
    let backend = FakeBackend::default();
    *backend.progress.lock().unwrap() = running(83);
    let answer = Client::new(backend).get(ROUTE).await.json();
    assert_eq!(answer["status"], "running");
    assert_eq!(answer["current"], answer["lastRun"]);
    assert_eq!(answer["current"]["processedExamples"], 83);
    assert!(answer["current"].get("finishedAt").is_none());
}

#[tokio::test]
async fn before_the_first_training_all_is_null() {
    let answer = Client::new(FakeBackend::empty()).get(ROUTE).await;
    assert_eq!(
        answer.text(),
        r#"{"status":"idle","current":null,"lastRun":null,"history":[],"latestIndex":null}"#
    );
}

#[tokio::test]
async fn other_methods_are_refused() {
    let client = Client::new(FakeBackend::default());
    let answer = client.post(ROUTE, "application/json", "{}").await;
    assert_eq!(answer.error(), (405, "method_not_allowed".to_owned()));
    assert_eq!(answer.header("allow"), "GET");
}

#[tokio::test]
async fn the_stream_tells_the_state_its_changes_and_ends_with_the_server() {
    let client = Client::new(FakeBackend::default());
    let request = Request::get(format!("{ROUTE}/stream")).body(Body::empty()).unwrap();
    let response = client.open(request).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    let mut next = async || {
        let event = tokio::time::timeout(Duration::from_secs(20), events.next()).await.unwrap();
        event.map(|event| String::from_utf8(event.unwrap().to_vec()).unwrap())
    };
    let first = next().await.unwrap();
    assert!(first.starts_with("event: progress\ndata: {\"status\":\"idle\""), "{first}");
    let start = Request::post("/api/training").body(Body::empty()).unwrap();
    assert_eq!(client.send(start).await.status, 202);
    let second = next().await.unwrap();
    assert!(second.contains("\"status\":\"running\""), "{second}");
    client.shutdown.trigger();
    assert_eq!(next().await, None);
}

#[tokio::test]
async fn streams_are_bounded_and_give_their_place_back() {
    let client =
        Client::with(FakeBackend::default(), ServerConfig { max_streams: 1, ..ServerConfig::default() });
    let open = || Request::get(format!("{ROUTE}/stream")).body(Body::empty()).unwrap();
    let first = client.open(open()).await;
    assert_eq!(client.send(open()).await.error(), (503, "overloaded".to_owned()));
    drop(first);
    let again = client.open(open()).await;
    assert_eq!(again.status(), 200);
}
