// What each slot wears.
import { drawing, element } from "./element.js";
import { icon, itemsById } from "./picker.js";
import { inWords, language, percent, t } from "./texts.js";

// Name and drawing of each slot, in the order of every answer.
const SLOTS = {
  coiffe: [t("slot.coiffe"), "M3 17h18M5.500 17c0-7 2-11 6.500-11s6.500 4 6.500 11M12 6V3"],
  cape: [t("slot.cape"), "M9 4h6M9 4c-1 6-3 11-4.500 16 4 1.300 11 1.300 15 0C18 15 16 10 15 4"],
  bouclier: [t("slot.bouclier"), "M12 3l8 3v5c0 5-3.500 8.500-8 10-4.500-1.500-8-5-8-10V6z"],
  familier: [t("slot.familier"), "M12 20c-3.500 0-5.500-1.500-5.500-3.800S9 12 12 12s5.500 2 5.500 4.200S15.500 20 12 20zM5 11v.01M9 6.500v.01M15 6.500v.01M19 11v.01"],
  epauliere: [t("slot.epauliere"), "M4 18v-4c0-5 3.500-9 8-9s8 4 8 9v4M4 14c5-2.500 11-2.500 16 0"],
  costume: [t("slot.costume"), "M8.500 4L4 7.500l2 3.500 2-1v10h8V10l2 1 2-3.500L15.500 4a3.500 3.500 0 0 1-7 0z"],
  ailes: [t("slot.ailes"), "M12 18c-1-6-4-11-9.500-12 0 6 2.500 11 9.500 12zM12 18c1-6 4-11 9.500-12 0 6-2.500 11-9.500 12z"],
};

export const SLOT_NAMES = Object.fromEntries(Object.entries(SLOTS).map(([slot, [label]]) => [slot, label]));
const nameOf = (candidate) => candidate.name ?? `#${candidate.label}`;

function candidateRow(candidate) {
  const hint = candidate.source === "icon" ? ` (${t("from_icon")})` : "";
  return element("li", {}, element("span", {}, nameOf(candidate) + hint), element("span", {}, percent(candidate.probability)));
}

function slotRow([slot, [label, path]], answer) {
  const worn = answer.itemId !== null;
  const candidates = answer.candidates;
  const chosen = candidates.find((candidate) => candidate.label === answer.itemId);
  const others = candidates.filter((candidate) => candidate !== chosen).slice(0, 4);
  const alike = (chosen?.sameAppearance.length ?? 1) - 1;
  // No look taught what is worn here: that nothing was found says nothing.
  const untaught = !worn && answer.present === 0 && !candidates.length;
  const name = untaught ? t("not_learned") : !worn ? t("nothing") : chosen ? nameOf(chosen) : `#${answer.itemId}`;
  const sure = worn ? answer.score : 1 - answer.present;
  return element(
    "li",
    { class: worn ? "worn-slot" : "empty", "data-slot": slot, tabindex: -1 },
    answer.hasIcon ? icon(answer.itemId) : drawing("svg", { class: "glyph", viewBox: "0 0 24 24", "aria-hidden": "true" }, drawing("path", { d: path })),
    element(
      "span",
      {},
      element("span", { class: "slot" }, label),
      element("span", { class: "worn" }, name),
      alike > 0 && element("span", { class: "slot" }, `+ ${alike} ${t("same")}`),
    ),
    element("span", { class: "sure" }, !untaught && element("b", {}, percent(sure)), !untaught && inWords(sure)),
    others.length > 0 && element("details", {}, element("summary", {}, t("others")), element("ul", {}, others.map(candidateRow))),
  );
}

// The answer names items in French; the catalogue knows the visitor's language too, and the icons.
export async function translateItems(analysis) {
  const answers = Object.values(analysis.items);
  const candidates = answers.flatMap((answer) => answer.candidates);
  const ids = [...new Set([...candidates.map((candidate) => candidate.label), ...answers.map((answer) => answer.itemId).filter(Boolean)])].slice(0, 200);
  const known = await itemsById(ids);
  for (const candidate of candidates) candidate.name = known.get(candidate.label)?.name[language] ?? candidate.name;
  for (const answer of answers) answer.hasIcon = known.get(answer.itemId)?.hasIcon ?? false;
}

export function itemsCard(analysis) {
  const rows = Object.entries(SLOTS).map((slot) => slotRow(slot, analysis.items[slot[0]]));
  return element("section", { class: "card", id: "items" }, element("h3", {}, t("items")), element("ul", { class: "item-list" }, rows));
}
