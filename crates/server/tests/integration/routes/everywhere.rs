use axum::body::Body;
use axum::http::Request;
use lorgnon_server::ServerConfig;

use crate::client::Client;
use crate::fake::FakeBackend;

#[tokio::test]
async fn every_answer_carries_its_id_and_trusts_nobody() {
    let client = Client::new(FakeBackend::default());
    for address in ["/", "/health", "/nowhere", "/assets/style.css", "/api/looks/none"] {
        let answer = client.get(address).await;
        assert!(!answer.header("x-request-id").is_empty(), "{address}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    }
}

#[tokio::test]
async fn a_plain_request_id_is_kept_and_an_odd_one_replaced() {
    let client = Client::new(FakeBackend::default());
    for (given, kept) in [("abc-123", true), ("a b", false), (&"x".repeat(65), false)] {
        let request = Request::get("/nowhere").header("x-request-id", given).body(Body::empty()).unwrap();
        let answer = client.send(request).await;
        assert_eq!(answer.header("x-request-id") == given, kept);
        assert_eq!(answer.json()["requestId"], answer.header("x-request-id"));
    }
}

#[tokio::test]
async fn errors_are_french_and_on_demand_english() {
    let client = Client::new(FakeBackend::default());
    let french = client.get("/api/nowhere").await;
    assert_eq!(french.error(), (404, "not_found".to_owned()));
    assert_eq!(french.json()["error"], "Adresse inconnue");
    let request =
        Request::get("/api/nowhere").header("accept-language", "en-GB,en").body(Body::empty()).unwrap();
    assert_eq!(client.send(request).await.json()["error"], "No such address");
}

#[tokio::test]
async fn only_listed_origins_may_read() {
    let config =
        ServerConfig { allowed_origins: vec!["https://site.example".to_owned()], ..ServerConfig::default() };
    let client = Client::with(FakeBackend::default(), config);
    let ask = |method: &str, origin: &str| {
        Request::builder()
            .method(method)
            .uri("/api/analyze-look")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .body(Body::empty())
            .unwrap()
    };
    let allowed = client.send(ask("OPTIONS", "https://site.example")).await;
    assert_eq!(
        (allowed.status.as_u16(), allowed.header("access-control-allow-origin")),
        (204, "https://site.example")
    );
    let refused = client.send(ask("OPTIONS", "https://evil.example")).await;
    assert_eq!((refused.status.as_u16(), refused.header("access-control-allow-origin")), (405, ""));
    let answer = client.send(ask("GET", "https://site.example")).await;
    assert_eq!(answer.header("access-control-allow-origin"), "https://site.example");
}

#[tokio::test]
async fn a_base_path_works_for_proxies_that_strip_it_and_those_that_do_not() {
    let config = ServerConfig { base_path: "/lorgnon".to_owned(), ..ServerConfig::default() };
    let client = Client::with(FakeBackend::default(), config);
    for address in ["/lorgnon", "/lorgnon/", "/lorgnon/health", "/health", "/lorgnon/api/looks/look-01", "/"]
    {
        assert_eq!(client.get(address).await.status, 200, "{address}");
    }
    let page = client.get("/lorgnon/").await.text();
    assert!(
        page.contains("href=\"/lorgnon/vision/progress\"")
            && page.contains("src=\"/lorgnon/assets/home.js\"")
    );
    assert!(!page.contains("href=\"/vision") && !page.contains("src=\"/assets"));
}

#[tokio::test]
async fn metrics_count_routes_not_addresses() {
    let client = Client::new(FakeBackend::default());
    client.get("/api/looks/look-01").await;
    client.get("/api/looks/unheard-of").await;
    let text = client.get("/metrics").await.text();
    assert!(text.contains("lorgnon_requests_total{route=\"/api/looks/{id}\",status=\"200\"} 1"), "{text}");
    assert!(!text.contains("unheard-of"));
    assert!(text.contains("lorgnon_index_looks 8"));
}

/// The dashboard in `docs` asks only for what is counted.
#[tokio::test]
async fn the_dashboard_knows_only_metrics_that_exist() {
    let client = Client::new(FakeBackend::default());
    let png = client.get("/api/looks/look-01/image").await.body;
    client.post("/api/analyze-look", "image/png", png).await;
    let text = client.get("/metrics").await.text();
    let exist: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let dashboard = include_str!("../../../../../docs/grafana-dashboard.json");
    serde_json::from_str::<serde_json::Value>(dashboard).unwrap();
    let mut asked = 0;
    for word in dashboard.split(|character: char| !character.is_ascii_alphanumeric() && character != '_') {
        if !word.starts_with("lorgnon_") && !word.starts_with("process_") {
            continue;
        }
        let name = word.strip_suffix("_bucket").unwrap_or(word);
        // On other systems the process tells nothing of itself.
        assert!(
            exist.contains(&name) || (cfg!(not(target_os = "linux")) && name.starts_with("process_")),
            "{word}"
        );
        asked += 1;
    }
    assert!(asked > 20, "{asked}");
    for name in exist.iter().filter(|name| name.starts_with("lorgnon_")) {
        assert!(dashboard.contains(name), "{name} is counted and not shown");
    }
}

#[tokio::test]
async fn what_is_counted_of_answers_is_their_times_verdicts_and_confidence() {
    let client = Client::new(FakeBackend::default());
    let png = client.get("/api/looks/look-01/image").await.body;
    for _ in 0..3 {
        assert_eq!(client.post("/api/analyze-look", "image/png", png.clone()).await.status, 200);
    }
    let text = client.get("/metrics").await.text();
    for expected in [
        "lorgnon_verdicts_total{verdict=\"recognised\"} 3",
        "lorgnon_decode_seconds_count 3",
        "lorgnon_predict_seconds_count 3",
        "lorgnon_wait_seconds_count 3",
        "lorgnon_confidence_bucket{le=\"+Inf\"} 3",
        "lorgnon_request_seconds_count{route=\"/api/analyze-look\"} 3",
        "lorgnon_confidence_drift 0",
        "lorgnon_training_running 0",
    ] {
        assert!(text.lines().any(|line| line == expected), "{expected} in\n{text}");
    }
}
