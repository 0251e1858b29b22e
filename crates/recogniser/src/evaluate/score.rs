//! Accuracy on labelled looks: every figure of the report, gathered look by look.

use std::collections::BTreeMap;

use lorgnon_imaging::ciede2000;
use lorgnon_look::{COLOUR_COUNT, ClassLabel, Gender, Look, Slot, SlotMap};
use serde::{Deserialize, Serialize};

use crate::{Analysis, ColourState, Verdict};

/// Confidence is told apart in this many equal steps for the reliability curve.
const RELIABILITY_STEPS: usize = 10;

/// Right answers among those asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Right.
    pub right: u64,
    /// Asked.
    pub of: u64,
}

impl Rate {
    /// Counts one answer.
    pub fn add(&mut self, right: bool) {
        self.of += 1;
        self.right += u64::from(right);
    }

    /// 0 to 1; 0 where nothing was asked.
    #[must_use]
    pub fn share(&self) -> f64 {
        if self.of == 0 { 0.0 } else { self.right as f64 / self.of as f64 }
    }
}

/// How well a slot's items are named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotScore {
    /// Right item first, among looks that wear one.
    pub top1: Rate,
    /// Right item among the first five.
    pub top5: Rate,
    /// Worn and said so.
    pub true_present: u64,
    /// Not worn, yet said so.
    pub false_present: u64,
    /// Worn, yet said empty.
    pub false_empty: u64,
}

impl SlotScore {
    /// F1 of "anything is worn", 0 to 1.
    #[must_use]
    pub fn presence_f1(&self) -> f64 {
        let found = 2 * self.true_present;
        let all = found + self.false_present + self.false_empty;
        if all == 0 { 0.0 } else { found as f64 / all as f64 }
    }
}

/// One step of the reliability curve.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReliabilityStep {
    /// Answers whose confidence fell in the step.
    pub answers: u64,
    /// Their mean confidence.
    pub confidence_sum: f64,
    /// How many were right.
    pub right: u64,
}

/// How well one of the six colours is solved.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ColourScore {
    /// Labelled colours.
    pub labelled: u64,
    /// CIEDE2000 of each colour answered, in no order.
    #[serde(skip)]
    pub differences: Vec<f32>,
    /// Among those answered as solved: within 5.
    pub solved_within_5: Rate,
}

/// A look that was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    /// The look's id.
    pub id: String,
    /// Labelled class.
    pub class: Option<ClassLabel>,
    /// Labelled sex.
    pub gender: Option<Gender>,
    /// Answered class.
    pub answered_class: Option<ClassLabel>,
    /// Answered sex.
    pub answered_gender: Option<Gender>,
    /// Confidence in the class answered.
    pub confidence: f32,
    /// Greater is worse: wrong and sure first.
    pub badness: f32,
    /// The name of its picture beside the stored evaluations, where one was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// Accuracy on a set of labelled looks.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// Looks judged.
    pub looks: u64,
    /// Pictures that could not be judged.
    pub failed: u64,
    /// Class right.
    pub class: Rate,
    /// Labelled class among the first five.
    pub class_top5: Rate,
    /// Sex right.
    pub gender: Rate,
    /// Both right.
    pub both: Rate,
    /// Answers by verdict.
    pub verdicts: BTreeMap<&'static str, u64>,
    /// Class right, by labelled class.
    pub by_class: BTreeMap<String, Rate>,
    /// How often a labelled class was answered as another: labelled, answered, times.
    pub confusion: BTreeMap<String, BTreeMap<String, u64>>,
    /// Confidence in the class against truth.
    pub reliability: Vec<ReliabilityStep>,
    /// The six colours.
    pub colours: Vec<ColourScore>,
    /// Items by slot.
    pub items: SlotMap<SlotScore>,
    /// Every look judged, worst first once finished.
    pub cases: Vec<Case>,
}

impl Score {
    /// Nothing judged yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            reliability: vec![ReliabilityStep::default(); RELIABILITY_STEPS],
            colours: vec![ColourScore::default(); COLOUR_COUNT],
            ..Self::default()
        }
    }

    /// Judges one answer against its labels. Labels a look does not have are not judged.
    pub fn add(&mut self, look: &Look, answer: &Analysis) {
        self.looks += 1;
        *self.verdicts.entry(verdict_name(answer.verdict)).or_default() += 1;
        let class_right = look.class.is_some() && answer.class_label == look.class;
        let gender_right = look.gender.is_some() && answer.gender == look.gender;
        if let Some(class) = &look.class {
            self.add_class(class, class_right, answer);
        }
        if look.gender.is_some() {
            self.gender.add(gender_right);
        }
        if look.class.is_some() && look.gender.is_some() {
            self.both.add(class_right && gender_right);
        }
        self.add_colours(look, answer);
        for slot in Slot::ALL {
            self.add_item(slot, look, answer);
        }
        let right = look.class.is_none() || class_right;
        let confidence = answer.confidence.class;
        self.cases.push(Case {
            id: look.id.clone(),
            class: look.class.clone(),
            gender: look.gender,
            answered_class: answer.class_label.clone(),
            answered_gender: answer.gender,
            confidence,
            badness: if right { 1.0 - confidence } else { 1.0 + confidence },
            picture: None,
        });
    }

    fn add_class(&mut self, class: &ClassLabel, right: bool, answer: &Analysis) {
        self.class.add(right);
        self.class_top5.add(answer.class_votes.iter().take(5).any(|vote| vote.label == class.as_str()));
        self.by_class.entry(class.to_string()).or_default().add(right);
        let answered = answer.class_label.as_ref().map_or("", ClassLabel::as_str);
        *self.confusion.entry(class.to_string()).or_default().entry(answered.to_owned()).or_default() += 1;
        if answer.class_label.is_some() {
            let confidence = f64::from(answer.confidence.class.clamp(0.0, 1.0));
            let step = ((confidence * RELIABILITY_STEPS as f64) as usize).min(RELIABILITY_STEPS - 1);
            let step = &mut self.reliability[step];
            step.answers += 1;
            step.confidence_sum += confidence;
            step.right += u64::from(right);
        }
    }

    fn add_colours(&mut self, look: &Look, answer: &Analysis) {
        for (position, truth) in look.colours.iter().enumerate().take(COLOUR_COUNT) {
            let Some(truth) = truth else { continue };
            let score = &mut self.colours[position];
            score.labelled += 1;
            let Some(slot) = answer.color_slots.get(position) else { continue };
            let Some(answered) = slot.hex else { continue };
            let difference = ciede2000(*truth, answered);
            score.differences.push(difference);
            if slot.state == ColourState::Solved {
                score.solved_within_5.add(difference <= 5.0);
            }
        }
    }

    fn add_item(&mut self, slot: Slot, look: &Look, answer: &Analysis) {
        let said = &answer.items[slot];
        let score = &mut self.items[slot];
        match (look.items.get(&slot), said.item_id) {
            (Some(worn), answered) => {
                score.top1.add(answered == Some(*worn));
                score.top5.add(said.candidates.iter().take(5).any(|candidate| candidate.label == *worn));
                if answered.is_some() {
                    score.true_present += 1;
                } else {
                    score.false_empty += 1;
                }
            }
            (None, Some(_)) => score.false_present += 1,
            (None, None) => {}
        }
    }

    /// Sorts the cases, worst first.
    pub fn finish(&mut self) {
        self.cases.sort_by(|left, right| right.badness.total_cmp(&left.badness).then(left.id.cmp(&right.id)));
    }

    /// Expected calibration error of the class confidence, 0 to 1 (Naeini et al. 2015).
    #[must_use]
    pub fn expected_calibration_error(&self) -> f64 {
        let answers: u64 = self.reliability.iter().map(|step| step.answers).sum();
        let gap: f64 =
            self.reliability.iter().map(|step| (step.confidence_sum - step.right as f64).abs()).sum();
        if answers == 0 { 0.0 } else { gap / answers as f64 }
    }

    /// All colour differences, smallest first.
    #[must_use]
    pub fn colour_differences(&self) -> Vec<f32> {
        let mut all: Vec<f32> =
            self.colours.iter().flat_map(|colour| colour.differences.iter().copied()).collect();
        all.sort_by(f32::total_cmp);
        all
    }
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Recognised => "recognised",
        Verdict::Uncertain => "uncertain",
        Verdict::Unknown => "unknown",
    }
}
