// The filter's item is found by its name; without a catalogue its number stays.
import { itemPicker, itemsById, nameOf } from "./picker.js";
import { t } from "./texts.js";

const form = document.getElementById("filters");
// Not `form.elements.item`: that is a method of every form.
const [slot, item] = ["slot", "item"].map((name) => form.querySelector(`[name=${name}]`));
const label = item.closest("label");

// A colour can be chosen, not only written; empty is still any.
function chooseColour() {
  const text = form.querySelector("[name=color]");
  const choice = document.createElement("input");
  const mark = () => choice.classList.toggle("none", !text.value.trim());
  const follow = () => {
    choice.value = /^#[0-9a-f]{6}$/i.test(text.value) ? text.value.toLowerCase() : "#e59be8";
    mark();
  };
  choice.type = "color";
  choice.setAttribute("aria-label", t("colour_choose"));
  choice.addEventListener("input", () => {
    text.value = choice.value.toUpperCase();
    mark();
  });
  text.addEventListener("input", follow);
  follow();
  const both = document.createElement("span");
  both.className = "colour-filter";
  text.replaceWith(both);
  both.append(choice, text);
}

async function start() {
  chooseColour();
  const id = Number(item.value) || null;
  const known = id ? (await itemsById([id])).get(id) : null;
  const hidden = document.createElement("input");
  [hidden.type, hidden.name, hidden.value] = ["hidden", "item", item.value];
  const picker = itemPicker({
    label: t("item"), id, name: known ? nameOf(known) : "",
    chosen: (chosenId, chosen) => {
      hidden.value = chosenId ?? "";
      if (chosen?.slot) slot.value = chosen.slot;
      if (!chosenId) slot.value = "";
    },
  });
  label.replaceWith(picker, hidden);
  document.documentElement.dataset.ready = "true";
}
start();
