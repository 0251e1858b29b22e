//! ONNX Runtime, loaded from a library of the system: for those who have it and its devices.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor as OrtTensor;

use super::engine::{Engine, EngineFault, Tensor, Threads};
use super::rten_engine::{Wanted, with_output};

/// Where the library is, when it is not on the system's path.
const LIBRARY_VARIABLE: &str = "ORT_DYLIB_PATH";

/// A network loaded by ONNX Runtime. Nothing is rewritten for it: it computes integer products rightly, but on processors
/// without instructions for them (AVX2 alone) sums of two bytes times weights beyond 64 overflow, which the self-check finds.
pub(super) struct OrtEngine {
    session: Mutex<Session>,
    input: String,
    output: String,
}

/// What all networks share. The library allows a process one environment in its life, so it is kept when the last
/// network is gone: a model that a server unloaded is wanted again.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

fn environment() -> Result<Environment, EngineFault> {
    let mut shared = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*shared {
        return Ok(environment.clone());
    }
    let library = std::env::var_os(LIBRARY_VARIABLE).filter(|path| !path.is_empty()).map_or_else(
        || {
            let (before, after) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
            PathBuf::from(format!("{before}onnxruntime{after}"))
        },
        PathBuf::from,
    );
    let environment = ort::init_from(&library)
        .map_err(|error| {
            format!("ONNX Runtime cannot be loaded: {error}; install it, or name its library in `{LIBRARY_VARIABLE}`")
        })?
        .build()?;
    Ok(shared.insert(environment).clone())
}

impl OrtEngine {
    pub(super) fn load(wanted: &Wanted<'_>) -> Result<Self, EngineFault> {
        let mut builder = Session::builder(&environment()?)?
            .with_intra_threads(rayon::current_num_threads())
            .map_err(|error| error.to_string())?;
        let session = if wanted.declared {
            builder.commit_from_file(wanted.path)?
        } else {
            builder.commit_from_memory(&with_output(wanted)?.write_buf()?)?
        };
        if session.inputs().len() != 1 {
            return Err(
                "it has several inputs, of which only pictures can be given: use `--engine rten`".into()
            );
        }
        Ok(Self {
            session: Mutex::new(session),
            input: wanted.input.to_owned(),
            output: wanted.output.to_owned(),
        })
    }
}

impl Engine for OrtEngine {
    fn run(&self, shape: [usize; 4], numbers: Vec<f32>, _: Threads) -> Result<Tensor, EngineFault> {
        let input = OrtTensor::from_array((shape, numbers))?;
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(ort::inputs![self.input.as_str() => input])?;
        let output = outputs.get(self.output.as_str()).ok_or("the output is missing")?;
        let (shape, numbers) = output.try_extract_tensor::<f32>()?;
        let shape = shape.iter().map(|length| usize::try_from(*length)).collect::<Result<_, _>>()?;
        Ok((shape, numbers.to_vec()))
    }

    /// It shares its threads among the operators of one run.
    fn lanes(&self) -> usize {
        1
    }
}
