//! A model's folder as an encoder.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use lorgnon_imaging::Picture;
use rten_onnx::onnx::ValueInfoProto;
use sha2::{Digest, Sha256};

use super::engine::{Engine, EngineChoice, Threads, cannot_load};
use super::integers::{OPERATORS, Products};
use super::outline::{Outline, shape_of};
use super::rten_engine::{RtenEngine, Wanted};
use super::self_check::{self, Passed};
use super::vector::VectorOutput;
use super::{ModelError, Recipe};
use crate::model_files::ModelFiles;
use crate::{EmbedError, Encoder, EncoderSpec};

/// Pictures that one thread takes through the network at a time: the crops of a look.
const BATCH: usize = 8;
/// Behind a see-through picture, and beside one that is not square.
const BACKGROUND: [u8; 3] = [255; 3];
/// Versions of the standard operators that the engines know.
const OPSETS: std::ops::RangeInclusive<i64> = 7..=25;

/// A learned encoder.
///
/// Pictures are laid on white and padded to a square first: an encoder that keeps the middle of a
/// picture must not cut off hats and feet. Then the model's own [`Recipe`] is followed. The vector
/// is the model's embedding (or what stands for it), of length 1.
pub struct OnnxEncoder {
    spec: EncoderSpec,
    engine_name: &'static str,
    engine: Box<dyn Engine>,
    recipe: Recipe,
    output: VectorOutput,
    input: Input,
}

/// How a model is loaded.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// What runs it.
    pub engine: EngineChoice,
    /// A text file that remembers which integer models have proved themselves against their reference,
    /// which takes seconds and a gigabyte. `None`: each load proves it anew.
    pub check_record: Option<PathBuf>,
}

/// How the network wants its pictures.
#[derive(Debug, Clone, Copy)]
struct Input {
    width: u32,
    height: u32,
    /// Channel by channel, else pixel by pixel.
    planes: bool,
    /// Pictures a run: what the graph is made for, one where a picture's vector would depend on
    /// its neighbours, else any number.
    batch: Option<usize>,
}

impl OnnxEncoder {
    /// Loads a model and checks that it does what it should.
    ///
    /// # Errors
    /// When a file is missing or damaged, the model is no vision encoder, the engine does not run it or
    /// runs it wrongly.
    pub fn load(files: &ModelFiles, options: &LoadOptions) -> Result<Self, ModelError> {
        let engine = options.engine;
        let path = files.network.as_path();
        let recipe = Recipe::read(&files.folder)?;
        let outline =
            Outline::read(path).map_err(|source| ModelError::Unreadable { path: path.to_owned(), source })?;
        let unsuitable = |what: String| ModelError::Unsuitable { path: path.to_owned(), what };
        let parts = parts(path, &outline)?;
        let opset = outline.opset().unwrap_or_default();
        if !OPSETS.contains(&opset) {
            let (least, most) = (OPSETS.start(), OPSETS.end());
            return Err(unsuitable(format!("it needs operator set {opset}, {least} to {most} are known")));
        }
        let (input_name, mut input) = picture_input(&outline, &recipe).map_err(unsuitable)?;
        // Activations are quantised over a whole batch: a picture's vector must not depend on others.
        if outline.has_operator(&["DynamicQuantizeLinear"]) {
            input.batch = Some(1);
        }
        let output = VectorOutput::of(&outline, recipe.class_token)
            .ok_or_else(|| unsuitable("its graph has no output".to_owned()))?;
        let integers = outline.has_operator(&OPERATORS);
        let load = |engine: EngineChoice, products| -> Result<Box<dyn Engine>, ModelError> {
            let wanted = Wanted {
                path,
                outline: &outline,
                input: &input_name,
                output: &output.tensor,
                declared: output.declared,
                products,
            };
            match engine {
                EngineChoice::Rten => {
                    let engine = RtenEngine::load(&wanted).map_err(cannot_load(path))?;
                    Ok(Box::new(engine))
                }
                EngineChoice::OnnxRuntime => onnx_runtime(&wanted),
            }
        };
        // Hashing hundreds of megabytes takes as long as loading them.
        let (weights, loaded) = std::thread::scope(|scope| {
            let weights = scope.spawn(|| digest(&parts));
            let loaded = load(engine, integers.then_some(Products::WhereExact));
            let weights = weights.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            (weights, loaded)
        });
        let mut encoder = Self {
            spec: EncoderSpec {
                name: files.name.clone(),
                dimensions: 0,
                weights: weights?,
                recipe: recipe.identity(),
            },
            engine_name: engine.name(),
            engine: loaded?,
            recipe,
            output: output.clone(),
            input,
        };
        let failed = |what: String| ModelError::SelfCheck { path: path.to_owned(), what };
        let probes = self_check::probes();
        let probes: Vec<&Picture> = probes.iter().collect();
        let vectors = encoder.vectors(&probes).map_err(cannot_load(path))?;
        let record = options.check_record.as_deref();
        let passed = Passed { record, spec: &encoder.spec, engine: engine.name() };
        let must_prove = integers && !passed.is_recorded();
        let reference = if must_prove {
            let served =
                std::mem::replace(&mut encoder.engine, load(EngineChoice::Rten, Some(Products::Nowhere))?);
            let reference = encoder.vectors(&probes).map_err(cannot_load(path));
            encoder.engine = served;
            Some(reference?)
        } else {
            None
        };
        self_check::verdict(&vectors, reference.as_deref()).map_err(failed)?;
        if must_prove {
            passed.write_down();
        }
        encoder.spec.dimensions = vectors.first().map_or(0, Vec::len);
        tracing::info!(
            encoder = encoder.spec.name,
            engine = encoder.engine_name,
            dimensions = encoder.spec.dimensions,
            "the encoder passed its self-check"
        );
        Ok(encoder)
    }

    /// The engine that runs the network.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        self.engine_name
    }

    /// How pictures are prepared.
    #[must_use]
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Vectors of any number of pictures, as the network gives them.
    fn vectors(&self, pictures: &[&Picture]) -> Result<Vec<Vec<f32>>, super::engine::EngineFault> {
        let batch = self.input.batch.unwrap_or(BATCH);
        let batches: Vec<&[&Picture]> = pictures.chunks(batch).collect();
        let lanes = self.engine.lanes().min(batches.len());
        if lanes <= 1 {
            return Ok(batches
                .iter()
                .map(|pictures| self.run(pictures, Threads::All))
                .collect::<Result<Vec<_>, _>>()?
                .concat());
        }
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(batches.len())));
        std::thread::scope(|scope| {
            for lane in 0..lanes {
                let (next, done, batches) = (&next, &done, &batches);
                scope.spawn(move || {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(pictures) = batches.get(at) else { break };
                        let vectors = self.run(pictures, Threads::One(lane));
                        done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, vectors));
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        done.sort_by_key(|(at, _)| *at);
        let mut vectors = Vec::with_capacity(pictures.len());
        for (_, batch) in done {
            vectors.extend(batch?);
        }
        Ok(vectors)
    }

    /// One run of the network.
    fn run(
        &self,
        pictures: &[&Picture],
        threads: Threads,
    ) -> Result<Vec<Vec<f32>>, super::engine::EngineFault> {
        let Input { width, height, planes, batch } = self.input;
        // A graph made for so many pictures gets so many: the last one again and again.
        let rows = batch.unwrap_or(pictures.len());
        let each = 3 * width as usize * height as usize;
        let mut numbers = Vec::with_capacity(rows * each);
        for picture in pictures {
            let fitted = self.recipe.fit(&squared(picture));
            if (fitted.width(), fitted.height()) != (width, height) {
                return Err(format!("a picture of {}x{} reached it", fitted.width(), fitted.height()).into());
            }
            self.recipe.append(&fitted, planes, &mut numbers);
        }
        while numbers.len() < rows * each {
            numbers.extend_from_within(numbers.len() - each..);
        }
        let (width, height) = (width as usize, height as usize);
        let shape = if planes { [rows, 3, height, width] } else { [rows, height, width, 3] };
        let (shape, numbers) = self.engine.run(shape, numbers, threads)?;
        let mut vectors = self
            .output
            .pool(&shape, &numbers)
            .filter(|vectors| vectors.len() == rows)
            .ok_or_else(|| format!("its output has shape {shape:?}"))?;
        vectors.truncate(pictures.len());
        Ok(vectors)
    }
}

impl std::fmt::Debug for OnnxEncoder {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("OnnxEncoder").field("spec", &self.spec).field("engine", &self.engine_name).finish()
    }
}

impl Encoder for OnnxEncoder {
    fn spec(&self) -> &EncoderSpec {
        &self.spec
    }

    fn encode(&self, pictures: &[Picture]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let failed = |source| EmbedError::Engine { encoder: self.spec.name.clone(), source };
        // Many a slot's crop shows nothing, and what shows nothing needs no network.
        let is_visible = |picture: &&Picture| picture.pixels().iter().any(|pixel| pixel[3] > 0);
        let visible: Vec<&Picture> = pictures.iter().filter(is_visible).collect();
        let mut seen = self.vectors(&visible).map_err(failed)?.into_iter();
        let mut vectors = Vec::with_capacity(pictures.len());
        for picture in pictures {
            let shown = if is_visible(&picture) { seen.next() } else { None };
            let Some(mut vector) = shown else {
                vectors.push(vec![0.0; self.spec.dimensions]);
                continue;
            };
            let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
            if vector.len() != self.spec.dimensions || !length.is_finite() {
                return Err(failed(format!("it gave {} numbers of length {length}", vector.len()).into()));
            }
            let scale = if length > 0.0 { length.recip() } else { 0.0 };
            vector.iter_mut().for_each(|number| *number *= scale);
            vectors.push(vector);
        }
        Ok(vectors)
    }
}

/// The picture on the background, in the middle of a square.
fn squared(picture: &Picture) -> Picture {
    let side = picture.width().max(picture.height());
    if picture.width() == picture.height() {
        return picture.over(BACKGROUND);
    }
    let (left, top) = ((side - picture.width()) / 2, (side - picture.height()) / 2);
    let [red, green, blue] = BACKGROUND;
    let mut square = Picture::filled(side, side, [red, green, blue, 255]);
    let flat = picture.over(BACKGROUND);
    let rows = square.pixels_mut().chunks_exact_mut(side as usize).skip(top as usize);
    for (y, row) in (0..picture.height()).zip(rows) {
        row[left as usize..][..picture.width() as usize].copy_from_slice(flat.row(y));
    }
    square
}

/// The input that takes pictures, and how; else what the model is.
fn picture_input(outline: &Outline, recipe: &Recipe) -> Result<(String, Input), String> {
    let inputs: Vec<_> = outline.real_inputs().collect();
    let of_pictures = |input: &&ValueInfoProto| {
        let shape = shape_of(input).filter(|shape| shape.len() == 4)?;
        Some((input.name.clone()?, shape))
    };
    let Some((input_name, shape)) = inputs.iter().find_map(of_pictures) else {
        let names: Vec<&str> = inputs.iter().filter_map(|input| input.name.as_deref()).collect();
        let of_text = if names.contains(&"input_ids") { ": it is a text model" } else { "" };
        return Err(format!("none of its inputs ({}) takes a picture{of_text}", names.join(", ")));
    };
    let (planes, height, width) = match shape.as_slice() {
        [_, Some(3) | None, height, width] => (true, *height, *width),
        [_, height, width, Some(3)] => (false, *height, *width),
        _ => return Err("its input has not three channels".to_owned()),
    };
    let own = |side: Option<usize>| side.and_then(|side| u32::try_from(side).ok());
    let prepared = recipe.size();
    let side = |graph: Option<u32>, recipe: Option<u32>, name: &str| match (graph, recipe) {
        (Some(graph), Some(recipe)) if graph != recipe => {
            Err(format!("its input is {graph} pixels in {name}, pictures are prepared with {recipe}"))
        }
        (Some(side), _) | (None, Some(side)) => Ok(side),
        (None, None) => Err(format!("neither its graph nor its recipe gives the {name} of its input")),
    };
    Ok((
        input_name,
        Input {
            width: side(own(width), prepared.map(|size| size.0), "width")?,
            height: side(own(height), prepared.map(|size| size.1), "height")?,
            planes,
            batch: shape[0],
        },
    ))
}

/// The network's file and those with its weights, which must be beside it.
fn parts(path: &Path, outline: &Outline) -> Result<Vec<PathBuf>, ModelError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut parts = vec![path.to_owned()];
    for name in outline.external_files() {
        if Path::new(name).components().count() != 1 || name.starts_with('.') {
            let what = format!("its weights are in `{name}`, which is not beside it");
            return Err(ModelError::Unsuitable { path: path.to_owned(), what });
        }
        let file = folder.join(name);
        if let Err(source) = std::fs::metadata(&file) {
            return Err(ModelError::Io { path: file, source });
        }
        parts.push(file);
    }
    Ok(parts)
}

/// SHA-256 of a model's files, in hexadecimal.
fn digest(parts: &[PathBuf]) -> Result<String, ModelError> {
    let mut hash = Sha256::new();
    for path in parts {
        let failed = |source| ModelError::Io { path: path.clone(), source };
        let mut file = File::open(path).map_err(failed)?;
        let mut buffer = vec![0; 1 << 20];
        loop {
            match file.read(&mut buffer).map_err(failed)? {
                0 => break,
                read => hash.update(&buffer[..read]),
            }
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(feature = "onnxruntime")]
fn onnx_runtime(wanted: &Wanted<'_>) -> Result<Box<dyn Engine>, ModelError> {
    let engine = super::ort_engine::OrtEngine::load(wanted).map_err(cannot_load(wanted.path))?;
    Ok(Box::new(engine))
}

#[cfg(not(feature = "onnxruntime"))]
fn onnx_runtime(wanted: &Wanted<'_>) -> Result<Box<dyn Engine>, ModelError> {
    let source =
        "this build has no ONNX Runtime: build it with `--features onnxruntime`, or use `--engine rten`";
    Err(cannot_load(wanted.path)(source.into()))
}
