//! What keeps one client from taking everybody's share, and those who watch from being fooled.

use axum::body::Body;
use axum::http::Request;
use lorgnon_server::{Problem, ServerConfig};

use crate::client::{Answer, Client};
use crate::fake::FakeBackend;

/// Two whole requests a minute, from behind one trusted proxy.
fn strict() -> Client {
    let config = ServerConfig {
        requests_per_minute: 2,
        trusted_proxies: vec!["10.0.0.1/32".parse().unwrap()],
        ..ServerConfig::default()
    };
    Client::with(FakeBackend::default(), config)
}

async fn post_for(client: &Client, forwarded_for: Option<&str>) -> Answer {
    let mut request = Request::post("/api/analyze-look").header("accept-language", "en");
    if let Some(address) = forwarded_for {
        request = request.header("x-forwarded-for", address);
    }
    client.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_client_that_asks_too_often_is_told_when_it_may_again() {
    let mut client = strict();
    client.peer = "192.0.2.1:5000".parse().unwrap();
    for _ in 0..2 {
        assert_eq!(post_for(&client, None).await.error(), (400, "image_missing".to_owned()));
    }
    let refused = post_for(&client, None).await;
    assert_eq!(refused.error(), (429, "rate_limited".to_owned()));
    let wait_s: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&wait_s), "{wait_s}");
    assert!(!refused.header("x-request-id").is_empty());
    // A header of its own making gives nobody a new allowance, and watching costs none.
    assert_eq!(post_for(&client, Some("203.0.113.5")).await.status, 429);
    assert_eq!(client.get("/health/live").await.status, 200);
    client.peer = "192.0.2.2:5000".parse().unwrap();
    assert_eq!(post_for(&client, None).await.status, 400);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_of_its_clients_has_its_own_allowance() {
    let mut client = strict();
    client.peer = "10.0.0.1:5000".parse().unwrap();
    for _ in 0..2 {
        assert_eq!(post_for(&client, Some("203.0.113.5")).await.status, 400);
    }
    assert_eq!(post_for(&client, Some("203.0.113.5")).await.status, 429);
    assert_eq!(post_for(&client, Some("1.1.1.1, 203.0.113.5")).await.status, 429);
    assert_eq!(post_for(&client, Some("203.0.113.6")).await.status, 400);
    // What it asks on its own account is a site's: not limited.
    for _ in 0..5 {
        assert_eq!(post_for(&client, None).await.status, 400);
    }
}

#[tokio::test]
async fn a_trusted_proxy_gives_nobody_the_right_to_write() {
    let config =
        ServerConfig { trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()], ..ServerConfig::default() };
    let client = Client::with(FakeBackend::default(), config);
    let request =
        Request::post("/api/training").header("x-forwarded-for", "127.0.0.1").body(Body::empty()).unwrap();
    assert_eq!(client.send(request).await.error(), (403, "loopback_only".to_owned()));
}

#[tokio::test]
async fn the_first_page_is_guarded_under_its_base_path_too() {
    let config = ServerConfig { base_path: "/lorgnon".to_owned(), ..ServerConfig::default() };
    let answer = Client::with(FakeBackend::default(), config).get("/lorgnon/").await;
    assert_eq!(answer.header("x-frame-options"), "DENY");
    assert!(!answer.header("x-request-id").is_empty());
}

#[tokio::test]
async fn a_server_is_ready_until_it_ends_or_cannot_read_its_index() {
    let client = Client::new(FakeBackend::empty());
    assert_eq!(client.get("/health/ready").await.json()["status"], "ready");
    client.shutdown.trigger();
    let stopping = client.get("/health/ready").await;
    assert_eq!((stopping.status.as_u16(), stopping.json()["status"].as_str()), (503, Some("stopping")));
    assert_eq!(client.get("/health/live").await.json()["status"], "live");
    let broken = FakeBackend { problems: vec![Problem::IndexUnreadable], ..FakeBackend::default() };
    assert_eq!(Client::new(broken).get("/health/ready").await.status, 503);
}
