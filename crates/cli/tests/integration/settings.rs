//! Settings as the program finds them, and the texts that need none.

use crate::program::Program;

#[test]
fn flag_beats_variable_beats_file() {
    let program = Program::new().variable("LORGNON_LOG", "info").variable("LORGNON_FOLDS", "7");
    program.write("lorgnon.toml", "cache = \"of-file\"\nlog = \"debug\"\ntoken = \"hunter2\"\n");
    let run = program.run(&["config", "--format", "csv", "--cache", "of-flag"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for line in [
        "cache,of-flag,flag,",
        "log,info,variable,LORGNON_LOG",
        "folds,7,variable,LORGNON_FOLDS",
        "token,(hidden),file,lorgnon.toml",
        "neighbours,5,default,",
    ] {
        assert!(run.stdout.lines().any(|found| found == line), "{line} is not in {}", run.stdout);
    }
    assert!(!run.stdout.contains("hunter2"));
}

#[test]
fn the_default_file_changes_nothing() {
    let program = Program::new();
    let default = program.run(&["config", "--default"]);
    assert_eq!(default.code, 0);
    program.write("mine.toml", default.stdout);
    let run = program.run(&["config", "--config", "mine.toml", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn a_wrong_settings_file_is_named_with_its_key() {
    let program = Program::new();
    program.write("lorgnon.toml", "folds = \"many\"\n");
    let run = program.run(&["config"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`folds` in `lorgnon.toml` is `many`"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: "), "{}", run.stderr);
    let missing = program.run(&["config", "--config", "nowhere.toml"]);
    assert!(missing.stderr.contains("cannot read settings file `nowhere.toml`"), "{}", missing.stderr);
}

#[test]
fn a_misspelt_variable_is_named() {
    let run = Program::new().variable("LORGNON_CASH", "x").run(&["status"]);
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("`LORGNON_CASH` sets nothing"), "{}", run.stderr);
}

#[test]
fn status_of_an_empty_cache_is_idle() {
    let run = Program::new().run(&["status", "--format", "json"]);
    let status: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, status["status"].as_str()), (0, Some("idle")));
}

#[test]
fn completions_and_manual_pages_are_written() {
    let program = Program::new();
    let run = program.run(&["completions", "bash"]);
    assert!(run.code == 0 && run.stdout.contains("lorgnon"), "{}", run.stderr);
    assert!(program.run(&["man"]).stdout.contains("lorgnon"));
    assert_eq!(program.run(&["man", "--output", "man"]).code, 0);
    assert!(program.folder().join("man/lorgnon-train.1").is_file());
}
