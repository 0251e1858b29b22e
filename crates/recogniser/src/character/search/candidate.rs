//! Places where a character may stand, and which of many are worth another look.

use crate::Frame;

/// Candidates below this share of the best score are not worth another look.
const LEAST_OF_LEADER: f32 = 0.25;
/// Templates that a candidate's next look asks: what is computed around a place does not grow with
/// the number of classes.
const LEADERS: usize = 24;

/// A place where a character may stand.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) frame: Frame,
    /// Best score of every template near the place.
    pub(super) scores: Vec<f32>,
    /// The greatest of them.
    pub(super) score: f32,
    /// Whose it is.
    pub(super) template: usize,
    /// The templates, straight and mirrored, that the next look asks: the best of the last one.
    pub(super) leaders: Vec<usize>,
    /// Whether the last look reached further than the place on every side.
    pub(super) inside: bool,
}

impl Candidate {
    /// Not judged yet.
    pub(super) fn at(frame: Frame, leaders: Vec<usize>) -> Self {
        Self { frame, scores: Vec::new(), score: 0.0, template: 0, leaders, inside: false }
    }
}

/// Which templates take part; all where empty.
pub(super) type Wanted<'a> = &'a [usize];

/// The templates whose scores are greatest, those that take part.
pub(super) fn leaders(scores: &[f32], wanted: Wanted<'_>) -> Vec<usize> {
    if !wanted.is_empty() {
        return wanted.to_vec();
    }
    let mut ranked: Vec<usize> = (0..scores.len()).collect();
    ranked.sort_by(|left, right| scores[*right].total_cmp(&scores[*left]).then(left.cmp(right)));
    ranked.truncate(LEADERS);
    ranked
}

/// The greatest score of the templates that take part.
pub(super) fn greatest(scores: &[f32], wanted: Wanted<'_>) -> f32 {
    if wanted.is_empty() {
        scores.iter().copied().fold(f32::MIN, f32::max)
    } else {
        wanted.iter().map(|template| scores[*template]).fold(f32::MIN, f32::max)
    }
}

/// Of candidates, best first, those that may yet be the best, or as good.
pub(super) fn leave_unlikely(candidates: &mut Vec<Candidate>) {
    let leader = candidates.first().map_or(0.0, |best| best.score);
    candidates.retain(|candidate| candidate.score >= LEAST_OF_LEADER * leader);
}

/// The best `most` candidates that do not stand where a better one does.
pub(super) fn best_apart(mut candidates: Vec<Candidate>, most: usize, reach: f32) -> Vec<Candidate> {
    candidates.sort_by(|left, right| right.score.total_cmp(&left.score));
    apart(candidates, |candidate| &candidate.frame, most, reach)
}

/// The first `most` places that are not near an earlier one.
pub(super) fn apart<T>(
    ranked: impl IntoIterator<Item = T>,
    frame_of: impl Fn(&T) -> &Frame,
    most: usize,
    reach: f32,
) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for place in ranked {
        if kept.len() == most {
            break;
        }
        if !kept.iter().any(|other| is_near(frame_of(other), frame_of(&place), reach)) {
            kept.push(place);
        }
    }
    kept
}

/// Whether two upright frames stand for the same place and size; `reach` in body heights.
fn is_near(left: &Frame, right: &Frame, reach: f32) -> bool {
    let size = left.height.min(right.height) * reach;
    let middle = |frame: &Frame| frame.top + 0.5 * frame.height;
    (left.centre_x - right.centre_x).abs() < size
        && (middle(left) - middle(right)).abs() < size
        && (left.height / right.height).ln().abs() < 1.25 * reach
}
