use crate::client::Client;
use crate::fake::FakeBackend;

#[tokio::test]
async fn items_are_found_by_words_of_either_language() {
    let client = Client::new(FakeBackend::default());
    let answer = client.get("/api/catalogue/items?q=GOBBALL&slot=hat").await;
    insta::assert_json_snapshot!("catalogue-items", answer.json());
    for (query, total) in
        [("q=bouffante%20cape", 1), ("slot=cape", 1), ("ids=2411,2412", 2), ("", 3), ("q=zzz", 0)]
    {
        let answer = client.get(&format!("/api/catalogue/items?{query}")).await;
        assert_eq!(answer.json()["total"], total, "{query}");
    }
    assert_eq!(client.get("/api/catalogue/items?limit=1").await.json()["items"].as_array().unwrap().len(), 1);
    for query in ["slot=ring", "ids=a", "limit=-1"] {
        let answer = client.get(&format!("/api/catalogue/items?{query}")).await;
        assert_eq!(answer.error(), (400, "query_invalid".to_owned()), "{query}");
    }
}
