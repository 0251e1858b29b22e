//! Settings that are choices.

use std::net::IpAddr;

use clap::ValueEnum;
use ipnet::IpNet;
use lorgnon_embed::Precision;

use super::{Layer, SettingsError};

/// The model that `clip` stands for.
pub(crate) const DEFAULT_CLIP_MODEL: &str = "Xenova/clip-vit-base-patch32";

/// Which encoder is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EncoderChoice {
    /// The one that needs no download.
    Builtin,
    /// A model if one is here, else the built-in one, said aloud.
    Auto,
    /// A model: a folder or a hub id.
    Model(String),
}

impl EncoderChoice {
    /// By the name that was given.
    pub(crate) fn named(name: &str) -> Self {
        match name.trim() {
            "builtin" => Self::Builtin,
            "auto" => Self::Auto,
            "clip" => Self::Model(DEFAULT_CLIP_MODEL.to_owned()),
            other => Self::Model(other.to_owned()),
        }
    }
}

/// What runs a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// In every build.
    Rten,
    /// ONNX Runtime, from a library of the system.
    Ort,
}

/// Which of a model's networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelPrecision {
    /// The most exact that is there.
    Auto,
    /// 32-bit floats.
    Fp32,
    /// 16-bit floats.
    Fp16,
    /// Bytes.
    Int8,
}

impl From<ModelPrecision> for Precision {
    fn from(precision: ModelPrecision) -> Self {
        match precision {
            ModelPrecision::Auto => Self::Any,
            ModelPrecision::Fp32 => Self::Full,
            ModelPrecision::Fp16 => Self::Half,
            ModelPrecision::Int8 => Self::Integers,
        }
    }
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A language of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Français.
    Fr,
    /// English.
    En,
}

impl Language {
    /// French where the system speaks it, else English.
    pub(crate) fn of_this_system() -> Self {
        let spoken = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|variable| std::env::var(variable).ok())
            .find(|value| !value.is_empty());
        if spoken.is_some_and(|value| value.starts_with("fr")) { Self::Fr } else { Self::En }
    }
}

/// The proxies that are trusted.
pub(super) fn networks(layers: &Layer) -> Result<Vec<IpNet>, SettingsError> {
    let network = |text: &String| {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        address.ok().or_else(|| text.parse().ok()).ok_or_else(|| {
            layers.refused("trusted_proxies", text, "addresses or networks such as `10.0.0.0/8`")
        })
    };
    layers.list_of("trusted_proxies").iter().map(network).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoder_is_known_by_its_name() {
        assert_eq!(EncoderChoice::named("builtin"), EncoderChoice::Builtin);
        assert_eq!(EncoderChoice::named(" auto "), EncoderChoice::Auto);
        assert_eq!(EncoderChoice::named("clip"), EncoderChoice::Model(DEFAULT_CLIP_MODEL.to_owned()));
        assert_eq!(EncoderChoice::named("a/b"), EncoderChoice::Model("a/b".to_owned()));
    }
}
