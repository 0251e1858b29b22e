//! The confusion matrix: a table that reads like a picture.

use std::collections::BTreeSet;

use lorgnon_look::ClassLabel;
use lorgnon_recogniser::evaluate::StoredEvaluation;

use crate::language::Language;
use crate::pages::template::escape;
use crate::pages::words::{class_name, integer, t};

/// Shades of a cell, above none.
const SHADES: u64 = 5;

fn name(label: &str, language: Language) -> String {
    if label.is_empty() {
        t("evaluation.no_class", language).to_owned()
    } else {
        class_name(&ClassLabel::new(label), language)
    }
}

/// Which classes were labelled (down) and answered (across); "" for nothing comes last.
fn matrix(newest: &StoredEvaluation, language: Language) -> String {
    let mut rows: Vec<&str> = newest.confusion.keys().map(String::as_str).collect();
    let answered: BTreeSet<&str> =
        newest.confusion.values().flat_map(|answers| answers.keys().map(String::as_str)).collect();
    let by_name =
        |labels: &mut Vec<&str>| labels.sort_by_key(|label| (label.is_empty(), name(label, language)));
    by_name(&mut rows);
    let mut columns: Vec<&str> =
        rows.iter().copied().chain(answered).collect::<BTreeSet<_>>().into_iter().collect();
    by_name(&mut columns);
    let heads: String = columns
        .iter()
        .map(|column| format!("<th scope=\"col\"><span>{}</span></th>", escape(&name(column, language))))
        .collect();
    let mut body = String::new();
    for row in rows {
        let answers = &newest.confusion[row];
        let all: u64 = answers.values().sum();
        body.push_str(&format!("<tr><th scope=\"row\">{}</th>", escape(&name(row, language))));
        for column in &columns {
            let times = answers.get(*column).copied().unwrap_or(0);
            if times == 0 {
                body.push_str("<td></td>");
                continue;
            }
            let shade = (times * SHADES).div_ceil(all.max(1)).min(SHADES);
            let kind = if *column == row { "right" } else { "wrong" };
            body.push_str(&format!(
                "<td class=\"{kind} shade-{shade}\" title=\"{} → {}\">{}</td>",
                escape(&name(row, language)),
                escape(&name(column, language)),
                integer(times, language)
            ));
        }
        body.push_str("</tr>");
    }
    format!(
        "<p class=\"muted\">{help}</p><div class=\"matrix-and-words\"><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\"><table class=\"matrix\">\
         <thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table></div>",
        label = escape(t("evaluation.confusion", language)),
        help = escape(t("evaluation.matrix_help", language)),
    )
}

/// Most confusions that are told in words.
const TOLD: usize = 12;

/// The matrix, and below it the wrong pairs in words, most frequent first.
pub(super) fn confusion(newest: &StoredEvaluation, language: Language) -> String {
    if newest.confusion.is_empty() {
        return format!("<p class=\"muted\">{}</p>", escape(t("evaluation.no_labels", language)));
    }
    let mut pairs: Vec<(u64, &str, &str)> = newest
        .confusion
        .iter()
        .flat_map(|(class, answers)| {
            let wrong = answers.iter().filter(move |(answered, _)| *answered != class);
            wrong.map(move |(answered, times)| (*times, class.as_str(), answered.as_str()))
        })
        .collect();
    pairs.sort_by(|one, other| other.0.cmp(&one.0).then(one.cmp(other)));
    let mut html = matrix(newest, language);
    if pairs.is_empty() {
        html.push_str(&format!("<p>{}</p></div>", escape(t("evaluation.no_confusion", language))));
        return html;
    }
    html.push_str("<ul class=\"confusions\">");
    for (times, class, answered) in pairs.iter().take(TOLD) {
        let words = if answered.is_empty() { "evaluation.not_known" } else { "evaluation.taken_for" };
        let taken_for = if answered.is_empty() {
            String::new()
        } else {
            format!(" <strong>{}</strong>", escape(&name(answered, language)))
        };
        html.push_str(&format!(
            "<li><strong>{}</strong> {}{taken_for} <span class=\"muted\">× {}</span></li>",
            escape(&name(class, language)),
            escape(t(words, language)),
            integer(*times, language)
        ));
    }
    html.push_str("</ul></div>");
    html
}

#[cfg(test)]
mod tests {
    use lorgnon_recogniser::evaluate::Score;

    use super::*;

    #[test]
    fn every_class_has_a_row_and_what_was_answered_a_column() {
        let mut newest = StoredEvaluation::new(&Score::new(), 0, "m", "test.jsonl", None);
        assert!(confusion(&newest, Language::French).contains("étiquet"));
        for (class, answered, times) in [("Iop", "Iop", 9), ("Iop", "", 1), ("Crâ", "Sram", 3)] {
            newest.confusion.entry(class.to_owned()).or_default().insert(answered.to_owned(), times);
        }
        let html = confusion(&newest, Language::French);
        assert_eq!(html.matches("scope=\"row\"").count(), 2);
        assert_eq!(html.matches("scope=\"col\"").count(), 4);
        assert!(html.contains("<td class=\"right shade-5\" title=\"Iop → Iop\">9</td>"), "{html}");
        assert!(html.contains("<td class=\"wrong shade-1\" title=\"Iop → inconnu\">1</td>"), "{html}");
        // The most frequent confusion is told first.
        assert!(html.find("<strong>Sram</strong>").unwrap() < html.rfind("<strong>Iop</strong>").unwrap());
    }
}
