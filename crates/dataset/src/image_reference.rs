//! From what an entry says of its picture to the picture, and never out of the dataset's folder.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use crate::fields::{Fields, present};
use crate::skipped::shortened_text;
use crate::{ImageReference, Options, SkipReason};

pub(crate) const IMAGE_FIELDS: [&str; 10] =
    ["image", "img", "path", "preview", "url", "href", "sprite", "file", "asset", "image_path"];
/// What pictures named by an entry's id may end in.
const EXTENSIONS: [&str; 6] = ["png", "webp", "jpg", "jpeg", "gif", "bmp"];
/// How deep objects within objects are searched.
const DEEPEST: usize = 4;

/// Where the pictures of one export file may be.
pub(crate) struct Places {
    /// The export file's folder.
    pub(crate) beside: PathBuf,
    /// The dataset's folder, canonical.
    pub(crate) root: PathBuf,
}

/// The entry's picture: the first of its references that leads to one. Exports of looks that their
/// site draws anew each time name none, or one on the network: then the file that has the entry's own
/// id for its name, beside the export or in `images/`.
///
/// # Errors
/// Why the first reference does not, when none does.
pub(crate) fn image(
    fields: &Fields,
    id: Option<&str>,
    places: &Places,
    options: &Options,
) -> Result<ImageReference, SkipReason> {
    let mut texts = Vec::new();
    for value in present(fields, &IMAGE_FIELDS) {
        collect(value, DEEPEST, &mut texts);
    }
    let mut first_failure = None;
    for text in texts {
        match resolve(text, places, options) {
            Ok(found) => return Ok(found),
            Err(reason) => first_failure = first_failure.or(Some(reason)),
        }
    }
    let reason = first_failure.unwrap_or(SkipReason::NoImage);
    if matches!(reason, SkipReason::NoImage | SkipReason::ImageRemote { .. })
        && let Some(found) = id.and_then(|id| named_by(id, places, options))
    {
        return Ok(found);
    }
    Err(reason)
}

/// The picture whose file name is an entry's id.
fn named_by(id: &str, places: &Places, options: &Options) -> Option<ImageReference> {
    if id.contains(['/', '\\', '\0', ':']) || id.starts_with('.') {
        return None;
    }
    let names = EXTENSIONS.iter().map(|extension| format!("{id}.{extension}"));
    names.filter_map(|name| resolve(&name, places, options).ok()).next()
}

/// All texts of a text, an array or an object with the same field names.
fn collect<'a>(value: &'a Value, depth: usize, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if !text.trim().is_empty() => texts.push(text.trim()),
        Value::Array(values) if depth > 0 => {
            values.iter().for_each(|value| collect(value, depth - 1, texts));
        }
        Value::Object(fields) if depth > 0 => {
            present(fields, &IMAGE_FIELDS).for_each(|value| collect(value, depth - 1, texts));
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => {}
    }
}

fn resolve(text: &str, places: &Places, options: &Options) -> Result<ImageReference, SkipReason> {
    if text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
        return inline(text, options.max_image_bytes).map(ImageReference::Inline);
    }
    let reference = || shortened_text(text);
    if text.contains('\0') {
        return Err(SkipReason::ImageNotFound { reference: reference() });
    }
    if let Some((scheme, _)) = text.split_once("://")
        && !scheme.eq_ignore_ascii_case("file")
    {
        return Err(SkipReason::ImageRemote { reference: reference() });
    }
    let text = text.strip_prefix("file://").unwrap_or(text);
    let mut outside = false;
    for candidate in candidates(text, &places.beside) {
        let Ok(canonical) = candidate.canonicalize() else { continue };
        if !canonical.is_file() {
            continue;
        }
        if options.allow_outside || canonical.starts_with(&places.root) {
            return Ok(ImageReference::File(canonical));
        }
        outside = true;
    }
    Err(if outside {
        SkipReason::ImageOutside { reference: reference() }
    } else {
        SkipReason::ImageNotFound { reference: reference() }
    })
}

/// The places to look, best first: as written, then (exports of other machines) the last two
/// components, then the file name, beside the export and in `images/`.
fn candidates(text: &str, beside: &Path) -> Vec<PathBuf> {
    let mut candidates = vec![beside.join(text)];
    let components: Vec<&str> =
        text.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
    // What climbs is meant to climb: guessing another file for it would hide the fault.
    if components.contains(&"..") {
        return candidates;
    }
    let drive = components.first().is_some_and(|first| first.ends_with(':'));
    if text.contains('\\') && !drive && !text.starts_with('\\') {
        candidates.push(beside.join(components.iter().collect::<PathBuf>()));
    }
    let names = if drive { &components[1..] } else { &components[..] };
    if let [.., folder, name] = names {
        candidates.push(beside.join(folder).join(name));
    }
    if let Some(name) = names.last() {
        candidates.push(beside.join(name));
        candidates.push(beside.join("images").join(name));
    }
    candidates
}

/// The bytes of a `data:` URL.
fn inline(text: &str, limit_bytes: usize) -> Result<Vec<u8>, SkipReason> {
    let invalid = |message: &str| SkipReason::InvalidDataUrl { message: message.to_owned() };
    let (kind, payload) = text[5..].split_once(',').ok_or_else(|| invalid("no comma"))?;
    if !kind.to_ascii_lowercase().ends_with(";base64") {
        return Err(invalid("only base64 is supported"));
    }
    // Four characters are three bytes; line breaks inside are not counted exactly, nor need be.
    if payload.len() / 4 * 3 > limit_bytes.saturating_add(limit_bytes / 16) {
        return Err(SkipReason::ImageTooLarge { limit_bytes });
    }
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let compact: Vec<u8> = payload.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes = LENIENT.decode(compact).map_err(|error| invalid(&error.to_string()))?;
    if bytes.is_empty() {
        return Err(invalid("no bytes"));
    }
    if bytes.len() > limit_bytes {
        return Err(SkipReason::ImageTooLarge { limit_bytes });
    }
    Ok(bytes)
}
