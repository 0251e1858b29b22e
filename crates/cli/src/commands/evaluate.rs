//! `evaluate`: accuracy on labelled looks.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use lorgnon_dataset::Dataset;
use lorgnon_look::Slot;
use lorgnon_recogniser::Recogniser;
use lorgnon_recogniser::evaluate::{
    Evaluation, Rate, ReportLanguage, Score, StoredEvaluation, cross_validate, evaluate, store_evaluation,
    write_report,
};

use crate::outcome::Outcome;
use crate::output::{Record, say, write_document};
use crate::progress_bar::Display;
use crate::settings::{Language, Settings};
use crate::{interrupt, wiring};

/// Judges the index and prints the figures.
pub(super) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    let catalogue = wiring::catalogue(settings)?;
    let path = settings.test.as_ref().unwrap_or(&settings.dataset);
    let dataset = wiring::dataset(path, settings, &catalogue)?;
    wiring::start_threads(settings)?;
    let recogniser = wiring::recogniser(settings)?;
    interrupt::catch()?;
    let folds = settings.test.is_none().then_some(settings.folds);
    let evaluation = judge(&recogniser, &dataset, folds)?;
    write_document(settings.format, &evaluation.score)?;
    remember(settings, &recogniser, path, folds, &evaluation)?;
    if let Some(folder) = &settings.report {
        let language = match settings.language {
            Language::Fr => ReportLanguage::French,
            Language::En => ReportLanguage::English,
        };
        write_report(&evaluation, folder, language)
            .with_context(|| format!("cannot write the report into `{}`", folder.display()))?;
        say(&format!("report: {}", folder.join("index.html").display()));
    }
    Ok(Outcome::with_failures(evaluation.score.failed))
}

/// Keeps the figures beside the index, for the pages.
pub(super) fn remember(
    settings: &Settings,
    recogniser: &Recogniser,
    dataset: &Path,
    folds: Option<u32>,
    evaluation: &Evaluation,
) -> anyhow::Result<()> {
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let name = dataset.file_name().unwrap_or_default().to_string_lossy();
    let at_ms = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
    let stored = StoredEvaluation::new(&evaluation.score, at_ms, recogniser.version(), &name, folds);
    store_evaluation(&settings.cache, evaluation, stored)
        .with_context(|| format!("cannot keep the evaluation in `{}`", settings.cache.display()))
}

/// Judges on an export; with `folds`, by models fitted without the looks they judge.
pub(super) fn judge(
    recogniser: &Recogniser,
    dataset: &Dataset,
    folds: Option<u32>,
) -> anyhow::Result<Evaluation> {
    let display = Display::new("judging", dataset.count());
    let result = match folds {
        None => evaluate(recogniser, dataset, &display),
        Some(folds) => cross_validate(recogniser, dataset, folds, &display),
    };
    display.finish();
    Ok(result?)
}

impl Record for Score {
    const COLUMNS: &'static [&'static str] = &[
        "looks",
        "failed",
        "class",
        "gender",
        "both",
        "calibrationError",
        "colourMedian",
        "colourP90",
        "items",
    ];

    fn cells(&self) -> Vec<String> {
        let differences = self.colour_differences();
        vec![
            self.looks.to_string(),
            self.failed.to_string(),
            share(self.class),
            share(self.gender),
            share(self.both),
            format!("{:.4}", self.expected_calibration_error()),
            quantile(&differences, 50),
            quantile(&differences, 90),
            share(all_items(self)),
        ]
    }

    fn human(&self) -> String {
        let differences = self.colour_differences();
        let mut lines = vec![
            format!("looks      {} judged, {} unreadable", self.looks, self.failed),
            format!("class      {}", rate(self.class)),
            format!("sex        {}", rate(self.gender)),
            format!("both       {}", rate(self.both)),
            format!(
                "calibrated within {:.3} (expected calibration error)",
                self.expected_calibration_error()
            ),
        ];
        if !differences.is_empty() {
            lines.push(format!(
                "colours    CIEDE2000 {} median, {} at 90 %",
                quantile(&differences, 50),
                quantile(&differences, 90)
            ));
        }
        if all_items(self).of > 0 {
            lines.push(format!("items      {}", rate(all_items(self))));
        }
        for slot in Slot::ALL {
            let score = &self.items[slot];
            if score.top1.of > 0 {
                let worn = format!("worn or not: F1 {:.2}", score.presence_f1());
                lines.push(format!("  {:<9}{}, {worn}", slot.as_str(), rate(score.top1)));
            }
        }
        lines.join("\n")
    }
}

fn all_items(score: &Score) -> Rate {
    Slot::ALL.iter().fold(Rate::default(), |sum, slot| {
        let one = score.items[*slot].top1;
        Rate { right: sum.right + one.right, of: sum.of + one.of }
    })
}

fn rate(rate: Rate) -> String {
    if rate.of == 0 {
        "no labels".to_owned()
    } else {
        format!("{:.1} % ({} of {})", 100.0 * rate.share(), rate.right, rate.of)
    }
}

fn share(rate: Rate) -> String {
    if rate.of == 0 { String::new() } else { format!("{:.4}", rate.share()) }
}

/// A quantile of sorted values; empty where there are none.
fn quantile(sorted: &[f32], percent: usize) -> String {
    let last = sorted.len().saturating_sub(1);
    sorted.get(last * percent / 100).map_or_else(String::new, |value| format!("{value:.2}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_only_where_there_are_labels() {
        let score = Score::new();
        assert!(score.human().contains("no labels"));
        assert_eq!(score.cells().len(), Score::COLUMNS.len());
        assert_eq!(quantile(&[], 50), "");
        assert_eq!(quantile(&[1.0, 2.0, 3.0], 50), "2.00");
        assert_eq!(rate(Rate { right: 1, of: 2 }), "50.0 % (1 of 2)");
    }
}
