//! One answer, in every format.

use lorgnon_look::{Gender, Slot};
use lorgnon_recogniser::{Analysis, ColourSlotAnswer, ColourState, ItemAnswer, Verdict};
use serde::Serialize;

use crate::output::Record;

/// What is said of one picture.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    image: String,
    #[serde(flatten)]
    said: Said,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Said {
    Found(Box<Analysis>),
    Failed { error: String },
}

impl Answer {
    pub(super) fn found(image: String, analysis: Analysis) -> Self {
        Self { image, said: Said::Found(Box::new(analysis)) }
    }

    pub(super) fn failed(image: String, error: String) -> Self {
        Self { image, said: Said::Failed { error } }
    }

    pub(super) fn is_error(&self) -> bool {
        matches!(self.said, Said::Failed { .. })
    }
}

impl Record for Answer {
    const COLUMNS: &'static [&'static str] = &[
        "image",
        "error",
        "verdict",
        "class",
        "classProbability",
        "gender",
        "genderProbability",
        "colour1",
        "colour2",
        "colour3",
        "colour4",
        "colour5",
        "colour6",
        "coiffe",
        "cape",
        "bouclier",
        "familier",
        "epauliere",
        "costume",
        "ailes",
        "neighbour",
        "similarity",
    ];

    fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.image.clone()];
        match &self.said {
            Said::Failed { error } => {
                cells.push(error.clone());
                cells.resize(Self::COLUMNS.len(), String::new());
            }
            Said::Found(analysis) => {
                cells.push(String::new());
                cells.push(verdict(analysis.verdict).to_owned());
                cells.push(class(analysis));
                cells.push(format!("{:.4}", analysis.confidence.class));
                cells.push(gender(analysis.gender).to_owned());
                cells.push(format!("{:.4}", analysis.confidence.gender));
                for position in 0..6 {
                    let hex = analysis.color_slots.get(position).and_then(|slot| slot.hex);
                    cells.push(hex.map_or_else(String::new, |hex| hex.to_string()));
                }
                for slot in Slot::ALL {
                    let item = analysis.items[slot].item_id;
                    cells.push(item.map_or_else(String::new, |item| item.to_string()));
                }
                let nearest = analysis.neighbors.first();
                cells.push(nearest.map_or_else(String::new, |vote| vote.example_id.clone()));
                cells.push(nearest.map_or_else(String::new, |vote| format!("{:.4}", vote.weight)));
            }
        }
        cells
    }

    fn human(&self) -> String {
        match &self.said {
            Said::Failed { error } => format!("{}\n  error      {error}", self.image),
            Said::Found(analysis) => format!("{}\n{}", self.image, describe(analysis)),
        }
    }
}

fn describe(analysis: &Analysis) -> String {
    let mut lines = vec![format!("  verdict    {}", verdict(analysis.verdict))];
    if analysis.class_label.is_some() {
        lines.push(format!("  class      {} {}", class(analysis), percent(analysis.confidence.class)));
    }
    if analysis.gender.is_some() {
        lines.push(format!(
            "  sex        {} {}",
            gender(analysis.gender),
            percent(analysis.confidence.gender)
        ));
    }
    let colours: Vec<String> = analysis.color_slots.iter().map(colour).collect();
    lines.push(format!("  colours    {}", colours.join(" ")));
    for slot in Slot::ALL {
        if let Some(worn) = item(&analysis.items[slot]) {
            lines.push(format!("  {:<10} {worn}", slot.as_str()));
        }
    }
    let near: Vec<String> =
        analysis.neighbors.iter().map(|vote| format!("{} ({:.2})", vote.label, vote.weight)).collect();
    if !near.is_empty() {
        lines.push(format!("  like       {}", near.join(", ")));
    }
    lines.join("\n")
}

/// A solved colour as it is, an uncertain one with `?`, `-` where none is known.
fn colour(slot: &ColourSlotAnswer) -> String {
    match (slot.hex, slot.state) {
        (Some(hex), ColourState::Solved) => hex.to_string(),
        (Some(hex), ColourState::Uncertain | ColourState::Unknown) => format!("{hex}?"),
        (None, _) => "-".to_owned(),
    }
}

fn item(answer: &ItemAnswer) -> Option<String> {
    let worn = answer.item_id?;
    let candidate = answer.candidates.iter().find(|candidate| candidate.label == worn);
    let name = candidate.and_then(|candidate| candidate.name.as_ref());
    let shown = name.map_or_else(|| worn.to_string(), |name| format!("{name} ({worn})"));
    Some(format!("{shown} {}", percent(answer.score)))
}

fn class(analysis: &Analysis) -> String {
    analysis.class_label.as_ref().map_or_else(String::new, |class| class.as_str().to_owned())
}

fn gender(gender: Option<Gender>) -> &'static str {
    match gender {
        Some(Gender::Male) => "m",
        Some(Gender::Female) => "f",
        None => "",
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Recognised => "recognised",
        Verdict::Uncertain => "uncertain",
        Verdict::Unknown => "unknown",
    }
}

fn percent(share: f32) -> String {
    format!("{:.0} %", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_picture_is_its_name_and_its_error_in_every_format() {
        let answer = Answer::failed("a, b.png".to_owned(), "not a picture".to_owned());
        assert!(answer.is_error());
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"image":"a, b.png","error":"not a picture"}"#
        );
        assert_eq!(answer.cells().len(), Answer::COLUMNS.len());
        assert!(answer.human().contains("not a picture"));
    }

    #[test]
    fn the_columns_name_the_slots_in_their_order() {
        let first = Answer::COLUMNS.iter().position(|column| *column == "coiffe").unwrap();
        let slots: Vec<&str> = Slot::ALL.iter().map(|slot| slot.as_str()).collect();
        assert_eq!(Answer::COLUMNS[first..first + slots.len()], slots);
    }
}
