//! `/evaluation`: how right the answers are, class by class, and where data is thin. Readable without
//! JavaScript.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use lorgnon_look::{ItemId, Slot, SlotMap};
use lorgnon_recogniser::evaluate::{Rate, StoredEvaluation};

use super::layout::{Page, look_address, remember_language};
use super::template::{Values, escape, percent_encode, render};
use super::texts::text;
use super::time;
use crate::error::ApiResult;
use crate::language::Language;
use crate::looks::Looks;
use crate::public_name::model_name;
use crate::state::AppState;

const TEMPLATE: &str = include_str!("../assets/evaluation.html");
/// A class, or a slot, with fewer looks than this is hard to learn.
const FEW: usize = 10;

/// The page as things stand.
pub(crate) async fn show(State(state): State<AppState>, language: Language, uri: Uri) -> ApiResult<Response> {
    let (evaluations, counts, known) = state
        .read_looks(|looks| {
            let evaluations = looks.backend.evaluations()?;
            let mut known = BTreeSet::new();
            // Looks of a test export are not in the index: they have no page and no picture.
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
    let values = Values::default().with("figures", figures).with("thin", counts.advice(language));
    let content = render(TEMPLATE, language, &values);
    let page = Page {
        title: "title.evaluation",
        content,
        script: Some("evaluation.js"),
        address: "/evaluation",
        head: "",
    };
    Ok(remember_language(Language::from_query(&uri), base, page.into_response(&state, language)))
}

fn t(key: &str, language: Language) -> &'static str {
    text(key, language).unwrap_or_default()
}

/// How many looks teach what.
#[derive(Default)]
struct Counts {
    classes: BTreeMap<String, usize>,
    items: SlotMap<BTreeMap<ItemId, usize>>,
}

impl Counts {
    fn of(looks: &Looks<'_>) -> ApiResult<Self> {
        let mut counts = Self::default();
        looks.visit(&mut |stored| {
            if stored.standing != crate::backend::Standing::Removed {
                if let Some(class) = &stored.look.class {
                    *counts.classes.entry(class.to_string()).or_default() += 1;
                }
                for (slot, item) in &stored.look.items {
                    *counts.items[*slot].entry(*item).or_default() += 1;
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(counts)
    }

    fn advice(&self, language: Language) -> String {
        let mut rows = Vec::new();
        for (class, count) in self.classes.iter().filter(|(_, count)| **count < FEW) {
            rows.push(format!(
                "<strong>{}</strong> : {count} {}",
                escape(class),
                t("evaluation.looks", language)
            ));
        }
        for (slot, items) in self.items.iter() {
            let looks: usize = items.values().sum();
            let single = items.values().filter(|count| **count == 1).count();
            let name = escape(t(&format!("js.slot.{slot}"), language));
            if looks < FEW {
                rows.push(format!(
                    "<strong>{name}</strong> : {looks} {}",
                    escape(t("evaluation.examples", language))
                ));
            } else if single > 0 {
                rows.push(format!(
                    "<strong>{name}</strong> : {single} {}",
                    escape(t("evaluation.single", language))
                ));
            }
        }
        if rows.is_empty() {
            return format!("<p>{}</p>", escape(t("evaluation.enough", language)));
        }
        let rows: String = rows.into_iter().map(|row| format!("<li>{row}</li>")).collect();
        format!("<ul class=\"plain\">{rows}</ul>")
    }
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

    fn decimal(&self, value: f64, places: usize) -> String {
        let text = format!("{value:.places$}");
        match self.language {
            Language::French => text.replace('.', ","),
            Language::English => text,
        }
    }

    fn percent(&self, rate: Rate) -> String {
        if rate.of == 0 { "–".to_owned() } else { format!("{} %", self.decimal(100.0 * rate.share(), 1)) }
    }

    fn figures(&self, newest: &StoredEvaluation, all: &[StoredEvaluation]) -> String {
        let card = |key: &str, body: String| {
            format!("<section class=\"card\"><h2>{}</h2>{body}</section>", self.t(key))
        };
        let mut html = self.summary(newest);
        html.push_str("<div class=\"figures-grid\">");
        html.push_str(&card("evaluation.by_class", self.classes(newest)));
        html.push_str(&card("evaluation.reliability", self.reliability(newest)));
        html.push_str(&card("evaluation.by_colour", self.colours(newest)));
        html.push_str(&card("evaluation.by_slot", self.slots(newest)));
        html.push_str("</div>");
        html.push_str(&card("evaluation.confusion", self.confusion(newest)));
        html.push_str(&card("evaluation.worst", self.worst(newest)));
        html.push_str(&card("evaluation.history", self.history(all)));
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
                self.percent(rate),
                self.t(key),
                rate.right,
                rate.of
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
            ("evaluation.judged", newest.looks.to_string()),
            ("evaluation.failed", newest.failed.to_string()),
            ("evaluation.calibration", self.decimal(newest.calibration_error, 3)),
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
            self.percent(rate)
        )
    }

    fn classes(&self, newest: &StoredEvaluation) -> String {
        let mut sorted: Vec<_> = newest.by_class.iter().collect();
        // What needs work comes first.
        sorted.sort_by(|(_, one), (_, other)| one.share().total_cmp(&other.share()));
        let rows: Vec<Vec<String>> = sorted
            .into_iter()
            .map(|(class, rate)| {
                vec![escape(class), self.bar(*rate), format!("{} / {}", rate.right, rate.of)]
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
                vec![
                    format!("{} %", self.decimal(100.0 * said, 1)),
                    self.bar(right),
                    step.answers.to_string(),
                ]
            })
            .collect();
        self.table(
            &["evaluation.said", "evaluation.right", "evaluation.answers"],
            "evaluation.reliability",
            &rows,
        )
    }

    fn colours(&self, newest: &StoredEvaluation) -> String {
        let rows: Vec<Vec<String>> = (1..)
            .zip(&newest.colours)
            .filter(|(_, figures)| figures.labelled > 0)
            .map(|(slot, figures)| {
                let median =
                    figures.median.map_or_else(|| "–".to_owned(), |value| self.decimal(f64::from(value), 1));
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
                    self.t(&format!("js.slot.{slot}")),
                    self.bar(score.top1),
                    self.percent(score.top5),
                    self.decimal(score.presence_f1(), 2),
                ]
            })
            .collect();
        self.table(
            &["looks.slot", "evaluation.top1", "evaluation.top5", "evaluation.presence"],
            "evaluation.by_slot",
            &rows,
        )
    }

    /// The wrong pairs only, most frequent first: a matrix of nineteen classes is nearly all zeros.
    fn confusion(&self, newest: &StoredEvaluation) -> String {
        let mut pairs: Vec<(u64, &str, &str)> = newest
            .confusion
            .iter()
            .flat_map(|(class, answers)| {
                let wrong = answers.iter().filter(move |(answered, _)| *answered != class);
                wrong.map(move |(answered, times)| (*times, class.as_str(), answered.as_str()))
            })
            .collect();
        if pairs.is_empty() {
            return format!("<p>{}</p>", self.t("evaluation.no_confusion"));
        }
        pairs.sort_by(|one, other| other.0.cmp(&one.0).then(one.cmp(other)));
        let rows: Vec<Vec<String>> = pairs
            .into_iter()
            .map(|(times, class, answered)| {
                let answered =
                    if answered.is_empty() { self.t("evaluation.no_class") } else { escape(answered) };
                vec![escape(class), answered, times.to_string()]
            })
            .collect();
        self.table(
            &["evaluation.labelled", "evaluation.answered", "evaluation.times"],
            "evaluation.confusion",
            &rows,
        )
    }

    /// With pictures where the index has them.
    fn worst(&self, newest: &StoredEvaluation) -> String {
        let unknown = || t("evaluation.no_class", self.language).to_owned();
        let cards: String = newest
            .worst
            .iter()
            .map(|case| {
                let class = case.class.as_ref().map_or_else(unknown, ToString::to_string);
                let answered = case.answered_class.as_ref().map_or_else(unknown, ToString::to_string);
                let known = self.known.contains(&case.id);
                let picture = if known {
                    format!(
                        "<img src=\"{}/api/looks/{}/thumbnail\" alt=\"\" width=\"128\" height=\"128\" loading=\"lazy\">",
                        self.base,
                        percent_encode(&case.id)
                    )
                } else {
                    String::new()
                };
                let inside = format!(
                    "{picture}<span class=\"who\">{} → {}</span><span class=\"muted\">{} %</span><span class=\"muted id\">{}</span>",
                    escape(&class),
                    escape(&answered),
                    self.decimal(100.0 * f64::from(case.confidence), 0),
                    escape(&case.id)
                );
                if known {
                    let address = look_address(&case.id);
                    format!("<li><a class=\"look\" href=\"{}{address}\">{inside}</a></li>", self.base)
                } else {
                    format!("<li><div class=\"look\">{inside}</div></li>")
                }
            })
            .collect();
        format!("<ul class=\"look-grid\">{cards}</ul>")
    }

    fn history(&self, all: &[StoredEvaluation]) -> String {
        let slots = |evaluation: &StoredEvaluation| {
            Slot::ALL.iter().filter_map(|slot| evaluation.items.get(slot)).fold(
                Rate::default(),
                |sum, score| Rate { right: sum.right + score.top1.right, of: sum.of + score.top1.of },
            )
        };
        let rows: Vec<Vec<String>> = all
            .iter()
            .map(|evaluation| {
                vec![
                    time::element(evaluation.at),
                    escape(&evaluation.dataset),
                    format!("<code>{}</code>", escape(&model_name(&evaluation.model))),
                    evaluation.looks.to_string(),
                    self.percent(evaluation.class),
                    self.percent(evaluation.gender),
                    self.percent(slots(evaluation)),
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
            "evaluation.top1",
        ];
        self.table(&heads, "evaluation.history", &rows)
    }
}
