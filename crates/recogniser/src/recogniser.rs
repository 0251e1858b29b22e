//! Analysis: from a picture to an answer.
//!
//! Locate the character, tell class and sex, solve the colours on the located body, name the items
//! on it, and ask the index which stored looks say so. Every step works from the one before; when
//! no character is found the answer is "unknown", with the picture's palette and the nearest looks
//! and no guess.

mod answer;
mod copies;
mod reasons;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use lorgnon_embed::Encoder;
use lorgnon_imaging::{Picture, encode_png};
use lorgnon_index::{Filter, LookRecord, Match, Reader};
use lorgnon_look::{COLOUR_COUNT, Catalogue, ClassLabel, Colour, Gender, Look, SlotMap};

use crate::character::Detection;
use crate::fusion::SeenVectors;
use crate::look_map::{LookMap, MapPlace};
use crate::models::Models;
use crate::train::TrainingObserver;
use crate::{Analysis, Doubt, RecogniserError, crops, measurements};

/// Neighbours asked for when none are wanted in particular.
pub const DEFAULT_NEIGHBOURS: usize = 5;
/// More neighbours than this are never given.
pub const MAX_NEIGHBOURS: usize = 100;
/// Neighbours looked through for an example of each label.
const EVIDENCE: usize = 64;

/// What is wanted of an analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnalyzeOptions {
    /// How many neighbours to name; at most [`MAX_NEIGHBOURS`] are.
    pub neighbours: usize,
}

impl Default for AnalyzeOptions {
    fn default() -> Self {
        Self { neighbours: DEFAULT_NEIGHBOURS }
    }
}

/// Answers about pictures from one consistent state of the index.
pub struct Recogniser {
    reader: Arc<dyn Reader>,
    encoder: Arc<dyn Encoder>,
    catalogue: Arc<Catalogue>,
    models: Models,
    version: String,
    /// Made when it is first asked for: few ask, and it takes a second.
    map: Mutex<Option<Arc<LookMap>>>,
}

/// Stored looks most like the picture, with their labels.
pub(crate) struct Evidence {
    matches: Vec<(Match, LookRecord)>,
}

impl Evidence {
    /// The nearest look of which something holds; empty where none is near.
    fn example(&self, holds: impl Fn(&LookRecord) -> bool) -> String {
        self.matches
            .iter()
            .find(|(_, record)| holds(record))
            .map_or_else(String::new, |(found, _)| found.id.clone())
    }

    fn of_class(&self, class: &ClassLabel) -> String {
        self.example(|record| record.look.class.as_ref() == Some(class))
    }

    fn of_gender(&self, gender: Gender) -> String {
        self.example(|record| record.look.gender == Some(gender))
    }
}

impl Recogniser {
    /// Reads the trained models of an index. An index that was never trained gives a recogniser
    /// that answers "unknown" to everything.
    ///
    /// # Errors
    /// When the index holds another encoder's vectors, or cannot be read.
    pub fn open(
        reader: Arc<dyn Reader>,
        encoder: Arc<dyn Encoder>,
        catalogue: Arc<Catalogue>,
    ) -> Result<Self, RecogniserError> {
        if let Some(spec) = &reader.manifest().encoder
            && spec != encoder.spec()
        {
            return Err(RecogniserError::EncoderMismatch {
                index: spec.name.clone(),
                current: encoder.spec().name.clone(),
            });
        }
        let models = Models::load(reader.as_ref())?;
        let version = reader.manifest().model.clone();
        Ok(Self { reader, encoder, catalogue, models, version, map: Mutex::default() })
    }

    /// Version of the trained heads, empty before the first training.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The state of the index that answers come from.
    #[must_use]
    pub fn reader(&self) -> &Arc<dyn Reader> {
        &self.reader
    }

    /// The encoder that really runs.
    #[must_use]
    pub fn encoder(&self) -> &dyn Encoder {
        self.encoder.as_ref()
    }

    /// The items that exist.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The same index answering from models fitted without the looks `held_out` names: an honest
    /// judge of those looks.
    ///
    /// # Errors
    /// When the measurements cannot be read or the fit fails.
    pub fn refitted_without(
        &self,
        held_out: &dyn Fn(&str) -> bool,
        observer: &dyn TrainingObserver,
    ) -> Result<Self, RecogniserError> {
        let models =
            Models::refit(self.reader.as_ref(), &self.catalogue, &|id: &str| !held_out(id), observer)?;
        Ok(Self {
            reader: Arc::clone(&self.reader),
            encoder: Arc::clone(&self.encoder),
            catalogue: Arc::clone(&self.catalogue),
            models,
            version: self.version.clone(),
            map: Mutex::default(),
        })
    }

    /// Answers about one picture.
    ///
    /// # Errors
    /// When the encoder or the index fail; never because of what the picture shows.
    pub fn analyze(&self, picture: &Picture, options: &AnalyzeOptions) -> Result<Analysis, RecogniserError> {
        let started = Instant::now();
        let location = self.models.locate(picture);
        let best = location.characters.first();
        let vectors = self.vectors(picture, best)?;
        let evidence = self.evidence(&vectors.global, options)?;
        let mut answer = match best {
            Some(detection) => {
                let mut detection = detection.clone();
                if let Some(head) = self.models.fusion.class.as_ref().filter(|_| vectors.slots.is_some()) {
                    head.reweigh(&mut detection.pairs, &vectors.global);
                }
                self.answer_character(picture, &detection, &location, &evidence, &vectors)
            }
            None => self.answer_nothing(picture),
        };
        answer.neighbors = evidence
            .matches
            .iter()
            .take(options.neighbours.min(MAX_NEIGHBOURS))
            .map(|(found, _)| answer::vote(&found.id, found.similarity.clamp(0.0, 1.0), &found.id))
            .collect();
        answer.took_ms = started.elapsed().as_secs_f64() * 1000.0;
        Ok(answer)
    }

    /// The `count` stored looks that pass `filter` and are most like the picture's character (or
    /// like the whole picture when none is found), best first, with their cosine similarity.
    ///
    /// # Errors
    /// When the encoder or the index fail.
    pub fn similar(
        &self,
        picture: &Picture,
        count: usize,
        filter: &Filter,
    ) -> Result<Vec<(Look, f32)>, RecogniserError> {
        let location = self.models.locate(picture);
        let vector = self.global_vector(picture, location.characters.first())?;
        let found = self.nearest(&vector, count, filter)?;
        Ok(found.into_iter().map(|(found, record)| (record.look, found.similarity)).collect())
    }

    /// Where at most `count` of the stored looks that pass `filter` stand on the map of all, by id: what
    /// resembles each other lies together. Of every class some are given. The first call lays the map out, in
    /// about a second.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn look_map(&self, filter: &Filter, count: usize) -> Result<Vec<MapPlace>, RecogniserError> {
        let map = {
            let mut map = self.map.lock().unwrap_or_else(PoisonError::into_inner);
            match map.as_ref() {
                Some(map) => Arc::clone(map),
                None => Arc::clone(map.insert(Arc::new(LookMap::new(self.reader.as_ref())?))),
            }
        };
        map.places(self.reader.as_ref(), filter, count)
    }

    /// A class drawn in these colours, a PNG file: to lay beside a picture and ask "is this it?". `None`
    /// for a class and sex whose colours no look taught.
    ///
    /// # Errors
    /// When the picture cannot be encoded.
    pub fn redraw(
        &self,
        class: &ClassLabel,
        gender: Gender,
        colours: &[Option<Colour>; COLOUR_COUNT],
    ) -> Result<Option<Vec<u8>>, RecogniserError> {
        let drawn = self.models.colours.as_ref().and_then(|model| model.render(class, gender, colours));
        Ok(drawn.map(|picture| encode_png(&picture)).transpose()?)
    }

    /// Ids of stored looks whose labelled colours do not explain their picture: likely mislabelled.
    #[must_use]
    pub fn suspects(&self) -> &[String] {
        self.models.colours.as_ref().map_or(&[], |model| model.suspects())
    }

    /// Stored looks whose class, sex or colours are likely wrong, likeliest first.
    #[must_use]
    pub fn doubts(&self) -> Vec<Doubt> {
        self.models.doubts.clone()
    }

    /// The small picture of a stored look, a PNG file.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn thumbnail(&self, id: &str) -> Result<Option<Vec<u8>>, RecogniserError> {
        Ok(self.reader.blob(id, measurements::THUMBNAIL)?)
    }

    /// The vectors of what is shown: of the whole, and of the slots where they are heard.
    fn vectors(&self, picture: &Picture, best: Option<&Detection>) -> Result<SeenVectors, RecogniserError> {
        let Some(detection) = best.filter(|_| self.models.fusion.is_heard(picture)) else {
            return Ok(SeenVectors { global: self.global_vector(picture, best)?, slots: None });
        };
        let (whole, slots) = crops::cut(picture, &detection.frame);
        let mut pictures = vec![whole];
        slots.map(|_, crop| pictures.push(crop));
        let mut vectors = self.encoder.encode(&pictures)?.into_iter();
        let mut next = || vectors.next().unwrap_or_default();
        Ok(SeenVectors { global: next(), slots: Some(SlotMap::from_fn(|_| next())) })
    }

    /// The vector of a character, or of the whole picture where none is found.
    fn global_vector(
        &self,
        picture: &Picture,
        best: Option<&Detection>,
    ) -> Result<Vec<f32>, RecogniserError> {
        if self.reader.is_empty() {
            return Ok(Vec::new());
        }
        let shown = match best {
            Some(detection) => &crops::cut(picture, &detection.frame).0,
            None => picture,
        };
        Ok(self.encoder.encode(std::slice::from_ref(shown))?.pop().unwrap_or_default())
    }

    /// The stored looks an answer can point to.
    fn evidence(&self, vector: &[f32], options: &AnalyzeOptions) -> Result<Evidence, RecogniserError> {
        let count = EVIDENCE.max(options.neighbours.min(MAX_NEIGHBOURS));
        Ok(Evidence { matches: self.nearest(vector, count, &Filter::default())? })
    }

    fn nearest(
        &self,
        vector: &[f32],
        count: usize,
        filter: &Filter,
    ) -> Result<Vec<(Match, LookRecord)>, RecogniserError> {
        if self.reader.is_empty() {
            return Ok(Vec::new());
        }
        let mut matches = Vec::with_capacity(count);
        for found in self.reader.search(vector, None, count, filter)? {
            if let Some(record) = self.reader.look(&found.id)? {
                matches.push((found, record));
            }
        }
        Ok(matches)
    }
}

/// Sums joint probabilities over one side, best first, ties by label.
fn marginal<T: Ord + Clone>(pairs: impl Iterator<Item = (T, f32)>) -> Vec<(T, f32)> {
    let mut sums = BTreeMap::<T, f32>::new();
    for (label, probability) in pairs {
        *sums.entry(label).or_default() += probability;
    }
    let mut sorted: Vec<_> = sums.into_iter().collect();
    sorted.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    sorted
}
