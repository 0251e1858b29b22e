//! What every store refuses, said once.

use lorgnon_embed::EncoderSpec;
use lorgnon_look::Slot;

use crate::{Manifest, StoreError, VectorSet};

/// A look's vectors in the order of places: the global one, then one a slot.
pub(crate) fn in_order(vectors: &VectorSet) -> impl Iterator<Item = &[f32]> {
    std::iter::once(vectors.global.as_slice())
        .chain(Slot::ALL.into_iter().map(|slot| vectors.slots[slot].as_slice()))
}

/// Checks a look's vectors; gives their length. `held` is that of the vectors the store holds, 0
/// before the first.
pub(crate) fn check_vectors(
    vectors: &VectorSet,
    held: usize,
    manifest: &Manifest,
) -> Result<usize, StoreError> {
    let encoder = manifest.encoder.as_ref().map_or(0, |encoder| encoder.dimensions);
    let expected = match if held > 0 { held } else { encoder } {
        0 => vectors.global.len(),
        expected => expected,
    };
    for vector in in_order(vectors) {
        if vector.len() != expected || expected == 0 {
            return Err(StoreError::Dimensions { got: vector.len(), expected });
        }
        if !vector.iter().all(|value| value.is_finite()) {
            return Err(StoreError::NotFinite);
        }
    }
    Ok(expected)
}

/// Checks that a new manifest names the encoder of the vectors held, of which there are some.
pub(crate) fn check_encoder(
    offered: &Manifest,
    held: &Manifest,
    dimensions: usize,
) -> Result<(), StoreError> {
    let Some(offered) = &offered.encoder else { return Ok(()) };
    if offered.dimensions != dimensions {
        return Err(StoreError::Dimensions { got: offered.dimensions, expected: dimensions });
    }
    match &held.encoder {
        Some(held) if held != offered => {
            Err(StoreError::Encoder { held: describe(held), offered: describe(offered) })
        }
        _ => Ok(()),
    }
}

fn describe(encoder: &EncoderSpec) -> String {
    let weights = encoder.weights.get(..8).unwrap_or(&encoder.weights);
    format!(
        "{} ({} dimensions, recipe {}, weights {weights})",
        encoder.name, encoder.dimensions, encoder.recipe
    )
}
