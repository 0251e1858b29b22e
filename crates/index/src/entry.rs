//! What a store keeps of one look.

use lorgnon_embed::EncoderSpec;
use lorgnon_look::{Look, SlotMap};
use serde::{Deserialize, Serialize};

/// SHA-256 of an image's bytes and of the encoder's spec: equal means nothing needs embedding again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 32]);

/// One look's vectors, all from the same encoder and of the same length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorSet {
    /// The whole character.
    pub global: Vec<f32>,
    /// One a slot region.
    pub slots: SlotMap<Vec<f32>>,
}

/// A look as the store keeps it, without its vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LookRecord {
    /// The labels.
    pub look: Look,
    /// The export file that says so, relative to the dataset where it can be.
    pub source: String,
    /// Of the picture and the encoder.
    pub fingerprint: Fingerprint,
}

/// A look to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Labels, source and fingerprint.
    pub record: LookRecord,
    /// Its vectors.
    pub vectors: VectorSet,
    /// Named blobs that belong to the look and go with it (`thumbnail`, the recogniser's
    /// measurements); opaque to the store.
    pub blobs: Vec<(String, Vec<u8>)>,
}

/// What is true of the whole index. Serialised in the terms of the old `vision-index.json`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// When the last training ended, in ms since 1970.
    pub updated_at_ms: u64,
    /// What it was trained on.
    pub dataset_path: String,
    /// Looks in the dataset, those that could not be used included.
    pub dataset_size: u64,
    /// The encoder of all vectors; `None` in an index that was never trained.
    pub encoder: Option<EncoderSpec>,
    /// Version of the trained heads, empty where there are none.
    pub model: String,
}
