//! What the server needs of the rest of the program.
//!
//! A key design decision: the seam is *synchronous*. Recognition is arithmetic and storage is
//! memory maps; an async trait would only hide that they block. The server calls every method from
//! its own worker threads, never from the async runtime, and the tests fill the seam with a fake.

use std::ops::ControlFlow;

use lorgnon_imaging::Picture;
use lorgnon_look::{COLOUR_COUNT, Catalogue, ClassLabel, Colour, Gender, ItemId, Look, Slot};

use lorgnon_recogniser::evaluate::StoredEvaluation;
use lorgnon_recogniser::progress::TrainingState;
use lorgnon_recogniser::{Analysis, Doubt, HeatMapAnswer, MapPlace};

/// The rest of the program, as the server sees it. Every method may be called from several
/// threads at once.
///
/// An implementation picks up a finished training by itself: the next call answers from the new
/// index, without a restart.
pub trait Backend: Send + Sync + 'static {
    /// Says who is in a picture; `neighbours` (1 to [`crate::MAX_NEIGHBOURS`]) bounds the votes
    /// and neighbours listed. An index without looks answers nulls and empty lists.
    ///
    /// # Errors
    /// When the index or the encoder fails; never because of what the picture shows.
    fn analyze(&self, picture: &Picture, neighbours: usize) -> Result<Analysis, BackendError>;

    /// Which parts of a picture's best character spoke for its class and sex; `None` when nobody was
    /// found.
    ///
    /// # Errors
    /// When the index cannot be read; never because of what the picture shows.
    fn heat_map(&self, picture: &Picture) -> Result<Option<HeatMapAnswer>, BackendError>;

    /// The looks most like a picture, best first.
    ///
    /// # Errors
    /// When the index or the encoder fails.
    fn similar(
        &self,
        picture: &Picture,
        count: usize,
        filter: &LookFilter,
    ) -> Result<Vec<SimilarLook>, BackendError>;

    /// A class drawn in these colours, a PNG file; parts of unknown colour are grey. `None` for a class
    /// and sex whose colours no look taught. Cheap: a drawing of some 200 pixels.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn redraw(
        &self,
        class: &ClassLabel,
        gender: Gender,
        colours: &[Option<Colour>; COLOUR_COUNT],
    ) -> Result<Option<Vec<u8>>, BackendError>;

    /// Names the index that answers: no two have the same name. What was worked out from an index may be kept as
    /// long as it is this one that answers. Cheap.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn version(&self) -> Result<String, BackendError>;

    /// How the program stands. Cheap, and must not fail: what is wrong is what it tells.
    fn health(&self) -> Health;

    /// How trainings stand, and what the index was made of. Cheap: it is polled.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn progress(&self) -> Result<Progress, BackendError>;

    /// The look with an id.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn look(&self, id: &str) -> Result<Option<Look>, BackendError>;

    /// Visits the learned looks by id until told to stop.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn visit(&self, visit: &mut dyn FnMut(Look) -> ControlFlow<()>) -> Result<(), BackendError>;

    /// Learned looks that are likely mislabelled, likeliest first.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn doubts(&self) -> Result<Vec<Doubt>, BackendError>;

    /// Pairs of learned looks with the same picture, whatever was done to its size, background and bytes; the
    /// first of each is of `ids`. Decodes their pictures: some ms each.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn copies(&self, ids: &[String]) -> Result<Vec<(String, String)>, BackendError>;

    /// Whether a learned look's picture is this one, whatever was done to it.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn shows_the_same(&self, picture: &Picture, id: &str) -> Result<bool, BackendError>;

    /// Where at most `count` of the learned looks stand on the map of all, by id; of `filter` class, sex and
    /// item count. The first call after a training may take a second or two.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn look_map(&self, filter: &LookFilter, count: usize) -> Result<Vec<MapPlace>, BackendError>;

    /// A small picture of a stored look, encoded as PNG, JPEG or WebP.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn thumbnail(&self, id: &str) -> Result<Option<Vec<u8>>, BackendError>;

    /// The largest picture of a stored look that may be shown: the dataset's own where it lies
    /// inside the dataset folder, by default the thumbnail.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn image(&self, id: &str) -> Result<Option<Vec<u8>>, BackendError> {
        self.thumbnail(id)
    }

    /// The items that exist; empty where no catalogue is configured.
    fn catalogue(&self) -> &Catalogue;

    /// The picture of a look that failed in the last training by its name, a PNG file.
    ///
    /// # Errors
    /// When it cannot be read.
    fn failure_picture(&self, name: &str) -> Result<Option<Vec<u8>>, BackendError>;

    /// Past evaluations, newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    fn evaluations(&self) -> Result<Vec<StoredEvaluation>, BackendError>;

    /// The picture of a worst case of the newest evaluation by its name, a PNG file.
    ///
    /// # Errors
    /// When it cannot be read.
    fn evaluation_picture(&self, name: &str) -> Result<Option<Vec<u8>>, BackendError>;

    /// The icon of an item, a picture file; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn icon(&self, item: ItemId) -> Result<Option<Vec<u8>>, BackendError>;

    /// Whether [`Self::icon`] would find one. Cheap: it is asked for every item listed.
    fn has_icon(&self, item: ItemId) -> bool;

    /// Starts a training in the background and returns at once.
    ///
    /// # Errors
    /// [`BackendError::TrainingRuns`] when one is at work, [`BackendError::NoDataset`] when there
    /// is nothing to train on.
    fn start_training(&self) -> Result<(), BackendError>;

    /// Asks the running training to stop; what it committed stays. `false`: none is at work here.
    ///
    /// # Errors
    /// When the request cannot be passed on.
    fn cancel_training(&self) -> Result<bool, BackendError>;
}

/// Which stored looks are meant; everything set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LookFilter {
    /// Only this class.
    pub class: Option<ClassLabel>,
    /// Only this sex.
    pub gender: Option<Gender>,
    /// Only looks wearing this item in this slot.
    pub item: Option<(Slot, ItemId)>,
    /// Only looks whose id contains this text, case aside; empty is any.
    pub id_contains: String,
    /// Only looks with a colour near this one, nearest first.
    pub colour: Option<Colour>,
    /// Only looks that stand so.
    pub standing: Option<Standing>,
    /// Only looks that are likely mislabelled, likeliest first.
    pub suspect: bool,
}

impl LookFilter {
    /// Whether a look's labels are of the class and sex, and name the item.
    #[must_use]
    pub fn passes_labels(&self, look: &Look) -> bool {
        self.class.as_ref().is_none_or(|class| look.class.as_ref() == Some(class))
            && self.gender.is_none_or(|gender| look.gender == Some(gender))
            && self.item.is_none_or(|(slot, item)| look.items.get(&slot) == Some(&item))
    }
}

/// How a look stands with what was learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// As the last training learned it.
    Learned,
    /// Added or corrected by hand since: the next training takes it.
    Pending,
    /// Removed by hand: the next training leaves it out.
    Removed,
}

/// A stored look that resembles a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct SimilarLook {
    /// The look.
    pub look: Look,
    /// Cosine similarity, -1 to 1.
    pub similarity: f32,
}

/// How trainings stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// The current training and those before it. The server shows file names of its paths only.
    pub state: TrainingState,
    /// The index that answers; `None` before the first training.
    pub index: Option<IndexSummary>,
}

/// What the index was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSummary {
    /// When its training ended, in ms since 1970.
    pub updated_at_ms: u64,
    /// Looks it holds.
    pub entry_count: u64,
    /// What it was trained on; the server shows the file name only.
    pub dataset_path: String,
    /// Looks of the dataset, those that could not be used included.
    pub dataset_size: u64,
    /// The encoder of all its vectors.
    pub encoder: String,
}

/// Whether the program can do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What keeps it from its best; empty when all is well.
    pub problems: Vec<Problem>,
    /// The encoder that really runs.
    pub encoder: String,
    /// Version of the trained heads; empty where there are none.
    pub model: String,
    /// Looks in the index.
    pub looks: u64,
}

/// Something that keeps the program from its best.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// There are no looks: nothing was trained yet.
    EmptyIndex,
    /// There are looks, but no trained heads: they answer by resemblance only.
    NoModel,
    /// The encoder that was asked for could not be had, another one runs.
    EncoderFallback {
        /// The one asked for.
        wanted: String,
    },
    /// A training with another encoder replaced the index; the index before it still answers.
    IndexOfAnotherEncoder {
        /// The encoder of the new index.
        encoder: String,
    },
    /// The index cannot be read; the last one that could, if any, answers.
    IndexUnreadable,
}

/// Why the program could not do what was asked. Clients see a sentence, never the cause, which
/// may name local files: that goes to the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// A training is at work already: the client's to wait or to cancel it.
    #[error("a training is running")]
    TrainingRuns,
    /// There is no dataset to train on: the operator's to configure one.
    #[error("no dataset to train on")]
    NoDataset,
    /// Anything else: a fault of the program or of its machine.
    #[error("the program could not {action}")]
    Failed {
        /// What was being done.
        action: &'static str,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
