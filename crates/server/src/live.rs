//! The program's real parts behind [`Backend`]: the store, the recogniser, the state of trainings.
//!
//! A key design decision: answers come from one consistent state. When a training has finished the
//! next request opens the new state beside the old one and swaps them; requests in progress end on
//! the old. While a training is still committing looks nothing is reopened.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use lorgnon_embed::Encoder;
use lorgnon_imaging::Picture;
use lorgnon_index::{Filter, LookRecord, Reader, Store};
use lorgnon_look::{COLOUR_COUNT, Catalogue, ClassLabel, Colour, Gender, ItemId, Look};
use lorgnon_recogniser::evaluate::{StoredEvaluation, evaluation_picture, stored_evaluations};
use lorgnon_recogniser::progress::{failure_picture, read_state};
use lorgnon_recogniser::{Analysis, AnalyzeOptions, Doubt, HeatMapAnswer, MapPlace, Recogniser};

use crate::backend::{
    Backend, BackendError, Health, IndexSummary, LookFilter, Problem, Progress, SimilarLook,
};

/// Starts and stops trainings for the server; the binary knows how.
pub trait Trainer: Send + Sync + 'static {
    /// Starts a training in the background.
    ///
    /// # Errors
    /// As [`Backend::start_training`].
    fn start(&self) -> Result<(), BackendError>;

    /// Asks the running training to stop; `false`: none is at work here.
    ///
    /// # Errors
    /// As [`Backend::cancel_training`].
    fn cancel(&self) -> Result<bool, BackendError>;
}

/// What [`Live`] is made of.
pub struct LiveParts {
    /// Where looks and models are.
    pub store: Arc<dyn Store>,
    /// Turns pictures into vectors.
    pub encoder: Arc<dyn Encoder>,
    /// The encoder that was asked for, where another one runs.
    pub wanted_encoder: Option<String>,
    /// The items that exist.
    pub catalogue: Arc<Catalogue>,
    /// The folder of their icons, if any.
    pub icons: Option<PathBuf>,
    /// The folder of the training state.
    pub cache: PathBuf,
    /// Starts trainings.
    pub trainer: Box<dyn Trainer>,
}

/// Answers from the newest finished training.
pub struct Live {
    parts: LiveParts,
    current: Mutex<Option<Arc<Recogniser>>>,
}

fn failed<E: std::error::Error + Send + Sync + 'static>(action: &'static str) -> impl Fn(E) -> BackendError {
    move |source| BackendError::Failed { action, source: source.into() }
}

impl Live {
    /// Opens the store's present state.
    ///
    /// # Errors
    /// When the index cannot be read or is another encoder's.
    pub fn open(parts: LiveParts) -> Result<Self, BackendError> {
        let live = Self { parts, current: Mutex::new(None) };
        live.recogniser()?;
        Ok(live)
    }

    /// The recogniser over the newest finished training.
    fn recogniser(&self) -> Result<Arc<Recogniser>, BackendError> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = match (self.parts.store.reader(), current.as_ref()) {
            (Ok(reader), _) => reader,
            // An index that cannot be read at this moment: what was read before still answers.
            (Err(error), Some(recogniser)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot read the index");
                return Ok(Arc::clone(recogniser));
            }
            (Err(error), None) => return Err(failed("read the index")(error)),
        };
        if let Some(recogniser) = current.as_ref()
            && recogniser.reader().is_usable()
            && recogniser.version() == reader.manifest().model
            && recogniser.reader().manifest().updated_at_ms == reader.manifest().updated_at_ms
        {
            return Ok(Arc::clone(recogniser));
        }
        if let (Some(recogniser), Some(_)) = (current.as_ref(), self.other_encoder(reader.as_ref())) {
            return Ok(Arc::clone(recogniser));
        }
        let (encoder, catalogue) = (Arc::clone(&self.parts.encoder), Arc::clone(&self.parts.catalogue));
        let opened =
            Arc::new(Recogniser::open(reader, encoder, catalogue).map_err(failed("open the index"))?);
        tracing::info!(looks = opened.reader().len(), model = opened.version(), "answering from a new index");
        *current = Some(Arc::clone(&opened));
        Ok(opened)
    }

    /// The encoder of an index that ours cannot search.
    fn other_encoder(&self, reader: &dyn Reader) -> Option<String> {
        let held = reader.manifest().encoder.as_ref()?;
        (held != self.parts.encoder.spec()).then(|| held.name.clone())
    }

    /// Where an item's icon is: by its number, or by the item's, as when training.
    fn icon_file(&self, item: ItemId) -> Option<PathBuf> {
        let folder = self.parts.icons.as_ref()?;
        let known = self.parts.catalogue.get(item)?;
        let numbers = [known.icon_id, Some(item)];
        let names = numbers.into_iter().flatten().flat_map(|number| {
            let by_slot = known.slot.map(|slot| format!("{slot}/{number}.png"));
            [Some(format!("{number}.png")), by_slot]
        });
        names.flatten().map(|name| folder.join(name)).find(|file| file.is_file())
    }

    fn reader(&self) -> Result<Arc<dyn Reader>, BackendError> {
        Ok(Arc::clone(self.recogniser()?.reader()))
    }
}

fn index_filter(filter: &LookFilter) -> Filter {
    Filter { class: filter.class.clone(), gender: filter.gender, item: filter.item }
}

impl Backend for Live {
    fn analyze(&self, picture: &Picture, neighbours: usize) -> Result<Analysis, BackendError> {
        self.recogniser()?
            .analyze(picture, &AnalyzeOptions { neighbours })
            .map_err(failed("analyse a picture"))
    }

    fn heat_map(&self, picture: &Picture) -> Result<Option<HeatMapAnswer>, BackendError> {
        Ok(self.recogniser()?.heat_map(picture))
    }

    fn similar(
        &self,
        picture: &Picture,
        count: usize,
        filter: &LookFilter,
    ) -> Result<Vec<SimilarLook>, BackendError> {
        let recogniser = self.recogniser()?;
        let found =
            recogniser.similar(picture, count, &index_filter(filter)).map_err(failed("search the index"))?;
        Ok(found.into_iter().map(|(look, similarity)| SimilarLook { look, similarity }).collect())
    }

    fn redraw(
        &self,
        class: &ClassLabel,
        gender: Gender,
        colours: &[Option<Colour>; COLOUR_COUNT],
    ) -> Result<Option<Vec<u8>>, BackendError> {
        self.recogniser()?.redraw(class, gender, colours).map_err(failed("redraw a look"))
    }

    fn version(&self) -> Result<String, BackendError> {
        let recogniser = self.recogniser()?;
        // Labels can change without the models.
        Ok(format!("{}-{}", recogniser.version(), recogniser.reader().manifest().updated_at_ms))
    }

    fn health(&self) -> Health {
        let wanted = self.parts.wanted_encoder.clone();
        let mut problems: Vec<Problem> =
            wanted.into_iter().map(|wanted| Problem::EncoderFallback { wanted }).collect();
        let (mut model, mut looks) = (String::new(), 0);
        match self.recogniser() {
            Ok(recogniser) => {
                model = recogniser.version().to_owned();
                looks = recogniser.reader().len();
                if looks == 0 {
                    problems.push(Problem::EmptyIndex);
                } else if model.is_empty() {
                    problems.push(Problem::NoModel);
                }
            }
            Err(_) => problems.push(Problem::IndexUnreadable),
        }
        let newest = self.parts.store.reader().ok();
        if let Some(encoder) = newest.and_then(|reader| self.other_encoder(reader.as_ref())) {
            problems.push(Problem::IndexOfAnotherEncoder { encoder });
        }
        Health { problems, encoder: self.parts.encoder.spec().name.clone(), model, looks }
    }

    fn progress(&self) -> Result<Progress, BackendError> {
        let state = read_state(&self.parts.cache).map_err(failed("read the training state"))?;
        let reader = self.reader()?;
        let manifest = reader.manifest();
        let index =
            manifest.encoder.as_ref().filter(|_| manifest.updated_at_ms > 0).map(|encoder| IndexSummary {
                updated_at_ms: manifest.updated_at_ms,
                entry_count: reader.len(),
                dataset_path: manifest.dataset_path.clone(),
                dataset_size: manifest.dataset_size,
                encoder: encoder.name.clone(),
            });
        Ok(Progress { state, index })
    }

    fn look(&self, id: &str) -> Result<Option<Look>, BackendError> {
        let record = self.reader()?.look(id).map_err(failed("read a look"))?;
        Ok(record.map(|record| record.look))
    }

    fn visit(&self, visit: &mut dyn FnMut(Look) -> ControlFlow<()>) -> Result<(), BackendError> {
        self.reader()?.visit(&mut |record: LookRecord| visit(record.look)).map_err(failed("list looks"))
    }

    fn doubts(&self) -> Result<Vec<Doubt>, BackendError> {
        Ok(self.recogniser()?.doubts())
    }

    fn copies(&self, ids: &[String]) -> Result<Vec<(String, String)>, BackendError> {
        self.recogniser()?.copies(ids).map_err(failed("compare looks"))
    }

    fn shows_the_same(&self, picture: &Picture, id: &str) -> Result<bool, BackendError> {
        self.recogniser()?.shows_the_same(picture, id).map_err(failed("compare looks"))
    }

    fn look_map(&self, filter: &LookFilter, count: usize) -> Result<Vec<MapPlace>, BackendError> {
        self.recogniser()?.look_map(&index_filter(filter), count).map_err(failed("lay out the looks"))
    }

    fn thumbnail(&self, id: &str) -> Result<Option<Vec<u8>>, BackendError> {
        self.recogniser()?.thumbnail(id).map_err(failed("read a thumbnail"))
    }

    fn failure_picture(&self, name: &str) -> Result<Option<Vec<u8>>, BackendError> {
        failure_picture(&self.parts.cache, name).map_err(failed("read a picture that failed"))
    }

    fn catalogue(&self) -> &Catalogue {
        &self.parts.catalogue
    }

    fn evaluations(&self) -> Result<Vec<StoredEvaluation>, BackendError> {
        stored_evaluations(&self.parts.cache).map_err(failed("read the evaluations"))
    }

    fn evaluation_picture(&self, name: &str) -> Result<Option<Vec<u8>>, BackendError> {
        evaluation_picture(&self.parts.cache, name).map_err(failed("read a picture of an evaluation"))
    }

    fn icon(&self, item: ItemId) -> Result<Option<Vec<u8>>, BackendError> {
        self.icon_file(item).map(std::fs::read).transpose().map_err(failed("read an icon"))
    }

    fn has_icon(&self, item: ItemId) -> bool {
        self.icon_file(item).is_some()
    }

    fn start_training(&self) -> Result<(), BackendError> {
        self.parts.trainer.start()
    }

    fn cancel_training(&self) -> Result<bool, BackendError> {
        self.parts.trainer.cancel()
    }
}
