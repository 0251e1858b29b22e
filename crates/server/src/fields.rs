//! The fields of an address or form, as every route reads them: empty ones ask for nothing.

use std::collections::BTreeMap;

use crate::error::{ApiError, ApiResult};

/// Fields by name.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a BTreeMap<String, String>);

impl<'a> Fields<'a> {
    /// A field without the blanks around it.
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.0.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// A whole number, `default` where none is given.
    ///
    /// # Errors
    /// When the field holds anything else.
    pub(crate) fn number(self, name: &'static str, default: usize) -> ApiResult<usize> {
        self.text(name).map_or(Ok(default), |text| text.parse().map_err(|_| ApiError::query_invalid(name)))
    }
}
