//! What training keeps of each look so that models can be fitted without its picture.
//!
//! Each measurement is a named blob beside the look. A measurement made before its look has
//! vectors waits among the models under `pending/<id>`, so that a killed run does not repeat it.

use lorgnon_index::Reader;
use serde::{Serialize, de::DeserializeOwned};

use crate::RecogniserError;

/// Blob of the [`crate::character`] measurement.
pub(crate) const CHARACTER: &str = "character";
/// Blob of the [`crate::colours`] measurement.
pub(crate) const COLOURS: &str = "colours";
/// Blob of the [`crate::items`] measurement.
pub(crate) const ITEMS: &str = "items";
/// Blob of the small picture shown beside answers, WebP or PNG.
pub(crate) const THUMBNAIL: &str = "thumbnail";

/// Writes a measurement or a model.
pub(crate) fn encode<T: Serialize>(what: &str, value: &T) -> Result<Vec<u8>, RecogniserError> {
    postcard::to_stdvec(value).map_err(|source| RecogniserError::Stored { what: what.to_owned(), source })
}

/// Reads a measurement or a model.
pub(crate) fn decode<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, RecogniserError> {
    postcard::from_bytes(bytes).map_err(|source| RecogniserError::Stored { what: what.to_owned(), source })
}

/// A look's measurement, `None` when it has none.
pub(crate) fn read<T: DeserializeOwned>(
    reader: &dyn Reader,
    id: &str,
    name: &str,
) -> Result<Option<T>, RecogniserError> {
    reader.blob(id, name)?.map(|bytes| decode(name, &bytes)).transpose()
}

/// The model name under which a measurement waits.
pub(crate) fn pending(id: &str) -> String {
    format!("pending/{id}")
}
