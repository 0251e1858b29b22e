//! The settings file as a layer.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{KEYS, Key, Layer, Origin, SettingsError};

/// The settings file that is read when none is asked for.
pub(super) const NAME: &str = "lorgnon.toml";

/// All settings, commented, with their defaults.
pub(crate) const DEFAULT_FILE: &str = include_str!("default.toml");

/// Reads a settings file that must be there.
pub(super) fn read(path: &Path) -> Result<Layer, SettingsError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| SettingsError::Read { path: path.to_path_buf(), source })?;
    let mut layer = Layer::default();
    for (key, value) in parse(&text, path)? {
        layer.insert(key, value, Origin::File(path.to_path_buf()));
    }
    Ok(layer)
}

/// Reads a settings file if it is there.
pub(super) fn read_if_there(path: &Path) -> Result<Layer, SettingsError> {
    match read(path) {
        Err(SettingsError::Read { source, .. }) if source.kind() == ErrorKind::NotFound => {
            Ok(Layer::default())
        }
        result => result,
    }
}

/// The settings a text gives; `path` is for errors.
pub(super) fn parse(text: &str, path: &Path) -> Result<Vec<(Key, String)>, SettingsError> {
    let table: Table = toml::from_str(text).map_err(|error| syntax(text, path, &error))?;
    table
        .into_iter()
        .map(|(name, value)| {
            let key = Key::named(&name).ok_or_else(|| SettingsError::UnknownKey {
                path: path.to_path_buf(),
                nearest: nearest(&name),
                key: name.clone(),
            })?;
            Ok((key, plain(key, value, path)?))
        })
        .collect()
}

fn syntax(text: &str, path: &Path, error: &toml::de::Error) -> SettingsError {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let place = line.map_or_else(String::new, |line| format!(" on line {line}"));
    let message = format!("{}{place}", error.message().replace('\n', ", "));
    SettingsError::Syntax { path: path.to_path_buf(), message }
}

/// A value as the text a variable would hold.
fn plain(key: Key, value: Value, path: &Path) -> Result<String, SettingsError> {
    match value {
        Value::String(text) => Ok(text),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(switch) => Ok(switch.to_string()),
        Value::Float(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {
            Err(SettingsError::value(
                key.name,
                &Origin::File(PathBuf::from(path)),
                &value.to_string(),
                "a text, a whole number, `true` or `false`",
            ))
        }
    }
}

/// The setting most like a misspelt one.
fn nearest(name: &str) -> Option<String> {
    let best = KEYS.iter().min_by_key(|key| distance(name, key.name))?;
    (distance(name, best.name) <= 2.max(name.len() / 3)).then(|| best.name.to_owned())
}

/// Edits from one word to the other (Levenshtein, 1966).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("cache", "cache"), 0);
    }

    #[test]
    fn a_misspelt_key_is_named_with_what_was_meant() {
        let error = parse("cahce = 'x'", Path::new("lorgnon.toml")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "settings file `lorgnon.toml` has no use for key `cahce`, did you mean `cache`?"
        );
        let error = parse("frobnication = 1", Path::new("lorgnon.toml")).unwrap_err();
        assert!(error.to_string().ends_with("key `frobnication`"), "{error}");
    }

    #[test]
    fn what_is_not_toml_is_named_with_its_line() {
        let error = parse("cache = 'x'\nlimit = = 3\n", Path::new("a.toml")).unwrap_err().to_string();
        assert!(error.contains("`a.toml`") && error.ends_with("on line 2"), "{error}");
    }

    #[test]
    fn a_list_is_refused_with_file_and_key() {
        let error = parse("cache = ['x']", Path::new("a.toml")).unwrap_err().to_string();
        assert!(error.starts_with("`cache` in `a.toml` is "), "{error}");
    }
}
