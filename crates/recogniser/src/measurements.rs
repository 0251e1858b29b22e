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
pub(crate) const VERSION: u32 = 9;

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

/// What the names of models begin with that only a running training's helpers need.
const OF_STAGE: &str = "stage/";

/// The name under which a training leaves a model for those who help with its present stage.
pub(crate) fn of_stage(name: &str) -> String {
    format!("{OF_STAGE}{name}")
}

/// Whether a model name is that of something waiting, and of no model.
pub(crate) fn is_waiting(name: &str) -> bool {
    [PENDING, WAITING_VECTORS, OF_STAGE].iter().any(|kind| name.starts_with(kind))
}

/// Removes all that still waits: of looks that could not be used, and of an encoder that was given up.
pub(crate) fn remove_pending(reader: &dyn Reader, writer: &mut dyn Writer) -> Result<(), RecogniserError> {
    for name in reader.model_names()?.iter().filter(|name| is_waiting(name)) {
        writer.remove_model(name)?;
    }
    Ok(())
}

/// Ids of the looks whose measurements wait, in order.
pub(crate) fn pending_ids(reader: &dyn Reader) -> Result<Vec<String>, RecogniserError> {
    let names = reader.model_names()?;
    Ok(names.iter().filter_map(|name| name.strip_prefix(PENDING)).map(ToOwned::to_owned).collect())
}

/// The labels that wait with a look's measurement.
pub(crate) fn pending_look(reader: &dyn Reader, id: &str) -> Result<Option<Look>, RecogniserError> {
    let bytes = reader.model(&pending(id))?;
    // It comes first: the measurement behind it is not read.
    Ok(bytes.and_then(|bytes| postcard::take_from_bytes(&bytes).ok().map(|(look, _)| look)))
}

/// Visits the waiting measurements of the looks that `wanted` names, with their labels, by id.
pub(crate) fn visit_pending<T: DeserializeOwned>(
    reader: &dyn Reader,
    wanted: &dyn Fn(&str) -> bool,
    visit: &mut dyn FnMut(Look, T),
) -> Result<(), RecogniserError> {
    for id in pending_ids(reader)?.iter().filter(|id| wanted(id)) {
        let name = pending(id);
        if let Some(bytes) = reader.model(&name)? {
            // One that another version left behind is measured again and replaced.
            if let Ok(waiting) = decode::<Pending<T>>(&name, &bytes) {
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
