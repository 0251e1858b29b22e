//! `/evaluation`: how right the answers are, class by class, and where data is thin. Readable without
//! JavaScript.

mod advice;
mod chart;
mod matrix;

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use lorgnon_look::{ClassLabel, Gender};
use lorgnon_recogniser::evaluate::{Case, Rate, StoredEvaluation};

use super::layout::{Page, look_address, remember_language};
use super::template::{Values, escape, percent_encode, render};
use super::time;
use super::words::{class_name, decimal, integer, percent, slot_word, t};
use crate::error::ApiResult;
use crate::language::Language;
use crate::public_name::model_name;
use crate::state::AppState;
use advice::Counts;

const TEMPLATE: &str = include_str!("../assets/evaluation.html");

/// The page as things stand.
pub(crate) async fn show(State(state): State<AppState>, language: Language, uri: Uri) -> ApiResult<Response> {
    let (evaluations, counts, known) = state
        .read_looks(|looks| {
            let evaluations = looks.backend.evaluations()?;
            let mut known = BTreeSet::new();
            // Looks of a test export are not in the index: they have no page.
            for case in evaluations.first().into_iter().flat_map(|newest| &newest.worst) {
                if looks.backend.look(&case.id)?.is_some() {
                    known.insert(case.id.clone());
                }
            }
            Ok((evaluations, Counts::of(looks)?, known))
        })
        .await?;
    let base = &state.base_path;
    let figures = match evaluations.first() {
        Some(newest) => Writer { language, base, known }.figures(newest, &evaluations),
        None => format!("<p class=\"notice\">{}</p>", escape(t("evaluation.never", language))),
    };
    let values = Values::default()
        .with("base", base.as_str())
        .with("figures", figures)
        .with("thin", counts.advice(base, language));
    let content = render(TEMPLATE, language, &values);
    let page = Page {
        title: "title.evaluation",
        content,
        script: Some("evaluation.js"),
        style: Some("figures.css"),
        address: "/evaluation",
        head: "",
    };
    Ok(remember_language(Language::from_query(&uri), base, page.into_response(&state, language)))
}

/// Writes the figures of an evaluation.
struct Writer<'a> {
    language: Language,
    base: &'a str,
    /// Looks that have a page.
    known: BTreeSet<String>,
}

impl Writer<'_> {
    fn t(&self, key: &str) -> String {
        escape(t(key, self.language))
    }

    fn rate(&self, rate: Rate) -> String {
        if rate.of == 0 { "–".to_owned() } else { percent(rate.share(), 1, self.language) }
    }

    fn count(&self, count: u64) -> String {
        integer(count, self.language)
    }

    fn figures(&self, newest: &StoredEvaluation, all: &[StoredEvaluation]) -> String {
        let card = |key: &str, body: String| {
            let id = key.strip_prefix("evaluation.").unwrap_or(key);
            format!("<section class=\"card\" id=\"{id}\"><h2>{}</h2>{body}</section>", self.t(key))
        };
        let mut html = self.summary(newest);
        html.push_str("<div class=\"figures-grid\">");
        html.push_str(&card("evaluation.by_class", self.classes(newest)));
        html.push_str(&card("evaluation.reliability", self.reliability(newest)));
        html.push_str(&card("evaluation.by_colour", self.colours(newest)));
        html.push_str(&card("evaluation.by_slot", self.slots(newest)));
        html.push_str("</div>");
        html.push_str(&card("evaluation.confusion", matrix::confusion(newest, self.language)));
        html.push_str(&card("evaluation.worst", self.worst(newest)));
        let chart = chart::history(all, self.language);
        html.push_str(&card("evaluation.history", chart + &self.history(all)));
        html
    }

    fn summary(&self, newest: &StoredEvaluation) -> String {
        let mut html = "<section class=\"card\"><div class=\"big-figures\">".to_owned();
        for (key, rate) in [
            ("evaluation.class", newest.class),
            ("evaluation.gender", newest.gender),
            ("evaluation.both", newest.both),
        ] {
            html.push_str(&format!(
                "<p><strong>{}</strong> {} <span class=\"muted small\">{} / {}</span></p>",
                self.rate(rate),
                self.t(key),
                self.count(rate.right),
                self.count(rate.of)
            ));
        }
        html.push_str("</div><dl class=\"facts\">");
        let on = match newest.folds {
            Some(folds) => format!("{} – {folds} {}", escape(&newest.dataset), self.t("evaluation.folds")),
            None => escape(&newest.dataset),
        };
        for (key, value) in [
            ("evaluation.when", time::element(newest.at)),
            ("evaluation.on", on),
            ("evaluation.model", format!("<code>{}</code>", escape(&model_name(&newest.model)))),
            ("evaluation.judged", self.count(newest.looks)),
            ("evaluation.failed", self.count(newest.failed)),
            ("evaluation.calibration", percent(newest.calibration_error, 1, self.language)),
        ] {
            html.push_str(&format!("<div><dt>{}</dt><dd>{value}</dd></div>", self.t(key)));
        }
        html.push_str("</dl></section>");
        html
    }

    fn table(&self, heads: &[&str], label: &str, rows: &[Vec<String>]) -> String {
        let heads: String =
            heads.iter().map(|head| format!("<th scope=\"col\">{}</th>", self.t(head))).collect();
        let mut body = String::new();
        for row in rows {
            let (first, others) =
                row.split_first().map_or(("", &[][..]), |(first, others)| (first.as_str(), others));
            body.push_str(&format!("<tr><th scope=\"row\">{first}</th>"));
            others.iter().for_each(|cell| body.push_str(&format!("<td>{cell}</td>")));
            body.push_str("</tr>");
        }
        format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>",
            self.t(label)
        )
    }

    /// A bar beside its figures; SVG attributes, as inline styles are forbidden.
    fn bar(&self, rate: Rate) -> String {
        format!(
            "<svg class=\"share\" viewBox=\"0 0 100 8\" width=\"100\" height=\"8\" aria-hidden=\"true\"><rect class=\"all\" width=\"100\" height=\"8\" rx=\"4\"/><rect class=\"part\" width=\"{:.0}\" height=\"8\" rx=\"4\"/></svg> {}",
            100.0 * rate.share(),
            self.rate(rate)
        )
    }

    fn classes(&self, newest: &StoredEvaluation) -> String {
        let mut sorted: Vec<_> = newest.by_class.iter().collect();
        // What needs work comes first.
        sorted.sort_by(|(_, one), (_, other)| one.share().total_cmp(&other.share()));
        let rows: Vec<Vec<String>> = sorted
            .into_iter()
            .map(|(class, rate)| {
                let name = class_name(&ClassLabel::new(class), self.language);
                vec![
                    escape(&name),
                    self.bar(*rate),
                    format!("{} / {}", self.count(rate.right), self.count(rate.of)),
                ]
            })
            .collect();
        self.table(
            &["evaluation.class", "evaluation.right", "evaluation.judged"],
            "evaluation.by_class",
            &rows,
        )
    }

    fn reliability(&self, newest: &StoredEvaluation) -> String {
        let steps = newest.reliability.iter().filter(|step| step.answers > 0);
        let rows: Vec<Vec<String>> = steps
            .map(|step| {
                let said = step.confidence_sum / step.answers as f64;
                let right = Rate { right: step.right, of: step.answers };
                vec![percent(said, 1, self.language), self.bar(right), self.count(step.answers)]
            })
            .collect();
        if rows.is_empty() {
            return format!("<p class=\"muted\">{}</p>", self.t("evaluation.no_labels"));
        }
        format!(
            "{}<p class=\"muted small\">{}</p><details><summary>{}</summary>{}</details>",
            chart::reliability(newest, self.language),
            self.t("evaluation.reliability_help"),
            self.t("evaluation.as_table"),
            self.table(
                &["evaluation.said", "evaluation.right", "evaluation.answers"],
                "evaluation.reliability",
                &rows,
            )
        )
    }

    fn colours(&self, newest: &StoredEvaluation) -> String {
        let rows: Vec<Vec<String>> = (1..)
            .zip(&newest.colours)
            .filter(|(_, figures)| figures.labelled > 0)
            .map(|(slot, figures)| {
                let median = figures
                    .median
                    .map_or_else(|| "–".to_owned(), |value| decimal(f64::from(value), 1, self.language));
                vec![self.t(&format!("js.colour.{slot}")), self.bar(figures.within5), median]
            })
            .collect();
        self.table(
            &["look.colours", "evaluation.within5", "evaluation.median"],
            "evaluation.by_colour",
            &rows,
        )
    }

    fn slots(&self, newest: &StoredEvaluation) -> String {
        let rows: Vec<Vec<String>> = newest
            .items
            .iter()
            .filter(|(_, score)| score.top1.of > 0)
            .map(|(slot, score)| {
                vec![
                    escape(slot_word(*slot, self.language)),
                    self.bar(score.top1),
                    self.rate(score.top5),
                    decimal(score.presence_f1(), 2, self.language),
                ]
            })
            .collect();
        self.table(
            &["looks.slot", "evaluation.top1", "evaluation.top5", "evaluation.presence"],
            "evaluation.by_slot",
            &rows,
        )
    }

    /// What was wrong, with its pictures; where nothing was, what was least sure.
    fn worst(&self, newest: &StoredEvaluation) -> String {
        let is_wrong = |case: &&Case| case.class.is_some() && case.class != case.answered_class;
        let wrong: Vec<&Case> = newest.worst.iter().filter(is_wrong).collect();
        let (lead, cases) = if wrong.is_empty() {
            ("evaluation.worst_right", newest.worst.iter().collect())
        } else {
            ("evaluation.worst_wrong", wrong)
        };
        let cards: String = cases.into_iter().map(|case| self.case(case)).collect();
        format!("<p class=\"muted\">{}</p><ul class=\"look-grid\">{cards}</ul>", self.t(lead))
    }

    fn case(&self, case: &Case) -> String {
        let known = self.known.contains(&case.id);
        let source = match &case.picture {
            Some(picture) => Some(format!("evaluations/pictures/{}", percent_encode(picture))),
            None => known.then(|| format!("looks/{}/thumbnail", percent_encode(&case.id))),
        };
        let picture = source.map_or_else(
            || "<span class=\"no-picture\" aria-hidden=\"true\"></span>".to_owned(),
            |source| {
                format!(
                    "<img src=\"{}/api/{source}\" alt=\"\" width=\"128\" height=\"128\" loading=\"lazy\">",
                    self.base
                )
            },
        );
        let answered = if case.class == case.answered_class {
            self.t("evaluation.was_known")
        } else if case.answered_class.is_none() {
            self.t("evaluation.not_known")
        } else {
            format!(
                "{} <strong>{}</strong>",
                self.t("evaluation.taken_for"),
                self.who(case.answered_class.as_ref(), case.answered_gender)
            )
        };
        let sure = case.answered_class.as_ref().map_or_else(String::new, |_| {
            let share = percent(f64::from(case.confidence), 0, self.language);
            format!("<span class=\"muted small\">{} {share}</span>", self.t("evaluation.sure"))
        });
        let inside = format!(
            "{picture}<span class=\"who\">{}</span><span>{answered}</span>{sure}<span class=\"muted id\">{}</span>",
            self.who(case.class.as_ref(), case.gender),
            escape(&case.id)
        );
        if known {
            let address = look_address(&case.id);
            format!("<li><a class=\"look\" href=\"{}{address}\">{inside}</a></li>", self.base)
        } else {
            format!("<li><div class=\"look\">{inside}</div></li>")
        }
    }

    fn who(&self, class: Option<&ClassLabel>, gender: Option<Gender>) -> String {
        let class = class.map_or_else(
            || t("evaluation.no_class", self.language).to_owned(),
            |class| class_name(class, self.language),
        );
        let gender = gender.map_or("", |gender| match gender {
            Gender::Male => " ♂",
            Gender::Female => " ♀",
        });
        escape(&(class + gender))
    }

    fn history(&self, all: &[StoredEvaluation]) -> String {
        let rows: Vec<Vec<String>> = all
            .iter()
            .map(|evaluation| {
                vec![
                    time::element(evaluation.at),
                    escape(&evaluation.dataset),
                    format!("<code>{}</code>", escape(&model_name(&evaluation.model))),
                    self.count(evaluation.looks),
                    self.rate(evaluation.class),
                    self.rate(evaluation.gender),
                    self.rate(chart::all_items(evaluation)),
                ]
            })
            .collect();
        let heads = [
            "evaluation.when",
            "evaluation.on",
            "evaluation.model",
            "evaluation.judged",
            "evaluation.class",
            "evaluation.gender",
            "evaluation.items",
        ];
        self.table(&heads, "evaluation.history", &rows)
    }
}
