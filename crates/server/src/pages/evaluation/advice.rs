//! Where data is thin: what more looks would help most, thinnest first.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use lorgnon_look::{CLASSES, ClassLabel, Gender, ItemId, Slot, SlotMap};

use crate::backend::Standing;
use crate::error::ApiResult;
use crate::language::Language;
use crate::looks::Looks;
use crate::pages::template::{escape, percent_encode};
use crate::pages::words::{class_name, counted, gender_word, slot_word, t};

/// A class and sex with fewer looks than this is hard to learn.
const FEW_OF_A_CLASS: u64 = 4;
/// A slot that fewer looks wear something in is.
const FEW_OF_A_SLOT: u64 = 10;
/// Rows that are shown at once; the others unfold.
const ROWS_SHOWN: usize = 8;

/// How many looks teach what.
#[derive(Default)]
pub(super) struct Counts {
    looks: u64,
    pairs: BTreeMap<(ClassLabel, Gender), u64>,
    items: SlotMap<BTreeMap<ItemId, u64>>,
}

/// One thing that more looks would help.
struct Row {
    what: String,
    count: u64,
    enough: u64,
    said: String,
    /// Where the looks are, below the base path.
    address: Option<String>,
}

impl Counts {
    pub(super) fn of(looks: &Looks<'_>) -> ApiResult<Self> {
        let mut counts = Self::default();
        looks.visit(&mut |stored| {
            if stored.standing != Standing::Removed {
                counts.looks += 1;
                if let (Some(class), Some(gender)) = (&stored.look.class, stored.look.gender) {
                    *counts.pairs.entry((class.clone(), gender)).or_default() += 1;
                }
                for (slot, item) in &stored.look.items {
                    *counts.items[*slot].entry(*item).or_default() += 1;
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(counts)
    }

    /// Every class that is known under both sexes, and where it is the game's own, all of the game's.
    fn classes(&self) -> BTreeMap<ClassLabel, [u64; 2]> {
        let own = self.pairs.keys().filter(|(class, _)| class.class().is_some()).count();
        let mut classes = BTreeMap::new();
        if 2 * own > self.pairs.len() {
            classes.extend(CLASSES.iter().map(|class| (ClassLabel::new(class.french), [0, 0])));
        }
        for ((class, gender), count) in &self.pairs {
            let sexes = classes.entry(class.clone()).or_insert([0, 0]);
            sexes[usize::from(*gender == Gender::Female)] += count;
        }
        classes
    }

    fn class_rows(&self, language: Language) -> Vec<Row> {
        let mut rows = Vec::new();
        for (class, counts) in self.classes() {
            let address = |gender: Option<Gender>| {
                let gender = gender.map_or_else(String::new, |gender| format!("&gender={gender}"));
                format!("/looks?class={}{gender}", percent_encode(class.as_str()))
            };
            if counts == [0, 0] {
                rows.push(Row {
                    what: class_name(&class, language),
                    count: 0,
                    enough: FEW_OF_A_CLASS,
                    said: t("evaluation.no_look", language).to_owned(),
                    address: None,
                });
                continue;
            }
            for (gender, count) in [Gender::Male, Gender::Female].into_iter().zip(counts) {
                if count < FEW_OF_A_CLASS {
                    rows.push(Row {
                        what: format!("{} · {}", class_name(&class, language), gender_word(gender, language)),
                        count,
                        enough: FEW_OF_A_CLASS,
                        said: if count == 0 {
                            t("evaluation.no_look", language).to_owned()
                        } else {
                            counted(count, "count.look", language)
                        },
                        address: (count > 0).then(|| address(Some(gender))),
                    });
                }
            }
        }
        rows
    }

    fn slot_rows(&self, language: Language) -> Vec<Row> {
        let few = |(slot, items): (Slot, &BTreeMap<ItemId, u64>)| {
            let count: u64 = items.values().sum();
            let said = if count == 0 {
                t("evaluation.no_example", language).to_owned()
            } else {
                counted(count, "count.example", language)
            };
            let what = slot_word(slot, language).to_owned();
            (count < FEW_OF_A_SLOT).then_some(Row { what, count, enough: FEW_OF_A_SLOT, said, address: None })
        };
        self.items.iter().filter_map(few).collect()
    }

    /// Items that a single look teaches, by slot.
    fn single(&self, language: Language) -> Option<String> {
        let slots: Vec<String> = self
            .items
            .iter()
            .filter_map(|(slot, items)| {
                let single = items.values().filter(|count| **count == 1).count() as u64;
                let many = items.values().sum::<u64>() >= FEW_OF_A_SLOT;
                (single > 0 && many).then(|| {
                    let word = slot_word(slot, language).to_lowercase();
                    format!("{word}\u{a0}({single})")
                })
            })
            .collect();
        (!slots.is_empty())
            .then(|| format!("{} {}.", t("evaluation.single", language), escape(&slots.join(", "))))
    }

    /// The advice as HTML.
    pub(super) fn advice(&self, base: &str, language: Language) -> String {
        if self.looks == 0 {
            return format!("<p class=\"muted\">{}</p>", escape(t("evaluation.no_data", language)));
        }
        let mut rows = self.slot_rows(language);
        rows.extend(self.class_rows(language));
        rows.sort_by(|one, other| {
            (one.count * other.enough).cmp(&(other.count * one.enough)).then(one.what.cmp(&other.what))
        });
        let single = self.single(language);
        if rows.is_empty() && single.is_none() {
            return format!("<p>{}</p>", escape(t("evaluation.enough", language)));
        }
        let mut html = format!("<p class=\"muted\">{}</p>", escape(t("evaluation.thin_lead", language)));
        let (shown, others) = rows.split_at(rows.len().min(ROWS_SHOWN));
        html.push_str(&list(shown, base));
        if !others.is_empty() {
            let more = counted(others.len() as u64, "count.other", language);
            html.push_str(&format!(
                "<details><summary>{}</summary>{}</details>",
                escape(&more),
                list(others, base)
            ));
        }
        if let Some(single) = single {
            html.push_str(&format!("<p class=\"muted\">{single}</p>"));
        }
        html
    }
}

fn list(rows: &[Row], base: &str) -> String {
    let rows: String = rows
        .iter()
        .map(|row| {
            let what = escape(&row.what);
            let what = match &row.address {
                Some(address) => format!("<a href=\"{base}{}\">{what}</a>", escape(address)),
                None => what,
            };
            let part = 100 * row.count / row.enough.max(1);
            format!(
                "<li><span class=\"what\">{what}</span><svg class=\"share\" viewBox=\"0 0 100 8\" width=\"100\" height=\"8\" aria-hidden=\"true\">\
                 <rect class=\"all\" width=\"100\" height=\"8\" rx=\"4\"/><rect class=\"part\" width=\"{part}\" height=\"8\" rx=\"4\"/></svg>\
                 <span class=\"said\">{}</span></li>",
                escape(&row.said)
            )
        })
        .collect();
    format!("<ul class=\"thin\">{rows}</ul>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_thinnest_comes_first_and_the_rest_unfolds() {
        let mut counts = Counts { looks: 60, ..Counts::default() };
        for class in &CLASSES {
            counts.pairs.insert((ClassLabel::new(class.french), Gender::Male), 4);
            counts.pairs.insert((ClassLabel::new(class.french), Gender::Female), 3);
        }
        counts.pairs.remove(&(ClassLabel::new("Iop"), Gender::Female));
        counts.items[Slot::Ailes].insert(5, 3);
        let html = counts.advice("/base", Language::French);
        let at = |words: &str| html.find(words).unwrap_or_else(|| panic!("{words}: {html}"));
        assert!(at("Iop · Féminin") < at("Ailes") && at("Ailes") < at("Crâ · Féminin"), "{html}");
        assert!(html.contains("3\u{a0}exemples") && html.contains("<details>"), "{html}");
        assert!(html.contains("href=\"/base/looks?class=Cr%C3%A2&amp;gender=f\""), "{html}");
    }

    #[test]
    fn another_games_classes_are_not_missed() {
        let mut counts = Counts { looks: 9, ..Counts::default() };
        counts.pairs.insert((ClassLabel::new("elf"), Gender::Male), 9);
        let html = counts.advice("", Language::English);
        assert!(!html.contains("Iop") && html.contains("elf · Female"), "{html}");
    }
}
