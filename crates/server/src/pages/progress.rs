//! `/vision/progress`: how trainings stand, readable without JavaScript.
//!
//! The page is rendered here only. Its script listens to the live stream and, at each event, takes
//! the part that changed from the same address: one rendering, in one place.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use lorgnon_recogniser::progress::{Failure, TrainingRun, TrainingStatus};

use super::layout::{Page, look_address, remember_language};
use super::template::{Values, escape, percent_encode, render};
use super::time;
use super::words::{integer, percent, t};
use crate::api::progress::{IndexAnswer, ProgressAnswer, RunStatus};
use crate::error::ApiResult;
use crate::language::Language;
use crate::public_name::without_paths;
use crate::state::AppState;

const TEMPLATE: &str = include_str!("../assets/progress.html");
/// A picture that nobody could read.
const NO_PICTURE: &str = "<svg class=\"broken\" viewBox=\"0 0 64 64\" width=\"64\" height=\"64\" aria-hidden=\"true\"><path d=\"M12 12h26l14 14v26H12zM38 12v14h14M20 44l9-11 7 8 4-4 6 7M24 26h.01\"/></svg>";
/// Without scripts the page loads itself again, as the old one polled.
const REFRESH: &str = "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>";

/// The page as things stand.
pub(crate) async fn show(State(state): State<AppState>, language: Language, uri: Uri) -> ApiResult<Response> {
    let answer = state.progress.current(&state).await?;
    // Looks that an earlier training could use have a page and a picture.
    let failed = answer.last_run.iter().flat_map(|run| &run.failures);
    let ids: Vec<String> = failed.map(|failure| failure.id.clone()).collect();
    let known = state
        .read(move |backend| -> ApiResult<BTreeSet<String>> {
            let mut known = BTreeSet::new();
            for id in ids {
                if backend.look(&id)?.is_some() {
                    known.insert(id);
                }
            }
            Ok(known)
        })
        .await??;
    let values = Values::default()
        .with("status", status_card(&answer, language))
        .with("index", index_card(answer.latest_index.as_ref(), language))
        .with("failures", failures(answer.last_run.as_ref(), &known, &state.base_path, language))
        .with(
            "no-failures",
            if answer.last_run.as_ref().is_some_and(|run| !run.failures.is_empty()) { "" } else { "hidden" },
        )
        .with("chart", chart(&answer.history, language))
        .with("history", history(&answer.history, language))
        .with("no-start", if answer.status == RunStatus::Running { "hidden" } else { "" })
        .with("no-cancel", if answer.status == RunStatus::Running { "" } else { "hidden" })
        .with("running", if answer.status == RunStatus::Running { "true" } else { "false" });
    let content = render(TEMPLATE, language, &values);
    let page = Page {
        title: "title.progress",
        content,
        script: Some("progress.js"),
        style: Some("figures.css"),
        address: "/vision/progress",
        head: REFRESH,
    };
    let chosen = Language::from_query(&uri);
    Ok(remember_language(chosen, &state.base_path, page.into_response(&state, language)))
}

fn decimal_mark(language: Language) -> char {
    match language {
        Language::French => ',',
        Language::English => '.',
    }
}

/// The class that colours a status, and its words.
fn status_words(
    run: Option<&TrainingRun>,
    status: RunStatus,
    language: Language,
) -> (&'static str, &'static str) {
    let failures = run.is_some_and(|run| run.failed_examples > 0);
    let (class, key) = match status {
        RunStatus::Idle => ("idle", "progress.idle"),
        RunStatus::Running => ("running", "progress.running"),
        RunStatus::Completed if failures => ("partial", "progress.completed_with_errors"),
        RunStatus::Completed => ("completed", "progress.completed"),
        RunStatus::Failed => ("failed", "progress.failed"),
    };
    (class, t(key, language))
}

fn pair(html: &mut String, key: &str, value: &str, language: Language) {
    html.push_str(&format!("<div><dt>{}</dt><dd>{value}</dd></div>", escape(t(key, language))));
}

fn status_card(answer: &ProgressAnswer, language: Language) -> String {
    let run = answer.last_run.as_ref();
    // "Inactif" beside the last run's outcome: both are true.
    let (class, words) = status_words(run, answer.status, language);
    let mut html = format!("<p class=\"status {class}\"><span class=\"dot\"></span>{}</p>", escape(words));
    let Some(run) = run else {
        html.push_str(&format!("<p class=\"muted\">{}</p>", escape(t("progress.never", language))));
        return html;
    };
    let total = run.total_examples;
    // Rounded down: what is not done is not whole.
    let share = (run.processed_examples * 100).checked_div(total).unwrap_or(0).min(100);
    let (running, mark) = (answer.current.is_some(), decimal_mark(language));
    html.push_str(&format!(
        "<div class=\"meter\"><progress max=\"{}\" value=\"{}\" aria-label=\"{}\"></progress><strong>{}</strong></div>",
        total.max(1),
        run.processed_examples.min(total.max(1)),
        escape(t("progress.share", language)),
        percent(share as f64 / 100.0, 0, language),
    ));
    html.push_str("<dl class=\"facts\">");
    let dash = "–".to_owned();
    if !running {
        let (class, words) = status_words(Some(run), run.status.into(), language);
        pair(
            &mut html,
            "progress.last_run",
            &format!("<span class=\"badge {class}\">{}</span>", escape(words)),
            language,
        );
    }
    pair(
        &mut html,
        "progress.done",
        &format!("{} / {}", integer(run.processed_examples, language), integer(total, language)),
        language,
    );
    pair(&mut html, "progress.reused", &integer(run.reused_examples, language), language);
    pair(&mut html, "progress.new", &integer(run.new_examples, language), language);
    pair(&mut html, "progress.failures", &integer(run.failed_examples, language), language);
    let (rate, remaining) = pace(run, running, mark).unwrap_or_else(|| (dash.clone(), dash.clone()));
    pair(&mut html, "progress.rate", &rate, language);
    if running {
        pair(&mut html, "progress.remaining", &remaining, language);
    }
    pair(&mut html, "progress.example", &run.last_example_id.as_deref().map_or(dash, escape), language);
    pair(&mut html, "progress.started", &time::element(run.started_at), language);
    pair(&mut html, "progress.updated", &time::element(run.updated_at), language);
    let end = run.finished_at.unwrap_or(run.updated_at);
    pair(&mut html, "progress.duration", &time::duration(end.saturating_sub(run.started_at), mark), language);
    html.push_str("</dl>");
    if run.message.is_some() {
        html.push_str(&format!("<p class=\"message\">{}</p>", message(run, language)));
    }
    html
}

/// What a run says, in the page's language; what an older version wrote is French only.
fn message(run: &TrainingRun, language: Language) -> String {
    match (&run.said, &run.message, language) {
        (Some(said), _, Language::English) => escape(&without_paths(&said.english())),
        (_, Some(message), Language::French) => escape(message),
        (None, Some(message), Language::English) => {
            format!("<span lang=\"fr\">{}</span>", escape(message))
        }
        (_, None, _) => "–".to_owned(),
    }
}

/// Looks a second and the time that remains, once anything new was done.
fn pace(run: &TrainingRun, running: bool, mark: char) -> Option<(String, String)> {
    // What failed took no time: it would promise a pace that nothing else keeps.
    let done = run.processed_examples.saturating_sub(run.reused_examples + run.failed_examples);
    let took_ms = run.finished_at.unwrap_or(run.updated_at).saturating_sub(run.started_at);
    if done == 0 || took_ms == 0 {
        return None;
    }
    let tenths = done.saturating_mul(10_000) / took_ms;
    let rate = format!("{}{mark}{} / s", tenths / 10, tenths % 10);
    let left = run.total_examples.saturating_sub(run.processed_examples);
    let remaining =
        if running { time::duration(left.saturating_mul(took_ms) / done, mark) } else { String::new() };
    Some((rate, remaining))
}

fn index_card(index: Option<&IndexAnswer>, language: Language) -> String {
    let Some(index) = index else {
        return format!("<p class=\"muted\">{}</p>", escape(t("progress.no_index", language)));
    };
    let mut html = "<dl class=\"facts\">".to_owned();
    pair(&mut html, "progress.index_updated", &time::element(index.updated_at), language);
    pair(&mut html, "progress.entries", &integer(index.entry_count, language), language);
    pair(&mut html, "progress.dataset_size", &integer(index.dataset_size, language), language);
    pair(
        &mut html,
        "progress.dataset_path",
        &format!("<code>{}</code>", escape(&index.dataset_path)),
        language,
    );
    pair(&mut html, "progress.encoder", &format!("<code>{}</code>", escape(&index.clip_model)), language);
    html.push_str("</dl>");
    html
}

/// The looks of the last run that could not be used, why, and what they show where that is known.
fn failures(run: Option<&TrainingRun>, known: &BTreeSet<String>, base: &str, language: Language) -> String {
    let Some(run) = run else { return String::new() };
    let mut html = "<ul class=\"failures\">".to_owned();
    for failure in &run.failures {
        let id = percent_encode(&failure.id);
        let source = match &failure.picture {
            Some(picture) => Some(format!("vision-progress/pictures/{}", percent_encode(picture))),
            None => known.contains(&failure.id).then(|| format!("looks/{id}/thumbnail")),
        };
        let picture = source.map_or_else(
            || NO_PICTURE.to_owned(),
            |source| {
                format!(
                    "<img src=\"{base}/api/{source}\" alt=\"\" width=\"64\" height=\"64\" loading=\"lazy\">"
                )
            },
        );
        let name = escape(&failure.id);
        let name = if known.contains(&failure.id) {
            format!("<a href=\"{base}{}\">{name}</a>", escape(&look_address(&failure.id)))
        } else {
            format!("<strong>{name}</strong>")
        };
        html.push_str(&format!("<li>{picture}<span>{name}{}</span></li>", reason(failure, language)));
    }
    html.push_str("</ul>");
    let more = run.failed_examples.saturating_sub(run.failures.len() as u64);
    if more > 0 {
        html.push_str(&format!(
            "<p class=\"muted\">+ {} {}</p>",
            integer(more, language),
            escape(t("progress.more", language))
        ));
    }
    html.push_str(&format!("<p class=\"muted\">{}</p>", escape(t("progress.retry", language))));
    if run.status != TrainingStatus::Running {
        html.push_str(&format!(
            "<p class=\"buttons\"><button type=\"button\" class=\"button quiet small\" data-retry>{}</button></p>",
            escape(t("progress.retry_now", language))
        ));
    }
    html
}

/// Why, in the page's language; what an older version wrote is French only.
fn reason(failure: &Failure, language: Language) -> String {
    let Some(kind) = failure.kind else {
        return format!("<span class=\"muted\" lang=\"fr\">{}</span>", escape(&failure.reason));
    };
    let (french, english) = kind.words();
    let words = match language {
        Language::French => french,
        Language::English => english,
    };
    let detail = failure
        .detail
        .as_ref()
        .map_or_else(String::new, |detail| format!(" <code>{}</code>", escape(detail)));
    format!("<span class=\"muted\">{}{detail}</span>", escape(words))
}

/// The finished runs as bars, oldest first: looks kept, looks new, failures. The table below says the
/// same in figures.
fn chart(runs: &[TrainingRun], language: Language) -> String {
    const BAR: u64 = 26;
    const STEP: u64 = 36;
    const HEIGHT: u64 = 120;
    let most = runs.iter().map(|run| run.total_examples).max().unwrap_or(0);
    if most == 0 {
        return String::new();
    }
    let width = STEP * runs.len() as u64;
    let mut html = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {width} {HEIGHT}\" width=\"{width}\" height=\"{HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escape(t("progress.chart", language))
    );
    for (number, run) in (0u64..).zip(runs.iter().rev()) {
        let scaled = |count: u64| count * (HEIGHT - 4) / most;
        let done = run.processed_examples.saturating_sub(run.reused_examples + run.failed_examples);
        html.push_str(&format!(
            "<g><title>{} – {} / {}</title>",
            time::iso(run.started_at),
            run.processed_examples,
            run.total_examples
        ));
        let mut bottom = HEIGHT;
        for (class, count) in [("kept", run.reused_examples), ("new", done), ("bad", run.failed_examples)] {
            // One look in thousands must still be seen.
            let height = if count > 0 { scaled(count).max(2) } else { 0 };
            bottom = bottom.saturating_sub(height);
            html.push_str(&format!(
                "<rect class=\"{class}\" x=\"{}\" y=\"{bottom}\" width=\"{BAR}\" height=\"{height}\"/>",
                number * STEP + (STEP - BAR) / 2
            ));
        }
        html.push_str("</g>");
    }
    html.push_str("</svg><p class=\"legend small muted\">");
    for (class, key) in [("kept", "progress.reused"), ("new", "progress.new"), ("bad", "progress.failures")] {
        html.push_str(&format!("<span><i class=\"key {class}\"></i>{}</span> ", escape(t(key, language))));
    }
    html.push_str("</p>");
    html
}

fn history(runs: &[TrainingRun], language: Language) -> String {
    if runs.is_empty() {
        return format!("<p class=\"muted\">{}</p>", escape(t("progress.no_history", language)));
    }
    let columns = [
        "progress.started",
        "progress.status",
        "progress.done",
        "progress.reused",
        "progress.new",
        "progress.failures",
        "progress.duration",
        "progress.message",
    ];
    let mut html = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table><thead><tr>",
        escape(t("progress.history", language))
    );
    for column in columns {
        html.push_str(&format!("<th scope=\"col\">{}</th>", escape(t(column, language))));
    }
    html.push_str("</tr></thead><tbody>");
    for run in runs {
        let (class, words) = status_words(Some(run), run.status.into(), language);
        let took_ms = run.finished_at.unwrap_or(run.updated_at).saturating_sub(run.started_at);
        html.push_str(&format!(
            "<tr><td>{}</td><td><span class=\"badge {class}\">{}</span></td>",
            time::element(run.started_at),
            escape(words),
        ));
        // On a phone a run is no row of a table: its figures are named one by one.
        for (key, figure) in [
            ("progress.done", format!("{} / {}", run.processed_examples, run.total_examples)),
            ("progress.reused", run.reused_examples.to_string()),
            ("progress.new", run.new_examples.to_string()),
            ("progress.failures", run.failed_examples.to_string()),
            ("progress.duration", time::duration(took_ms, decimal_mark(language))),
        ] {
            html.push_str(&format!("<td data-label=\"{}\">{figure}</td>", escape(t(key, language))));
        }
        html.push_str(&format!("<td>{}</td></tr>", message(run, language)));
    }
    html.push_str("</tbody></table></div>");
    html
}
