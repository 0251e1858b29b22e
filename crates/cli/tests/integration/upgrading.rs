//! Cache folders as every released format left them, in `tests/fixtures`: today's program reads them, trains
//! on, and gives them back from a copy.

use std::fs;
use std::path::{Path, PathBuf};

use lorgnon_testing::copy_folder;
use serde_json::{Value, json};

use crate::drawn::look;
use crate::program::Program;

/// Looks that the kept folders have learned.
const LOOKS: u64 = 2;
fn fixture(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/format-{format}"))
}

/// An export of drawn looks of one class and sex: what they learned, and one more.
fn write_export(program: &Program, looks: u64) -> Vec<Value> {
    let entries: Vec<Value> = (0..looks)
        .map(|number| {
            let (look, picture) = look(0, number);
            let name = format!("look-{number}.png");
            program.write(&name, picture);
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
        copy_folder(&program.folder().join(".cache"), &fixture).unwrap();
        for lock in ["index/writer.lock", "vision-training.lock"] {
            fs::remove_file(fixture.join(lock)).unwrap();
        }
        fs::remove_dir_all(program.folder().join(".cache")).unwrap();
    }
    copy_folder(&fixture, &program.folder().join(".cache")).unwrap();

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
