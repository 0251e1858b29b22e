//! The looks as people see them: what was learned, and over it what was added, corrected or removed by
//! hand since.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use lorgnon_dataset::{Collection, HandMade};
use lorgnon_imaging::{Limits, ciede2000, decode, encode_png};
use lorgnon_look::{Colour, Look};
use lorgnon_recogniser::Doubt;

use crate::backend::{Backend, LookFilter, Standing};
use crate::error::ApiResult;

/// Colours up to this far apart (CIEDE2000) are near: one is told from the other, but named alike.
const NEAR: f32 = 12.0;
/// Longer side of a small picture, where no smaller one is asked for.
pub(crate) const THUMBNAIL_SIDE_PX: u32 = 192;

/// A look with how it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredLook {
    pub(crate) look: Look,
    pub(crate) standing: Standing,
    /// Whether its picture was added here.
    pub(crate) collected: bool,
    /// What its labels are doubted for.
    pub(crate) doubt: Option<Doubt>,
}

/// Some of the looks.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct LookPage {
    pub(crate) looks: Vec<StoredLook>,
    /// How many pass the filter in all.
    pub(crate) total: usize,
}

/// What was learned and what was changed by hand, together.
pub(crate) struct Looks<'a> {
    pub(crate) backend: &'a dyn Backend,
    pub(crate) collection: Option<&'a Collection>,
}

impl Looks<'_> {
    /// The look with an id, removed ones included.
    pub(crate) fn find(&self, id: &str) -> ApiResult<Option<StoredLook>> {
        let learned = self.backend.look(id)?;
        let hand_made = self.collection.map(|collection| collection.get(id)).transpose()?.flatten();
        let doubts = self.doubts()?;
        Ok(stored(learned, hand_made, &doubts))
    }

    /// At most `limit` of the looks that pass `filter`, after the first `offset`: by id; where a colour is
    /// asked for, the nearest first; else, where doubted ones are, the likeliest wrong.
    pub(crate) fn page(&self, filter: &LookFilter, offset: usize, limit: usize) -> ApiResult<LookPage> {
        let mut page = LookPage::default();
        let mut ranked = Vec::new();
        let is_ranked = filter.colour.is_some() || filter.suspect;
        self.visit(&mut |stored| {
            if !passes(filter, &stored) {
                return ControlFlow::Continue(());
            }
            if is_ranked {
                ranked.extend(rank(filter, &stored).map(|rank| (rank, stored)));
            } else {
                if page.total >= offset && page.looks.len() < limit {
                    page.looks.push(stored);
                }
                page.total += 1;
            }
            ControlFlow::Continue(())
        })?;
        if is_ranked {
            // Stable: equal ones stay by id.
            ranked.sort_by(|(one, _), (other, _)| one.total_cmp(other));
            page.total = ranked.len();
            page.looks = ranked.into_iter().skip(offset).take(limit).map(|(_, stored)| stored).collect();
        }
        Ok(page)
    }

    /// Visits all looks by id until told to stop.
    pub(crate) fn visit(&self, visit: &mut dyn FnMut(StoredLook) -> ControlFlow<()>) -> ApiResult<()> {
        let doubts = self.doubts()?;
        let mut hand_made: BTreeMap<String, HandMade> =
            self.collection.map(Collection::all).transpose()?.unwrap_or_default();
        let mut stopped = false;
        self.backend.visit(&mut |learned| {
            // Those that no training knows yet come in between, by id.
            while let Some(first) = hand_made.first_entry().filter(|first| *first.key() < learned.id) {
                if let Some(new) = stored(None, Some(first.remove()), &doubts)
                    && visit(new).is_break()
                {
                    stopped = true;
                    return ControlFlow::Break(());
                }
            }
            let changed = hand_made.remove(&learned.id);
            let flow = stored(Some(learned), changed, &doubts).map_or(ControlFlow::Continue(()), &mut *visit);
            stopped = flow.is_break();
            flow
        })?;
        if !stopped {
            for new in hand_made.into_values().filter_map(|new| stored(None, Some(new), &doubts)) {
                if visit(new).is_break() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// A look's small picture, its longer side at most `side_px` long.
    pub(crate) fn thumbnail(&self, id: &str, side_px: u32, limits: &Limits) -> ApiResult<Option<Vec<u8>>> {
        let bytes = match self.backend.thumbnail(id)? {
            Some(small) if side_px >= THUMBNAIL_SIDE_PX => return Ok(Some(small)),
            Some(small) => small,
            None => match self.collected_picture(id)? {
                Some(bytes) => bytes,
                None => return Ok(None),
            },
        };
        Ok(Some(encode_png(&decode(&bytes, limits)?.fitted_within(side_px, side_px))?))
    }

    /// A look's largest picture.
    pub(crate) fn image(&self, id: &str) -> ApiResult<Option<Vec<u8>>> {
        match self.collected_picture(id)? {
            Some(bytes) => Ok(Some(bytes)),
            None => Ok(self.backend.image(id)?),
        }
    }

    fn collected_picture(&self, id: &str) -> ApiResult<Option<Vec<u8>>> {
        Ok(self.collection.map(|collection| collection.picture(id)).transpose()?.flatten())
    }

    fn doubts(&self) -> ApiResult<BTreeMap<String, Doubt>> {
        Ok(self.backend.doubts()?.into_iter().map(|doubt| (doubt.id.clone(), doubt)).collect())
    }
}

/// `None`: no such look. A removed one that no training knows, or that none knows any more, can still
/// be taken back.
fn stored(
    learned: Option<Look>,
    hand_made: Option<HandMade>,
    doubts: &BTreeMap<String, Doubt>,
) -> Option<StoredLook> {
    let (look, standing, collected) = match (learned, hand_made) {
        (learned, Some(HandMade { look, collected, removed })) => {
            let standing = if removed {
                Standing::Removed
            } else if learned.as_ref() == Some(&look) {
                Standing::Learned
            } else {
                Standing::Pending
            };
            (look, standing, collected)
        }
        (Some(look), None) => (look, Standing::Learned, false),
        (None, None) => return None,
    };
    // Labels that were changed since were not judged.
    let doubt = doubts.get(&look.id).filter(|_| standing == Standing::Learned).cloned();
    Some(StoredLook { look, standing, collected, doubt })
}

/// Whether a look passes all but the colour. Removed ones pass only where they are asked for.
fn passes(filter: &LookFilter, stored: &StoredLook) -> bool {
    let look = &stored.look;
    let standing = match filter.standing {
        Some(standing) => stored.standing == standing,
        None => stored.standing != Standing::Removed,
    };
    standing
        && filter.passes_labels(look)
        && (!filter.suspect || stored.doubt.is_some())
        && look.id.to_lowercase().contains(&filter.id_contains.to_lowercase())
}

/// What a look is sorted by, least first: how far its nearest colour is from the one asked for (`None` where none
/// is near), else how surely its labels are right.
fn rank(filter: &LookFilter, stored: &StoredLook) -> Option<f32> {
    match filter.colour {
        Some(wanted) => distance(wanted, &stored.look),
        None => stored.doubt.as_ref().map(|doubt| 1.0 - doubt.likelihood),
    }
}

fn distance(wanted: Colour, look: &Look) -> Option<f32> {
    let distances = look.colours.iter().flatten().map(|colour| ciede2000(*colour, wanted));
    distances.min_by(f32::total_cmp).filter(|distance| *distance <= NEAR)
}
