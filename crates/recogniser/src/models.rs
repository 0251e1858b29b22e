//! The three trained models together: fitted from the stored measurements, stored, loaded.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;

use lorgnon_index::{LookRecord, Reader, Writer};
use lorgnon_look::{Catalogue, ClassLabel, Gender, Look, Slot};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::character::{CharacterFit, CharacterMeasurement, CharacterModel, FitError, HeldOut, Location};
use crate::colours::{ColourFit, ColourMeasurement, ColourModel};
use crate::doubts::{Doubt, Doubts};
use crate::fusion::{ClassHead, ClassLook, Fusion};
use crate::items::{IconFile, IconIndex, ItemFit, ItemMeasurement, ItemModel, KnownMatch};
use crate::observer::{Stage, TrainingEvent, TrainingObserver};
use crate::sample::Sample;
use crate::seed::seed_of;
use crate::{RecogniserError, measurements, second_opinion};

/// Version of everything that turns measurements into models: raise it when a fit changes, so that
/// the next training fits again.
pub(crate) const FIT_VERSION: u32 = 31;

/// What answers are made of. Every part is absent in an index that was never trained.
#[derive(Default)]
pub(crate) struct Models {
    pub(crate) character: Option<CharacterModel>,
    pub(crate) colours: Option<ColourModel>,
    pub(crate) items: Option<ItemModel>,
    pub(crate) icons: Option<IconIndex>,
    pub(crate) fusion: Fusion,
    /// Labels that are likely wrong, likeliest first.
    pub(crate) doubts: Vec<Doubt>,
}

impl Models {
    /// Reads the stored models.
    pub(crate) fn load(reader: &dyn Reader) -> Result<Self, RecogniserError> {
        Ok(Self {
            character: stored(reader, measurements::CHARACTER)?,
            colours: stored(reader, measurements::COLOURS)?,
            items: stored(reader, measurements::ITEMS)?,
            icons: stored(reader, measurements::ICONS)?,
            fusion: stored(reader, measurements::FUSION)?.unwrap_or_default(),
            doubts: stored(reader, measurements::DOUBTS)?.unwrap_or_default(),
        })
    }

    /// Each part in the form in which it is stored; those that are absent are left out.
    fn parts(&self) -> Result<Vec<(&'static str, Vec<u8>)>, RecogniserError> {
        fn part<T: serde::Serialize>(
            parts: &mut Vec<(&'static str, Vec<u8>)>,
            name: &'static str,
            model: Option<&T>,
        ) -> Result<(), RecogniserError> {
            if let Some(model) = model {
                parts.push((name, measurements::encode(name, model)?));
            }
            Ok(())
        }
        let mut parts = Vec::new();
        part(&mut parts, measurements::CHARACTER, self.character.as_ref())?;
        part(&mut parts, measurements::COLOURS, self.colours.as_ref())?;
        part(&mut parts, measurements::ITEMS, self.items.as_ref())?;
        part(&mut parts, measurements::ICONS, self.icons.as_ref())?;
        part(&mut parts, measurements::FUSION, Some(&self.fusion))?;
        part(&mut parts, measurements::DOUBTS, Some(&self.doubts))?;
        Ok(parts)
    }

    /// Stores the models; visible once the writer commits.
    pub(crate) fn save(&self, writer: &mut dyn Writer) -> Result<(), RecogniserError> {
        for (name, bytes) in self.parts()? {
            writer.put_model(name, bytes)?;
        }
        Ok(())
    }

    /// Bytes that the models take in a store.
    pub(crate) fn size_bytes(&self) -> Result<u64, RecogniserError> {
        Ok(self.parts()?.iter().map(|(_, bytes)| bytes.len() as u64).sum())
    }

    /// Fits all three from the measurements of the looks that `wanted` names.
    pub(crate) fn refit(
        reader: &dyn Reader,
        catalogue: &Catalogue,
        wanted: &dyn Fn(&str) -> bool,
        observer: &dyn TrainingObserver,
    ) -> Result<Self, RecogniserError> {
        let character = fit_character(reader, wanted, CharacterFit::finish, observer)?;
        Self::fit(reader, character, catalogue, wanted, observer)
    }

    /// Fits colours and items beside a character model that is fitted already.
    pub(crate) fn fit(
        reader: &dyn Reader,
        character: Option<CharacterModel>,
        catalogue: &Catalogue,
        wanted: &dyn Fn(&str) -> bool,
        observer: &dyn TrainingObserver,
    ) -> Result<Self, RecogniserError> {
        let mut colours = ColourFit::new();
        let mut items = ItemFit::new(Some(catalogue));
        let is_learned =
            reader.manifest().encoder.as_ref().is_some_and(|encoder| !encoder.weights.is_empty());
        let mut classes = Vec::new();
        let mut doubts = Doubts::new(character.as_ref().map_or(&[], |model| model.held_out()));
        let clustered = character.as_ref().filter(|model| model.has_clusters());
        let sample = Sample::of(reader, wanted)?;
        let wanted = |id: &str| wanted(id) && sample.has(id);
        each_look(reader, &wanted, observer, &mut |record| {
            let id = record.look.id.as_str();
            if let (Some(class), Some(gender)) = (&record.look.class, record.look.gender) {
                doubts.judge(id, seed_of(id), class, gender);
            }
            if let Some(measured) =
                measurements::read::<ColourMeasurement>(reader, id, measurements::COLOURS)?
            {
                let cluster = match clustered {
                    Some(model) => cluster_of(reader, model, &record.look)?,
                    None => 0,
                };
                colours.add(&record.look, cluster, measured);
            }
            let vectors = if is_learned { reader.vectors(id)? } else { None };
            let (global, slots) = vectors.map_or((None, None), |own| (Some(own.global), Some(own.slots)));
            if let Some(measured) = measurements::read::<ItemMeasurement>(reader, id, measurements::ITEMS)? {
                items.add(&record.look, measured, slots);
            }
            if let (Some(class), Some(gender), Some(global)) =
                (&record.look.class, record.look.gender, global)
            {
                classes.push((seed_of(id), (class.clone(), gender), global));
            }
            Ok(())
        })?;
        let (colours, suspicions) = colours.finish(observer)?;
        let (items, fused) = items.finish(observer)?;
        let icons = earlier(reader, measurements::ICONS)?.filter(IconIndex::is_current);
        let fusion = Fusion { class: class_head(character.as_ref(), classes), items: fused };
        if is_learned {
            let (class, items) = (fusion.class.is_some(), !fusion.items.is_empty());
            tracing::info!(class, items, "what the encoder's vectors are heard for");
        }
        let doubts = doubts.finish(suspicions);
        Ok(Self { character, colours: Some(colours), items: Some(items), icons, fusion, doubts })
    }

    /// Brings the icon index up to a folder; an icon that cannot be read is told and passed over.
    pub(crate) fn refresh_icons(
        &mut self,
        reader: &dyn Reader,
        catalogue: &Catalogue,
        folder: Option<&Path>,
        observer: &dyn TrainingObserver,
    ) -> Result<(), RecogniserError> {
        let Some(folder) = folder else {
            self.icons = self.icons.take().map(|_| IconIndex::default());
            return Ok(());
        };
        let mut icons = self.icons.take().unwrap_or_default();
        for (path, error) in icons.update(catalogue, folder) {
            observer.event(&TrainingEvent::IconFailed { path: &path, error: &error });
        }
        if let Some(model) = &self.items {
            let seen = known_matches(reader, model, &icons, observer)?;
            icons.learn_odds(&seen);
        }
        self.icons = Some(icons);
        Ok(())
    }

    /// Finds the characters in a picture.
    pub(crate) fn locate(&self, picture: &lorgnon_imaging::Picture) -> Location {
        self.character.as_ref().map_or_else(Location::nothing, |model| {
            second_opinion::locate(model, self.colours.as_ref(), picture)
        })
    }
}

/// What the vectors of whole characters add to their shapes.
fn class_head(
    character: Option<&CharacterModel>,
    looks: Vec<(u64, (ClassLabel, Gender), Vec<f32>)>,
) -> Option<ClassHead> {
    let held_out: HashMap<u64, &HeldOut> =
        character?.held_out().iter().map(|look| (look.hash, look)).collect();
    let looks: Vec<_> = looks
        .into_iter()
        .map(|(hash, pair, vector)| ClassLook {
            pair,
            vector,
            own: held_out.get(&hash).map(|look| look.pairs.clone()),
        })
        .collect();
    ClassHead::fit(&looks)
}

/// A stored model.
fn stored<T: DeserializeOwned>(reader: &dyn Reader, name: &str) -> Result<Option<T>, RecogniserError> {
    reader.model(name)?.map(|bytes| measurements::decode(name, &bytes)).transpose()
}

/// A stored model where this version of the program can read it: what another version fitted is fitted
/// again.
pub(crate) fn earlier<T: DeserializeOwned>(
    reader: &dyn Reader,
    name: &str,
) -> Result<Option<T>, RecogniserError> {
    match stored(reader, name) {
        Err(RecogniserError::Stored { .. }) => Ok(None),
        read => read,
    }
}

/// Looks of a slot that say how far its icons can be trusted.
const LOOKS_FOR_ODDS: usize = 60;
/// Looks asked at most whether they do: few may wear what has an icon.
const LOOKS_ASKED: usize = 5_000;

/// What looks say of how far icons can be trusted in each slot, before nothing and before scenery.
fn known_matches(
    reader: &dyn Reader,
    model: &ItemModel,
    icons: &IconIndex,
    observer: &dyn TrainingObserver,
) -> Result<BTreeMap<Slot, Vec<[KnownMatch; 2]>>, RecogniserError> {
    let mut seen: BTreeMap<Slot, Vec<[KnownMatch; 2]>> = BTreeMap::new();
    let mut looks: BTreeMap<(Slot, bool), usize> = BTreeMap::new();
    let mut asked = 0;
    each_look(reader, &|_| true, observer, &mut |record| {
        let few = |slot: Slot, is_worn: bool| {
            let most = if is_worn { LOOKS_FOR_ODDS } else { LOOKS_FOR_ODDS / 2 };
            model.knows(slot) && looks.get(&(slot, is_worn)).is_none_or(|looks| *looks < most)
        };
        let look = &record.look;
        asked += 1;
        if asked > LOOKS_ASKED || !Slot::ALL.into_iter().any(|slot| few(slot, look.items.contains_key(&slot)))
        {
            return Ok(());
        }
        let measured = measurements::read::<ItemMeasurement>(reader, &look.id, measurements::ITEMS)?;
        let Some(measured) = measured else { return Ok(()) };
        for (slot, found) in model.known_matches(icons, look, &measured, few) {
            *looks.entry((slot, look.items.contains_key(&slot))).or_default() += 1;
            seen.entry(slot).or_default().push(found);
        }
        Ok(())
    })?;
    Ok(seen)
}

/// Which of its class's templates a look belongs to.
fn cluster_of(reader: &dyn Reader, character: &CharacterModel, look: &Look) -> Result<u32, RecogniserError> {
    let measured = measurements::read::<CharacterMeasurement>(reader, &look.id, measurements::CHARACTER)?;
    Ok(measured.map_or(0, |measured| character.cluster_of(look, &measured)))
}

/// Fits the templates from stored and waiting measurements, as `finish` does. `None` when no look has a class
/// and a sex.
pub(crate) fn fit_character(
    reader: &dyn Reader,
    wanted: &dyn Fn(&str) -> bool,
    finish: impl FnOnce(CharacterFit, &dyn TrainingObserver) -> Result<CharacterModel, FitError>,
    observer: &dyn TrainingObserver,
) -> Result<Option<CharacterModel>, RecogniserError> {
    let mut fit = CharacterFit::new();
    let sample = Sample::of(reader, wanted)?;
    let wanted = |id: &str| wanted(id) && sample.has(id);
    // A look that is measured anew must not count twice: twins would look like a pose of their own.
    let mut waiting = HashSet::new();
    measurements::visit_pending::<CharacterMeasurement>(reader, &wanted, &mut |look, measured| {
        fit.add(&look, measured);
        waiting.insert(look.id);
    })?;
    each_look(reader, &wanted, observer, &mut |record| {
        let id = record.look.id.as_str();
        if waiting.contains(id) {
            return Ok(());
        }
        if let Some(measured) =
            measurements::read::<CharacterMeasurement>(reader, id, measurements::CHARACTER)?
        {
            fit.add(&record.look, measured);
        }
        Ok(())
    })?;
    match finish(fit, observer) {
        Ok(model) => Ok(Some(model)),
        Err(FitError::NoLabels) => Ok(None),
        Err(FitError::Stopped(stopped)) => Err(stopped.into()),
        Err(source) => Err(RecogniserError::Fit { what: "character templates", source: source.into() }),
    }
}

/// Visits the wanted looks by id, one at a time, stopping at the first failure or on request.
fn each_look(
    reader: &dyn Reader,
    wanted: &dyn Fn(&str) -> bool,
    observer: &dyn TrainingObserver,
    each: &mut dyn FnMut(&LookRecord) -> Result<(), RecogniserError>,
) -> Result<(), RecogniserError> {
    let (mut done, total) = (0, reader.len());
    let mut outcome = Ok(());
    reader.visit(&mut |record| {
        done += 1;
        if observer.cancelled() {
            outcome = Err(RecogniserError::Cancelled);
        } else if wanted(&record.look.id) {
            outcome = each(&record);
        }
        observer.event(&TrainingEvent::Progress { stage: Stage::Reading, done, total });
        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    outcome
}

/// The version of the models that an index's looks, a catalogue and its icons give: equal versions
/// answer alike.
pub(crate) fn version(
    reader: &dyn Reader,
    catalogue: &Catalogue,
    icons: Option<&Path>,
) -> Result<String, RecogniserError> {
    let mut hash = Sha256::new();
    hash.update(FIT_VERSION.to_le_bytes());
    let mut outcome = Ok(());
    reader.visit(&mut |record| match measurements::encode("look", &record) {
        Ok(bytes) => {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
            ControlFlow::Continue(())
        }
        Err(error) => {
            outcome = Err(error);
            ControlFlow::Break(())
        }
    })?;
    outcome?;
    for item in catalogue.iter() {
        hash.update(measurements::encode("catalogue", item)?);
    }
    for file in icons.map(|folder| IconFile::all(catalogue, folder)).unwrap_or_default() {
        hash.update(measurements::encode(measurements::ICONS, &(file.slot, file.icon))?);
    }
    Ok(hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}
