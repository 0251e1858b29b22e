//! The encoder that runs, chosen by the settings.

use std::sync::Arc;
use std::time::Duration;

use lorgnon_embed::{
    BuiltinEncoder, Encoder, EncoderSpec, EngineChoice, IdleEncoder, LoadOptions, ModelError, ModelFiles,
    OnnxEncoder, Precision,
};

use crate::hints::UserError;
use crate::output;
use crate::settings::{DEFAULT_CLIP_MODEL, EncoderChoice, Engine, Settings};

/// The encoder that runs, and the one that was wanted where that is another.
pub(crate) struct ChosenEncoder {
    pub(crate) encoder: Arc<dyn Encoder>,
    pub(crate) fallback_from: Option<String>,
}

/// The encoder asked for. `auto` never fails and says what it chose.
pub(crate) fn chosen(settings: &Settings) -> anyhow::Result<ChosenEncoder> {
    let own = |encoder: Arc<dyn Encoder>| ChosenEncoder { encoder, fallback_from: None };
    match &settings.encoder {
        EncoderChoice::Builtin => Ok(own(Arc::new(BuiltinEncoder::new()))),
        EncoderChoice::Model(name) => {
            let files = find(settings, name)?;
            let encoder = load(settings, &files).map_err(|error| explained(error, name))?;
            Ok(own(Arc::new(encoder)))
        }
        EncoderChoice::Auto => Ok(whichever(settings)),
    }
}

/// As [`chosen`], for a server: a model is unloaded while nobody asks, where the settings want it.
pub(crate) fn chosen_for_server(settings: &Settings) -> anyhow::Result<ChosenEncoder> {
    let chosen = chosen(settings)?;
    if settings.encoder_idle_s == 0 {
        return Ok(chosen);
    }
    let Some(files) = files(settings, chosen.encoder.spec()) else { return Ok(chosen) };
    let (owned, idle) = (settings.clone(), Duration::from_secs(settings.encoder_idle_s));
    let encoder = IdleEncoder::new(chosen.encoder, idle, move || Ok(Arc::new(load(&owned, &files)?)));
    Ok(ChosenEncoder { encoder: Arc::new(encoder), fallback_from: chosen.fallback_from })
}

/// The models that are here.
pub(crate) fn models(settings: &Settings) -> Vec<ModelFiles> {
    ModelFiles::list(&settings.model_cache)
}

/// The files of an encoder that was chosen; `None` for the built-in one.
pub(crate) fn files(settings: &Settings, spec: &EncoderSpec) -> Option<ModelFiles> {
    let name = match &settings.encoder {
        EncoderChoice::Model(wanted) => wanted,
        EncoderChoice::Auto | EncoderChoice::Builtin => &spec.name,
    };
    ModelFiles::find(name, &settings.model_cache, settings.precision.into()).ok()
}

/// CLIP, else the first model that is here and works, else the built-in encoder, said aloud.
fn whichever(settings: &Settings) -> ChosenEncoder {
    let here = models(settings);
    let clip = here.iter().filter(|files| files.name == DEFAULT_CLIP_MODEL);
    let others = here.iter().filter(|files| files.name != DEFAULT_CLIP_MODEL);
    for files in clip.chain(others) {
        let precise = ModelFiles::find(&files.name, &settings.model_cache, settings.precision.into());
        match precise.and_then(|files| load(settings, &files)) {
            Ok(encoder) => {
                output::say(&format!("note: encoder `auto`: using `{}`", files.name));
                return ChosenEncoder { encoder: Arc::new(encoder), fallback_from: None };
            }
            Err(error) => {
                let told = crate::hints::message(&error.into());
                output::say(&format!("note: encoder `auto`: `{}` cannot be used: {told}", files.name));
            }
        }
    }
    output::say("note: encoder `auto`: no model that works is here, using `builtin`");
    ChosenEncoder {
        encoder: Arc::new(BuiltinEncoder::new()),
        fallback_from: Some(DEFAULT_CLIP_MODEL.to_owned()),
    }
}

fn find(settings: &Settings, name: &str) -> anyhow::Result<ModelFiles> {
    let precision = Precision::from(settings.precision);
    ModelFiles::find(name, &settings.model_cache, precision).map_err(|error| explained(error, name))
}

fn load(settings: &Settings, files: &ModelFiles) -> Result<OnnxEncoder, ModelError> {
    let engine = match settings.engine {
        Engine::Rten => EngineChoice::Rten,
        Engine::Ort => EngineChoice::OnnxRuntime,
    };
    let check_record = settings.cache.is_dir().then(|| settings.cache.join("checked-models"));
    OnnxEncoder::load(files, &LoadOptions { engine, check_record })
}

/// A model's error, with what to do about it.
fn explained(error: ModelError, name: &str) -> anyhow::Error {
    let hint = match &error {
        ModelError::NotFound { .. } => format!(
            "get it with `lorgnon model fetch {name}`, name the folder that has it with `TRANSFORMERS_CACHE`, or use \
             `--encoder builtin` (`--encoder auto` falls back to it by itself); unset `VISION_CLIP_MODEL` if you did \
             not ask for a model"
        ),
        ModelError::Unreadable { .. } | ModelError::SelfCheck { .. } => {
            format!(
                "`lorgnon model fetch {name}` gets its files again; another `--precision` is another network"
            )
        }
        ModelError::Io { .. }
        | ModelError::Recipe { .. }
        | ModelError::Unsuitable { .. }
        | ModelError::Engine { .. }
        | _ => {
            "`lorgnon model list` shows the encoders that are here; `--encoder builtin` needs none".to_owned()
        }
    };
    let message = crate::hints::message(&error.into());
    UserError::new(format!("encoder `{name}` cannot be had: {message}"), hint).into()
}
