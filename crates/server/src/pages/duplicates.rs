//! `/duplicates`: looks whose picture is there twice or more, side by side, to mend or to remove.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::Response;
use lorgnon_look::{Look, Slot};

use super::layout::{Page, look_address, remember_language};
use super::looks::{item_name, swatches};
use super::template::{Values, escape, percent_encode, render};
use super::words::{counted, slot_word, t, who};
use crate::api::duplicates::{DuplicateGroup, read};
use crate::api::looks::LookAnswer;
use crate::backend::Standing;
use crate::error::ApiResult;
use crate::language::Language;
use crate::state::AppState;

const TEMPLATE: &str = include_str!("../assets/duplicates.html");

/// Some of the groups.
pub(crate) async fn show(
    State(state): State<AppState>,
    language: Language,
    Query(fields): Query<BTreeMap<String, String>>,
    uri: Uri,
) -> ApiResult<Response> {
    let answer = read(&state, &fields).await?;
    let base = &state.base_path;
    let groups: String = answer.groups.iter().map(|group| card(group, &state, language)).collect();
    let found = match answer.groups.len() {
        0 => t("duplicates.none", language).to_owned(),
        count => counted(count as u64, "count.group", language),
    };
    let looked_at = counted(answer.looked_at as u64, "count.look", language);
    let pager = answer.next.map_or_else(String::new, |next| {
        format!(
            "<span></span><a class=\"button quiet\" rel=\"next\" href=\"{base}/duplicates?after={}\">{} →</a>",
            percent_encode(&next),
            escape(t("duplicates.more", language))
        )
    });
    let values = Values::default()
        .with("base", base.as_str())
        .with("groups", groups)
        .with("found", found)
        .with("looked-at", looked_at)
        .with("pager", pager);
    let content = render(TEMPLATE, language, &values);
    let page = Page {
        title: "title.duplicates",
        content,
        script: Some("duplicates.js"),
        style: None,
        address: "/duplicates",
        head: "",
    };
    Ok(remember_language(Language::from_query(&uri), base, page.into_response(&state, language)))
}

fn card(group: &DuplicateGroup, state: &AppState, language: Language) -> String {
    let differ = if group.fields.is_empty() {
        format!("<span class=\"badge completed\">{}</span>", escape(t("duplicates.same", language)))
    } else {
        let words: Vec<String> = group.fields.iter().map(|field| field_word(field, language)).collect();
        format!(
            "<span class=\"badge partial\">{} {}</span>",
            escape(t("duplicates.differ", language)),
            escape(&words.join(", "))
        )
    };
    let looks: String = group.looks.iter().map(|look| twin(look, group, state, language)).collect();
    format!("<li class=\"card group\"><p>{differ}</p><ul class=\"twins\">{looks}</ul></li>")
}

fn field_word(field: &str, language: Language) -> String {
    let word = match field {
        "class" => t("js.class", language),
        "gender" => t("js.gender", language),
        "colors" => t("look.colours", language),
        slot => Slot::parse(slot).map_or("", |slot| slot_word(slot, language)),
    };
    word.to_lowercase()
}

fn twin(look: &LookAnswer, group: &DuplicateGroup, state: &AppState, language: Language) -> String {
    let base = &state.base_path;
    let encoded = percent_encode(&look.id);
    let catalogue = state.backend.catalogue();
    let worn: Vec<String> = Slot::ALL
        .into_iter()
        .filter_map(|slot| look.items[slot].map(|item| (slot, item)))
        .map(|(slot, item)| {
            let name = escape(&item_name(item, catalogue, language));
            if group.fields.contains(&slot.as_str()) { format!("<strong>{name}</strong>") } else { name }
        })
        .collect();
    let worn = if worn.is_empty() {
        String::new()
    } else {
        format!("<span class=\"small\">{}</span>", worn.join(", "))
    };
    let pending = if look.standing == Standing::Pending {
        format!("<span class=\"badge running\">{}</span>", escape(t("looks.pending", language)))
    } else {
        String::new()
    };
    let as_look = Look { colours: look.colors.clone(), ..Look::default() };
    format!(
        "<li class=\"twin\" data-id=\"{id}\"><a class=\"look\" href=\"{base}{address}\">\
         <img src=\"{base}/api/looks/{encoded}/thumbnail\" alt=\"\" width=\"128\" height=\"128\" loading=\"lazy\">\
         <span class=\"who\">{who}</span><span class=\"chips\">{chips}</span>{worn}{pending}<span class=\"muted id\">{id}</span></a>\
         <span class=\"buttons\"><a class=\"button quiet small\" href=\"{base}{address}\">{edit}</a>\
         <button type=\"button\" class=\"button quiet small danger\" data-remove=\"{id}\">{remove}</button></span></li>",
        id = escape(&look.id),
        address = look_address(&look.id),
        who = escape(&who(look.class_label.as_ref(), look.gender, language)),
        chips = swatches(&as_look),
        edit = escape(t("look.change", language)),
        remove = escape(t("duplicates.remove", language)),
    )
}
