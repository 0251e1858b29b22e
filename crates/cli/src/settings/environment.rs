//! The environment as a layer: `LORGNON_*`, and the old system's variables.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{KEYS, Key, Layer, Origin, SettingsError};

const PREFIX: &str = "LORGNON_";

/// What the environment says.
#[derive(Debug, Default)]
pub(super) struct Environment {
    pub(super) layer: Layer,
    /// `LORGNON_CONFIG`.
    pub(super) config: Option<PathBuf>,
    /// Variables with our prefix that no setting has: most likely misspelt.
    pub(super) unknown: Vec<String>,
}

/// Reads variables. An empty one counts as not set, as shells make it hard to unset one.
pub(super) fn read(variables: &[(OsString, OsString)]) -> Result<Environment, SettingsError> {
    let mut found = Environment::default();
    let value_of = |name: &str| variables.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let text_of = |name: &str| match value_of(name) {
        None => Ok(None),
        Some(value) => match value.to_str() {
            None => Err(SettingsError::Unicode { variable: name.to_owned() }),
            Some(text) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
        },
    };
    let mut old = |name: &str, key: &str, value: Option<&str>| {
        if let (Some(key), Some(value)) = (Key::named(key), value) {
            found.layer.insert(key, value.to_owned(), Origin::Variable(name.to_owned()));
        }
    };
    old("TRANSFORMERS_CACHE", "model_cache", text_of("TRANSFORMERS_CACHE")?);
    old("VISION_CLIP_MODEL", "encoder", text_of("VISION_CLIP_MODEL")?);
    for key in KEYS {
        let variable = key.variable();
        if let Some(text) = text_of(&variable)? {
            found.layer.insert(*key, text.to_owned(), Origin::Variable(variable));
        }
    }
    // Said last: this variable promises that nothing but the built-in encoder runs.
    if text_of("VISION_FORCE_STUB")? == Some("1")
        && let Some(key) = Key::named("encoder")
    {
        let origin = Origin::Variable("VISION_FORCE_STUB".to_owned());
        found.layer.insert(key, "builtin".to_owned(), origin);
    }
    found.config = value_of("LORGNON_CONFIG").filter(|value| !value.is_empty()).map(PathBuf::from);
    found.unknown = variables
        .iter()
        .filter_map(|(name, _)| name.to_str())
        .filter(|name| name.starts_with(PREFIX) && *name != "LORGNON_CONFIG")
        .filter(|name| KEYS.iter().all(|key| key.variable() != *name))
        .map(ToOwned::to_owned)
        .collect();
    found.unknown.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let variables: Vec<(OsString, OsString)> =
            variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        read(&variables).unwrap()
    }

    #[test]
    fn every_setting_has_its_variable() {
        for key in KEYS {
            let found = environment(&[(key.variable().as_str(), "x")]);
            assert_eq!(found.layer.get(key.name), Some("x"));
            assert_eq!(found.layer.origin(key.name), Some(&Origin::Variable(key.variable())));
        }
    }

    #[test]
    fn the_old_variables_still_mean_what_they_meant() {
        let found = environment(&[("VISION_CLIP_MODEL", "a/b"), ("TRANSFORMERS_CACHE", "/models")]);
        assert_eq!(found.layer.get("encoder"), Some("a/b"));
        assert_eq!(found.layer.get("model_cache"), Some("/models"));
        let found = environment(&[("VISION_CLIP_MODEL", "a/b"), ("LORGNON_ENCODER", "auto")]);
        assert_eq!(found.layer.get("encoder"), Some("auto"));
        let forced = [("VISION_CLIP_MODEL", "a/b"), ("LORGNON_ENCODER", "auto"), ("VISION_FORCE_STUB", "1")];
        assert_eq!(environment(&forced).layer.get("encoder"), Some("builtin"));
        assert_eq!(environment(&[("VISION_FORCE_STUB", "0")]).layer.get("encoder"), None);
    }

    #[test]
    fn an_empty_variable_is_not_set_and_a_misspelt_one_is_named() {
        let found =
            environment(&[("LORGNON_CACHE", ""), ("LORGNON_CASH", "x"), ("LORGNON_CONFIG", "c.toml")]);
        assert_eq!(found.layer.get("cache"), None);
        assert_eq!(found.unknown, ["LORGNON_CASH"]);
        assert_eq!(found.config, Some(PathBuf::from("c.toml")));
    }
}
