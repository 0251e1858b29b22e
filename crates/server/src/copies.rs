//! Which looks have the same picture, found out once for each index.
//!
//! Comparing a thousand looks takes seconds. Learned looks are compared in blocks that lie fixed in the order of
//! ids, so that whoever asks for a part of a block asks for the same work; a look that was collected since is
//! compared by itself. What was found is kept until another index answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use lorgnon_imaging::{Limits, decode};

use crate::backend::{Backend, LookFilter};
use crate::error::ApiResult;
use crate::looks::Looks;

/// Looks that are compared with one that no training knows yet.
const COMPARED: usize = 12;

/// Ids of looks with the same picture, directly or through one another.
pub(crate) type Copies = BTreeSet<String>;

/// What was found of the index that answers.
#[derive(Debug, Default)]
pub(crate) struct KnownCopies(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Of the index; see [`Backend::version`].
    version: String,
    /// By the number of the block.
    learned: BTreeMap<usize, Arc<Vec<Copies>>>,
    /// By the id of a collected look, which is made of its picture: itself and the learned looks like it.
    collected: BTreeMap<String, Copies>,
}

impl Known {
    /// Forgets what was found of another index.
    fn turn_to(&mut self, version: &str) -> &mut Self {
        if self.version != version {
            *self = Self { version: version.to_owned(), ..Self::default() };
        }
        self
    }
}

impl KnownCopies {
    /// The copies of the learned looks `ids`, which are the block `number` of the index `version`. Whoever asks
    /// meanwhile waits for the same result.
    pub(crate) fn of_block(
        &self,
        backend: &dyn Backend,
        version: &str,
        number: usize,
        ids: &[String],
    ) -> ApiResult<Arc<Vec<Copies>>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.turn_to(version);
        if let Some(found) = known.learned.get(&number) {
            return Ok(Arc::clone(found));
        }
        let pairs = backend.copies(ids)?;
        let found = Arc::new(joined(pairs.into_iter().map(|(one, other)| Copies::from([one, other]))));
        known.learned.insert(number, Arc::clone(&found));
        Ok(found)
    }

    /// A collected look that no training knows yet with the learned looks that have its picture.
    pub(crate) fn of_collected(
        &self,
        looks: &Looks<'_>,
        version: &str,
        id: &str,
        limits: &Limits,
    ) -> ApiResult<Copies> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.turn_to(version);
        if let Some(found) = known.collected.get(id) {
            return Ok(found.clone());
        }
        let mut found = Copies::from([id.to_owned()]);
        if let Some(bytes) = looks.image(id)? {
            let picture = decode(&bytes, limits)?;
            for similar in looks.backend.similar(&picture, COMPARED, &LookFilter::default())? {
                if looks.backend.shows_the_same(&picture, &similar.look.id)? {
                    found.insert(similar.look.id);
                }
            }
        }
        known.collected.insert(id.to_owned(), found.clone());
        Ok(found)
    }
}

/// Sets that share a look, together; by their first ids.
pub(crate) fn joined(sets: impl Iterator<Item = Copies>) -> Vec<Copies> {
    let mut joined: Vec<Copies> = Vec::new();
    for set in sets {
        let (touched, mut others): (Vec<_>, Vec<_>) =
            joined.into_iter().partition(|other| !other.is_disjoint(&set));
        others.push(touched.into_iter().flatten().chain(set).collect());
        joined = others;
    }
    joined.sort();
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_that_share_a_look_become_one() {
        let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Copies>();
        let sets = [set(&["d", "e"]), set(&["a", "c"]), set(&["x", "y"]), set(&["c", "d"])];
        assert_eq!(joined(sets.into_iter()), [set(&["a", "c", "d", "e"]), set(&["x", "y"])]);
    }
}
