//! What runs a network: the seam between encoders and engines.

use super::ModelError;

/// An engine's own error.
pub(super) type EngineFault = Box<dyn std::error::Error + Send + Sync>;

/// A tensor that an engine gives: its shape and its numbers.
pub(super) type Tensor = (Vec<usize>, Vec<f32>);

/// Which threads a run may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Threads {
    /// All: the only work there is.
    All,
    /// One, the so-manieth: the others have batches of their own.
    One(usize),
}

/// A loaded network with one input and one output. Callable from several threads.
pub(super) trait Engine: Send + Sync {
    /// Runs a batch: `shape` is that of `numbers`, batch first.
    fn run(&self, shape: [usize; 4], numbers: Vec<f32>, threads: Threads) -> Result<Tensor, EngineFault>;

    /// How many batches it can run at a time, each on a thread of its own.
    fn lanes(&self) -> usize;
}

/// Which engine runs networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EngineChoice {
    /// `rten`: pure Rust, in every build.
    #[default]
    Rten,
    /// ONNX Runtime, from a library of the system.
    OnnxRuntime,
}

impl EngineChoice {
    /// The name under which it is asked for.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rten => "rten",
            Self::OnnxRuntime => "ort",
        }
    }
}

/// The engine's fault as a model's.
pub(super) fn cannot_load(path: &std::path::Path) -> impl FnOnce(EngineFault) -> ModelError {
    move |source| ModelError::Engine { path: path.to_owned(), source }
}
