//! Every command parses, and its help is what it was.

use super::*;

fn flags(typed: &[&str]) -> Layer {
    let typed = std::iter::once("lorgnon").chain(typed.iter().copied()).map(OsString::from);
    parse(typed).unwrap().flags()
}

fn refusal(typed: &[&str]) -> String {
    let typed = std::iter::once("lorgnon").chain(typed.iter().copied()).map(OsString::from);
    parse(typed).unwrap_err().to_string()
}

#[test]
fn the_command_line_is_sound() {
    command().debug_assert();
}

#[test]
fn what_was_typed_is_in_the_layer_and_nothing_else() {
    let layer = flags(&["train", "--dataset", "d", "--limit", "3", "--rebuild", "--encoder", "clip"]);
    assert_eq!(layer.get("dataset"), Some("d"));
    assert_eq!(layer.get("limit"), Some("3"));
    assert_eq!(layer.get("rebuild"), Some("true"));
    assert_eq!(layer.get("encoder"), Some("clip"));
    assert_eq!(layer.get("dry_run"), None);
    assert_eq!(layer.get("cache"), None);
    assert_eq!(flags(&["train", "--rebuild=false"]).get("rebuild"), Some("false"));
}

#[test]
fn common_options_stand_before_and_after_the_command() {
    assert_eq!(flags(&["--cache", "c", "status"]).get("cache"), Some("c"));
    assert_eq!(flags(&["index", "info", "--cache", "c", "--format", "json"]).get("cache"), Some("c"));
    assert_eq!(flags(&["index", "info", "--format", "json"]).get("format"), Some("json"));
    assert_eq!(flags(&["analyze", "-k", "9", "a.png"]).get("neighbours"), Some("9"));
}

#[test]
fn senseless_numbers_are_refused_with_their_flag() {
    for number in ["-1", "abc", "1e9", "1000000000"] {
        let said = refusal(&["analyze", "a.png", "-k", number]);
        assert!(said.contains(number) && said.contains("--neighbours"), "{said}");
    }
    assert!(refusal(&["train", "--jobs", "0"]).contains("--jobs"));
    assert!(refusal(&["analyze"]).contains("IMAGE"));
}

#[test]
fn every_help_is_the_one_reviewed() {
    let mut root = command();
    root.build();
    let mut texts = Vec::new();
    help_of(&root, &mut texts);
    assert!(texts.len() > 20, "{} commands", texts.len());
    for (name, text) in texts {
        insta::assert_snapshot!(format!("help of {name}").replace(' ', "_"), text);
    }
}

fn help_of(command: &clap::Command, texts: &mut Vec<(String, String)>) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let help = command.clone().term_width(100).render_long_help().to_string();
    texts.push((name, help));
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        help_of(subcommand, texts);
    }
}
