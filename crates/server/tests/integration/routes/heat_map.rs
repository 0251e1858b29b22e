use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lorgnon_imaging::{Picture, encode_png};
use lorgnon_server::BackendError;
use serde_json::json;

use crate::client::Client;
use crate::fake::FakeBackend;

const ROUTE: &str = "/api/heat-map";

fn png() -> Vec<u8> {
    encode_png(&Picture::filled(40, 80, [200, 100, 50, 255])).unwrap()
}

#[tokio::test]
async fn the_cells_that_spoke_are_told_however_the_picture_is_sent() {
    let client = Client::new(FakeBackend::default());
    let answer = client.post(ROUTE, "image/png", png()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    let map = answer.json();
    assert_eq!((&map["columns"], &map["rows"]), (&json!(14), &json!(20)));
    assert_eq!(map["box"], json!({ "x": 10.0, "y": 4.0, "width": 20.0, "height": 72.0 }));
    assert_eq!((&map["mirrored"], &map["rotationDegrees"]), (&json!(false), &json!(0.0)));
    let cells: Vec<f64> =
        map["cells"].as_array().unwrap().iter().map(|cell| cell.as_f64().unwrap()).collect();
    assert_eq!(cells.len(), 14 * 20);
    assert!(cells.iter().all(|cell| (-1.0..=1.0).contains(cell)));

    let body = json!({ "image": BASE64_STANDARD.encode(png()) }).to_string();
    assert_eq!(client.post(ROUTE, "application/json", body).await.text(), answer.text());
}

#[tokio::test]
async fn a_picture_without_anybody_has_no_reasons() {
    let client = Client::new(FakeBackend::empty());
    let answer = client.post(ROUTE, "image/png", png()).await;
    assert_eq!(answer.error(), (404, "character_not_found".to_owned()));
    assert_eq!(answer.json()["error"], "Aucun personnage trouvé dans l'image");
}

#[tokio::test]
async fn bad_pictures_are_refused_as_the_analysis_does() {
    let client = Client::new(FakeBackend::default());
    for (kind, body, status, code) in [
        ("image/png", &b""[..], 400, "image_missing"),
        ("application/json", b"{}", 400, "image_missing"),
        ("application/json", b"[1]", 400, "body_invalid"),
        ("image/png", b"no picture", 415, "image_unsupported"),
        ("text/plain", b"no picture", 415, "content_type_unsupported"),
        ("application/json", br#"{"image":"data:image/png,abc"}"#, 422, "image_encoding"),
    ] {
        let answer = client.post(ROUTE, kind, body).await;
        assert_eq!(answer.error(), (status, code.to_owned()), "{kind}");
    }
}

#[tokio::test]
async fn a_failure_or_panic_names_no_file() {
    let fail = |picture: &Picture, _: usize| match picture.width() {
        1 => panic!("expected by this test: /srv/secret/path"),
        _ => Err(BackendError::Failed { action: "read the index", source: "/srv/secret".into() }),
    };
    let client = Client::new(FakeBackend { answer: Box::new(fail), ..FakeBackend::default() });
    for width in [1, 2] {
        let bytes = encode_png(&Picture::filled(width, 1, [9; 4])).unwrap();
        let answer = client.post(ROUTE, "image/png", bytes).await;
        assert_eq!(answer.error(), (500, "internal".to_owned()));
        assert!(!answer.text().contains("/srv"));
    }
}

#[tokio::test]
async fn other_methods_are_refused() {
    let client = Client::new(FakeBackend::default());
    for method in ["GET", "PUT", "DELETE"] {
        let request = Request::builder().method(method).uri(ROUTE).body(Body::empty()).unwrap();
        let answer = client.send(request).await;
        assert_eq!(answer.error(), (405, "method_not_allowed".to_owned()), "{method}");
        assert_eq!(answer.header("allow"), "POST");
    }
}
