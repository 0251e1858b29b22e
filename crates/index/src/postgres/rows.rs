//! A look as a row of its tables.

use lorgnon_look::Look;
use tokio_postgres::types::ToSql;

use super::half::to_bytes;
use super::search::{gender_text, item_text};
use crate::rules::in_order;
use crate::{Entry, LookRecord, StoreError};

/// Keys of PostgreSQL's indexes must fit a third of a page.
const KEY_LENGTH_MAX: usize = 2000;

/// The values of a row.
pub(super) type Cells<'a> = Vec<Box<dyn ToSql + Sync + Send + 'a>>;

pub(super) fn encode(record: &LookRecord) -> Result<Vec<u8>, StoreError> {
    postcard::to_stdvec(record)
        .map_err(|error| StoreError::Database { action: "encode a look", source: Box::new(error) })
}

pub(super) fn items_of(look: &Look) -> Vec<String> {
    look.items.iter().map(|(slot, item)| item_text(*slot, *item)).collect()
}

pub(super) fn cells_of(key: i64, entry: &Entry, record: Vec<u8>) -> Cells<'_> {
    let look = &entry.record.look;
    vec![
        Box::new(key),
        Box::new(look.id.as_bytes()),
        Box::new(look.class.as_ref().map(|class| class.as_str().as_bytes())),
        Box::new(look.gender.map(gender_text)),
        Box::new(items_of(look)),
        Box::new(record),
        Box::new(to_bytes(in_order(&entry.vectors))),
    ]
}

pub(super) fn check_key(key: &str) -> Result<(), StoreError> {
    if key.len() <= KEY_LENGTH_MAX {
        return Ok(());
    }
    let what = format!("a name of {} bytes is longer than {KEY_LENGTH_MAX}", key.len());
    Err(StoreError::Database { action: "store a name", source: what.into() })
}
