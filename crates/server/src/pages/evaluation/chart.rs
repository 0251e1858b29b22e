//! Drawings of an evaluation, as SVG of attributes only: inline styles are forbidden. Each stands beside a
//! table that says the same.

use lorgnon_look::Slot;
use lorgnon_recogniser::evaluate::{Rate, StoredEvaluation};

use crate::language::Language;
use crate::pages::template::escape;
use crate::pages::words::{percent, t};

/// Side of the reliability diagram, and what of it is for the figures at its axes.
const SIDE: f64 = 220.0;
const LEFT: f64 = 36.0;
const BELOW: f64 = 26.0;
const MARGIN: f64 = 8.0;

/// Said against true: points on the line are honest, below it boastful.
pub(super) fn reliability(newest: &StoredEvaluation, language: Language) -> String {
    let most = newest.reliability.iter().map(|step| step.answers).max().unwrap_or(0);
    if most == 0 {
        return String::new();
    }
    let across = |share: f64| LEFT + share * (SIDE - LEFT - MARGIN);
    let down = |share: f64| SIDE - BELOW - share * (SIDE - BELOW - MARGIN);
    let mut html = format!(
        "<svg class=\"reliability\" viewBox=\"0 0 {SIDE} {SIDE}\" role=\"img\" aria-label=\"{}\">",
        escape(t("evaluation.reliability_alt", language))
    );
    for share in [0.0, 0.5, 1.0] {
        html.push_str(&format!(
            "<path class=\"grid\" d=\"M{x0} {y}H{x1}M{x} {y0}V{y1}\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{label}</text><text x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">{label}</text>",
            LEFT - 5.0,
            down(share) + 3.5,
            SIDE - BELOW + 13.0,
            x0 = across(0.0),
            x1 = across(1.0),
            y0 = down(0.0),
            y1 = down(1.0),
            x = across(share),
            y = down(share),
            label = percent(share, 0, language),
            anchor = if share < 0.9 { "middle" } else { "end" },
        ));
    }
    html.push_str(&format!(
        "<path class=\"ideal\" d=\"M{} {}L{} {}\"/>",
        across(0.0),
        down(0.0),
        across(1.0),
        down(1.0)
    ));
    let steps: Vec<(f64, f64, u64)> = newest
        .reliability
        .iter()
        .filter(|step| step.answers > 0)
        .map(|step| {
            let answers = step.answers as f64;
            (step.confidence_sum / answers, step.right as f64 / answers, step.answers)
        })
        .collect();
    let line: Vec<String> =
        steps.iter().map(|(said, right, _)| format!("{:.1} {:.1}", across(*said), down(*right))).collect();
    html.push_str(&format!("<path class=\"line\" d=\"M{}\"/>", line.join("L")));
    for (said, right, answers) in steps {
        // Areas say how many answers; few must still be seen.
        let radius = 2.5 + 5.5 * (answers as f64 / most as f64).sqrt();
        html.push_str(&format!(
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\"><title>{} → {}</title></circle>",
            across(said),
            down(right),
            percent(said, 0, language),
            percent(right, 0, language)
        ));
    }
    html.push_str("</svg>");
    html
}

/// Width and height of the history, stretched to its place.
const WIDE: f64 = 600.0;
const HIGH: f64 = 160.0;

/// Right items of all slots.
pub(super) fn all_items(evaluation: &StoredEvaluation) -> Rate {
    Slot::ALL.iter().filter_map(|slot| evaluation.items.get(slot)).fold(Rate::default(), |sum, score| Rate {
        right: sum.right + score.top1.right,
        of: sum.of + score.top1.of,
    })
}

/// Class, sex and items from the oldest evaluation to the newest; nothing for a single one.
pub(super) fn history(all: &[StoredEvaluation], language: Language) -> String {
    let series: [(&str, &str, Vec<Rate>); 3] = [
        ("class", "evaluation.class", all.iter().rev().map(|one| one.class).collect()),
        ("gender", "evaluation.gender", all.iter().rev().map(|one| one.gender).collect()),
        ("items", "evaluation.items", all.iter().rev().map(all_items).collect()),
    ];
    if all.len() < 2 {
        return format!("<p class=\"muted\">{}</p>", escape(t("evaluation.one_only", language)));
    }
    // What is nearly always right is looked at closely: the axis begins at a round share below the least.
    let shares = series.iter().flat_map(|(_, _, rates)| rates).filter(|rate| rate.of > 0).map(Rate::share);
    let least = (shares.fold(1.0, f64::min) * 5.0 - 0.25).floor().clamp(0.0, 4.0) / 5.0;
    let across = |at: usize| MARGIN + at as f64 * (WIDE - 2.0 * MARGIN) / (all.len() - 1) as f64;
    let down = |share: f64| MARGIN + (1.0 - share) / (1.0 - least) * (HIGH - 2.0 * MARGIN);
    let mut html = format!(
        "<div class=\"trend\"><span class=\"top-label\">{}</span><span class=\"bottom-label\">{}</span>\
         <svg viewBox=\"0 0 {WIDE} {HIGH}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">\
         <path class=\"grid\" d=\"M0 {top}H{WIDE}M0 {bottom}H{WIDE}\"/>",
        percent(1.0, 0, language),
        percent(least, 0, language),
        escape(t("evaluation.history_alt", language)),
        top = down(1.0),
        bottom = down(least),
    );
    let mut legend = String::new();
    for (class, key, rates) in &series {
        let points: Vec<String> = rates
            .iter()
            .enumerate()
            .filter(|(_, rate)| rate.of > 0)
            .map(|(at, rate)| format!("{:.1} {:.1}", across(at), down(rate.share())))
            .collect();
        if points.is_empty() {
            continue;
        }
        html.push_str(&format!("<path class=\"{class}\" d=\"M{}\"/>", points.join("L")));
        // Round ends of no length stay round however the drawing is stretched.
        let dots: String = points.iter().map(|point| format!("M{point}h.01")).collect();
        html.push_str(&format!("<path class=\"{class} dots\" d=\"{dots}\"/>"));
        legend.push_str(&format!("<span><i class=\"key {class}\"></i>{}</span> ", escape(t(key, language))));
    }
    html.push_str(&format!("</svg></div><p class=\"legend small muted\">{legend}</p>"));
    html
}

#[cfg(test)]
mod tests {
    use lorgnon_recogniser::evaluate::Score;

    use super::*;

    #[test]
    fn a_history_is_drawn_from_old_to_new() {
        let evaluation = |right| {
            let mut one = StoredEvaluation::new(&Score::new(), 0, "m", "d", None);
            one.class = Rate { right, of: 10 };
            one
        };
        assert!(!history(&[evaluation(9)], Language::English).contains("<svg"));
        let drawn = history(&[evaluation(10), evaluation(9)], Language::English);
        // Higher up the page is better: the newest, at the right, stands above.
        let line = drawn.split("class=\"class\" d=\"M").nth(1).unwrap().split('"').next().unwrap();
        let heights: Vec<f64> =
            line.split('L').map(|point| point.split(' ').nth(1).unwrap().parse().unwrap()).collect();
        assert!(heights[0] > heights[1], "{line}");
        assert!(drawn.contains(">80%<") && !drawn.contains("class=\"gender\""), "{drawn}");
    }

    #[test]
    fn what_was_never_answered_is_not_drawn() {
        let newest = StoredEvaluation::new(&Score::new(), 0, "m", "d", None);
        assert_eq!(reliability(&newest, Language::French), "");
    }
}
