//! Models from a hub: downloaded once, checked, kept where both libraries look.
//!
//! The only part of the program that reaches the network for itself, and only when a person runs
//! `model fetch`. A download that breaks goes on where it was; what arrives is checked against the hub's
//! digest before it gets its name, so a half or a false file is never taken for a model.
//!
//! The hub's interface: `GET /api/models/{id}/revision/{revision}?blobs=true` lists the files with
//! sizes and digests, `GET /{id}/resolve/{commit}/{file}` gives one and understands ranges.

mod download;
mod error;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use error::HubError;

use crate::{Precision, is_hub_id};
use download::Download;

/// A hub and how it is asked.
#[derive(Debug, Clone)]
pub struct Hub {
    /// `https://huggingface.co`, or a mirror of it, without a slash at its end.
    pub endpoint: String,
    /// For models that not everybody may have. Sent to the endpoint alone, never where it redirects to.
    pub token: Option<String>,
    /// How long to wait for a connection, an answer, or the next 16 MiB.
    pub timeout: Duration,
    /// How often a broken transfer is taken up again.
    pub retries: u32,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            endpoint: "https://huggingface.co".to_owned(),
            token: None,
            timeout: Duration::from_secs(60),
            retries: 5,
        }
    }
}

/// What is told while a model is fetched.
#[derive(Debug, Clone, Copy)]
pub enum FetchEvent<'a> {
    /// A file's transfer goes on: bytes that are here, bytes that it has.
    Progress {
        /// Its name in the model.
        file: &'a str,
        /// Bytes here.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// A file was here already, whole.
    Kept {
        /// Its name in the model.
        file: &'a str,
    },
    /// A transfer broke and is taken up again.
    Retrying {
        /// Its name in the model.
        file: &'a str,
        /// What broke.
        error: &'a HubError,
    },
}

/// What was fetched, as `lorgnon-model.json` in the model's folder records it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchedModel {
    /// The hub's id.
    pub id: String,
    /// The commit that the files are of.
    pub revision: String,
    /// The files.
    pub files: Vec<FetchedFile>,
}

/// One file of a fetched model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchedFile {
    /// Its name in the model, folders included.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Name of the record in a model's folder.
const RECORD: &str = "lorgnon-model.json";
/// The JSON files that say how pictures are prepared.
const DESCRIPTIONS: [&str; 2] = ["config.json", "preprocessor_config.json"];

/// A model as the hub lists it.
#[derive(Debug, Deserialize)]
struct Listing {
    sha: String,
    siblings: Vec<ListedFile>,
}

#[derive(Debug, Clone, Deserialize)]
struct ListedFile {
    rfilename: String,
    size: Option<u64>,
    lfs: Option<LargeFile>,
}

#[derive(Debug, Clone, Deserialize)]
struct LargeFile {
    sha256: String,
}

impl Hub {
    /// Fetches a model's vision network of this precision and what describes it into `cache`, where
    /// `crate::ModelFiles::find` and the JavaScript library find them. Files that are here and whole are
    /// kept.
    ///
    /// # Errors
    /// When the hub cannot be reached or does not have the model, a file does not arrive as listed, or
    /// the disk cannot be written. What has arrived of a file is kept for the next try.
    pub fn fetch(
        &self,
        id: &str,
        revision: &str,
        precision: Precision,
        cache: &Path,
        tell: &mut dyn FnMut(FetchEvent<'_>),
    ) -> Result<FetchedModel, HubError> {
        if !is_hub_id(id) {
            return Err(HubError::Id { id: id.to_owned() });
        }
        let agent = self.agent();
        let listing = self.listing(&agent, id, revision)?;
        let wanted = wanted_files(&listing, precision)
            .ok_or_else(|| HubError::NoNetwork { id: id.to_owned(), expected: precision.expected() })?;
        let folder = cache.join(id);
        let mut files = Vec::with_capacity(wanted.len());
        for file in wanted {
            let download = Download {
                hub: self,
                agent: &agent,
                url: format!("{}/{id}/resolve/{}/{}", self.endpoint, listing.sha, file.rfilename),
                name: &file.rfilename,
                size: file.size,
                sha256: file.lfs.as_ref().map(|lfs| lfs.sha256.as_str()),
                target: folder.join(&file.rfilename),
            };
            files.push(download.run(tell)?);
        }
        let fetched = FetchedModel { id: id.to_owned(), revision: listing.sha, files };
        write_record(&folder, &fetched)?;
        Ok(fetched)
    }

    fn agent(&self) -> ureq::Agent {
        let timeout = Some(self.timeout);
        // Proxies come from the environment, and a token is not sent on to where a file really is.
        ureq::Agent::config_builder()
            .timeout_connect(timeout)
            .timeout_recv_response(timeout)
            .timeout_recv_body(timeout)
            .http_status_as_error(false)
            .user_agent(concat!("lorgnon/", env!("CARGO_PKG_VERSION")))
            .build()
            .into()
    }

    fn listing(&self, agent: &ureq::Agent, id: &str, revision: &str) -> Result<Listing, HubError> {
        let url = format!("{}/api/models/{id}/revision/{revision}?blobs=true", self.endpoint);
        let failed = |source| HubError::Unreachable { url: url.clone(), source: Box::new(source) };
        let mut request = agent.get(&url);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut response = request.call().map_err(failed)?;
        HubError::of_status(response.status().as_u16(), &url, id)?;
        let text = response.body_mut().read_to_string().map_err(failed)?;
        serde_json::from_str(&text).map_err(|source| HubError::Listing { url: url.clone(), source })
    }
}

/// The network of the wanted precision, the files with its weights, and the descriptions.
fn wanted_files(listing: &Listing, precision: Precision) -> Option<Vec<ListedFile>> {
    let find = |name: &str| listing.siblings.iter().find(|file| file.rfilename == name);
    let candidates = precision.candidates();
    let network = candidates.iter().find_map(|name| find(name))?;
    let stem = network.rfilename.as_str();
    let weights = listing.siblings.iter().filter(|file| {
        let rest = file.rfilename.strip_prefix(stem);
        rest.is_some_and(|rest| rest == ".data" || rest == "_data" || rest.starts_with("_data_"))
    });
    let described = DESCRIPTIONS.iter().filter_map(|name| find(name));
    Some(described.chain(weights).chain([network]).cloned().collect())
}

/// Writes the record beside the files, whole or not at all.
fn write_record(folder: &Path, fetched: &FetchedModel) -> Result<(), HubError> {
    let path = folder.join(RECORD);
    let failed = |source: std::io::Error| HubError::Disk { path: path.clone(), source };
    let text = serde_json::to_vec_pretty(fetched).map_err(|error| failed(error.into()))?;
    let part = PathBuf::from(format!("{}.part", path.display()));
    std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, &path)).map_err(failed)
}

/// The record of a fetched model, where its folder has one.
#[must_use]
pub fn fetched_model(folder: &Path) -> Option<FetchedModel> {
    serde_json::from_slice(&std::fs::read(folder.join(RECORD)).ok()?).ok()
}
