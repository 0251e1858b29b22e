//! What people teach through the server is in the next training's answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use lorgnon_demo::{Demo, draw};
use lorgnon_imaging::encode_png;
use lorgnon_look::Look;
use serde_json::{Value, json};

use crate::program::Program;

/// Looks of one class and sex to learn from.
const LOOKS: u64 = 8;
/// So many positions of the demo's list hold every class and sex once.
const PAIRS: u64 = 2 * lorgnon_demo::DEMO_CLASSES.len() as u64;

/// The `number`th look of a class and sex, and its picture.
fn look(pair: u64, number: u64) -> (Look, Vec<u8>) {
    let drawn = Demo::new(7).with_items(0.0).look(number * PAIRS + pair);
    let picture = encode_png(&draw(&drawn.look, &drawn.options).unwrap()).unwrap();
    (drawn.look, picture)
}

/// A running `serve`, ended with the test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(program: &Program) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lorgnon"))
            .args(["serve", "--listen", "127.0.0.1:0", "--dataset", "looks.jsonl"])
            .current_dir(program.folder())
            .env_clear()
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .find_map(|line| {
                Some(line.unwrap().strip_prefix("serving http://")?.trim_end_matches('/').to_owned())
            })
            .unwrap();
        // Its log must have somewhere to go.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {body}")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, it is no matter here.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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

    let server = Server::start(&program);
    let (asked, unseen) = look(2, LOOKS);
    let class = asked.class.unwrap().to_string();
    let answer = |picture: &[u8]| {
        server.ask("POST", "/api/analyze-look", "image/png", picture).1["classLabel"].clone()
    };
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
        let (status, added) = server.ask("POST", &path, "image/png", &picture);
        assert_eq!((status, &added["look"]["standing"]), (201, &json!("pending")), "{added}");
    }
    let corrected = server.ask("PATCH", "/api/looks/site-0", "application/json", br#"{"class":"Autre"}"#);
    assert_eq!((corrected.0, &corrected.1["classLabel"]), (200, &json!("Autre")));
    assert_eq!(server.ask("DELETE", "/api/looks/site-1", "", b"").0, 200);

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
    let learned = server.ask("GET", "/api/looks?standing=learned&limit=200", "", b"").1;
    assert_eq!(learned["total"], 2 * LOOKS - 1, "{learned}");
    // Taken back, the removed look is learned again.
    assert_eq!(server.ask("POST", "/api/looks/site-1/restore", "", b"").0, 200);
    assert_eq!(train()["entries"], 2 * LOOKS);
    // The site's own export is as it was.
    assert_eq!(std::fs::read_to_string(program.folder().join("looks.jsonl")).unwrap(), lines);
}
