//! The engine in every build: `rten`, pure Rust.

use std::path::Path;
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_onnx::onnx::{ModelProto, ValueInfoProto};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor as RtenTensor};

use super::engine::{Engine, EngineFault, Tensor, Threads};
use super::integers::{Products, rewrite};
use super::outline::Outline;

/// A network loaded by `rten`.
pub(super) struct RtenEngine {
    model: Model,
    input: NodeId,
    output: NodeId,
    all: Arc<ThreadPool>,
    lanes: Vec<Arc<ThreadPool>>,
}

/// What of a file is loaded.
pub(super) struct Wanted<'a> {
    pub(super) path: &'a Path,
    pub(super) outline: &'a Outline,
    pub(super) input: &'a str,
    pub(super) output: &'a str,
    /// Whether the graph already gives the output.
    pub(super) declared: bool,
    /// How integer products are computed, where there are any.
    pub(super) products: Option<Products>,
}

impl RtenEngine {
    pub(super) fn load(wanted: &Wanted<'_>) -> Result<Self, EngineFault> {
        let mut options = ModelOptions::with_all_ops();
        // Packed beforehand, float weights are kept twice and save a batch of eight a twentieth of its
        // time; bytes are a quarter as large and, packed for every run, take three times as long.
        options.prepack_weights(wanted.products == Some(Products::WhereExact));
        let model = if wanted.declared && wanted.products.is_none() {
            options.load_file(wanted.path)?
        } else {
            load_rewritten(&mut options, wanted)?
        };
        let (input, output) = (model.node_id(wanted.input)?, model.node_id(wanted.output)?);
        let threads = rayon::current_num_threads().max(1);
        let pool = |threads| Arc::new(ThreadPool::with_num_threads(threads));
        let lanes = (0..threads).map(|_| pool(1)).collect();
        Ok(Self { model, input, output, all: pool(threads), lanes })
    }
}

/// Loads the model by way of a rewritten graph in memory.
fn load_rewritten(options: &mut ModelOptions, wanted: &Wanted<'_>) -> Result<Model, EngineFault> {
    let mut model = with_output(wanted)?;
    if let Some((products, graph)) = wanted.products.zip(model.graph.as_mut()) {
        rewrite(graph, products)?;
    }
    let external_files = wanted.outline.external_files();
    if external_files.is_empty()
        && let Some(file) = in_a_file(&model)
    {
        drop(model);
        return Ok(options.load_file(file.path())?);
    }
    let bytes = model.write_buf()?;
    drop(model);
    let folder = wanted.path.parent().unwrap_or(Path::new(""));
    for name in external_files {
        // The encoder has refused names that lead out of the folder.
        options.external_data(name, std::fs::read(folder.join(name))?);
    }
    Ok(options.load(bytes)?)
}

/// The model in a file that goes with its handle: read from there, its weights are in memory once less. `None`
/// where the disk has no room for it.
fn in_a_file(model: &ModelProto) -> Option<tempfile::NamedTempFile> {
    let file = tempfile::Builder::new().prefix("lorgnon-").suffix(".onnx").tempfile().ok()?;
    model.write_file(file.reopen().ok()?).ok()?;
    Some(file)
}

/// The whole file in memory, with the wanted tensor for its only output.
pub(super) fn with_output(wanted: &Wanted<'_>) -> Result<ModelProto, EngineFault> {
    let mut model = ModelProto::parse_file(std::fs::File::open(wanted.path)?)?;
    let graph = model.graph.as_mut().ok_or("it holds no graph")?;
    if !wanted.declared {
        let output = ValueInfoProto { name: Some(wanted.output.to_owned()), ..ValueInfoProto::default() };
        graph.output = vec![output];
    }
    Ok(model)
}

impl Engine for RtenEngine {
    fn run(&self, shape: [usize; 4], numbers: Vec<f32>, threads: Threads) -> Result<Tensor, EngineFault> {
        let pool = match threads {
            Threads::All => &self.all,
            Threads::One(lane) => &self.lanes[lane % self.lanes.len()],
        };
        let input =
            NdTensor::<f32, 4>::try_from_data(shape, numbers).map_err(|error| format!("{error:?}"))?;
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        let [output] = self.model.run_n(vec![(self.input, input.into())], [self.output], Some(options))?;
        let output: RtenTensor<f32> = output.try_into().map_err(|_| "the output holds no floats")?;
        Ok((output.shape().to_vec(), output.into_data()))
    }

    fn lanes(&self) -> usize {
        self.lanes.len()
    }
}
