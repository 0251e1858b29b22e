use axum::body::Body;
use axum::http::Request;
use lorgnon_server::ServerConfig;

use crate::client::Client;
use crate::fake::FakeBackend;

fn request(method: &str, token: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri("/api/training");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_training_starts_once_and_can_be_cancelled() {
    let client = Client::new(FakeBackend::default());
    assert_eq!(client.send(request("POST", None)).await.status, 202);
    assert_eq!(client.send(request("POST", None)).await.error(), (409, "training_running".to_owned()));
    assert_eq!(client.send(request("DELETE", None)).await.status, 202);
    assert_eq!(client.send(request("DELETE", None)).await.error(), (409, "training_not_running".to_owned()));
}

#[tokio::test]
async fn without_a_token_only_this_machine_may_write() {
    let mut client = Client::new(FakeBackend::default());
    client.peer = "192.168.1.20:4000".parse().unwrap();
    assert_eq!(client.send(request("POST", None)).await.error(), (403, "loopback_only".to_owned()));
    assert_eq!(client.send(request("POST", Some("guess"))).await.error(), (403, "loopback_only".to_owned()));
}

#[tokio::test]
async fn with_a_token_everybody_needs_it() {
    let config = ServerConfig { token: Some("secret".to_owned()), ..ServerConfig::default() };
    let mut client = Client::with(FakeBackend::default(), config);
    for wrong in [None, Some("guess"), Some("")] {
        let answer = client.send(request("POST", wrong)).await;
        assert_eq!(answer.error(), (401, "token_required".to_owned()));
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    client.peer = "192.168.1.20:4000".parse().unwrap();
    assert_eq!(client.send(request("POST", Some("secret"))).await.status, 202);
}
