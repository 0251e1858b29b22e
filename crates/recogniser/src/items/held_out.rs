//! What looks score under heads that have not seen them.

use std::collections::BTreeMap;

use super::art::{ArtHead, Views};
use super::calibration::Observed;
use super::descriptor::CellBox;
use super::eye::Cells;
use super::eyes::{EyeScores, Folds};
use super::lesson::Lesson;
use super::window::Behind;
use crate::observer::{Steps, Stopped};

/// Parts that are held out in turn.
pub(super) const FOLDS: usize = 3;

/// What the looks wear in one slot, and the part each is dealt to.
pub(super) struct Dealt {
    /// By look: 0 for nothing, else the item's place plus 1.
    pub(super) classes: Vec<usize>,
    pub(super) folds: Vec<usize>,
    pub(super) items: usize,
}

impl Dealt {
    /// Deals the looks of each class to the folds in turn.
    pub(super) fn new(classes: Vec<usize>, items: usize) -> Self {
        let mut dealt: BTreeMap<usize, usize> = BTreeMap::new();
        let folds = classes.iter().map(|class| {
            let count = dealt.entry(*class).or_insert(*class);
            *count += 1;
            *count % FOLDS
        });
        Self { folds: folds.collect(), classes, items }
    }

    /// Looks of each class outside a fold.
    pub(super) fn looks_by_class(&self, without: Option<usize>) -> Vec<f32> {
        let mut looks = vec![0.0; self.items + 1];
        for (class, fold) in self.classes.iter().zip(&self.folds) {
            if Some(*fold) != without {
                looks[*class] += 1.0;
            }
        }
        looks
    }

    /// The art of the slot, learned from the looks outside a fold.
    pub(super) fn art(
        &self,
        lessons: &[Lesson<'_>],
        bounds: CellBox,
        without: Option<usize>,
        hangs_behind: bool,
        steps: &Steps<'_>,
    ) -> Result<ArtHead, Stopped> {
        let looks = lessons.iter().map(Lesson::views).zip(&self.classes).zip(&self.folds);
        let seen: Vec<(&Views, usize)> = looks
            .filter(|(_, fold)| Some(**fold) != without)
            .map(|((views, class), _)| (views, *class))
            .collect();
        ArtHead::fit(&seen, self.items, bounds, hangs_behind, steps)
    }
}

/// What a look scores under a head that has not seen it.
pub(super) struct HeldOut {
    pub(super) place: usize,
    pub(super) scores: EyeScores,
    pub(super) art: [Vec<f32>; 2],
    pub(super) shown_px: f32,
}

impl HeldOut {
    pub(super) fn observed(&self, class: usize) -> Observed<'_> {
        Observed { scores: &self.scores, art: [&self.art[0], &self.art[1]], shown_px: self.shown_px, class }
    }
}

/// The scores of every look in one kind of picture; `arts` are those of each fold.
pub(super) fn held_out(
    dealt: &Dealt,
    folds: &Folds,
    arts: &[ArtHead],
    cells: Cells,
    (lessons, behind): (&[Lesson<'_>], Behind),
    steps: &Steps<'_>,
) -> Result<Vec<HeldOut>, Stopped> {
    let mut all = Vec::new();
    for (fold, art) in arts.iter().enumerate() {
        let Some(eyes) = folds.eyes(Some(fold), &dealt.looks_by_class(Some(fold))) else { continue };
        for (place, _) in dealt.folds.iter().enumerate().filter(|(_, own)| **own == fold) {
            steps.go_on()?;
            let lesson = &lessons[place];
            let view = lesson.views().seen(behind);
            let scores = eyes.judge([lesson.window(behind)], lesson.rest(behind), cells, dealt.items);
            let art = art.judge(&view, &scores.whole.items);
            all.push(HeldOut { place, scores, art, shown_px: view.shown_px(cells.bounds) });
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_share_out_every_class() {
        let dealt = Dealt::new(vec![1, 1, 1, 0, 0, 0], 1);
        for class in [0..3, 3..6] {
            let mut folds = dealt.folds[class].to_vec();
            folds.sort_unstable();
            assert_eq!(folds, [0, 1, 2]);
        }
        assert_eq!(dealt.looks_by_class(None), [3.0, 3.0]);
        assert_eq!(dealt.looks_by_class(Some(1)), [2.0, 2.0]);
    }
}
