use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lorgnon_imaging::{Limits, Picture, encode_png};
use lorgnon_server::{BackendError, ServerConfig};
use serde_json::json;

use crate::client::Client;
use crate::fake::{FakeBackend, nothing, recognised};

const ROUTE: &str = "/api/analyze-look";

fn png() -> Vec<u8> {
    encode_png(&Picture::filled(40, 80, [200, 100, 50, 255])).unwrap()
}

fn encoded() -> String {
    BASE64_STANDARD.encode(png())
}

#[tokio::test]
async fn every_way_to_send_a_picture_gives_the_same_answer() {
    let client = Client::new(FakeBackend::default());
    let raw = client.post(&format!("{ROUTE}?k=3"), "image/png", png()).await;
    assert_eq!(raw.status, 200, "{}", raw.text());
    insta::assert_json_snapshot!("analyze-look", raw.json());
    let boundary = "----lorgnon";
    let mut form = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"k\"\r\n\r\n3\r\n--{boundary}\r\n\
         content-disposition: form-data; name=\"image\"; filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\n"
    )
    .into_bytes();
    form.extend(png());
    form.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    let form = client.post(ROUTE, &format!("multipart/form-data; boundary={boundary}"), form).await;
    let bytes = client.post(&format!("{ROUTE}?k=3"), "application/octet-stream", png()).await;
    let mut answers = vec![form, bytes];
    for image in [encoded(), format!("data:image/png;base64,{}", encoded())] {
        for k in [json!(3), json!(3.0), json!("3")] {
            let body = json!({ "image": image, "k": k, "other": [1, { "a": 2 }] }).to_string();
            answers.push(client.post(ROUTE, "application/json; charset=utf-8", body).await);
        }
    }
    let unnamed = Request::post(format!("{ROUTE}?k=3")).body(Body::from(png())).unwrap();
    answers.push(client.send(unnamed).await);
    for answer in answers {
        assert_eq!(answer.text(), raw.text());
    }
}

#[tokio::test]
async fn an_empty_index_answers_what_the_old_system_did() {
    let client = Client::new(FakeBackend::empty());
    let answer = client.post(ROUTE, "image/png", png()).await.json();
    let old: serde_json::Value = json!({
        "classLabel": null, "classVotes": [], "gender": null, "genderVotes": [], "colors": [],
        "colorSources": [], "neighbors": [],
    });
    for (key, value) in old.as_object().unwrap() {
        assert_eq!(&answer[key], value, "{key}");
    }
    for slot in ["coiffe", "cape", "bouclier", "familier", "epauliere", "costume", "ailes"] {
        let item = &answer["items"][slot];
        assert_eq!((&item["itemId"], &item["candidates"]), (&json!(null), &json!([])), "{slot}");
    }
}

#[tokio::test]
async fn other_methods_are_refused_in_the_old_words() {
    let client = Client::new(FakeBackend::default());
    for method in ["GET", "PUT", "DELETE", "PATCH"] {
        let request = Request::builder().method(method).uri(ROUTE).body(Body::empty()).unwrap();
        let answer = client.send(request).await;
        assert_eq!(answer.error(), (405, "method_not_allowed".to_owned()), "{method}");
        assert_eq!(answer.header("allow"), "POST");
        assert_eq!(answer.json()["error"], "Méthode non autorisée");
    }
}

#[tokio::test]
async fn a_request_without_a_picture_is_told_so() {
    let client = Client::new(FakeBackend::default());
    let form = "--x\r\ncontent-disposition: form-data; name=\"k\"\r\n\r\n3\r\n--x--\r\n";
    for (kind, body) in [
        ("application/json", "{}"),
        ("application/json", r#"{"image":null}"#),
        ("application/json", r#"{"image":""}"#),
        ("application/json", ""),
        ("image/png", ""),
        ("multipart/form-data; boundary=x", form),
    ] {
        let answer = client.post(ROUTE, kind, body).await;
        assert_eq!(answer.error(), (400, "image_missing".to_owned()), "{kind} {body}");
        assert_eq!(answer.json()["error"], "Image manquante");
    }
}

#[tokio::test]
async fn a_bad_k_is_refused_however_it_is_sent() {
    let client = Client::new(FakeBackend::default());
    for k in [json!(-1), json!("abc"), json!(0), json!(1e9), json!(2.5), json!([5]), json!(true)] {
        let body = json!({ "image": encoded(), "k": k }).to_string();
        let answer = client.post(ROUTE, "application/json", body).await;
        assert_eq!(answer.error(), (400, "k_invalid".to_owned()), "{k}");
    }
    for k in ["-1", "abc", "1e9", "1000000000"] {
        let answer = client.post(&format!("{ROUTE}?k={k}"), "image/png", png()).await;
        assert_eq!(answer.error(), (400, "k_invalid".to_owned()), "{k}");
    }
}

#[tokio::test]
async fn what_is_no_picture_is_an_error_that_says_which() {
    let client = Client::new(FakeBackend::default());
    let mut damaged = png();
    damaged.truncate(damaged.len() / 2);
    for (kind, body, expected) in [
        ("image/png", b"hello, I am a png".to_vec(), (415, "image_unsupported")),
        ("image/svg+xml", b"<svg/>".to_vec(), (415, "image_unsupported")),
        ("image/png", damaged, (422, "image_damaged")),
        ("application/json", br#"{"image":"data:image/png,abc"}"#.to_vec(), (422, "image_encoding")),
        ("application/json", br#"{"image":"\u00e9"}"#.to_vec(), (422, "image_encoding")),
        ("application/json", br#"{"image":["a"]}"#.to_vec(), (422, "image_encoding")),
        ("application/json", br#"{"image":"#.to_vec(), (400, "body_invalid")),
        ("application/json", b"[1,2]".to_vec(), (400, "body_invalid")),
        ("multipart/form-data", b"x".to_vec(), (400, "body_invalid")),
        ("text/plain", png(), (415, "content_type_unsupported")),
    ] {
        let answer = client.post(ROUTE, kind, body.clone()).await;
        assert_eq!(
            answer.error(),
            (expected.0, expected.1.to_owned()),
            "{kind} {}",
            String::from_utf8_lossy(&body)
        );
    }
}

#[tokio::test]
async fn limits_hold_for_bytes_and_pixels() {
    let limits = Limits { max_bytes: 4096, max_pixels: 1000 };
    let client = Client::with(FakeBackend::default(), ServerConfig { limits, ..ServerConfig::default() });
    let large = client.post(ROUTE, "image/png", vec![0; 5000]).await;
    assert_eq!(large.error(), (413, "image_too_large".to_owned()));
    // Without an announced length, the limit cuts in while the body is read.
    let chunks = futures_util::stream::iter((0..40).map(|_| Ok::<_, std::io::Error>(vec![0u8; 4096])));
    let request =
        Request::post(ROUTE).header("content-type", "image/png").body(Body::from_stream(chunks)).unwrap();
    assert_eq!(client.send(request).await.error(), (413, "image_too_large".to_owned()));
    let many = client.post(ROUTE, "image/png", png()).await;
    assert_eq!(many.error(), (413, "image_too_many_pixels".to_owned()));
}

#[tokio::test]
async fn a_failure_or_panic_of_the_backend_is_told_in_the_old_words_and_harms_nobody_else() {
    let fail = |picture: &Picture, neighbours: usize| match picture.width() {
        1 => panic!("expected by this test: /srv/secret/path"),
        2 => Err(BackendError::Failed { action: "read the index", source: "/srv/secret".into() }),
        _ => Ok(recognised(picture, neighbours)),
    };
    let client = Client::new(FakeBackend { answer: Box::new(fail), ..FakeBackend::default() });
    for width in [1, 2, 1, 2, 1] {
        let bytes = encode_png(&Picture::filled(width, 1, [9; 4])).unwrap();
        let answer = client.post(ROUTE, "image/png", bytes).await;
        assert_eq!(answer.error(), (500, "analysis_failed".to_owned()));
        assert_eq!(answer.json()["error"], "Analyse impossible");
        assert!(!answer.text().contains("/srv"));
    }
    assert_eq!(client.post(ROUTE, "image/png", png()).await.status, 200);
}

#[tokio::test]
async fn a_full_queue_answers_503_with_retry_after() {
    let (release, held) = sync_channel::<()>(0);
    let (started, has_started) = sync_channel::<()>(8);
    let held = Mutex::new(held);
    let wait = move |_: &Picture, _: usize| {
        // Only the first is waited for.
        let _ = started.send(());
        held.lock().unwrap().recv().unwrap();
        Ok(nothing())
    };
    let config = ServerConfig { workers: 1, queue_length: 1, ..ServerConfig::default() };
    let client =
        Arc::new(Client::with(FakeBackend { answer: Box::new(wait), ..FakeBackend::default() }, config));
    let post = |client: Arc<Client>| async move { client.post(ROUTE, "image/png", png()).await };
    let first = tokio::spawn(post(Arc::clone(&client)));
    tokio::task::spawn_blocking(move || has_started.recv().unwrap()).await.unwrap();
    let second = tokio::spawn(post(Arc::clone(&client)));
    while client.get("/health").await.json()["queueWaiting"] != 1 {
        tokio::task::yield_now().await;
    }
    let refused = client.post(ROUTE, "image/png", png()).await;
    assert_eq!(refused.error(), (503, "overloaded".to_owned()));
    assert_eq!(refused.header("retry-after"), "1");
    tokio::task::spawn_blocking(move || {
        release.send(()).unwrap();
        release.send(()).unwrap();
    })
    .await
    .unwrap();
    assert_eq!(first.await.unwrap().status, 200);
    assert_eq!(second.await.unwrap().status, 200);
}

#[tokio::test]
async fn a_client_that_never_ends_its_request_is_let_go() {
    let config =
        ServerConfig { request_timeout: std::time::Duration::from_millis(50), ..ServerConfig::default() };
    let client = Client::with(FakeBackend::default(), config);
    let body = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = Request::post(ROUTE).header("content-type", "image/png").body(body).unwrap();
    assert_eq!(client.send(request).await.error(), (408, "timed_out".to_owned()));
}
