//! Values as texts, each with where it comes from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;

use super::{Key, SettingsError, file};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Compiled in.
    Default,
    /// The settings file.
    File(PathBuf),
    /// An environment variable, which need not be the setting's own.
    Variable(String),
    /// The command line.
    Flag,
}

impl Origin {
    /// In words, for a setting.
    pub(crate) fn describe(&self, key: &str) -> String {
        match self {
            Self::Default => format!("default `{key}`"),
            Self::File(path) => format!("`{key}` in `{}`", path.display()),
            Self::Variable(variable) => format!("variable `{variable}`"),
            Self::Flag => {
                format!("flag `{}`", Key::named(key).map_or_else(|| key.to_owned(), Key::flag))
            }
        }
    }
}

/// Values by the names of their settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Layer {
    values: BTreeMap<&'static str, (String, Origin)>,
}

impl Layer {
    /// The values of the compiled-in settings file.
    pub(crate) fn defaults() -> Result<Self, SettingsError> {
        let mut layer = Self::default();
        let path = PathBuf::from("default.toml");
        for (key, value) in file::parse(file::DEFAULT_FILE, &path)? {
            layer.insert(key, value, Origin::Default);
        }
        Ok(layer)
    }

    /// This layer with another on top.
    pub(crate) fn under(mut self, upper: Self) -> Self {
        self.values.extend(upper.values);
        self
    }

    pub(super) fn insert(&mut self, key: Key, value: String, origin: Origin) {
        self.values.insert(key.name, (value, origin));
    }

    fn typed(&mut self, name: &str, value: String) {
        debug_assert!(Key::named(name).is_some(), "`{name}` is no setting");
        if let Some(key) = Key::named(name) {
            self.insert(key, value, Origin::Flag);
        }
    }

    /// A flag's text, if it was typed.
    pub(crate) fn text(&mut self, name: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.typed(name, value.clone());
        }
    }

    /// A flag's path, if it was typed.
    pub(crate) fn path(&mut self, name: &str, value: Option<&PathBuf>) {
        if let Some(value) = value {
            self.typed(name, value.to_string_lossy().into_owned());
        }
    }

    /// A flag's number or switch, if it was typed.
    pub(crate) fn number(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.typed(name, value.to_string());
        }
    }

    /// A flag's choice, if it was typed.
    pub(crate) fn choice(&mut self, name: &str, value: Option<impl ValueEnum>) {
        if let Some(value) = value.as_ref().and_then(ValueEnum::to_possible_value) {
            self.typed(name, value.get_name().to_owned());
        }
    }

    /// A setting's text.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|(value, _)| value.as_str())
    }

    /// Where a setting's value comes from.
    pub(crate) fn origin(&self, name: &str) -> Option<&Origin> {
        self.values.get(name).map(|(_, origin)| origin)
    }

    pub(super) fn refused(&self, key: &'static str, value: &str, expected: &str) -> SettingsError {
        SettingsError::value(key, self.origin(key).unwrap_or(&Origin::Default), value, expected)
    }

    pub(super) fn text_of(&self, key: &'static str) -> Result<String, SettingsError> {
        let text = self.get(key).ok_or(SettingsError::Missing { key })?;
        if text.trim().is_empty() {
            return Err(self.refused(key, text, "a value that is not empty"));
        }
        Ok(text.to_owned())
    }

    /// Values separated by commas; none where the setting is not set.
    pub(super) fn list_of(&self, key: &'static str) -> Vec<String> {
        let text = self.get(key).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect()
    }

    pub(super) fn optional<T: FromStr>(
        &self,
        key: &'static str,
        expected: &str,
    ) -> Result<Option<T>, SettingsError> {
        self.get(key)
            .map(|text| text.trim().parse().map_err(|_| self.refused(key, text, expected)))
            .transpose()
    }

    pub(super) fn required<T: FromStr>(&self, key: &'static str, expected: &str) -> Result<T, SettingsError> {
        self.optional(key, expected)?.ok_or(SettingsError::Missing { key })
    }

    pub(super) fn in_range<T: TryFrom<u64>>(
        &self,
        key: &'static str,
        least: u64,
        most: u64,
    ) -> Result<T, SettingsError> {
        let expected = format!("a whole number from {least} to {most}");
        let number: u64 = self.required(key, &expected)?;
        T::try_from(number)
            .ok()
            .filter(|_| (least..=most).contains(&number))
            .ok_or_else(|| self.refused(key, &number.to_string(), &expected))
    }

    /// As [`Self::in_range`], for a setting without a default.
    pub(super) fn in_range_if_set<T: TryFrom<u64>>(
        &self,
        key: &'static str,
        least: u64,
        most: u64,
    ) -> Result<Option<T>, SettingsError> {
        self.get(key).map(|_| self.in_range(key, least, most)).transpose()
    }

    pub(super) fn switch(&self, key: &'static str) -> Result<bool, SettingsError> {
        let text = self.text_of(key)?;
        match text.trim().to_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(self.refused(key, &text, "`true` or `false`")),
        }
    }

    pub(super) fn choice_of<T: ValueEnum>(&self, key: &'static str) -> Result<T, SettingsError> {
        let text = self.text_of(key)?;
        T::from_str(text.trim(), true).map_err(|_| {
            let names: Vec<String> = T::value_variants()
                .iter()
                .filter_map(ValueEnum::to_possible_value)
                .map(|value| format!("`{}`", value.get_name()))
                .collect();
            self.refused(key, &text, &names.join(" or "))
        })
    }
}
