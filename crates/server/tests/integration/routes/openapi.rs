use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use crate::client::Client;
use crate::fake::FakeBackend;

#[tokio::test]
async fn the_document_is_as_reviewed() {
    let mut document = Client::new(FakeBackend::default()).get("/api/openapi.json").await.json();
    document["info"]["version"] = "[version]".into();
    insta::assert_json_snapshot!("openapi", document);
}

#[tokio::test]
async fn every_operation_of_the_document_exists_and_no_other() {
    let client = Client::new(FakeBackend::default());
    let document = client.get("/api/openapi.json").await.json();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let address = path.replace("{id}", if path.contains("items") { "2411" } else { "look-01" });
        let documented: BTreeSet<String> =
            operations.as_object().unwrap().keys().map(|verb| verb.to_uppercase()).collect();
        let request = Request::builder().method("TRACE").uri(&address).body(Body::empty()).unwrap();
        let answer = client.send(request).await;
        assert_eq!(answer.status, 405, "{path}");
        let allowed: BTreeSet<String> = answer.header("allow").split(", ").map(str::to_owned).collect();
        assert_eq!(documented, allowed, "{path}");
    }
}

#[tokio::test]
async fn every_reference_of_the_document_leads_somewhere() {
    let document = Client::new(FakeBackend::default()).get("/api/openapi.json").await.json();
    let mut open = vec![&document];
    let mut references = 0;
    while let Some(value) = open.pop() {
        if let Some(Value::String(reference)) = value.get("$ref") {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
            references += 1;
        }
        match value {
            Value::Object(map) => open.extend(map.values()),
            Value::Array(list) => open.extend(list),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    assert!(references > 20);
}

#[tokio::test]
async fn answers_have_exactly_the_documented_fields() {
    let client = Client::new(FakeBackend::default());
    let document = client.get("/api/openapi.json").await.json();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let png = client.get("/api/looks/look-01/image").await.body;
    let analysis = client.post("/api/analyze-look", "image/png", png.clone()).await.json();
    for (schema, answer) in [
        ("Analysis", &analysis),
        ("Character", &analysis["character"]),
        ("HeatMap", &client.post("/api/heat-map", "image/png", png).await.json()),
        ("Item", &analysis["items"]["coiffe"]),
        ("Look", &client.get("/api/looks/look-01").await.json()),
        ("LookMap", &client.get("/api/look-map").await.json()),
        ("Duplicates", &client.get("/api/duplicates").await.json()),
        ("Progress", &client.get("/api/vision-progress").await.json()),
        ("Health", &client.get("/health").await.json()),
        ("Evaluation", &client.get("/api/evaluations").await.json()["evaluations"][0]),
        ("Error", &client.get("/api/nowhere").await.json()),
    ] {
        assert_eq!(keys(&document["components"]["schemas"][schema]["properties"]), keys(answer), "{schema}");
    }
}

/// The client of TypeScript programs is made from the document; a change of one is a change of both.
#[test]
#[expect(clippy::print_stdout, reason = "says why it was skipped")]
fn the_typescript_client_is_what_the_document_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients/typescript");
    let checked =
        std::process::Command::new("node").arg("generate.mjs").arg("--check").current_dir(folder).output();
    match checked {
        Ok(checked) => {
            assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        }
        Err(_) => println!("skipped: no Node.js found"),
    }
}
