//! `/map`: the looks on two axes, what resembles each other together. A drawing whose points are links, and a
//! table that says the same of each class.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::Response;
use lorgnon_look::{CLASSES, ClassLabel, Gender};

use super::layout::{Page, look_address, remember_language};
use super::template::{Values, escape, percent_encode, render};
use super::words::{class_name, counted, integer, percent, t, who};
use crate::api::look_map::{LookMapAnswer, MapLook, read};
use crate::error::ApiResult;
use crate::language::Language;
use crate::state::AppState;

const TEMPLATE: &str = include_str!("../assets/map.html");
const EMPTY: &str = "<section class=\"hero compact\"><h1>{{t:map.heading}}</h1></section><p class=\"notice\" id=\"map\">{{t:looks.untaught}} <a href=\"{{base}}/vision/progress\">{{t:nav.progress}}</a></p>";
/// Side of the drawing, and of its border, in its own units.
const SIDE: f32 = 1000.0;
const BORDER: f32 = 40.0;
/// Tints of classes; a stylesheet has them.
const TINTS: usize = 24;
/// Looks astray that are named below the drawing.
const ASTRAY_SHOWN: usize = 24;
/// A class of fewer looks than this gets no name on the drawing.
const NAMED_LEAST: usize = 3;
/// Height of a line of a name and width of a letter on a map of side 1, on a phone, where they are largest.
const NAME_HEIGHT: f32 = 0.036;
const LETTER_WIDTH: f32 = 0.02;
/// Lines by which a name gives way to others, nearest first.
const NAME_LINES: [f32; 7] = [0.0, -1.0, 1.0, -2.0, 2.0, -3.0, 3.0];

/// The map as things stand.
pub(crate) async fn show(
    State(state): State<AppState>,
    language: Language,
    Query(fields): Query<BTreeMap<String, String>>,
    uri: Uri,
) -> ApiResult<Response> {
    let map = read(&state, &fields).await?;
    let base = &state.base_path;
    if map.looks.is_empty() {
        let content = render(EMPTY, language, &Values::default().with("base", base.as_str()));
        return Ok(remember_language(
            Language::from_query(&uri),
            base,
            page(content, None).into_response(&state, language),
        ));
    }
    let drawer = Drawer { map: &map, tints: tints(&map), base, language };
    let shown = map.looks.len() as u64;
    let total = counted(map.total as u64, "count.look", language);
    let count = if map.looks.len() < map.total {
        format!("{} {} {total}", integer(shown, language), t("map.of", language))
    } else {
        total
    };
    let values = Values::default()
        .with("drawing", drawer.drawing())
        .with("base", base.as_str())
        .with("count", count)
        .with("whole", if fields.get("class").is_some_and(|class| !class.is_empty()) { "" } else { "hidden" })
        .with("table", drawer.table())
        .with("astray", drawer.astray());
    let content = render(TEMPLATE, language, &values);
    let html = page(content, Some("map.js")).into_response(&state, language);
    Ok(remember_language(Language::from_query(&uri), base, html))
}

fn page(content: String, script: Option<&'static str>) -> Page<'static> {
    Page { title: "title.map", content, script, style: Some("figures.css"), address: "/map", head: "" }
}

/// A tint for each class: of the game's own classes always the same.
fn tints(map: &LookMapAnswer) -> BTreeMap<ClassLabel, usize> {
    let own = |label: &ClassLabel| CLASSES.iter().position(|class| class.french == label.as_str());
    let others = map.classes.iter().filter(|class| own(&class.class_label).is_none());
    let mut tints: BTreeMap<ClassLabel, usize> =
        others.enumerate().map(|(at, class)| (class.class_label.clone(), at % TINTS)).collect();
    for class in &map.classes {
        if let Some(at) = own(&class.class_label) {
            tints.insert(class.class_label.clone(), at % TINTS);
        }
    }
    tints
}

/// A name on the map, whose side is 1.
struct Name {
    text: String,
    x: f32,
    y: f32,
}

impl Name {
    /// A name at the border is not cut off.
    fn anchor(&self) -> &'static str {
        match self.x {
            ..0.12 => " start",
            0.88.. => " end",
            _ => "",
        }
    }

    /// Its left and its right end.
    fn ends(&self) -> [f32; 2] {
        let width = self.text.chars().count() as f32 * LETTER_WIDTH;
        let left = match self.anchor() {
            " start" => self.x,
            " end" => self.x - width,
            _ => self.x - 0.5 * width,
        };
        [left, left + width]
    }

    fn covers(&self, other: &Self) -> bool {
        let ([left, right], [other_left, other_right]) = (self.ends(), other.ends());
        left < other_right && other_left < right && (self.y - other.y).abs() < 0.95 * NAME_HEIGHT
    }
}

struct Drawer<'a> {
    map: &'a LookMapAnswer,
    tints: BTreeMap<ClassLabel, usize>,
    base: &'a str,
    language: Language,
}

impl Drawer<'_> {
    fn t(&self, key: &str) -> String {
        escape(t(key, self.language))
    }

    fn tint(&self, class: Option<&ClassLabel>) -> String {
        let tint = class.and_then(|class| self.tints.get(class));
        tint.map_or_else(|| "tint-none".to_owned(), |tint| format!("tint-{tint}"))
    }

    fn who(&self, look: &MapLook) -> String {
        who(look.class_label.as_ref(), look.gender, self.language)
    }

    /// A dot a look, round for men and square for women: a stroke of no length keeps its size on every screen.
    fn drawing(&self) -> String {
        let mut html = format!(
            "<svg id=\"map-drawing\" class=\"map-drawing\" viewBox=\"{0} {0} {1} {1}\" role=\"group\" aria-label=\"{2}\">",
            -BORDER,
            SIDE + 2.0 * BORDER,
            self.t("map.alt")
        );
        for look in &self.map.looks {
            let shape = match look.gender {
                Some(Gender::Female) => " f",
                Some(Gender::Male) | None => "",
            };
            let dot = format!("d=\"M{:.0} {:.0}h.01\"", look.x * SIDE, look.y * SIDE);
            let ring =
                if look.among.is_some() { format!("<path class=\"ring\" {dot}/>") } else { String::new() };
            html.push_str(&format!(
                "<a class=\"{}{shape}\" href=\"{}{}\" data-id=\"{}\" aria-label=\"{}\">{ring}<path {dot}/></a>",
                self.tint(look.class_label.as_ref()),
                self.base,
                look_address(&look.id),
                escape(&look.id),
                escape(&self.who(look)),
            ));
        }
        html.push_str("<g class=\"names\" aria-hidden=\"true\">");
        for (class, name) in self.names() {
            html.push_str(&format!(
                "<text class=\"{}{}\" x=\"{:.0}\" y=\"{:.0}\">{}</text>",
                self.tint(Some(class)),
                name.anchor(),
                name.x * SIDE,
                name.y * SIDE,
                escape(&name.text)
            ));
        }
        html.push_str("</g></svg>");
        html
    }

    /// The names of the classes, each on the look in the middle of its largest crowd, or as near as the names of
    /// larger classes leave room. One without any stands in the table only.
    fn names(&self) -> Vec<(&ClassLabel, Name)> {
        let mut named: Vec<(&ClassLabel, Name)> = Vec::new();
        let mut classes: Vec<_> =
            self.map.classes.iter().filter(|class| class.looks >= NAMED_LEAST).collect();
        classes.sort_by_key(|class| std::cmp::Reverse(class.looks));
        for class in classes {
            let own: Vec<&MapLook> = self
                .map
                .looks
                .iter()
                .filter(|look| look.class_label.as_ref() == Some(&class.class_label))
                .collect();
            let crowd = |look: &MapLook| -> f32 {
                let near = |other: &&MapLook| {
                    let (right, down) = (other.x - look.x, other.y - look.y);
                    (-(right * right + down * down) * 400.0).exp()
                };
                own.iter().map(near).sum()
            };
            let middle = own.iter().max_by(|one, other| crowd(one).total_cmp(&crowd(other)));
            let Some(middle) = middle else { continue };
            let text = class_name(&class.class_label, self.language);
            let free = NAME_LINES.into_iter().map(|lines| Name {
                text: text.clone(),
                x: middle.x,
                y: middle.y + lines * NAME_HEIGHT,
            });
            let free = free
                .filter(|name| (0.0..=1.0).contains(&name.y))
                .find(|name| !named.iter().any(|(_, other)| name.covers(other)));
            named.extend(free.map(|name| (&class.class_label, name)));
        }
        named
    }

    fn table(&self) -> String {
        let mut rows = String::new();
        for class in &self.map.classes {
            let name = escape(&class_name(&class.class_label, self.language));
            let nearest = class
                .nearest
                .as_ref()
                .map_or_else(|| "–".to_owned(), |nearest| escape(&class_name(nearest, self.language)));
            rows.push_str(&format!(
                "<tr><th scope=\"row\"><a href=\"{}/map?class={}\"><i class=\"tint {}\"></i>{name}</a></th><td>{}</td><td>{}</td><td>{nearest}</td></tr>",
                self.base,
                percent_encode(class.class_label.as_str()),
                self.tint(Some(&class.class_label)),
                integer(class.looks as u64, self.language),
                percent(f64::from(class.own), 0, self.language),
            ));
        }
        let heads: String = ["looks.class", "map.looks", "map.own", "map.nearest"]
            .iter()
            .map(|key| format!("<th scope=\"col\">{}</th>", self.t(key)))
            .collect();
        format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>",
            self.t("map.by_class")
        )
    }

    /// Looks that stand among those of another class.
    fn astray(&self) -> String {
        let astray: Vec<&MapLook> = self.map.looks.iter().filter(|look| look.among.is_some()).collect();
        if astray.is_empty() {
            return format!("<p class=\"muted\">{}</p>", self.t("map.none_astray"));
        }
        let cards: String = astray
            .iter()
            .take(ASTRAY_SHOWN)
            .map(|look| {
                let among = look.among.as_ref().map_or_else(String::new, |class| class_name(class, self.language));
                format!(
                    "<li><a class=\"look\" href=\"{}{}\"><img src=\"{}/api/looks/{}/thumbnail\" alt=\"\" width=\"128\" height=\"128\" loading=\"lazy\">\
                     <span class=\"who\">{}</span><span>{} <strong>{}</strong></span></a></li>",
                    self.base,
                    look_address(&look.id),
                    self.base,
                    percent_encode(&look.id),
                    escape(&self.who(look)),
                    self.t("map.among"),
                    escape(&among)
                )
            })
            .collect();
        format!("<p class=\"muted\">{}</p><ul class=\"look-grid\">{cards}</ul>", self.t("map.astray_lead"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::look_map::MapClass;

    #[test]
    fn names_do_not_cover_one_another_and_the_largest_class_keeps_its_place() {
        let classes = ["Eliotrope", "Huppermage", "Steamer", "Sram"];
        let look = |class: &str, at: usize| MapLook {
            id: format!("{class} {at}"),
            class_label: Some(ClassLabel::new(class)),
            gender: None,
            x: 0.3,
            y: 0.8,
            among: None,
        };
        let class = |(at, class): (usize, &&str)| MapClass {
            class_label: ClassLabel::new(class),
            looks: NAMED_LEAST + at,
            own: 1.0,
            nearest: None,
        };
        let map = LookMapAnswer {
            total: 0,
            looks: classes.iter().flat_map(|class| (0..NAMED_LEAST).map(|at| look(class, at))).collect(),
            classes: classes.iter().enumerate().map(class).collect(),
        };
        let drawer = Drawer { tints: tints(&map), map: &map, base: "", language: Language::French };
        let names = drawer.names();
        assert_eq!(names.len(), classes.len());
        assert_eq!((names[0].1.text.as_str(), names[0].1.y), ("Sram", 0.8));
        for (at, (_, name)) in names.iter().enumerate() {
            assert!(names[..at].iter().all(|(_, other)| !name.covers(other)), "{}", name.text);
        }
    }
}
