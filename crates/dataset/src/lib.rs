//! Exports on disk to labelled [`Example`]s.
//!
//! Sites write their looks in many ways; this crate reads them all, streamed, and says of every
//! entry it cannot use where it stands and why. Nothing vanishes silently.
//!
//! ```no_run
//! use lorgnon_dataset::{Dataset, Options};
//! let dataset = Dataset::open("exports".as_ref(), &Options::default())?;
//! for example in dataset.examples() {
//!     match example {
//!         Ok(example) => { /* example.look, example.image */ }
//!         Err(skipped) => { /* tell: it displays as `file:line (id): reason` */ }
//!     }
//! }
//! # Ok::<(), lorgnon_dataset::DatasetError>(())
//! ```

mod catalogue;
mod collection;
mod entry;
mod error;
mod example;
mod fields;
mod image_reference;
mod json_stream;
mod report;
mod skipped;
mod source;

pub use catalogue::read_catalogue;
pub use collection::{Added, Collection, CollectionError, HandMade, Labels};
pub use error::DatasetError;
pub use example::{Example, ImageReference, Origin};
pub use report::{CheckOptions, Doubt, Inspect, Remark, Report, SamePicture, Suspect, UnreadablePicture};
pub use skipped::{SkipReason, Skipped, Warning};
pub use source::{Dataset, Entry, Options};
