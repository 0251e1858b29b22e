//! `/looks` and `/looks/{id}`: the stored looks with their pictures.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::Uri;
use axum::response::Response;
use lorgnon_look::{CLASSES, Catalogue, ClassLabel, Colour, Gender, ItemId, Look, Slot};
use lorgnon_recogniser::{Doubt, DoubtedField};

use super::layout::{Page, look_address, remember_language};
use super::not_found;
use super::template::{Values, escape, percent_encode, render};
use super::words::{class_name, counted, gender_word, percent, slot_word, t, who};
use crate::api::looks::LookQuery;
use crate::backend::{LookFilter, Standing};
use crate::error::ApiResult;
use crate::language::Language;
use crate::looks::StoredLook;
use crate::state::AppState;

const LIST: &str = include_str!("../assets/looks.html");
const LOOK: &str = include_str!("../assets/look.html");

/// Looks by id, filtered by class, sex and text.
pub(crate) async fn list(
    State(state): State<AppState>,
    language: Language,
    Query(fields): Query<BTreeMap<String, String>>,
    uri: Uri,
) -> ApiResult<Response> {
    let query = LookQuery::read(&meant(fields))?;
    let (asked, offset, limit) = (query.filter.clone(), query.offset, query.limit);
    let page = state.read_looks(move |looks| looks.page(&asked, offset, limit)).await?;
    let base = &state.base_path;
    let cards: String = page.looks.iter().map(|look| card(look, base, language)).collect();
    let shown = |condition: bool| if condition { "" } else { "hidden" };
    let unfiltered = query.filter == LookFilter::default();
    // What is asked for must be seen.
    let filter = &query.filter;
    let more = filter.item.is_some()
        || filter.standing.is_some()
        || filter.suspect
        || !filter.id_contains.is_empty();
    let values = Values::default()
        .with("base", base.as_str())
        .with("class-options", class_options(&query, language))
        .with("gender-options", gender_options(&query, language))
        .with("standing-options", standing_options(&query, language))
        .with("slot-options", slot_options(&query, language))
        .with("item", query.filter.item.map_or_else(String::new, |(_, item)| item.to_string()))
        .with("color", query.filter.colour.map_or_else(String::new, |colour| colour.to_string()))
        .with("suspect", if query.filter.suspect { "checked" } else { "" })
        .with("q", query.filter.id_contains.as_str())
        .with("total", counted(page.total as u64, "count.look", language))
        .with("sorted", shown(filter.suspect && filter.colour.is_none()))
        .with("mark-suspect", if filter.suspect { "aria-current=\"true\"" } else { "" })
        .with("more-open", if more { "open" } else { "" })
        .with("untaught", shown(page.total == 0 && unfiltered))
        .with("cards", cards)
        .with("empty", shown(page.looks.is_empty() && !unfiltered))
        .with("pager", pager(&query, page.total, base, language));
    let content = render(LIST, language, &values);
    let html = Page {
        title: "title.looks",
        content,
        script: Some("looks.js"),
        style: None,
        address: "/looks",
        head: "",
    };
    Ok(remember_language(Language::from_query(&uri), base, html.into_response(&state, language)))
}

/// A form sends every field: half of a pair, and a colour that is none, ask for nothing.
fn meant(mut fields: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let empty = |name: &str| fields.get(name).is_none_or(|text| text.trim().is_empty());
    if empty("slot") || empty("item") {
        fields.remove("slot");
        fields.remove("item");
    }
    if fields.get("color").is_some_and(|text| !text.trim().is_empty() && Colour::parse(text).is_err()) {
        fields.remove("color");
    }
    fields
}

/// One look in full.
pub(crate) async fn show(
    State(state): State<AppState>,
    language: Language,
    Path(id): Path<String>,
    uri: Uri,
) -> ApiResult<Response> {
    let found = state
        .read_looks(move |looks| {
            let stored = looks.find(&id)?;
            Ok(stored.map(|stored| {
                let items = item_rows(&stored.look, looks.backend.catalogue(), language);
                (stored, items)
            }))
        })
        .await?;
    let Some((stored, items)) = found else { return Ok(not_found::page(&state, language)) };
    let look = &stored.look;
    let base = &state.base_path;
    let encoded = percent_encode(&look.id);
    let values = Values::default()
        .with("base", base.as_str())
        .with("id", look.id.as_str())
        .with("encoded-id", encoded)
        .with("who", who(look.class.as_ref(), look.gender, language))
        .with("badges", badges(&stored, language))
        .with("editable", if state.collection.is_some() { "" } else { "hidden" })
        .with("removed", if stored.standing == Standing::Removed { "true" } else { "false" })
        .with("classes", class_list())
        .with("colours", swatches(look))
        .with("items", items);
    let content = render(LOOK, language, &values);
    let address = look_address(&look.id);
    let html = Page {
        title: "title.look",
        content,
        script: Some("look.js"),
        style: None,
        address: &address,
        head: "",
    };
    Ok(remember_language(Language::from_query(&uri), base, html.into_response(&state, language)))
}

/// The colours as drawings: inline styles are forbidden by the policy, attributes of SVG are not.
pub(super) fn swatches(look: &Look) -> String {
    let mut html = String::new();
    for (index, colour) in look.colours.iter().enumerate() {
        let title = colour.map_or_else(|| "–".to_owned(), |colour| colour.to_string());
        let fill = colour.map_or_else(|| "none".to_owned(), |colour| colour.to_string());
        html.push_str(&format!(
            "<svg class=\"chip\" viewBox=\"0 0 20 20\" role=\"img\"><title>{}. {title}</title>\
             <circle cx=\"10\" cy=\"10\" r=\"9\" fill=\"{fill}\"/></svg>",
            index + 1
        ));
    }
    html
}

/// How a look stands where that is not as learned, and whether it is likely mislabelled.
fn badges(stored: &StoredLook, language: Language) -> String {
    let badge = |class: &str, key: &str| {
        format!("<span class=\"badge {class}\">{}</span> ", escape(t(key, language)))
    };
    let mut html = match stored.standing {
        Standing::Learned => String::new(),
        Standing::Pending => badge("running", "looks.pending"),
        Standing::Removed => badge("failed", "looks.removed"),
    };
    if let Some(doubt) = &stored.doubt {
        html.push_str(&format!(
            "<span class=\"badge partial\">{}</span> ",
            escape(&doubt_words(doubt, language))
        ));
    }
    html
}

/// "plutôt Crâ (93 %)": what is likelier, or what is to be checked, and how likely the label is wrong.
fn doubt_words(doubt: &Doubt, language: Language) -> String {
    let rather = |said: &str| format!("{} {said}", t("looks.doubt_rather", language));
    let words = match &doubt.field {
        DoubtedField::Class(class) => rather(&class_name(class, language)),
        DoubtedField::Gender(gender) => rather(&gender_word(*gender, language).to_lowercase()),
        DoubtedField::Colours => t("looks.doubt_colours", language).to_owned(),
    };
    format!("{words} ({})", percent(f64::from(doubt.likelihood), 0, language))
}

/// Every class under its names, for the pickers.
pub(super) fn class_list() -> String {
    let mut html = "<datalist id=\"classes\">".to_owned();
    for class in &CLASSES {
        html.push_str(&format!("<option value=\"{}\"></option>", class.french));
        if class.english != class.french {
            html.push_str(&format!("<option value=\"{}\">{}</option>", class.english, class.french));
        }
    }
    html.push_str("</datalist>");
    html
}

fn card(stored: &StoredLook, base: &str, language: Language) -> String {
    let look = &stored.look;
    format!(
        "<li><a class=\"look\" href=\"{base}{address}\">\
         <img src=\"{base}/api/looks/{encoded}/thumbnail\" alt=\"\" width=\"128\" height=\"128\" loading=\"lazy\">\
         <span class=\"who\">{who}</span><span class=\"chips\">{chips}</span>{badges}<span class=\"muted id\">{id}</span></a></li>",
        badges = badges(stored, language),
        address = look_address(&look.id),
        encoded = percent_encode(&look.id),
        who = escape(&who(look.class.as_ref(), look.gender, language)),
        chips = swatches(look),
        id = escape(&look.id),
    )
}

/// An item by its name in the language, else in the other, else by its number.
pub(super) fn item_name(id: ItemId, catalogue: &Catalogue, language: Language) -> String {
    let names = catalogue.get(id).map(|item| &item.name);
    let name = names.and_then(|names| match language {
        Language::French => names.fr.clone().or(names.en.clone()),
        Language::English => names.en.clone().or(names.fr.clone()),
    });
    name.unwrap_or_else(|| format!("#{id}"))
}

fn item_rows(look: &Look, catalogue: &Catalogue, language: Language) -> String {
    let mut html = String::new();
    for slot in Slot::ALL {
        let label = slot_word(slot, language);
        let worn = look.items.get(&slot).map_or_else(
            || format!("<span class=\"muted\">{}</span>", escape(t("js.nothing", language))),
            |id| escape(&item_name(*id, catalogue, language)),
        );
        html.push_str(&format!("<div><dt>{}</dt><dd>{worn}</dd></div>", escape(label)));
    }
    html
}

fn class_options(query: &LookQuery, language: Language) -> String {
    let chosen = query.filter.class.as_ref().map(ClassLabel::as_str);
    let mut html = String::new();
    for class in &CLASSES {
        let name = match language {
            Language::French => class.french,
            Language::English => class.english,
        };
        let selected = if chosen == Some(class.french) { " selected" } else { "" };
        html.push_str(&format!("<option value=\"{}\"{selected}>{}</option>", class.french, escape(name)));
    }
    // A label of another game, typed into the address.
    if let Some(other) = chosen.filter(|label| CLASSES.iter().all(|class| class.french != *label)) {
        let label = escape(other);
        html.push_str(&format!("<option value=\"{label}\" selected>{label}</option>"));
    }
    html
}

fn gender_options(query: &LookQuery, language: Language) -> String {
    Gender::ALL
        .into_iter()
        .map(|gender| {
            let selected = if query.filter.gender == Some(gender) { " selected" } else { "" };
            format!("<option value=\"{gender}\"{selected}>{}</option>", escape(gender_word(gender, language)))
        })
        .collect()
}

fn options<'a>(
    values: impl Iterator<Item = (&'a str, String)>,
    chosen: Option<&str>,
    language: Language,
) -> String {
    values
        .map(|(value, key)| {
            let selected = if chosen == Some(value) { " selected" } else { "" };
            format!("<option value=\"{value}\"{selected}>{}</option>", escape(t(&key, language)))
        })
        .collect()
}

fn standing_options(query: &LookQuery, language: Language) -> String {
    let chosen = query.filter.standing.map(standing_word);
    let all = [Standing::Learned, Standing::Pending, Standing::Removed].map(standing_word);
    options(all.into_iter().map(|word| (word, format!("looks.{word}"))), chosen, language)
}

fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Learned => "learned",
        Standing::Pending => "pending",
        Standing::Removed => "removed",
    }
}

fn slot_options(query: &LookQuery, language: Language) -> String {
    let chosen = query.filter.item.map(|(slot, _)| slot.as_str());
    options(Slot::ALL.into_iter().map(|slot| (slot.as_str(), format!("js.slot.{slot}"))), chosen, language)
}

/// Links to the pages before and after, with the filter kept.
fn pager(query: &LookQuery, total: usize, base: &str, language: Language) -> String {
    let address = |offset: usize| {
        let mut pairs = vec![format!("offset={offset}"), format!("limit={}", query.limit)];
        let filter = &query.filter;
        if let Some(class) = &filter.class {
            pairs.push(format!("class={}", percent_encode(class.as_str())));
        }
        if let Some(gender) = filter.gender {
            pairs.push(format!("gender={gender}"));
        }
        if let Some((slot, item)) = filter.item {
            pairs.push(format!("slot={slot}&item={item}"));
        }
        if let Some(colour) = filter.colour {
            pairs.push(format!("color={}", percent_encode(&colour.to_string())));
        }
        if let Some(standing) = filter.standing {
            pairs.push(format!("standing={}", standing_word(standing)));
        }
        if filter.suspect {
            pairs.push("suspect=true".to_owned());
        }
        if !filter.id_contains.is_empty() {
            pairs.push(format!("q={}", percent_encode(&filter.id_contains)));
        }
        escape(&format!("{base}/looks?{}", pairs.join("&")))
    };
    let mut html = String::new();
    if query.offset > 0 {
        let before = query.offset.saturating_sub(query.limit);
        html.push_str(&format!(
            "<a class=\"button quiet\" rel=\"prev\" href=\"{}\">← {}</a>",
            address(before),
            escape(t("looks.previous", language))
        ));
    }
    let after = query.offset.saturating_add(query.limit);
    if after < total {
        html.push_str(&format!(
            "<a class=\"button quiet\" rel=\"next\" href=\"{}\">{} →</a>",
            address(after),
            escape(t("looks.next", language))
        ));
    }
    html
}
