//! The picture of a request, in any of the three ways clients send one.
//!
//! A key design decision: the body is only *collected* on the runtime, within its limit. What costs
//! (JSON, base64, decoding) happens in [`Upload::open`], on a worker thread.

mod field;
mod memory;

use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Query, Request};
use axum::http::header;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::BytesMut;
use futures_util::StreamExt;
use lorgnon_imaging::{Limits, Picture, decode};

pub(crate) use self::field::Field;
pub(crate) use self::memory::{BodyMemory, Reserved};
use crate::error::{ApiError, ApiResult};
use crate::labels::LabelPatch;
use crate::state::AppState;

/// Beside the picture itself: other fields, multipart boundaries, JSON punctuation.
const OVERHEAD_MAX_BYTES: u64 = 64 << 10;
/// Fields of a form: a body of nothing but empty ones would take many times its size.
const FIELDS_MAX: usize = 64;
/// Encoders disagree on padding; everything else of base64 is as in RFC 4648.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A request's body, collected but not yet understood.
pub(crate) struct Upload {
    body: Encoding,
    /// From the address, and from the form.
    fields: BTreeMap<String, String>,
    /// Until the picture is decoded.
    _memory: Reserved,
}

enum Encoding {
    /// The bytes of a picture.
    Raw(Bytes),
    /// `{"image": …}`.
    Json(Bytes),
    /// A form without an `image` file.
    Missing,
}

/// A request's picture and its other fields (`k`, `class`, …) as text.
pub(crate) struct OpenedUpload {
    pub(crate) picture: Picture,
    pub(crate) fields: BTreeMap<String, String>,
}

/// A picture with what a person says of it.
pub(crate) struct LabelledUpload {
    pub(crate) picture: Picture,
    /// The picture's file.
    pub(crate) bytes: Bytes,
    pub(crate) patch: LabelPatch,
}

impl Upload {
    /// Collects a request's body.
    ///
    /// # Errors
    /// 413 when it is too large, 415 for a content type that cannot hold a picture, 503 when too
    /// many others are being collected, 400 when the form is broken.
    pub(crate) async fn collect(state: &AppState, request: Request) -> ApiResult<Self> {
        let kind = Kind::of(&request)?;
        let Query(mut fields) = Query::<BTreeMap<String, String>>::try_from_uri(request.uri())
            .map_err(|_| ApiError::body_invalid())?;
        let limit = kind.max_bytes(&state.config().limits);
        let (parts, body) = request.into_parts();
        let announced = parts
            .headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok())
            .and_then(|length| length.parse::<u64>().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(ApiError::body_too_large());
        }
        let mut memory = state.bodies.reserve();
        let bytes = read_body(body, usize::try_from(limit).unwrap_or(usize::MAX), &mut memory).await?;
        let body = match kind {
            Kind::Multipart => {
                let request = Request::from_parts(parts, Body::from(bytes));
                read_form(request, &mut fields).await?
            }
            Kind::Json => Encoding::Json(bytes),
            Kind::Raw => Encoding::Raw(bytes),
            Kind::Unnamed if bytes.trim_ascii_start().starts_with(b"{") => Encoding::Json(bytes),
            Kind::Unnamed => Encoding::Raw(bytes),
        };
        Ok(Self { body, fields, _memory: memory })
    }

    /// Decodes the picture. Costs: call it on a worker thread.
    ///
    /// # Errors
    /// 400 without a picture, 413, 415 and 422 for one that cannot be read.
    pub(crate) fn open(self, limits: &Limits) -> ApiResult<OpenedUpload> {
        let mut fields = self.fields;
        let picture = match self.body {
            Encoding::Missing => return Err(ApiError::image_missing()),
            Encoding::Raw(bytes) if bytes.is_empty() => return Err(ApiError::image_missing()),
            Encoding::Raw(bytes) => decode(&bytes, limits)?,
            Encoding::Json(bytes) if bytes.trim_ascii().is_empty() => return Err(ApiError::image_missing()),
            // An array would be read as the fields in order.
            Encoding::Json(bytes) if !bytes.trim_ascii_start().starts_with(b"{") => {
                return Err(ApiError::body_invalid());
            }
            Encoding::Json(bytes) => {
                let body: JsonBody = serde_json::from_slice(&bytes).map_err(|_| ApiError::body_invalid())?;
                drop(bytes);
                let image = body.image.into_text().filter(|text| !text.trim().is_empty());
                let image = image.ok_or_else(ApiError::image_missing)?;
                for (name, field) in [
                    ("k", body.k),
                    ("class", body.class),
                    ("gender", body.gender),
                    ("slot", body.slot),
                    ("item", body.item),
                ] {
                    if let Some(text) = field.into_text() {
                        fields.insert(name.to_owned(), text);
                    }
                }
                decode(&picture_bytes(&image)?, limits)?
            }
        };
        Ok(OpenedUpload { picture, fields })
    }

    /// Decodes the picture and reads its labels. Costs: call it on a worker thread.
    ///
    /// # Errors
    /// As [`Self::open`]; 400 for labels that say nothing that they can mean.
    pub(crate) fn open_labelled(self, limits: &Limits) -> ApiResult<LabelledUpload> {
        let (bytes, patch) = match self.body {
            Encoding::Missing => return Err(ApiError::image_missing()),
            Encoding::Raw(bytes) => (bytes, LabelPatch::from_form(&self.fields)?),
            Encoding::Json(bytes) if !bytes.trim_ascii_start().starts_with(b"{") => {
                return Err(ApiError::body_invalid());
            }
            Encoding::Json(bytes) => {
                // Read twice: to flatten one shape into another would keep all that is skipped.
                let patch = LabelPatch::from_json(&bytes)?;
                let body: JsonBody = serde_json::from_slice(&bytes).map_err(|_| ApiError::body_invalid())?;
                drop(bytes);
                let image = body.image.into_text().filter(|text| !text.trim().is_empty());
                let image = image.ok_or_else(ApiError::image_missing)?;
                (picture_bytes(&image)?.into(), patch)
            }
        };
        if bytes.is_empty() {
            return Err(ApiError::image_missing());
        }
        Ok(LabelledUpload { picture: decode(&bytes, limits)?, bytes, patch })
    }
}

impl OpenedUpload {
    /// How many neighbours and votes are asked for.
    ///
    /// # Errors
    /// When `k` is no integer from 1 to [`crate::MAX_NEIGHBOURS`].
    pub(crate) fn neighbours(&self) -> ApiResult<usize> {
        const DEFAULT: usize = 5;
        let Some(text) = self.fields.get("k").map(|text| text.trim()).filter(|text| !text.is_empty()) else {
            return Ok(DEFAULT);
        };
        text.parse().ok().filter(|k| (1..=crate::MAX_NEIGHBOURS).contains(k)).ok_or_else(ApiError::k_invalid)
    }
}

/// The fields of a JSON body that mean something; others are skipped.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct JsonBody {
    image: Field,
    k: Field,
    class: Field,
    gender: Field,
    slot: Field,
    item: Field,
}

/// How a body is packed, by its content type.
#[derive(Clone, Copy)]
enum Kind {
    Json,
    Multipart,
    Raw,
    /// No content type: told apart by the first byte.
    Unnamed,
}

impl Kind {
    fn of(request: &Request) -> ApiResult<Self> {
        let Some(value) = request.headers().get(header::CONTENT_TYPE) else { return Ok(Self::Unnamed) };
        let text = value.to_str().unwrap_or_default();
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "" => Ok(Self::Unnamed),
            "application/json" => Ok(Self::Json),
            "multipart/form-data" => Ok(Self::Multipart),
            "application/octet-stream" => Ok(Self::Raw),
            _ if essence.ends_with("+json") => Ok(Self::Json),
            _ if essence.starts_with("image/") => Ok(Self::Raw),
            _ => Err(ApiError::content_type_unsupported()),
        }
    }

    fn max_bytes(self, limits: &Limits) -> u64 {
        match self {
            Self::Raw => limits.max_bytes,
            Self::Multipart => limits.max_bytes + OVERHEAD_MAX_BYTES,
            // Base64 writes 3 bytes as 4.
            Self::Json | Self::Unnamed => limits.max_bytes.div_ceil(3) * 4 + OVERHEAD_MAX_BYTES,
        }
    }
}

/// A body within a limit.
///
/// # Errors
/// 413 beyond the limit, 400 when it breaks off, 503 when too much is being read already.
pub(crate) async fn read_body(body: Body, limit: usize, memory: &mut Reserved) -> ApiResult<Bytes> {
    let mut chunks = body.into_data_stream();
    let mut bytes = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ApiError::body_invalid())?;
        if bytes.len() + chunk.len() > limit {
            return Err(ApiError::body_too_large());
        }
        memory.grow_to(bytes.len() + chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

async fn read_form(request: Request, fields: &mut BTreeMap<String, String>) -> ApiResult<Encoding> {
    let invalid = |_| ApiError::body_invalid();
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| ApiError::body_invalid())?;
    let mut image = Encoding::Missing;
    while let Some(field) = form.next_field().await.map_err(invalid)? {
        if fields.len() > FIELDS_MAX {
            return Err(ApiError::body_invalid());
        }
        let name = field.name().unwrap_or_default().to_owned();
        if name == "image" {
            image = Encoding::Raw(field.bytes().await.map_err(invalid)?);
        } else {
            fields.insert(name, field.text().await.map_err(invalid)?);
        }
    }
    Ok(image)
}

/// The bytes of a data URL or of plain base64.
fn picture_bytes(text: &str) -> ApiResult<Vec<u8>> {
    let text = text.trim();
    let encoded = match text.strip_prefix("data:") {
        Some(url) => {
            let (kind, data) = url.split_once(',').ok_or_else(ApiError::image_encoding)?;
            if !kind.to_ascii_lowercase().ends_with(";base64") {
                return Err(ApiError::image_encoding());
            }
            data
        }
        None => text,
    };
    let standard = |byte: u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    let packed: Vec<u8> = encoded.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(standard).collect();
    BASE64.decode(packed).map_err(|_| ApiError::image_encoding())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(k: &str) -> OpenedUpload {
        let fields = BTreeMap::from([("k".to_owned(), k.to_owned())]);
        OpenedUpload { picture: Picture::filled(1, 1, [0; 4]), fields }
    }

    #[test]
    fn k_is_an_integer_within_bounds_or_refused() {
        assert_eq!(fields("").neighbours(), Ok(5));
        assert_eq!(fields(" 50 ").neighbours(), Ok(50));
        for bad in ["0", "-1", "abc", "51", "1000000000", "1e9", "2.5", "99999999999999999999999"] {
            assert_eq!(fields(bad).neighbours(), Err(ApiError::k_invalid()), "{bad}");
        }
    }

    #[test]
    fn data_urls_and_base64_of_every_encoder_are_read() {
        for text in [
            "data:image/png;base64,AP/+",
            "AP/+",
            " AP_- ",
            "AP\n/+",
            "data:;base64,AP/+",
            "data:image/png;charset=x;BASE64,AP/+",
        ] {
            assert_eq!(picture_bytes(text).unwrap(), [0, 255, 254], "{text}");
        }
        for text in ["data:image/png,AP/+", "data:AP/+", "é", "AP/+*"] {
            assert_eq!(picture_bytes(text), Err(ApiError::image_encoding()), "{text}");
        }
        assert_eq!(picture_bytes("AA").unwrap(), [0]);
        assert_eq!(picture_bytes("AA==").unwrap(), [0]);
    }
}
