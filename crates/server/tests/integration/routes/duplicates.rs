//! Looks with the same picture: told in groups, compared once for each index.

use std::sync::atomic::Ordering;

use lorgnon_look::Look;
use lorgnon_server::ServerConfig;

use crate::client::Client;
use crate::fake::FakeBackend;

fn comparisons(client: &Client) -> usize {
    client.backend.comparisons.load(Ordering::SeqCst)
}

#[tokio::test]
async fn copies_are_shown_as_groups_with_what_differs() {
    let client = Client::new(FakeBackend::default());
    let found = client.get("/api/duplicates").await.json();
    let groups = found["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 1, "{found}");
    assert_eq!(
        (&groups[0]["looks"][0]["id"], &groups[0]["looks"][1]["id"]),
        (&"look-01".into(), &"look-06".into())
    );
    assert!(groups[0]["fields"].as_array().unwrap().contains(&"class".into()), "{found}");
    assert_eq!((&found["lookedAt"], &found["next"]), (&8.into(), &serde_json::Value::Null));
    let page = client.get("/duplicates").await.text();
    assert!(page.contains("data-remove=\"look-06\"") && page.contains("différent"), "{page}");
    assert_eq!(
        client.get("/api/duplicates?after=look-01").await.json()["groups"].as_array().unwrap().len(),
        0
    );
}

#[tokio::test]
async fn looks_are_compared_once_for_each_index_whoever_asks() {
    let config = ServerConfig { queue_length: 8, ..ServerConfig::default() };
    let client = Client::with(FakeBackend::default(), config);
    assert_eq!(comparisons(&client), 0, "nothing is compared before somebody asks");
    let (one, two, page) = tokio::join!(
        client.get("/api/duplicates"),
        client.get("/api/duplicates"),
        client.get("/duplicates?lang=en")
    );
    assert_eq!(one.body, two.body);
    assert!(page.text().contains("data-remove=\"look-06\""));
    assert_eq!(client.get("/api/duplicates").await.body, one.body);
    client.get("/api/duplicates?after=look-03").await;
    assert_eq!(comparisons(&client), 1);

    client.backend.trainings.fetch_add(1, Ordering::SeqCst);
    assert_eq!(client.get("/api/duplicates").await.body, one.body);
    client.get("/duplicates").await;
    assert_eq!(comparisons(&client), 2);
}

#[tokio::test]
async fn collected_looks_are_compared_once_too_and_removed_ones_are_left_out_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let generations = Some(folder.path().join("generations"));
    let client =
        Client::with(FakeBackend::default(), ServerConfig { generations, ..ServerConfig::default() });
    let picture = client.get("/api/looks/look-04/image").await.body;
    let added = client.post("/api/looks?class=Iop", "image/png", picture).await.json();
    let id = added["look"]["id"].as_str().unwrap();
    let groups = async || client.get("/api/duplicates").await.json()["groups"].as_array().unwrap().len();
    assert_eq!(groups().await, 2);
    let before = comparisons(&client);
    assert_eq!(groups().await, 2);
    let remove = axum::http::Request::delete(format!("/api/looks/{id}")).body(axum::body::Body::empty());
    assert_eq!(client.send(remove.unwrap()).await.status, 200);
    assert_eq!(groups().await, 1);
    assert_eq!(comparisons(&client), before);
}

/// Two thousand looks and a hundred are three blocks; a group of two blocks is told with its first look.
#[tokio::test]
async fn every_group_is_told_once_whatever_the_steps() {
    let backend = || {
        let id = |number: usize| format!("look-{number:04}");
        FakeBackend {
            looks: (0..2100).map(|number| Look { id: id(number), ..Look::default() }).collect(),
            same: [(3, 4), (4, 990), (5, 1500), (700, 701), (1600, 1601), (2000, 2099)]
                .map(|(one, other)| (id(one), id(other)))
                .into(),
            ..FakeBackend::default()
        }
    };
    for limit in [1, 2, 100] {
        let client = Client::new(backend());
        let (mut told, mut looked_at, mut requests) = (Vec::new(), 0, 0);
        let mut after = String::new();
        loop {
            let answer = client.get(&format!("/api/duplicates?limit={limit}&after={after}")).await.json();
            for group in answer["groups"].as_array().unwrap() {
                let ids = group["looks"].as_array().unwrap().iter().map(|look| look["id"].as_str().unwrap());
                told.push(
                    ids.map(|id| id.trim_start_matches("look-").to_owned()).collect::<Vec<_>>().join(" "),
                );
            }
            (looked_at, requests) = (looked_at + answer["lookedAt"].as_u64().unwrap(), requests + 1);
            let Some(next) = answer["next"].as_str() else { break };
            after = next.to_owned();
        }
        assert_eq!(told, ["0003 0004 0990", "0005 1500", "0700 0701", "1600 1601", "2000 2099"], "{limit}");
        assert_eq!(comparisons(&client), 3);
        if limit == 100 {
            assert_eq!((looked_at, requests), (2100, 3));
        }
    }
}
