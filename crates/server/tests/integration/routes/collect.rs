//! What people teach, through the API.

use axum::body::Body;
use axum::http::Request;
use lorgnon_imaging::{Picture, encode_png};
use lorgnon_server::ServerConfig;
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::fake::FakeBackend;

/// A server that collects into a folder that goes with it.
struct Collecting {
    client: Client,
    folder: tempfile::TempDir,
}

fn collecting(token: Option<&str>) -> Collecting {
    let folder = tempfile::tempdir().unwrap();
    let config = ServerConfig {
        generations: Some(folder.path().join("generations")),
        token: token.map(str::to_owned),
        ..ServerConfig::default()
    };
    Collecting { client: Client::with(FakeBackend::default(), config), folder }
}

fn png(shade: u8) -> Vec<u8> {
    encode_png(&Picture::filled(40, 60, [shade, 90, 40, 255])).unwrap()
}

impl Collecting {
    async fn add(&self, shade: u8, query: &str) -> Answer {
        self.client.post(&format!("/api/looks?{query}"), "image/png", png(shade)).await
    }

    async fn order(&self, method: &str, address: &str, body: Value) -> Answer {
        let request =
            Request::builder().method(method).uri(address).header("content-type", "application/json");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.client.send(request.body(body).unwrap()).await
    }

    fn export(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("generations/collected.jsonl")).unwrap_or_default()
    }
}

#[tokio::test]
async fn a_picture_is_added_corrected_removed_and_taken_back() {
    let server = collecting(None);
    let answer = server.add(10, "class=Iop&gender=f&colors=%23112233,,255&coiffe=2411&note=Astrub").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let look = answer.json()["look"].clone();
    let address = answer.header("location").to_owned();
    assert_eq!(address, format!("/api/looks/{}", look["id"].as_str().unwrap()));
    assert_eq!(look["standing"], "pending");
    assert_eq!(look["colors"], json!(["#112233", null, "#0000FF"]));
    assert!(server.export().contains("\"note\":\"Astrub\""));
    for kind in ["image", "thumbnail"] {
        let picture = server.client.get(&format!("{address}/{kind}")).await;
        assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, "image/png"));
    }
    assert_eq!(server.client.get(&format!("{address}/image")).await.body, png(10));

    let corrected = server
        .order("PATCH", &address, json!({ "class": "Sram", "items": { "coiffe": null, "cape": 2412 } }))
        .await
        .json();
    assert_eq!((&corrected["classLabel"], &corrected["gender"]), (&json!("Sram"), &json!("f")));
    assert_eq!((&corrected["items"]["coiffe"], &corrected["items"]["cape"]), (&json!(null), &json!(2412)));

    let listed = |query: &'static str| async { server.client.get(query).await.json()["total"].clone() };
    assert_eq!(listed("/api/looks?standing=pending").await, 1);
    assert_eq!(listed("/api/looks?limit=1").await, 9);
    assert_eq!(server.order("DELETE", &address, json!(null)).await.json()["standing"], "removed");
    assert_eq!(server.export(), "");
    assert_eq!(listed("/api/looks").await, 8);
    assert_eq!(listed("/api/looks?standing=removed").await, 1);
    let restored = server.order("POST", &format!("{address}/restore"), json!(null)).await.json();
    assert_eq!(restored, corrected);
}

#[tokio::test]
async fn the_three_ways_to_send_a_picture_say_the_same() {
    let (json, form, raw) = (collecting(None), collecting(None), collecting(None));
    use base64::Engine;
    let image = base64::engine::general_purpose::STANDARD.encode(png(10));
    let labels = json!({ "class": "Iop", "items": { "hat": "5" } });
    let mut body = labels.clone();
    body["image"] = image.into();
    let answers = [
        json.client.post("/api/looks", "application/json", body.to_string()).await,
        {
            let mut parts =
                b"--x\r\ncontent-disposition: form-data; name=\"image\"; filename=\"a\"\r\n\r\n".to_vec();
            parts.extend(png(10));
            let rest = format!(
                "\r\n--x\r\ncontent-disposition: form-data; name=\"labels\"\r\n\r\n{labels}\r\n--x--\r\n"
            );
            parts.extend(rest.bytes());
            form.client.post("/api/looks", "multipart/form-data; boundary=x", parts).await
        },
        raw.add(10, "class=Iop&coiffe=5").await,
    ];
    let looks: Vec<Value> = answers.iter().map(|answer| answer.json()["look"].clone()).collect();
    assert_eq!(looks[0]["items"]["coiffe"], 5, "{looks:?}");
    assert!(looks.iter().all(|look| *look == looks[0]), "{looks:?}");
}

#[tokio::test]
async fn the_same_picture_again_tells_what_it_was_labelled() {
    let server = collecting(None);
    let first = server.add(10, "class=Iop&gender=m").await.json();
    let again = server.add(10, "class=Sram&gender=m").await;
    assert_eq!(again.status, 200);
    let again = again.json();
    assert_eq!(again["look"]["id"], first["look"]["id"]);
    assert_eq!(again["conflicts"][0]["fields"], json!(["class"]));
    assert_eq!(again["conflicts"][0]["look"]["classLabel"], "Iop");
}

/// The vectors of the fake are never near: pixels alone tell that it is the same picture.
#[tokio::test]
async fn a_recompressed_copy_with_other_labels_is_a_conflict() {
    let server = collecting(None);
    let stored = server.client.get("/api/looks/look-04/image").await.body;
    let limits = lorgnon_imaging::Limits::default();
    let picture = lorgnon_imaging::decode(&stored, &limits).unwrap();
    let copy = picture.over([255; 3]).resized(72, 72).recompressed(75).unwrap();
    let bytes = lorgnon_imaging::encode_png(&copy).unwrap();
    let added = server.client.post("/api/looks?class=Iop", "image/png", bytes).await.json();
    let conflicts = added["conflicts"].as_array().unwrap();
    assert_eq!(conflicts.len(), 1, "{added}");
    assert_eq!(
        (&conflicts[0]["look"]["id"], &conflicts[0]["fields"]),
        (&json!("look-04"), &json!(["class"]))
    );
    let groups = server.client.get("/api/duplicates").await.json()["groups"].clone();
    let mine = groups.as_array().unwrap().iter().find(|group| {
        group["looks"][0]["standing"] == "pending" || group["looks"][1]["standing"] == "pending"
    });
    assert!(mine.is_some_and(|group| group["fields"] == json!(["class"])), "{groups}");
}

#[tokio::test]
async fn looks_of_the_sites_export_are_corrected_beside_it() {
    let server = collecting(None);
    let corrected = server.order("PATCH", "/api/looks/look-01", json!({ "gender": "m" })).await.json();
    assert_eq!((&corrected["gender"], &corrected["standing"]), (&json!("m"), &json!("pending")));
    assert_eq!(corrected["collected"], false);
    assert_eq!(server.client.get("/api/looks/look-01").await.json(), corrected);
    assert_eq!(server.client.get("/api/looks?standing=pending").await.json()["looks"][0], corrected);
    let removed = server.order("DELETE", "/api/looks/look-01", json!(null)).await.json();
    assert_eq!(removed["standing"], "removed");
    assert_eq!(server.client.get("/api/looks").await.json()["total"], 7);
}

#[tokio::test]
async fn only_those_who_may_write_do() {
    let mut server = collecting(Some("secret"));
    for (method, address) in [
        ("POST", "/api/looks"),
        ("PATCH", "/api/looks/look-01"),
        ("DELETE", "/api/looks/look-01"),
        ("POST", "/api/looks/look-01/restore"),
    ] {
        assert_eq!(
            server.order(method, address, json!({})).await.error(),
            (401, "token_required".to_owned())
        );
    }
    server = collecting(None);
    server.client.peer = "192.168.1.20:4000".parse().unwrap();
    assert_eq!(server.add(10, "class=Iop").await.error(), (403, "loopback_only".to_owned()));
    let closed = Client::new(FakeBackend::default());
    let answer = closed.post("/api/looks?class=Iop", "image/png", png(1)).await;
    assert_eq!(answer.error(), (409, "collection_missing".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_and_leaves_nothing() {
    let server = collecting(None);
    for (query, status, code) in [
        ("", 400, "labels_missing"),
        ("class=%20", 400, "labels_missing"),
        ("class=Iop&gender=x", 400, "label_invalid"),
        ("class=Iop&colors=red", 400, "label_invalid"),
        ("class=Iop&coiffe=-1", 400, "label_invalid"),
    ] {
        assert_eq!(server.add(10, query).await.error(), (status, code.to_owned()), "{query}");
    }
    let text = server.client.post("/api/looks?class=Iop", "image/png", "<script>").await;
    assert_eq!(text.error(), (415, "image_unsupported".to_owned()));
    let unknown = server.order("PATCH", "/api/looks/..%2F..%2Fetc", json!({ "class": "Iop" })).await;
    assert_eq!(unknown.error(), (404, "look_not_found".to_owned()));
    let long = server.order("PATCH", "/api/looks/look-01", json!({ "note": "x".repeat(70_000) })).await;
    assert_eq!(long.status, 413);
    assert_eq!(server.export(), "");
    let message = server.add(10, "class=Iop&ailes=x").await.json();
    assert_eq!(message["error"], "Étiquette invalide pour « ailes »");
}

#[tokio::test]
async fn colours_nearby_and_doubtful_labels_are_found() {
    let client = Client::new(FakeBackend::default());
    let near = client.get("/api/looks?color=%23E59BE9").await.json();
    assert!(near["total"].as_u64().unwrap() > 0 && near["total"].as_u64().unwrap() < 8, "{near}");
    assert_eq!(client.get("/api/looks?suspect=true").await.json()["looks"][0]["id"], "look-05");
    for query in ["color=red", "standing=gone", "suspect=perhaps"] {
        assert_eq!(client.get(&format!("/api/looks?{query}")).await.error().0, 400, "{query}");
    }
}

#[tokio::test]
async fn items_have_icons_where_there_are_any() {
    let client = Client::new(FakeBackend::default());
    let items = client.get("/api/catalogue/items?ids=2411,2412").await.json()["items"].clone();
    assert_eq!((&items[0]["hasIcon"], &items[1]["hasIcon"]), (&json!(true), &json!(false)));
    assert_eq!(client.get("/api/catalogue/items/2411/icon").await.header("content-type"), "image/png");
    for id in ["2412", "999", "-1", "..%2Fx"] {
        let answer = client.get(&format!("/api/catalogue/items/{id}/icon")).await;
        assert_eq!(answer.error(), (404, "icon_not_found".to_owned()), "{id}");
    }
}
