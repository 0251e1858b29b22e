//! `dataset check` beside an index: looks whose colours the training doubts are named.

use lorgnon_demo::{Demo, DemoLook, draw};
use lorgnon_imaging::encode_png;
use lorgnon_look::Look;
use serde_json::{Value, json};

use crate::program::Program;

/// Looks of one class and sex, one picture each.
const LOOKS: u64 = 6;
/// So many positions of the demo's list hold every class and sex once.
const PAIRS: u64 = 2 * lorgnon_demo::DEMO_CLASSES.len() as u64;

/// An export of bare looks of one class; its first look gets the colours of `swapped`.
fn export(program: &Program, swapped: u64) -> String {
    let demo = Demo::new(7).with_items(0.0);
    let colours_of = |number: u64| demo.look(number * PAIRS).look.colours;
    let mut lines = String::new();
    for number in 0..LOOKS {
        let DemoLook { look, options } = demo.look(number * PAIRS);
        let name = format!("look-{number}.png");
        program.write(&name, encode_png(&draw(&look, &options).unwrap()).unwrap());
        let colours = colours_of(if number == 0 { swapped } else { number });
        let Look { class, gender, .. } = look;
        let entry = json!({ "id": format!("look-{number}"), "image": name, "class": class, "gender": gender, "colors": colours });
        lines += &format!("{entry}\n");
    }
    program.write("looks.jsonl", &lines);
    lines
}

#[test]
fn a_look_with_wrong_colours_is_to_be_mended_until_it_is() {
    const WORDS: &str = "its labelled colours do not explain its picture";
    let program = Program::new();
    let check = |format: &str| program.run(&["dataset", "check", "looks.jsonl", "--format", format]);
    export(&program, LOOKS);
    let before = check("human");
    assert_eq!((before.code, before.stderr.as_str()), (0, ""), "{}", before.stdout);
    assert!(before.stdout.contains("nothing to mend"), "{}", before.stdout);
    assert_eq!(serde_json::from_str::<Value>(&check("json").stdout).unwrap().get("suspects"), None);

    let trained = program.run(&["train", "--dataset", "looks.jsonl"]);
    assert_eq!(trained.code, 0, "{}", trained.stderr);
    let human = check("human");
    assert_eq!(human.code, 1, "{}", human.stderr);
    assert!(human.stdout.contains("suspects: 1\n"), "{}", human.stdout);
    assert!(human.stdout.contains(&format!("looks.jsonl:1 (`look-0`): {WORDS}")), "{}", human.stdout);
    let report: Value = serde_json::from_str(&check("json").stdout).unwrap();
    assert_eq!(report["suspects"][0]["id"], "look-0");
    let finding: Value = serde_json::from_str(check("jsonl").stdout.trim()).unwrap();
    assert_eq!((&finding["kind"], &finding["id"]), (&json!("suspect"), &json!("look-0")));
    assert_eq!(finding["message"], WORDS);
    let csv = check("csv").stdout;
    assert!(csv.contains(&format!("suspect,looks.jsonl,1,look-0,{WORDS}")), "{csv}");

    // Mended, it is doubted no more, even before the next training.
    export(&program, 0);
    assert_eq!(check("human").code, 0);
}

#[test]
fn an_index_that_cannot_be_read_is_told_and_the_export_checked_all_the_same() {
    let program = Program::new();
    export(&program, 0);
    std::fs::create_dir_all(program.folder().join(".cache/index")).unwrap();
    std::fs::write(program.folder().join(".cache/index/looks.redb"), "no index at all").unwrap();
    let run = program.run(&["dataset", "check", "looks.jsonl"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("nothing to mend"), "{}", run.stdout);
    assert!(run.stderr.contains("note: the index cannot say which looks it doubts"), "{}", run.stderr);
}
