//! The evaluation as a page: one self-contained HTML file, readable without a network.

use std::fmt::Write;
use std::path::Path;

use lorgnon_imaging::encode_png;
use lorgnon_look::Slot;

use super::{Evaluation, Rate, Score};

/// The language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReportLanguage {
    /// Français.
    #[default]
    French,
    /// English.
    English,
}

impl ReportLanguage {
    fn choose(self, french: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }

    fn code(self) -> &'static str {
        self.choose("fr", "en")
    }
}

const STYLE: &str = include_str!("report.css");

/// Writes `index.html` and the pictures of the worst cases into a folder, made where missing.
///
/// # Errors
/// When the folder cannot be written.
pub fn write_report(
    evaluation: &Evaluation,
    folder: &Path,
    language: ReportLanguage,
) -> Result<(), std::io::Error> {
    std::fs::create_dir_all(folder.join("worst"))?;
    for (number, (_, picture)) in evaluation.worst.iter().enumerate() {
        let bytes = encode_png(picture).map_err(std::io::Error::other)?;
        std::fs::write(folder.join(format!("worst/{number:02}.png")), bytes)?;
    }
    std::fs::write(folder.join("index.html"), render(evaluation, language))
}

fn render(evaluation: &Evaluation, language: ReportLanguage) -> String {
    let score = &evaluation.score;
    let say = |french, english| language.choose(french, english);
    let title = say("Évaluation de Lorgnon", "Lorgnon evaluation");
    let mut page = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style><main><h1>{title}</h1>",
        language.code()
    );
    page += &summary(score, language);
    page += &section(say("Fiabilité", "Reliability"), &reliability(score, language));
    page += &section(say("Classes", "Classes"), &classes(score, language));
    page += &section(say("Confusions", "Confusion matrix"), &confusion(score));
    page += &section(say("Couleurs", "Colours"), &colours(score, language));
    page += &section(say("Objets", "Items"), &items(score, language));
    page += &section(say("Pires cas", "Worst cases"), &worst(evaluation, language));
    page + "</main></html>"
}

fn section(title: &str, body: &str) -> String {
    if body.is_empty() { String::new() } else { format!("<section><h2>{title}</h2>{body}</section>") }
}

fn percent(rate: Rate) -> String {
    if rate.of == 0 {
        "–".to_owned()
    } else {
        format!("{:.1} % <small>({}/{})</small>", 100.0 * rate.share(), rate.right, rate.of)
    }
}

fn summary(score: &Score, language: ReportLanguage) -> String {
    let say = |french, english| language.choose(french, english);
    let cards = [
        (say("apparences jugées", "looks judged"), score.looks.to_string()),
        (say("images illisibles", "unreadable pictures"), score.failed.to_string()),
        (say("classe", "class"), percent(score.class)),
        (say("sexe", "sex"), percent(score.gender)),
        (say("les deux", "both"), percent(score.both)),
        (
            say("erreur de calibration", "calibration error"),
            format!("{:.3}", score.expected_calibration_error()),
        ),
    ];
    let mut html = "<div class=\"cards\">".to_owned();
    for (name, value) in cards {
        let _ = write!(html, "<div><b>{value}</b><span>{name}</span></div>");
    }
    html + "</div>"
}

/// Confidence across, share of right answers up; the diagonal is honesty.
fn reliability(score: &Score, language: ReportLanguage) -> String {
    let mut bars = String::new();
    for (step, figures) in score.reliability.iter().enumerate().filter(|(_, figures)| figures.answers > 0) {
        let right = figures.right as f64 / figures.answers as f64;
        let width = 200.0 / score.reliability.len() as f64;
        let _ = write!(
            bars,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>{:.2} → {right:.2} ({})</title></rect>",
            step as f64 * width + 1.0,
            200.0 * (1.0 - right),
            width - 2.0,
            200.0 * right,
            figures.confidence_sum / figures.answers as f64,
            figures.answers,
        );
    }
    format!(
        "<figure><svg viewBox=\"-4 -4 208 208\" role=\"img\">{bars}<path d=\"M0 200 200 0\"/></svg><figcaption>{}</figcaption></figure>",
        language.choose(
            "Confiance annoncée (à droite) et part de réponses justes (en haut) : la diagonale est l'honnêteté.",
            "Confidence stated (right) against share of right answers (up): the diagonal is honesty.",
        )
    )
}

fn classes(score: &Score, language: ReportLanguage) -> String {
    let mut rows: Vec<_> = score.by_class.iter().collect();
    rows.sort_by(|left, right| left.1.share().total_cmp(&right.1.share()).then(left.0.cmp(right.0)));
    let mut html = format!(
        "<table><tr><th>{}</th><th>{}</th></tr>",
        language.choose("classe", "class"),
        language.choose("justes", "right")
    );
    for (class, rate) in rows {
        let _ = write!(html, "<tr><td>{}</td><td>{}</td></tr>", escape(class), percent(*rate));
    }
    html + "</table>"
}

fn confusion(score: &Score) -> String {
    let mut answered: Vec<&String> = score.confusion.values().flat_map(|row| row.keys()).collect();
    answered.sort();
    answered.dedup();
    let mut html = "<div class=\"wide\"><table class=\"matrix\"><tr><th></th>".to_owned();
    for name in &answered {
        let name = if name.is_empty() { "?" } else { name };
        let _ = write!(html, "<th><span>{}</span></th>", escape(name));
    }
    for (class, row) in &score.confusion {
        let all: u64 = row.values().sum();
        let _ = write!(html, "</tr><tr><th>{}</th>", escape(class));
        for name in &answered {
            let count = row.get(*name).copied().unwrap_or(0);
            let kind = if *name == class { "right" } else { "wrong" };
            let shade = if all == 0 { 0.0 } else { count as f64 / all as f64 };
            let text = if count == 0 { String::new() } else { count.to_string() };
            let _ = write!(html, "<td class=\"{kind}\" style=\"--share:{shade:.2}\">{text}</td>");
        }
    }
    html + "</tr></table></div>"
}

fn colours(score: &Score, language: ReportLanguage) -> String {
    if score.colours.iter().all(|colour| colour.labelled == 0) {
        return String::new();
    }
    let say = |french, english| language.choose(french, english);
    let mut html = format!(
        "<table><tr><th>{}</th><th>{}</th><th>{}</th><th>≤ 2</th><th>≤ 5</th></tr>",
        say("couleur", "colour"),
        say("répondues", "answered"),
        say("écart médian (CIEDE2000)", "median difference (CIEDE2000)"),
    );
    for (position, colour) in score.colours.iter().enumerate() {
        let mut differences = colour.differences.clone();
        differences.sort_by(f32::total_cmp);
        let within = |limit: f32| Rate {
            right: differences.iter().filter(|difference| **difference <= limit).count() as u64,
            of: differences.len() as u64,
        };
        let median =
            differences.get(differences.len() / 2).map_or("–".to_owned(), |median| format!("{median:.2}"));
        let answered = Rate { right: differences.len() as u64, of: colour.labelled };
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{median}</td><td>{}</td><td>{}</td></tr>",
            position + 1,
            percent(answered),
            percent(within(2.0)),
            percent(within(5.0)),
        );
    }
    html + "</table>"
}

fn items(score: &Score, language: ReportLanguage) -> String {
    let mut html = String::new();
    for slot in Slot::ALL {
        let figures = &score.items[slot];
        if figures.top1.of > 0 {
            let _ = write!(
                html,
                "<tr><td>{slot}</td><td>{}</td><td>{}</td><td>{:.3}</td></tr>",
                percent(figures.top1),
                percent(figures.top5),
                figures.presence_f1()
            );
        }
    }
    if html.is_empty() {
        return html;
    }
    let slot = language.choose("emplacement", "slot");
    let present = language.choose("présence (F1)", "presence (F1)");
    format!("<table><tr><th>{slot}</th><th>top 1</th><th>top 5</th><th>{present}</th></tr>{html}</table>")
}

fn worst(evaluation: &Evaluation, language: ReportLanguage) -> String {
    let mut html = "<div class=\"worst\">".to_owned();
    for (number, (case, _)) in evaluation.worst.iter().enumerate() {
        let label = |class: &Option<lorgnon_look::ClassLabel>, gender: Option<lorgnon_look::Gender>| {
            format!(
                "{} {}",
                class.as_ref().map_or("?".to_owned(), |class| escape(class.as_str())),
                gender.map_or("?", lorgnon_look::Gender::as_str)
            )
        };
        let _ = write!(
            html,
            "<figure><img src=\"worst/{number:02}.png\" alt=\"\" loading=\"lazy\"><figcaption>{}<br>{} {}<br>{} {} ({:.2})</figcaption></figure>",
            escape(&case.id),
            language.choose("vrai :", "truth:"),
            label(&case.class, case.gender),
            language.choose("dit :", "said:"),
            label(&case.answered_class, case.answered_gender),
            case.confidence,
        );
    }
    html + "</div>"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
