// A field that searches the catalogue in both languages: a combobox after the ARIA practices.
import { element } from "./element.js";
import { base, language, t } from "./texts.js";

const WAIT_MS = 150;
let pickers = 0;

export const nameOf = (item) => item.name[language] ?? item.name.fr ?? item.name.en ?? `#${item.id}`;
export const icon = (id) => element("img", { class: "icon", src: `${base}/api/catalogue/items/${id}/icon`, alt: "", width: 40, height: 40, loading: "lazy" });

// Items of the catalogue by id.
export async function itemsById(ids) {
  if (!ids.length) return new Map();
  const response = await fetch(`${base}/api/catalogue/items?limit=200&ids=${ids.join(",")}`).catch(() => null);
  return new Map(response?.ok ? (await response.json()).items.map((item) => [item.id, item]) : []);
}

async function search(text, slot) {
  const query = new URLSearchParams({ q: text, limit: 12, ...(slot ? { slot } : {}) });
  const response = await fetch(`${base}/api/catalogue/items?${query}`);
  return response.ok ? (await response.json()).items : [];
}

// `chosen` gets an id or null. A number that no catalogue knows is an id too.
export function itemPicker({ label, slot = null, id = null, name = "", hint = null, chosen }) {
  const number = (pickers += 1);
  const list = element("ul", { class: "options", id: `options-${number}`, role: "listbox", "aria-label": label, hidden: true });
  const input = element("input", {
    type: "text", id: `item-${number}`, role: "combobox", autocomplete: "off", spellcheck: "false", value: name || (id ? `#${id}` : ""), placeholder: hint ? `${t("perhaps")} ${hint}` : t("item_placeholder"),
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  });
  let found = [];
  let at = -1;
  let timer = 0;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    at = -1;
  };
  const take = (item) => {
    input.value = item ? nameOf(item) : "";
    chosen(item?.id ?? null, item);
    close();
  };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((option, position) => option.setAttribute("aria-selected", String(position === at)));
    const option = list.children[at];
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const show = () => {
    const options = found.map((item, index) =>
      element(
        "li",
        { role: "option", id: `option-${number}-${index}`, "aria-selected": "false", on: { pointerdown: (event) => { event.preventDefault(); take(item); } } },
        item.hasIcon ? icon(item.id) : element("span", { class: "icon" }),
        element("span", {}, nameOf(item)),
        element("span", { class: "muted small" }, item.level ? `${t("level")} ${item.level}` : ""),
      ));
    list.replaceChildren(...options);
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(options.length > 0));
    at = -1;
  };
  const ask = async () => {
    const turn = (asked += 1);
    const items = await search(input.value.trim(), slot).catch(() => []);
    if (turn !== asked || document.activeElement !== input) return;
    found = items;
    show();
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
    const text = input.value.trim();
    if (!text) chosen(null, null);
    else if (/^#?\d+$/.test(text)) chosen(Number(text.replace("#", "")), null);
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) ask();
    else if (event.key === "ArrowDown") mark(Math.min(at + 1, found.length - 1));
    else if (event.key === "ArrowUp") mark(Math.max(at - 1, 0));
    else if (event.key === "Enter" && found[at] && !list.hidden) take(found[at]);
    else if (event.key === "Escape" && !list.hidden) close();
    else return;
    event.preventDefault();
  });
  return element("div", { class: "picker" }, element("label", { for: input.id }, label), element("div", { class: "picker-field" }, input, list));
}
