//! The pages: rendered here, so that they are readable without JavaScript, and brought to life by
//! the small modules under `assets/`.

pub(crate) mod api_docs;
pub(crate) mod assets;
pub(crate) mod duplicates;
pub(crate) mod evaluation;
pub(crate) mod home;
mod layout;
pub(crate) mod looks;
pub(crate) mod map;
pub(crate) mod not_found;
pub(crate) mod progress;
mod template;
mod texts;
mod time;
mod words;
