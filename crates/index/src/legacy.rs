//! The old system's `vision-index.json`, both ways.
//!
//! One JSON document held everything, so real ones reach the longest text its runtime could hold.
//! Both directions therefore stream: an entry at a time is in memory, whatever the file's size.

mod export;
mod import;
mod import_into;

pub use export::export;
pub use import::{LegacyEntry, LegacyImport, LegacySummary, import, read};
pub use import_into::{ImportReport, import_into};
