use lorgnon_imaging::{Picture, encode_png};

use crate::client::Client;
use crate::fake::FakeBackend;

#[tokio::test]
async fn a_picture_finds_looks_within_a_filter() {
    let client = Client::new(FakeBackend::default());
    let png = encode_png(&Picture::filled(4, 4, [9; 4])).unwrap();
    let answer = client.post("/api/similar?k=2&gender=f", "image/png", png.clone()).await;
    insta::assert_json_snapshot!("similar", answer.json());
    let refused = client.post("/api/similar?slot=coiffe", "image/png", png).await;
    assert_eq!(refused.error(), (400, "query_invalid".to_owned()));
}
