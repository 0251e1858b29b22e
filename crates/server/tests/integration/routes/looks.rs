use crate::client::Client;
use crate::fake::FakeBackend;

#[tokio::test]
async fn looks_are_listed_filtered_and_paged() {
    let client = Client::new(FakeBackend::default());
    let answer = client.get("/api/looks?limit=2&offset=1&gender=f").await;
    insta::assert_json_snapshot!("looks", answer.json());
    for (query, total) in [
        ("class=cra", 1),
        ("class=8", 1),
        ("class=Lutin%20des%20bois", 1),
        ("gender=homme", 4),
        ("q=LOOK-0", 8),
        ("slot=coiffe&item=2411", 4),
        ("class=&gender=&q=", 8),
    ] {
        assert_eq!(client.get(&format!("/api/looks?{query}")).await.json()["total"], total, "{query}");
    }
    for query in ["gender=x", "slot=coiffe", "item=5", "slot=ring&item=5", "offset=-1", "limit=a"] {
        let answer = client.get(&format!("/api/looks?{query}")).await;
        assert_eq!(answer.error(), (400, "query_invalid".to_owned()), "{query}");
    }
}

#[tokio::test]
async fn a_look_and_its_pictures_are_answered_by_id() {
    let client = Client::new(FakeBackend::default());
    insta::assert_json_snapshot!("look", client.get("/api/looks/look-01").await.json());
    for kind in ["thumbnail", "image"] {
        let answer = client.get(&format!("/api/looks/look-01/{kind}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "image/png"));
    }
    for address in ["/api/looks/none", "/api/looks/none/thumbnail", "/api/looks/..%2F..%2Fetc/image"] {
        assert_eq!(client.get(address).await.error(), (404, "look_not_found".to_owned()), "{address}");
    }
}

#[tokio::test]
async fn a_thumbnail_can_be_asked_for_smaller_and_no_larger() {
    let client = Client::new(FakeBackend::default());
    let limits = lorgnon_imaging::Limits::default();
    for (side, width) in [("48", 48), ("1", 16), ("96", 96), ("5000", 96), ("", 96)] {
        let answer = client.get(&format!("/api/looks/look-01/thumbnail?side={side}")).await;
        assert_eq!(lorgnon_imaging::decode(&answer.body, &limits).unwrap().width(), width, "{side}");
    }
    let wrong = client.get("/api/looks/look-01/thumbnail?side=large").await;
    assert_eq!(wrong.error(), (400, "query_invalid".to_owned()));
}

#[tokio::test]
async fn only_pictures_are_ever_sent_as_pictures() {
    let backend = FakeBackend { picture: Box::new(|_| Some(b"<script>".to_vec())), ..FakeBackend::default() };
    let answer = Client::new(backend).get("/api/looks/look-01/thumbnail").await;
    assert_eq!(answer.error(), (500, "internal".to_owned()));
}
