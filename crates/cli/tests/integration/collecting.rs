//! What people teach through the server is in the next training's answers.

use lorgnon_look::Look;
use serde_json::{Value, json};

use crate::drawn::look;
use crate::program::Program;
use crate::server::Server;

/// Looks of one class and sex to learn from.
const LOOKS: u64 = 8;
#[test]
fn what_is_collected_through_the_server_is_learned_by_the_next_training() {
    let program = Program::new();
    let mut lines = String::new();
    for number in 0..LOOKS {
        let (Look { class, gender, colours, .. }, picture) = look(0, number);
        program.write(&format!("site-{number}.png"), picture);
        let entry = json!({ "id": format!("site-{number}"), "image": format!("site-{number}.png"), "class": class, "gender": gender, "colors": colours });
        lines += &format!("{entry}\n");
    }
    program.write("looks.jsonl", &lines);
    let train = || {
        let trained = program.run(&["train", "--dataset", "looks.jsonl", "--format", "json"]);
        assert_eq!(trained.code, 0, "{}", trained.stderr);
        serde_json::from_str::<Value>(&trained.stdout).unwrap()
    };
    assert_eq!(train()["entries"], LOOKS);

    let server = Server::start(&program, &["--dataset", "looks.jsonl"]).unread();
    let ask = |request: &str, kind: &str, body: &[u8]| -> (u16, Value) {
        let (status, body) = server.ask(request, &[("content-type", kind)], body);
        (status, serde_json::from_str(&body).unwrap_or_else(|_| panic!("no JSON: {body}")))
    };
    let (asked, unseen) = look(2, LOOKS);
    let class = asked.class.unwrap().to_string();
    let answer = |picture: &[u8]| ask("POST /api/analyze-look", "image/png", picture).1["classLabel"].clone();
    assert_ne!(answer(&unseen), json!(class), "nobody taught this class yet");
    for number in 0..LOOKS {
        let (Look { gender, colours, .. }, picture) = look(2, number);
        let colours: Vec<String> =
            colours.iter().map(|colour| colour.map_or(String::new(), |colour| colour.to_string())).collect();
        let path = format!(
            "/api/looks?class={class}&gender={}&colors={}",
            gender.unwrap(),
            colours.join(",").replace('#', "%23")
        )
        .replace(' ', "%20");
        let (status, added) = ask(&format!("POST {path}"), "image/png", &picture);
        assert_eq!((status, &added["look"]["standing"]), (201, &json!("pending")), "{added}");
    }
    let corrected = ask("PATCH /api/looks/site-0", "application/json", br#"{"class":"Autre"}"#);
    assert_eq!((corrected.0, &corrected.1["classLabel"]), (200, &json!("Autre")));
    assert_eq!(ask("DELETE /api/looks/site-1", "", b"").0, 200);

    let summary = train();
    assert_eq!(
        [
            &summary["added"],
            &summary["relabelled"],
            &summary["removed"],
            &summary["failed"],
            &summary["entries"]
        ],
        [&json!(LOOKS), &json!(1), &json!(1), &json!(0), &json!(2 * LOOKS - 1)],
        "{summary}"
    );
    // The running server turns to it by itself.
    assert_eq!(answer(&unseen), json!(class));
    let learned = ask("GET /api/looks?standing=learned&limit=200", "", b"").1;
    assert_eq!(learned["total"], 2 * LOOKS - 1, "{learned}");
    // Taken back, the removed look is learned again.
    assert_eq!(ask("POST /api/looks/site-1/restore", "", b"").0, 200);
    assert_eq!(train()["entries"], 2 * LOOKS);
    // The site's own export is as it was.
    assert_eq!(std::fs::read_to_string(program.folder().join("looks.jsonl")).unwrap(), lines);
}
