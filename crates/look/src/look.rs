//! A look: what the program learns from and answers with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ClassLabel, Colour, Gender, ItemId, Slot};

/// How many colours a look has.
pub const COLOUR_COUNT: usize = 6;

/// One character's look, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Look {
    /// The export's name for it; unique within an index.
    pub id: String,
    /// Class, where the label is known.
    pub class: Option<ClassLabel>,
    /// Sex, where known.
    pub gender: Option<Gender>,
    /// Colours by position, at most [`COLOUR_COUNT`]; `None` where that position is unknown or the
    /// class's default. Position says which part is tinted: never sorted, repeats never dropped.
    pub colours: Vec<Option<Colour>>,
    /// Items worn. A slot that is absent wears nothing as far as the export says.
    pub items: BTreeMap<Slot, ItemId>,
}
