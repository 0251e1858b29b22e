// A form of all labels of a look; every field can be corrected, and left unknown.
import { element } from "./element.js";
import { itemPicker, itemsById, nameOf } from "./picker.js";
import { SLOT_NAMES } from "./items.js";
import { COLOUR_NAMES } from "./colours.js";
import { t } from "./texts.js";

const GENDERS = [["m", t("male")], ["f", t("female")], ["", t("not_known")]];
let editors = 0;

// Below this an item is more likely wrong than right: it is offered as a hint, never as a label.
const LIKELY = 0.5;

// Labels of an analysis: what the program is sure enough of to say.
export function labelsOf(analysis) {
  return {
    class: analysis.classLabel, gender: analysis.gender, colors: Array.from({ length: 6 }, (_, index) => analysis.colorSlots[index]?.hex ?? null),
    items: Object.fromEntries(Object.entries(analysis.items).map(([slot, { itemId, score }]) => [slot, score >= LIKELY ? itemId : null])),
  };
}

// Names of the items that are not sure enough, by slot.
export const hintsOf = (analysis) =>
  Object.fromEntries(Object.entries(analysis.items).filter(([, { itemId, score }]) => itemId !== null && score < LIKELY)
    .map(([slot, { itemId, candidates }]) => [slot, candidates.find(({ label }) => label === itemId)?.name ?? `#${itemId}`]));

// Labels of a stored look.
export const labelsOfLook = (look) => ({
  class: look.classLabel, gender: look.gender, colors: Array.from({ length: 6 }, (_, index) => look.colors[index] ?? null), items: { ...look.items },
});

function classField(labels, changed) {
  const id = `class-${editors}`;
  const input = element("input", { type: "text", id, list: "classes", value: labels.class ?? "", autocomplete: "off", placeholder: t("not_known") });
  input.addEventListener("input", () => {
    labels.class = input.value.trim() || null;
    changed();
  });
  return element("div", { class: "picker" }, element("label", { for: id }, t("class")), input);
}

function genderField(labels, changed) {
  const radios = GENDERS.map(([value, words]) => {
    const radio = element("input", { type: "radio", name: `gender-${editors}`, value, checked: (labels.gender ?? "") === value });
    radio.addEventListener("change", () => {
      labels.gender = value || null;
      changed();
    });
    return element("label", { class: "choice" }, radio, words);
  });
  return element("fieldset", { class: "choices" }, element("legend", {}, t("gender")), radios);
}

function colourField(labels, index, changed) {
  const words = COLOUR_NAMES[index];
  const hex = labels.colors[index];
  const patch = element("input", { type: "color", value: (hex ?? "#808080").toLowerCase(), "aria-label": `${words} – ${t("colour_choose")}` });
  const text = element("input", { type: "text", value: hex ?? "", placeholder: "–", maxlength: 9, size: 8, spellcheck: "false", autocomplete: "off", "aria-label": `${words} – ${t("colour_code")}` });
  const set = (value) => {
    labels.colors[index] = value;
    patch.classList.toggle("none", !value);
    changed();
  };
  patch.classList.toggle("none", !hex);
  patch.addEventListener("input", () => {
    text.value = patch.value.toUpperCase();
    text.setCustomValidity("");
    set(text.value);
  });
  text.addEventListener("input", () => {
    const digits = text.value.trim().replace(/^#/, "");
    const known = /^[0-9a-f]{6}$/i.test(digits);
    text.setCustomValidity(known || !digits ? "" : t("colour_invalid"));
    text.setAttribute("aria-invalid", String(!known && digits !== ""));
    if (known) patch.value = `#${digits.toLowerCase()}`;
    if (known || !digits) set(known ? `#${digits.toUpperCase()}` : null);
  });
  return element("div", { class: "colour-field" }, element("span", {}, words), element("div", {}, patch, text));
}

// `labels` is changed in place; `changed` is told of every change; `hints` are names by slot.
export async function editor(labels, changed = () => {}, hints = {}) {
  editors += 1;
  const ids = Object.values(labels.items).filter(Boolean);
  const known = await itemsById(ids);
  const pickers = Object.entries(SLOT_NAMES).map(([slot, label]) => {
    const id = labels.items[slot] ?? null;
    const item = known.get(id);
    return itemPicker({
      label, slot, id, name: item ? nameOf(item) : "", hint: hints[slot],
      chosen: (chosenId) => {
        labels.items[slot] = chosenId;
        changed();
      },
    });
  });
  const form = element(
    "form",
    { class: "editor", novalidate: true },
    element("div", { class: "editor-row" }, classField(labels, changed), genderField(labels, changed)),
    element("fieldset", { class: "colour-fields" }, element("legend", {}, t("colours")), COLOUR_NAMES.map((_, index) => colourField(labels, index, changed))),
    element("fieldset", { class: "item-fields" }, element("legend", {}, t("items")), pickers),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  return form;
}
