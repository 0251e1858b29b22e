//! How far a training's work on its looks is, kept in the store.
//!
//! What a look's measurement is depends on the model that it was found with, and that model on the measurements of the
//! round before. So each stage's models are stored before its work begins: helpers work with them, and a
//! training that goes on from a killed one begins that stage anew, with them, and comes to the same end.

use lorgnon_index::{Reader, Writer};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::plan::Plan;
use super::work::Job;
use crate::character::CharacterModel;
use crate::colours::ColourModel;
use crate::{RecogniserError, measurements, models};

const MARK: &str = "mark";
const CHARACTER: &str = "character";
const PLACING: &str = "placing";

/// What is being done for each new look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum WorkStage {
    /// Measuring characters, in this round.
    Measure(u32),
    /// Everything else.
    Describe,
}

/// Which training is at which stage.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    training: [u8; 32],
    stage: WorkStage,
}

/// A stage that was begun, with its models.
pub(super) struct Reached {
    pub(super) stage: WorkStage,
    pub(super) models: StageModels,
}

impl Reached {
    /// Where a training of the same looks with the same program was; `None` where there was none.
    pub(super) fn of(reader: &dyn Reader, plan: &Plan) -> Result<Option<Self>, RecogniserError> {
        let Some(bytes) = reader.model(&measurements::of_stage(MARK))? else { return Ok(None) };
        // What another version left is no use.
        let Ok(mark) = measurements::decode::<Mark>(MARK, &bytes) else { return Ok(None) };
        if mark.training != training(reader, plan) {
            return Ok(None);
        }
        let models = StageModels::load(reader)?;
        tracing::info!(stage = ?mark.stage, "going on where a training was interrupted");
        Ok(Some(Self { stage: mark.stage, models }))
    }
}

/// The models that a stage works with.
pub(super) struct StageModels {
    pub(super) character: Option<CharacterModel>,
    pub(super) placing: Option<ColourModel>,
}

impl StageModels {
    pub(super) fn load(reader: &dyn Reader) -> Result<Self, RecogniserError> {
        fn read<T: DeserializeOwned>(reader: &dyn Reader, name: &str) -> Result<Option<T>, RecogniserError> {
            let name = measurements::of_stage(name);
            reader.model(&name)?.map(|bytes| measurements::decode(&name, &bytes)).transpose()
        }
        Ok(Self { character: read(reader, CHARACTER)?, placing: read(reader, PLACING)? })
    }
}

/// Stores that a stage is begun, and its models.
pub(super) fn begin(
    writer: &mut dyn Writer,
    reader: &dyn Reader,
    plan: &Plan,
    stage: WorkStage,
    job: &Job<'_>,
) -> Result<(), RecogniserError> {
    let (character, placing) = match job {
        Job::Measure { model, .. } => (*model, None),
        Job::Describe { character, placing } => (Some(*character), *placing),
    };
    leave(writer, CHARACTER, character)?;
    leave(writer, PLACING, placing)?;
    leave(writer, MARK, Some(&Mark { training: training(reader, plan), stage }))
}

fn leave<T: Serialize>(
    writer: &mut dyn Writer,
    name: &str,
    value: Option<&T>,
) -> Result<(), RecogniserError> {
    let key = measurements::of_stage(name);
    match value {
        Some(value) => writer.put_model(&key, measurements::encode(name, value)?)?,
        None => drop(writer.remove_model(&key)?),
    }
    Ok(())
}

/// What a training is known by: its looks, the models it began with, the program.
fn training(reader: &dyn Reader, plan: &Plan) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(plan.identity);
    hash.update(models::FIT_VERSION.to_le_bytes());
    hash.update(env!("CARGO_PKG_VERSION").as_bytes());
    hash.update([0]);
    hash.update(reader.manifest().model.as_bytes());
    hash.finalize().into()
}
