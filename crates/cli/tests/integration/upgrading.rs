//! Cache folders as every released format left them, in `tests/fixtures`: today's program reads them, trains
//! on, and gives them back from a copy.

use std::fs;
use std::path::{Path, PathBuf};

use lorgnon_demo::{Demo, draw};
use lorgnon_imaging::encode_png;
use serde_json::{Value, json};

use crate::program::Program;

/// Looks that the kept folders have learned.
const LOOKS: u64 = 2;
/// So many positions of the demo's list hold every class and sex once.
const PAIRS: u64 = 2 * lorgnon_demo::DEMO_CLASSES.len() as u64;

fn fixture(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/format-{format}"))
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &place);
        } else {
            fs::copy(&path, &place).unwrap();
        }
    }
}

/// An export of drawn looks of one class and sex: what they learned, and one more.
fn write_export(program: &Program, looks: u64) -> Vec<Value> {
    let entries: Vec<Value> = (0..looks)
        .map(|number| {
            let drawn = Demo::new(7).with_items(0.0).look(number * PAIRS);
            let name = format!("look-{number}.png");
            program.write(&name, encode_png(&draw(&drawn.look, &drawn.options).unwrap()).unwrap());
            let look = drawn.look;
            json!({ "id": format!("look-{number}"), "image": name, "class": look.class, "gender": look.gender, "colors": look.colours })
        })
        .collect();
    let lines: Vec<String> = entries.iter().map(ToString::to_string).collect();
    program.write("looks.jsonl", lines.join("\n"));
    entries
}

/// `LORGNON_WRITE_GOLDEN=1` writes the folder of the current format, once, when it is released.
#[test]
fn a_cache_folder_of_format_1_is_read_trained_on_and_copied() {
    let program = Program::new();
    let entries = write_export(&program, LOOKS + 1);
    let done = |arguments: &[&str]| {
        let run = program.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        run.stdout
    };
    let fixture = fixture(1);
    if std::env::var_os("LORGNON_WRITE_GOLDEN").is_some() && !fixture.exists() {
        done(&["train", "--dataset", "looks.jsonl", "--limit", &LOOKS.to_string()]);
        copy_folder(&program.folder().join(".cache"), &fixture);
        for lock in ["index/writer.lock", "vision-training.lock"] {
            fs::remove_file(fixture.join(lock)).unwrap();
        }
        fs::remove_dir_all(program.folder().join(".cache")).unwrap();
    }
    copy_folder(&fixture, &program.folder().join(".cache"));

    // What was learned is there, whole, and says what it said.
    done(&["index", "verify"]);
    let exported = done(&["index", "export"]);
    let exported: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(exported.len() as u64, LOOKS);
    for (told, entry) in exported.iter().zip(&entries) {
        for label in ["id", "class", "gender", "colors"] {
            assert_eq!(told[label], entry[label], "{told}");
        }
    }
    let status: Value = serde_json::from_str(&done(&["status", "--format", "json"])).unwrap();
    assert_eq!((&status["status"], &status["latestIndex"]["entryCount"]), (&json!("idle"), &json!(LOOKS)));
    // Models of another version may be of no use, but then the program says what to do.
    let answered = program.run(&["analyze", "look-0.png"]);
    assert!(answered.code == 0 || answered.stderr.contains("hint: "), "{}", answered.stderr);

    // The next training goes on from there, and everything answers.
    let trained: Value =
        serde_json::from_str(&done(&["train", "--dataset", "looks.jsonl", "--format", "json"])).unwrap();
    assert_eq!((&trained["entries"], &trained["failed"]), (&json!(LOOKS + 1), &json!(0)), "{trained}");
    let answer = |cache: &str| {
        let answers = done(&["analyze", "look-0.png", "--format", "jsonl", "--cache", cache]);
        let mut answer: Value = serde_json::from_str(&answers).unwrap();
        answer["tookMs"] = Value::Null;
        answer
    };
    let before = answer(".cache");

    // A copy is a backup: it answers the same where it lies, and in the place of the original.
    done(&["index", "copy", "embedded", "backup"]);
    done(&["index", "verify", "--cache", "backup"]);
    assert_eq!(answer("backup"), before);
    fs::remove_dir_all(program.folder().join(".cache")).unwrap();
    fs::rename(program.folder().join("backup"), program.folder().join(".cache")).unwrap();
    assert_eq!(answer(".cache"), before);
}
