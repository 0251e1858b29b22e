//! The seam every storage back end fills. One contract suite (in `lorgnon-testing`) runs over all.

use std::ops::ControlFlow;
use std::sync::Arc;

use lorgnon_look::{ClassLabel, Gender, ItemId, Look, Slot};

use crate::{Entry, LookRecord, Manifest};

/// Which looks a search may return; everything set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only this class.
    pub class: Option<ClassLabel>,
    /// Only this sex.
    pub gender: Option<Gender>,
    /// Only looks wearing this item in this slot.
    pub item: Option<(Slot, ItemId)>,
}

/// One look found by a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The look's id.
    pub id: String,
    /// Cosine similarity, -1 to 1.
    pub similarity: f32,
}

/// Why a store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk or its permissions: the operator's to mend.
    #[error("cannot {action} `{path}`")]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: std::path::PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Stored bytes are not what was written: `index verify` tells which.
    #[error("`{path}` is damaged: {what}")]
    Damaged {
        /// The file.
        path: std::path::PathBuf,
        /// What does not hold.
        what: String,
    },
    /// Vectors of another encoder than the index holds were offered.
    #[error("vector has {got} dimensions, the index expects {expected}")]
    Dimensions {
        /// Offered.
        got: usize,
        /// Held.
        expected: usize,
    },
    /// Vectors of two encoders would be mixed: [`Writer::clear`] first.
    #[error("the index holds vectors of encoder `{held}`, not of `{offered}`")]
    Encoder {
        /// The encoder of the vectors held, with its recipe and weights.
        held: String,
        /// The encoder of those offered.
        offered: String,
    },
    /// A vector with an infinite or undefined number: a fault of the encoder.
    #[error("vector holds a number that is not finite")]
    NotFinite,
    /// Another process is writing.
    #[error("the index at `{place}` is being written by another process")]
    Locked {
        /// The index folder, or the database.
        place: String,
    },
    /// Another process leads the training of this store now, because this one could not be heard.
    #[error("another process has taken over the training of `{place}`")]
    Superseded {
        /// Host, port and database.
        place: String,
    },
    /// The index was written by a newer version of the program.
    #[error("the index has format {found}, this program reads up to {supported}")]
    Version {
        /// On disk.
        found: u32,
        /// Known to this program.
        supported: u32,
    },
    /// The address of a store on a server cannot be understood.
    #[error("the address of the store cannot be used: {what}")]
    Address {
        /// What is wrong with it; never holds the password.
        what: String,
    },
    /// No server answers there: a wrong address, or it is down.
    #[error("cannot reach PostgreSQL at `{place}`")]
    Unreachable {
        /// Host, port and database.
        place: String,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server does not let the user in: a wrong name or password, or no right to the database.
    #[error("PostgreSQL at `{place}` refuses user `{user}`")]
    Credentials {
        /// Host, port and database.
        place: String,
        /// Who asked.
        user: String,
        /// What the server said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database has no usable `vector` extension.
    #[error("the database `{place}` cannot keep vectors: {what}")]
    Extension {
        /// Host, port and database.
        place: String,
        /// What is missing.
        what: String,
    },
    /// The server went away. A commit that was not acknowledged may be repeated.
    #[error("the connection to PostgreSQL at `{place}` was lost")]
    ConnectionLost {
        /// Host, port and database.
        place: String,
        /// How it was noticed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database engine failed.
    #[error("the index database failed while it tried to {action}")]
    Database {
        /// What was being done.
        action: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A place that keeps looks, vectors and trained models.
pub trait Store: Send + Sync {
    /// The newest committed state. Cheap: a server calls it to notice a finished training.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn reader(&self) -> Result<Arc<dyn Reader>, StoreError>;

    /// Begins a write; readers go on seeing the last commit until [`Writer::commit`].
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another writer, in this process or another, is at work and does not end
    /// within seconds.
    fn writer(&self) -> Result<Box<dyn Writer + '_>, StoreError>;
}

/// One consistent state of a store.
pub trait Reader: Send + Sync {
    /// Grows with every commit.
    fn version(&self) -> u64;

    /// Whether this state can still be read. One on a server may be gone after the connection was
    /// lost and others have committed meanwhile: ask the store for a new reader.
    fn is_usable(&self) -> bool {
        true
    }

    /// What is true of the whole index.
    fn manifest(&self) -> &Manifest;

    /// How many looks it holds.
    fn len(&self) -> u64;

    /// Whether it holds none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The look with an id.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn look(&self, id: &str) -> Result<Option<LookRecord>, StoreError>;

    /// Visits all looks by id until told to stop.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn visit(&self, visit: &mut dyn FnMut(LookRecord) -> ControlFlow<()>) -> Result<(), StoreError>;

    /// A look's vectors.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn vectors(&self, id: &str) -> Result<Option<crate::VectorSet>, StoreError>;

    /// A named blob of a look.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn blob(&self, id: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Names of a look's blobs, in order; none for an unknown look.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn blob_names(&self, id: &str) -> Result<Vec<String>, StoreError>;

    /// Names of the parts of the trained model, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn model_names(&self) -> Result<Vec<String>, StoreError>;

    /// A named part of the trained model (`character`, `colours`, `items`, …).
    ///
    /// # Errors
    /// When the store cannot be read.
    fn model(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// The `count` looks most like a vector by cosine, best first, ties by id. `slot` says which
    /// of each look's vectors is compared: `None` is the global one. A store of very many looks may miss one of
    /// them, less often than one in a hundred, and says when.
    ///
    /// # Errors
    /// [`StoreError::Dimensions`] for a vector of another length.
    fn search(
        &self,
        vector: &[f32],
        slot: Option<Slot>,
        count: usize,
        filter: &Filter,
    ) -> Result<Vec<Match>, StoreError>;
}

/// A write in progress. Dropped without [`Writer::commit`], it never happened.
pub trait Writer {
    /// Stores a look; one with the same id is replaced, its blobs too.
    ///
    /// # Errors
    /// [`StoreError::Dimensions`] when the vectors do not fit the index.
    fn put(&mut self, entry: Entry) -> Result<(), StoreError>;

    /// Changes a stored look's labels and source; vectors and blobs stay. `false`: no such look.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn relabel(&mut self, look: Look, source: String) -> Result<bool, StoreError>;

    /// Removes a look with all that belongs to it. `false`: no such look.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn remove(&mut self, id: &str) -> Result<bool, StoreError>;

    /// Removes all looks and models, for vectors of another encoder.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn clear(&mut self) -> Result<(), StoreError>;

    /// Stores a named part of the trained model.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn put_model(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// Removes a named part of the trained model. `false`: no such part.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn remove_model(&mut self, name: &str) -> Result<bool, StoreError>;

    /// Replaces the manifest.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn set_manifest(&mut self, manifest: Manifest) -> Result<(), StoreError>;

    /// Makes everything durable and visible, all at once; gives the new version.
    ///
    /// # Errors
    /// When it could not be made durable: then nothing of it is visible.
    fn commit(self: Box<Self>) -> Result<u64, StoreError>;
}
