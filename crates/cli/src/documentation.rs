//! Tests that hold the documents against the program: links lead somewhere, and every setting, route,
//! error code, flag, command and hint that is written down is there, and the other way round.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::arguments;
use crate::hints;
use crate::settings::KEYS;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every document, by its path from the root.
fn documents() -> BTreeMap<String, String> {
    let mut paths = vec!["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        .into_iter()
        .map(PathBuf::from)
        .collect::<Vec<_>>();
    for folder in ["docs", "docs/evaluation", "clients/typescript", "clients/nextjs"] {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        let names = entries.map(|entry| Path::new(folder).join(entry.unwrap().file_name()));
        paths.extend(names.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    let documents: BTreeMap<_, _> =
        paths.iter().map(|path| path.to_str().unwrap()).map(|path| (path.to_owned(), text(path))).collect();
    assert!(documents.len() > 15, "{} documents", documents.len());
    documents
}

/// A document's lines outside and inside fenced blocks; the latter with the block's language.
fn lines(document: &str) -> (Vec<&str>, Vec<(&str, &str)>) {
    let (mut prose, mut code) = (Vec::new(), Vec::new());
    let mut language = None;
    for line in document.lines() {
        if let Some(fence) = line.trim_start().strip_prefix("```") {
            language = if language.is_some() { None } else { Some(fence.trim()) };
        } else if let Some(language) = language {
            code.push((language, line));
        } else {
            prose.push(line);
        }
    }
    (prose, code)
}

/// What stands between backticks in prose.
fn spans(document: &str) -> Vec<&str> {
    let prose = lines(document).0;
    prose.into_iter().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// A heading's anchor, as forges make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

fn anchors(document: &str) -> BTreeSet<String> {
    let headings = lines(document).0.into_iter().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#'))).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let documents = documents();
    let mut checked = 0;
    let mut broken = Vec::new();
    for (path, document) in &documents {
        for line in lines(document).0 {
            for part in line.split("](").skip(1) {
                let target = part.split(')').next().unwrap_or_default();
                if target.contains("://") {
                    continue;
                }
                checked += 1;
                let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
                let folder = root().join(path).parent().unwrap().to_owned();
                let place = if file.is_empty() { root().join(path) } else { folder.join(file) };
                let Ok(place) = place.canonicalize() else {
                    broken.push(format!("{path}: {target}: no such file"));
                    continue;
                };
                let found = place.to_str().filter(|place| place.ends_with(".md")).map(fs::read_to_string);
                if !fragment.is_empty()
                    && !found.is_some_and(|found| anchors(&found.unwrap()).contains(fragment))
                {
                    broken.push(format!("{path}: {target}: no such heading"));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(checked > 20, "{checked} links");
}

#[test]
fn anchors_are_made_as_forges_make_them() {
    assert_eq!(anchor(" The index: `.cache/index/`"), "the-index-cacheindex");
    assert_eq!(anchor("En français"), "en-français");
    assert_eq!(anchor("Troubleshooting / Dépannage"), "troubleshooting--dépannage");
}

#[test]
fn every_setting_is_documented() {
    let operations = text("docs/operations.md");
    let told: BTreeSet<&str> = operations
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | `LORGNON_"))
        .map(|row| row.0)
        .collect();
    let known: BTreeSet<&str> = KEYS.iter().map(|key| key.name).collect();
    assert_eq!(told, known, "the table under `Settings` of docs/operations.md");
    let default = text("crates/cli/src/settings/default.toml");
    for key in KEYS {
        let set = format!("{} = ", key.name);
        let explained = default.lines().any(|line| line.strip_prefix('#').unwrap_or(line).starts_with(&set));
        assert!(explained, "`{}` is not in default.toml", key.name);
    }
}

#[test]
fn every_flag_in_the_documents_exists() {
    let mut flags = BTreeSet::new();
    collect_flags(&arguments::command(), &mut flags);
    for (path, document) in documents() {
        // What was is no promise; the measurements name flags of the examples.
        if path == "CHANGELOG.md" || path.starts_with("docs/evaluation/") {
            continue;
        }
        for span in spans(&document) {
            let Some(flag) = span.strip_prefix("--") else { continue };
            let flag = flag.split([' ', '=']).next().unwrap_or_default();
            assert!(flags.contains(flag) || OTHERS.contains(&flag), "{path}: `{span}`");
        }
    }
}

/// Flags that are not in clap's list: its own, and those of other programs.
const OTHERS: [&str; 2] = ["help", "features"];

fn collect_flags(command: &clap::Command, flags: &mut BTreeSet<String>) {
    flags.extend(command.get_arguments().filter_map(|argument| argument.get_long()).map(ToOwned::to_owned));
    command.get_subcommands().for_each(|subcommand| collect_flags(subcommand, flags));
}

#[test]
fn every_command_in_the_documents_is_understood() {
    let mut understood = 0;
    for (path, document) in documents() {
        for (language, line) in lines(&document).1 {
            let Some(typed) = (language == "sh").then(|| typed_at_lorgnon(line)).flatten() else { continue };
            let all = std::iter::once("lorgnon").chain(typed.iter().map(String::as_str));
            if let Err(refusal) = arguments::parse(all.map(OsString::from)) {
                assert!(refusal.exit_code() == 0, "{path}: `{line}`: {refusal}");
            }
            understood += 1;
        }
    }
    assert!(understood > 20, "{understood} commands");
}

/// The arguments of the first `lorgnon` that a line of shell runs.
fn typed_at_lorgnon(line: &str) -> Option<Vec<String>> {
    let line = line.split(" #").next()?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_prefix = |word: &&&str| {
        word.contains('=') && !word.starts_with('-') || ["sudo", "-u", "time", "exec"].contains(*word)
    };
    let mut at = words.iter().take_while(is_prefix).count();
    if words.get(at + 1) == Some(&"lorgnon") && at > 0 {
        // `sudo -u lorgnon lorgnon …`
        at += 1;
    }
    if *words.get(at)? != "lorgnon" {
        return None;
    }
    let ends = |word: &&&str| !["|", ">", "&&", ";", "&", "2>"].contains(*word);
    Some(
        words[at + 1..]
            .iter()
            .take_while(ends)
            .map(|word| word.trim_matches(['"', '\'']).to_owned())
            .collect(),
    )
}

#[test]
fn every_route_is_documented_and_every_documented_route_exists() {
    let openapi: serde_json::Value =
        serde_json::from_str(&text("crates/server/src/assets/openapi.json")).unwrap();
    let mut routes = BTreeSet::new();
    for (path, methods) in openapi["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap().keys().filter(|method| method.as_str() != "parameters");
        routes.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let api = text("docs/api.md");
    let told: BTreeSet<String> = spans(&api)
        .into_iter()
        .filter(|span| {
            ["GET ", "POST ", "PATCH ", "DELETE ", "PUT "].iter().any(|method| span.starts_with(method))
        })
        .map(|span| span.split('?').next().unwrap_or(span).to_owned())
        .collect();
    assert_eq!(told, routes, "docs/api.md against the OpenAPI document");
}

#[test]
fn every_field_of_the_answers_is_documented() {
    let openapi: serde_json::Value =
        serde_json::from_str(&text("crates/server/src/assets/openapi.json")).unwrap();
    let api = text("docs/api.md");
    let words: BTreeSet<&str> = api.split(|letter: char| !letter.is_alphanumeric()).collect();
    let mut fields = 0;
    for (name, schema) in openapi["components"]["schemas"].as_object().unwrap() {
        for field in schema["properties"].as_object().into_iter().flat_map(|properties| properties.keys()) {
            assert!(words.contains(field.as_str()), "docs/api.md does not name `{field}` of `{name}`");
            fields += 1;
        }
    }
    assert!(fields > 80, "{fields} fields");
}

#[test]
fn every_error_code_is_documented() {
    let source = text("crates/server/src/error.rs");
    let source = source.split("#[cfg(test)]").next().unwrap();
    let codes: BTreeSet<&str> = source
        .split("StatusCode::")
        .skip(1)
        .filter_map(|rest| rest.split(';').next()?.split('"').nth(1))
        .filter(|code| code.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'))
        .collect();
    assert!(codes.len() > 20, "{codes:?}");
    let api = text("docs/api.md");
    let table = api.split("## Errors").nth(1).unwrap().split("\n## ").next().unwrap();
    let told: BTreeSet<&str> = table
        .lines()
        .filter_map(|row| row.strip_prefix("| ")?.split(" | ").nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    assert_eq!(told, codes, "the table of errors in docs/api.md");
}

#[test]
fn every_hint_is_explained() {
    let troubleshooting = text("docs/troubleshooting.md");
    for hint in hints::ALL {
        assert!(troubleshooting.contains(hint), "docs/troubleshooting.md does not explain the hint: {hint}");
    }
}

#[test]
fn the_rust_of_the_readme_is_the_example_that_is_compiled() {
    let example = text("crates/recogniser/examples/ten_lines.rs");
    let readme = text("README.md");
    let shown: Vec<&str> = lines(&readme)
        .1
        .into_iter()
        .filter(|(language, _)| *language == "rust")
        .map(|(_, line)| line.trim())
        .collect();
    assert!(shown.len() >= 7, "{shown:?}");
    for line in shown {
        assert!(example.contains(line), "README.md shows `{line}`, the example does not");
    }
}
