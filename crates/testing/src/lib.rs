//! For tests and benchmarks only: a fake encoder, the suite every store must pass, folders to work on copies of,
//! what a benchmark takes.
//!
//! A real encoder is slow or a download; tests of everything around it use [`FakeEncoder`]. Every
//! storage back end runs [`store_contract::run`], so that none of them means something else by
//! "commit".

mod fake_encoder;
mod folder;
mod process;
pub mod store_contract;

pub use fake_encoder::FakeEncoder;
pub use folder::copy_folder;
pub use process::memory_mb;
