//! Bad input: a clear error with a hint, the right exit code, and no harm.

use crate::program::Program;

#[test]
fn a_missing_dataset_is_an_error_and_touches_nothing() {
    let program = Program::new();
    let run = program.run(&["train", "--dataset", "nowhere"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("error: cannot read the dataset: `nowhere` does not exist"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("hint: "), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert_eq!(std::fs::read_dir(program.folder()).unwrap().count(), 0);
}

#[test]
fn an_empty_export_is_an_error_and_touches_nothing() {
    let program = Program::new();
    program.write("looks.jsonl", "");
    let run = program.run(&["train", "--dataset", "looks.jsonl"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(std::fs::read_dir(program.folder()).unwrap().count(), 1);
}

#[test]
fn a_check_names_every_bad_entry_and_ends_with_1() {
    let program = Program::new();
    program.write("text.png", "this is no picture");
    program.write(
        "looks.jsonl",
        "{\"id\":\"a\",\"image\":\"text.png\",\"class\":\"Iop\"}\n{broken\n\
         {\"id\":\"b\",\"image\":\"../outside.png\"}\n{\"id\":\"c\",\"image\":\"missing.png\"}\n",
    );
    let run = program.run(&["dataset", "check", "looks.jsonl"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    for named in ["looks.jsonl:2", "`a`", "`b`", "`c`"] {
        assert!(run.stdout.contains(named), "{named} is not in {}", run.stdout);
    }
    let run = program.run(&["dataset", "check", "looks.jsonl", "--format", "jsonl"]);
    let lines: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["kind"] == "unreadable" && line["id"] == "a"), "{lines:?}");
    assert!(lines.iter().any(|line| line["kind"] == "skipped" && line["line"] == 2), "{lines:?}");
}

#[test]
fn an_encoder_that_cannot_be_had_says_what_to_do() {
    let program = Program::new().variable("VISION_CLIP_MODEL", "Xenova/clip-vit-base-patch32");
    let run = program.run(&["model", "check"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`Xenova/clip-vit-base-patch32` cannot be had"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: get it with `lorgnon model fetch Xenova/"), "{}", run.stderr);
    let run = program.run(&["model", "check", "--encoder", "auto", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("using `builtin`"), "{}", run.stderr);
    assert!(run.stdout.contains("\"builtin\""), "{}", run.stdout);
    let forced = program.variable("VISION_FORCE_STUB", "1").run(&["model", "check"]);
    assert_eq!(forced.code, 0, "{}", forced.stderr);
}

#[test]
fn what_needs_an_index_says_how_to_make_one() {
    let program = Program::new();
    for arguments in
        [&["analyze", "a.png"][..], &["index", "info"], &["index", "verify"], &["index", "compact"]]
    {
        let run = program.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.stderr.contains("lorgnon train"), "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(std::fs::read_dir(program.folder()).unwrap().count(), 0);
}

#[test]
fn senseless_numbers_are_refused() {
    let program = Program::new();
    for number in ["-1", "abc", "1000000000"] {
        let run = program.run(&["analyze", "a.png", "-k", number]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains(number), "{}", run.stderr);
    }
    let run = Program::new().variable("LORGNON_NEIGHBOURS", "abc").run(&["analyze", "a.png"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("variable `LORGNON_NEIGHBOURS` is `abc`"), "{}", run.stderr);
}

#[test]
fn an_old_index_that_is_none_is_refused() {
    let program = Program::new();
    program.write("old.json", "{\"entries\":");
    let run = program.run(&["index", "import", "old.json"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("old.json"), "{}", run.stderr);
}
