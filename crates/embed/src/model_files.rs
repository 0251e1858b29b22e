//! Where a model's files are.
//!
//! Two libraries keep downloaded models under `TRANSFORMERS_CACHE`, each in its own way: the
//! JavaScript one as `organisation/name/…`, the hub's own as `models--organisation--name/snapshots/…`.
//! Both are found, and so is any folder or file that a person names.

use std::path::{Path, PathBuf};

use crate::ModelError;

/// How exact the numbers of the network are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// The most exact that is there.
    #[default]
    Any,
    /// 32-bit floats.
    Full,
    /// 16-bit floats.
    Half,
    /// Bytes.
    Integers,
}

/// Names of network files by how exact they are; `{}` is `vision_model` or `model`.
const FULL: &[&str] = &["{}.onnx"];
const HALF: &[&str] = &["{}_fp16.onnx"];
const INTEGERS: &[&str] = &["{}_quantized.onnx", "{}_int8.onnx", "{}_uint8.onnx"];

impl Precision {
    fn names(self) -> Vec<&'static str> {
        match self {
            Self::Any => [FULL, HALF, INTEGERS].concat(),
            Self::Full => FULL.to_vec(),
            Self::Half => HALF.to_vec(),
            Self::Integers => INTEGERS.to_vec(),
        }
    }

    /// Names that the network may have in a model's folder, the best first.
    pub(crate) fn candidates(self) -> Vec<String> {
        let named = |name: &&str| ["vision_model", "model"].map(|stem| name.replace("{}", stem));
        let in_folders = |name: String| [format!("onnx/{name}"), name];
        self.names().iter().flat_map(named).flat_map(in_folders).collect()
    }

    /// The names as a person would want them listed.
    pub(crate) fn expected(self) -> String {
        let name = |name: &&str| format!("`{}`", name.replace("{}", "vision_model"));
        self.names().iter().map(name).collect::<Vec<_>>().join(", ")
    }
}

/// The files of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFiles {
    /// What it is called, as answers may show it: a hub id or a folder's name, never a path.
    pub name: String,
    /// The folder with the JSON files.
    pub folder: PathBuf,
    /// The network.
    pub network: PathBuf,
}

impl ModelFiles {
    /// Finds a model by hub id (`organisation/name`) under `cache`, or by the path of its folder or of
    /// its network.
    ///
    /// # Errors
    /// [`ModelError::NotFound`] where there is no such model, [`ModelError::Unsuitable`] where its folder
    /// has no network of the wanted precision.
    pub fn find(model: &str, cache: &Path, precision: Precision) -> Result<Self, ModelError> {
        let path = Path::new(model);
        if path.is_file() {
            return Self::of_network(path);
        }
        let (name, folder) = if path.is_dir() {
            (last_name(path), Some(path.to_owned()))
        } else {
            (model.to_owned(), is_hub_id(model).then(|| cached_folder(model, cache)).flatten())
        };
        let folder = folder
            .ok_or_else(|| ModelError::NotFound { name: model.to_owned(), searched: cache.to_owned() })?;
        let network = network_in(&folder, precision).ok_or_else(|| ModelError::Unsuitable {
            path: folder.clone(),
            what: format!("it has no network: one of {} in it or in its `onnx` folder", precision.expected()),
        })?;
        Ok(Self { name, folder, network })
    }

    /// The models under `cache`, by name: those with a network.
    #[must_use]
    pub fn list(cache: &Path) -> Vec<Self> {
        let mut found = Vec::new();
        for top in folders(cache) {
            if let Some(id) = last_name(&top).strip_prefix("models--").map(|id| id.replacen("--", "/", 1)) {
                found.extend(Self::find(&id, cache, Precision::Any).ok());
            } else {
                for folder in folders(&top) {
                    let id = format!("{}/{}", last_name(&top), last_name(&folder));
                    found.extend(Self::find(&id, cache, Precision::Any).ok());
                }
            }
        }
        found.sort_by(|left, right| left.name.cmp(&right.name));
        found.dedup_by(|left, right| left.name == right.name);
        found
    }

    /// A network named by its own path: the JSON files are beside it or one folder up.
    fn of_network(path: &Path) -> Result<Self, ModelError> {
        let beside = path.parent().unwrap_or(Path::new("")).to_owned();
        let above = beside.parent().map(Path::to_owned);
        let describes = |folder: &PathBuf| {
            ["preprocessor_config.json", "config.json"].iter().any(|name| folder.join(name).is_file())
        };
        let folder = [Some(beside.clone()), above].into_iter().flatten().find(describes).unwrap_or(beside);
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = match last_name(&folder) {
            folder if folder.is_empty() => stem,
            folder => format!("{folder}/{stem}"),
        };
        Ok(Self { name, folder, network: path.to_owned() })
    }
}

/// `organisation/name`, of the characters that the hub allows: never a path out of the cache.
#[must_use]
pub fn is_hub_id(id: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
    };
    id.split_once('/').is_some_and(|(organisation, name)| part(organisation) && part(name))
}

/// The folder of a hub's model under `cache`, in either layout.
fn cached_folder(id: &str, cache: &Path) -> Option<PathBuf> {
    let plain = cache.join(id);
    if network_in(&plain, Precision::Any).is_some() {
        return Some(plain);
    }
    let hub = cache.join(format!("models--{}", id.replace('/', "--")));
    let current = std::fs::read_to_string(hub.join("refs/main")).ok();
    let snapshots = hub.join("snapshots");
    let current = current.map(|commit| snapshots.join(commit.trim()));
    let mut candidates: Vec<PathBuf> = current.into_iter().chain(folders(&snapshots)).collect();
    candidates.push(plain);
    let with_network = candidates.iter().find(|folder| network_in(folder, Precision::Any).is_some());
    with_network.cloned().or_else(|| candidates.into_iter().find(|folder| folder.is_dir()))
}

fn network_in(folder: &Path, precision: Precision) -> Option<PathBuf> {
    precision.candidates().into_iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

/// The folders in a folder, in order.
fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn last_name(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"x").unwrap();
    }

    #[test]
    fn both_layouts_are_found_and_listed() {
        let cache = tempfile::tempdir().unwrap();
        let cache = cache.path();
        touch(&cache.join("Xenova/clip/onnx/vision_model_quantized.onnx"));
        touch(&cache.join("models--facebook--dino-v2/snapshots/abc/onnx/model.onnx"));
        touch(&cache.join("models--facebook--dino-v2/snapshots/def/onnx/model.onnx"));
        touch(&cache.join("models--facebook--dino-v2/refs/main"));
        std::fs::write(cache.join("models--facebook--dino-v2/refs/main"), "def\n").unwrap();
        let names: Vec<String> = ModelFiles::list(cache).into_iter().map(|files| files.name).collect();
        assert_eq!(names, ["Xenova/clip", "facebook/dino-v2"]);
        let found = ModelFiles::find("facebook/dino-v2", cache, Precision::Full).unwrap();
        assert!(found.network.ends_with("snapshots/def/onnx/model.onnx"), "{found:?}");
        assert!(ModelFiles::find("Xenova/clip", cache, Precision::Any).is_ok());
        let told = ModelFiles::find("Xenova/clip", cache, Precision::Full).unwrap_err().to_string();
        assert!(told.contains("`vision_model.onnx`"), "{told}");
    }

    #[test]
    fn a_path_is_named_by_its_folder() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("mine");
        touch(&folder.join("model.onnx"));
        touch(&folder.join("config.json"));
        let by_folder = ModelFiles::find(folder.to_str().unwrap(), home.path(), Precision::Any).unwrap();
        assert_eq!(by_folder.name, "mine");
        let network = folder.join("model.onnx");
        let by_file = ModelFiles::find(network.to_str().unwrap(), home.path(), Precision::Any).unwrap();
        assert_eq!((by_file.name.as_str(), &by_file.network), ("mine/model", &network));
    }

    #[test]
    fn no_id_leads_out_of_the_cache() {
        for id in ["../x", "a/../b", "/etc", "a", "a/b/c", "a/.b", ""] {
            assert!(!is_hub_id(id), "{id}");
        }
        assert!(is_hub_id("Xenova/clip-vit-base-patch32") && is_hub_id("a_b/c.d"));
        let missing = ModelFiles::find("a/b", Path::new("nowhere"), Precision::Any);
        assert!(matches!(missing, Err(ModelError::NotFound { .. })));
    }
}
