//! What training keeps of each look so that models can be fitted without its picture.
//!
//! Each measurement is a named blob beside the look. A measurement made before its look has
//! vectors waits among the models under `pending/<id>`, so that a killed run does not repeat it.

use lorgnon_index::{Fingerprint, Reader, Writer};
use lorgnon_look::Look;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::RecogniserError;

/// Blob of the [`crate::character`] measurement.
pub(crate) const CHARACTER: &str = "character";
/// Blob of the [`crate::colours`] measurement.
pub(crate) const COLOURS: &str = "colours";
/// Blob of the [`crate::items`] measurement.
pub(crate) const ITEMS: &str = "items";
/// Name of the stored icon index.
pub(crate) const ICONS: &str = "icons";
/// Name of what vectors add to the other models.
pub(crate) const FUSION: &str = "fusion";
/// Name of the labels that are doubted.
pub(crate) const DOUBTS: &str = "doubts";
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

/// Version of all measurements together: raise it when any of them changes. It is part of every look's
/// fingerprint, so that the next training measures all of them again.
pub(crate) const VERSION: u32 = 7;

/// A look's measurement, `None` when it has none that this version of the program can read.
pub(crate) fn read<T: DeserializeOwned>(
    reader: &dyn Reader,
    id: &str,
    name: &str,
) -> Result<Option<T>, RecogniserError> {
    let Some(bytes) = reader.blob(id, name)? else { return Ok(None) };
    match decode(name, &bytes) {
        Ok(measurement) => Ok(Some(measurement)),
        Err(error) => {
            tracing::debug!(
                id,
                name,
                error = &error as &dyn std::error::Error,
                "not measured by this version"
            );
            Ok(None)
        }
    }
}

/// What the names of waiting measurements begin with.
const PENDING: &str = "pending/";

/// The model name under which a measurement waits.
pub(crate) fn pending(id: &str) -> String {
    format!("{PENDING}{id}")
}

/// What the names of waiting vectors begin with.
const WAITING_VECTORS: &str = "vectors/";

/// The model name under which a look's vectors by another encoder wait.
pub(crate) fn waiting_vectors(id: &str) -> String {
    format!("{WAITING_VECTORS}{id}")
}

/// Whether a model name is that of something waiting, and of no model.
pub(crate) fn is_waiting(name: &str) -> bool {
    name.starts_with(PENDING) || name.starts_with(WAITING_VECTORS)
}

/// Removes all that still waits: of looks that could not be used, and of an encoder that was given up.
pub(crate) fn remove_pending(reader: &dyn Reader, writer: &mut dyn Writer) -> Result<(), RecogniserError> {
    for name in reader.model_names()?.iter().filter(|name| is_waiting(name)) {
        writer.remove_model(name)?;
    }
    Ok(())
}

/// Visits the waiting measurements with the labels of their looks, by id.
pub(crate) fn visit_pending<T: DeserializeOwned>(
    reader: &dyn Reader,
    visit: &mut dyn FnMut(Look, T),
) -> Result<(), RecogniserError> {
    for name in reader.model_names()?.iter().filter(|name| name.starts_with(PENDING)) {
        if let Some(bytes) = reader.model(name)? {
            // One that another version left behind is measured again and replaced.
            if let Ok(waiting) = decode::<Pending<T>>(name, &bytes) {
                visit(waiting.look, waiting.measurement);
            }
        }
    }
    Ok(())
}

/// A measurement that waits for its look to be stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct Pending<T> {
    pub(crate) look: Look,
    /// Of the picture that was measured.
    pub(crate) fingerprint: Fingerprint,
    pub(crate) measurement: T,
}
