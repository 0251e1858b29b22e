use axum::body::Body;
use axum::http::Request;
use lorgnon_imaging::{Limits, decode};

use crate::client::Client;
use crate::fake::FakeBackend;

const ROUTE: &str = "/api/redraw";

#[tokio::test]
async fn a_class_is_drawn_in_the_colours_asked_for() {
    let client = Client::new(FakeBackend::default());
    let answer =
        client.get(&format!("{ROUTE}?class=Iop&gender=m&colors=%23E59BE8,%23FFFFFF,,%23C0FFEE,,")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("cache-control"), "private, max-age=300");
    let picture = decode(&answer.body, &Limits::default()).unwrap();
    let at = |x: usize, y: usize| picture.pixels()[y * picture.width() as usize + x];
    assert_eq!(at(48, 25), [0xE5, 0x9B, 0xE8, 255]);
    assert_eq!(at(48, 12), [255; 4]);
    assert_eq!(at(48, 50), [120, 120, 120, 255], "an unknown colour is grey");
    assert_eq!(at(48, 64), [0xC0, 0xFF, 0xEE, 255]);
    for spelling in
        ["class=8&gender=homme", "class=iop&gender=M&colors=", "class=%20Iop%20&gender=m&colors=-1"]
    {
        assert_eq!(client.get(&format!("{ROUTE}?{spelling}")).await.status, 200, "{spelling}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let client = Client::new(FakeBackend::default());
    for (query, name) in [
        ("gender=m", "class"),
        ("class=%20&gender=m", "class"),
        ("class=Iop", "gender"),
        ("class=Iop&gender=x", "gender"),
        ("class=Iop&gender=m&colors=red", "colors"),
        ("class=Iop&gender=m&colors=%2312345", "colors"),
        ("class=Iop&gender=m&colors=,,,,,,", "colors"),
    ] {
        let answer = client.get(&format!("{ROUTE}?{query}")).await;
        assert_eq!(answer.error(), (400, "query_invalid".to_owned()), "{query}");
        assert_eq!(answer.json()["error"], format!("Valeur invalide pour « {name} »"), "{query}");
    }
}

#[tokio::test]
async fn a_class_that_no_look_taught_is_not_found() {
    let client = Client::new(FakeBackend::default());
    for query in ["class=Iop&gender=f", "class=Sacrieur&gender=m", "class=Nobody&gender=f"] {
        let answer = client.get(&format!("{ROUTE}?{query}")).await;
        assert_eq!(answer.error(), (404, "drawing_not_found".to_owned()), "{query}");
    }
    let empty = Client::new(FakeBackend::empty());
    assert_eq!(empty.get(&format!("{ROUTE}?class=Iop&gender=m")).await.status, 404);
}

#[tokio::test]
async fn other_methods_are_refused() {
    let client = Client::new(FakeBackend::default());
    for method in ["POST", "PUT", "DELETE"] {
        let request = Request::builder().method(method).uri(ROUTE).body(Body::empty()).unwrap();
        let answer = client.send(request).await;
        assert_eq!(answer.error(), (405, "method_not_allowed".to_owned()), "{method}");
        assert_eq!(answer.header("allow"), "GET");
    }
}
