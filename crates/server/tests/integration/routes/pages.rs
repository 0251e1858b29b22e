use axum::body::Body;
use axum::http::Request;

use crate::client::Client;
use crate::fake::{FakeBackend, running};

const PAGES: [&str; 9] = [
    "/",
    "/evaluation",
    "/map",
    "/vision/progress",
    "/looks",
    "/looks/look-01",
    "/duplicates",
    "/api/docs",
    "/nowhere",
];

fn html(address: &str) -> Request<Body> {
    Request::get(address).header("accept", "text/html").body(Body::empty()).unwrap()
}

#[tokio::test]
async fn every_page_is_whole_in_both_languages() {
    let client = Client::new(FakeBackend::default());
    for address in PAGES {
        for (language, word) in [("fr", "Entraînement"), ("en", "Training")] {
            let answer = client.send(html(&format!("{address}?lang={language}"))).await;
            let text = answer.text();
            assert!(text.contains(&format!("<html lang=\"{language}\"")) && text.contains(word), "{address}");
            // No hole left open, nothing that the policy forbids.
            assert!(
                !text.contains("{{") && !text.contains("style=") && !text.contains("onclick"),
                "{address}"
            );
        }
    }
}

#[tokio::test]
async fn a_language_that_was_chosen_is_kept() {
    let client = Client::new(FakeBackend::default());
    assert!(client.get("/?lang=en").await.header("set-cookie").starts_with("lorgnon-lang=en; Path=/;"));
    assert_eq!(client.get("/").await.header("set-cookie"), "");
}

#[tokio::test]
async fn the_dashboard_is_readable_without_scripts_and_names_no_folder() {
    let backend = FakeBackend::default();
    *backend.progress.lock().unwrap() = running(83);
    let client = Client::new(backend);
    let page = client.get("/vision/progress").await.text();
    for words in [
        "Suivi des entraînements IA",
        "Statut actuel",
        "En cours",
        "Index actuel",
        "Historique des entraînements",
        "83 / 190",
        "43\u{202f}%",
        "c2f13823",
        "Terminé avec erreurs",
        "Interrompu",
        "2026-11-23 03:19:55 UTC",
        "6,2 s",
        "http-equiv=\"refresh\"",
        "generations",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("/srv"));
    assert!(page.contains("<title>Suivi de l&#39;IA</title>"));
}

#[tokio::test]
async fn the_accuracy_is_readable_without_scripts() {
    let page = Client::new(FakeBackend::default()).get("/evaluation").await.text();
    for words in [
        "50,0\u{202f}%",
        "1 / 2",
        "test.jsonl",
        "Crâ",
        "ailes",
        "<svg class=\"reliability\"",
        "<table class=\"matrix\"",
        "aucun exemple",
    ] {
        assert!(page.to_lowercase().contains(&words.to_lowercase()), "{words}");
    }
    let empty = Client::new(FakeBackend::empty()).get("/evaluation").await.text();
    assert!(empty.contains("Pas encore d’évaluation"));
}

#[tokio::test]
async fn failed_looks_say_why_in_the_visitors_language() {
    let client = Client::new(FakeBackend::default());
    let french = client.get("/vision/progress?lang=fr").await.text();
    for words in [
        "image introuvable",
        "<code>a0b1.png</code>",
        "aucun personnage visible",
        "/api/vision-progress/pictures/run-0",
        "data-retry",
    ] {
        assert!(french.contains(words), "{words}");
    }
    let english = client.get("/vision/progress?lang=en").await.text();
    assert!(english.contains("picture not found") && !english.contains("introuvable"));
    let picture = client.get("/api/vision-progress/pictures/run-0").await;
    assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, "image/png"));
    assert_eq!(
        client.get("/api/vision-progress/pictures/run-1").await.error(),
        (404, "picture_not_found".to_owned())
    );
}

#[tokio::test]
async fn a_run_says_what_it_does_in_the_visitors_language() {
    let backend = FakeBackend::default();
    *backend.progress.lock().unwrap() = running(83);
    let client = Client::new(backend);
    let (french, english) = ("Traitement 83/190 (c2f13823)", "Processing 83/190 (c2f13823)");
    let finished = ("Terminé avec 2 échecs", "Finished with 2 failures");
    let page = client.get("/vision/progress?lang=fr").await.text();
    assert!(page.contains(french) && page.contains(finished.0), "{page}");
    assert!(!page.contains(english) && !page.contains(finished.1));
    let page = client.get("/vision/progress?lang=en").await.text();
    assert!(page.contains(english) && page.contains(finished.1), "{page}");
    assert!(!page.contains(french) && !page.contains(finished.0));
    // An older version wrote French only: said so, for voices.
    assert!(page.contains("<span lang=\"fr\">Interruption inattendue: cannot open `index.redb`</span>"));
    // Programs have both, whatever language they ask for.
    let request = Request::get("/api/vision-progress").header("accept-language", "en").body(Body::empty());
    let run = client.send(request.unwrap()).await.json()["current"].clone();
    assert_eq!(run["message"], french);
    let said = serde_json::json!({ "kind": "processing", "processed": 83, "total": 190, "id": "c2f13823" });
    assert_eq!(run["said"], said);
}

#[tokio::test]
async fn doubtful_labels_come_likeliest_wrong_first() {
    let client = Client::new(FakeBackend::default());
    let found = client.get("/api/looks?suspect=true").await.json();
    let ids: Vec<&str> =
        found["looks"].as_array().unwrap().iter().map(|look| look["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["look-05", "look-03"]);
    assert_eq!(found["looks"][0]["doubt"]["says"], "Sram");
    let page = client.get("/looks?suspect=true").await.text();
    assert!(
        page.contains("plutôt Sram (88\u{202f}%)") && page.contains("couleurs à vérifier (50\u{202f}%)"),
        "{page}"
    );
}

#[tokio::test]
async fn the_map_has_a_link_for_every_look_and_a_table() {
    let client = Client::new(FakeBackend::default());
    let map = client.get("/api/look-map").await.json();
    assert_eq!((map["looks"].as_array().unwrap().len(), &map["total"]), (8, &8.into()));
    assert_eq!(client.get("/api/look-map?class=Iop").await.json()["total"], 1);
    assert_eq!(client.get("/api/look-map?limit=x").await.error(), (400, "query_invalid".to_owned()));
    let page = client.get("/map").await.text();
    assert_eq!(page.matches("data-id=\"look-").count(), 8);
    assert!(page.contains("scope=\"row\"") && page.contains("href=\"/map?class=Iop\""), "{page}");
    assert!(Client::new(FakeBackend::empty()).get("/map").await.text().contains("aucun look"));
}

#[tokio::test]
async fn labels_cannot_become_markup() {
    let mut backend = FakeBackend::default();
    backend.looks[1].id = "<img src=x>\"'".to_owned();
    backend.looks[1].class = Some(lorgnon_look::ClassLabel::new("<script>alert(1)</script>"));
    let client = Client::new(backend);
    for address in
        ["/", "/map", "/duplicates", "/looks", "/looks?q=%3Cimg&class=%3Cscript%3Ealert(1)%3C/script%3E"]
    {
        let page = client.get(address).await.text();
        assert!(!page.contains("<img src=x") && !page.contains("<script>alert"), "{address}");
    }
    let page = client.get("/looks/%3Cimg%20src%3Dx%3E%22%27").await.text();
    assert!(page.contains("&lt;script&gt;alert(1)"));
}

#[tokio::test]
async fn unknown_looks_and_addresses_are_a_page_for_people() {
    let client = Client::new(FakeBackend::default());
    for address in ["/nowhere", "/looks/none"] {
        let answer = client.send(html(address)).await;
        assert_eq!(answer.status, 404);
        assert!(answer.text().contains("Cette page n’existe pas"), "{address}");
    }
}

#[tokio::test]
async fn the_first_page_is_light() {
    let client = Client::new(FakeBackend::default());
    let mut total = 0;
    let scripts = [
        "answer",
        "authorised",
        "clipboard",
        "collect",
        "colours",
        "crop",
        "editor",
        "element",
        "home",
        "items",
        "lz",
        "picker",
        "picture",
        "redrawn",
        "share",
        "texts",
        "why",
    ];
    let mut addresses: Vec<String> = scripts.iter().map(|name| format!("/assets/{name}.js")).collect();
    addresses.extend(
        ["/", "/assets/style.css", "/assets/answer.css", "/assets/form.css", "/assets/logo.svg"]
            .map(str::to_owned),
    );
    // The examples weigh most: small ones are asked for.
    let page = client.get("/").await.text();
    let examples = page.split("<img src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    addresses.extend(examples.map(str::to_owned));
    assert!(addresses.iter().any(|address| address.ends_with("/thumbnail?side=96")), "{addresses:?}");
    for address in addresses {
        let request = Request::get(&address).header("accept-encoding", "gzip").body(Body::empty()).unwrap();
        let answer = client.send(request).await;
        assert_eq!(answer.status, 200, "{address}");
        total += answer.body.len();
    }
    assert!(total <= 120_000, "{total} bytes");
}

#[tokio::test]
async fn assets_are_asked_for_again_only_when_they_changed() {
    let client = Client::new(FakeBackend::default());
    let tag = client.get("/assets/home.js").await.header("etag").to_owned();
    let request = Request::get("/assets/home.js").header("if-none-match", tag).body(Body::empty()).unwrap();
    assert_eq!(client.send(request).await.status, 304);
    assert_eq!(client.get("/assets/..%2Flib.rs").await.status, 404);
}
