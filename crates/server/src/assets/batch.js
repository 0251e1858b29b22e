// Many pictures: one row each, to be saved as a table, and two of them compared.
import { element, styled } from "./element.js";
import { COLOUR_NAMES } from "./colours.js";
import { labelsOf } from "./editor.js";
import { SLOT_NAMES, translateItems } from "./items.js";
import { exportEntry } from "./share.js";
import { inWords, language, percent, t } from "./texts.js";

const AT_ONCE = 2;
const VERDICTS = { recognised: t("verdict.recognised"), uncertain: t("verdict.uncertain"), unknown: t("verdict.unknown") };
const GENDERS = { m: t("male"), f: t("female") };
const className = (analysis) => (analysis.classNames ? analysis.classNames[language] : analysis.classLabel) ?? t("unknown_title");

const chips = (colors) =>
  element("span", { class: "chips" }, colors.map((hex) => styled(element("i", { class: hex ? "chip-dot" : "chip-dot none", title: hex ?? "–" }), hex ? { background: hex } : {})));

function worn(analysis) {
  return Object.entries(SLOT_NAMES).flatMap(([slot, label]) => {
    const { itemId, candidates } = analysis.items[slot];
    if (itemId === null) return [];
    const name = candidates.find((candidate) => candidate.label === itemId)?.name ?? `#${itemId}`;
    return [{ slot, label, itemId, name }];
  });
}

function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// A cell that a spreadsheet cannot take for a formula.
function cell(value) {
  const text = String(value ?? "");
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replace(/"/g, '""')}"`;
}

export function asCsv(rows) {
  const head = ["image", "class", "gender", "verdict", "confidence", "color1", "color2", "color3", "color4", "color5", "color6", ...Object.keys(SLOT_NAMES), "error"];
  const lines = rows.map(({ name, analysis, error }) => {
    if (!analysis) return [name, ...Array(head.length - 2).fill(""), error];
    const labels = labelsOf(analysis);
    return [name, labels.class, labels.gender, analysis.verdict, analysis.confidence.class.toFixed(4), ...labels.colors, ...Object.keys(SLOT_NAMES).map((slot) => labels.items[slot]), ""];
  });
  return [head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

const asJson = (rows) =>
  JSON.stringify(rows.map(({ name, analysis, error }) => (analysis ? { image: name, ...exportEntry(labelsOf(analysis)), verdict: analysis.verdict, confidence: analysis.confidence } : { image: name, error })), null, 2);

function comparison([one, other]) {
  const line = (label, left, right, same) =>
    element("tr", { class: same ? "" : "differs" }, element("th", { scope: "row" }, label), element("td", {}, left), element("td", {}, right), element("td", {}, same ? t("compare_same") : t("compare_differs")));
  const [a, b] = [one.analysis, other.analysis];
  const [la, lb] = [labelsOf(a), labelsOf(b)];
  const rows = [
    line(t("class"), className(a), className(b), la.class === lb.class),
    line(t("gender"), GENDERS[a.gender] ?? "–", GENDERS[b.gender] ?? "–", la.gender === lb.gender),
    ...la.colors.map((hex, index) => line(COLOUR_NAMES[index], element("span", {}, chips([hex]), ` ${hex ?? "–"}`), element("span", {}, chips([lb.colors[index]]), ` ${lb.colors[index] ?? "–"}`), hex === lb.colors[index])),
    ...Object.entries(SLOT_NAMES).map(([slot, label]) => {
      const name = (analysis) => worn(analysis).find((item) => item.slot === slot)?.name ?? t("nothing");
      return line(label, name(a), name(b), la.items[slot] === lb.items[slot]);
    }),
  ];
  const head = (row) => element("th", { scope: "col" }, element("img", { src: row.url, alt: row.name, class: "compare-picture" }), element("span", { class: "small" }, row.name));
  return element(
    "section",
    { class: "card", id: "comparison", tabindex: -1 },
    element("h3", {}, t("compare")),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("compare") },
      element("table", {}, element("thead", {}, element("tr", {}, element("td", {}), head(one), head(other), element("td", {}))), element("tbody", {}, rows))),
  );
}

// `ask` gives the analysis of a picture; `open` shows one of them alone.
export async function batch(place, pictures, { ask, open, signal }) {
  const rows = pictures.map((picture) => ({ name: picture.name || t("picture_alt"), picture, url: URL.createObjectURL(picture) }));
  const progress = element("progress", { max: rows.length, value: 0, "aria-label": t("batch") });
  const compared = element("div", {});
  const compare = element("button", { type: "button", class: "button small", id: "compare", disabled: true }, t("compare"));
  const csv = element("button", { type: "button", class: "button quiet small", id: "save-csv" }, "CSV");
  const json = element("button", { type: "button", class: "button quiet small", id: "save-json" }, "JSON");
  const body = element("tbody", {});
  const chosen = () => rows.filter((row) => row.box?.checked && row.analysis);
  const follow = () => (compare.disabled = chosen().length !== 2);
  for (const row of rows) {
    row.box = element("input", { type: "checkbox", "aria-label": `${t("compare")} – ${row.name}`, disabled: true, on: { change: follow } });
    row.line = element("tr", {}, element("td", {}, row.box), element("td", {}, element("img", { src: row.url, alt: "", class: "row-picture" })), element("td", { class: "name" }, row.name), element("td", { colspan: 5, class: "muted" }, t("analysing")));
    body.append(row.line);
  }
  const fill = (row) => {
    const { analysis, error } = row;
    const kept = [...row.line.children].slice(0, 3);
    if (!analysis) return row.line.replaceChildren(...kept, element("td", { colspan: 5, class: "failed" }, error));
    row.box.disabled = false;
    const show = element("button", { type: "button", class: "button quiet small", on: { click: () => open(row.picture) } }, t("batch_open"));
    row.line.replaceChildren(
      ...kept,
      element("td", {}, element("strong", {}, className(analysis)), element("br"), GENDERS[analysis.gender] ?? ""),
      element("td", {}, element("span", { class: `badge ${analysis.verdict}` }, VERDICTS[analysis.verdict]), element("br"), element("span", { class: "muted small" }, `${inWords(analysis.confidence.class)} · ${percent(analysis.confidence.class)}`)),
      element("td", {}, chips(labelsOf(analysis).colors)),
      element("td", { class: "small" }, worn(analysis).map(({ name }) => element("div", {}, name))),
      element("td", {}, show),
    );
  };
  compare.addEventListener("click", () => {
    compared.replaceChildren(comparison(chosen()));
    compared.firstChild.focus();
  });
  csv.addEventListener("click", () => save("looks.csv", "text/csv", `\ufeff${asCsv(rows)}`));
  json.addEventListener("click", () => save("looks.json", "application/json", asJson(rows)));
  const columns = ["", t("picture_column"), t("file"), t("class"), t("verdict_column"), t("colours"), t("items"), ""];
  place.replaceChildren(
    element("section", { class: "card" },
      element("div", { class: "card-head" }, element("h3", {}, `${t("batch")} (${rows.length})`), element("div", { class: "buttons" }, compare, csv, json)),
      progress,
      element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("batch") },
        element("table", { id: "batch-table" }, element("thead", {}, element("tr", {}, columns.map((words) => (words ? element("th", { scope: "col" }, words) : element("td", {}))))), body))),
    compared,
  );
  const waiting = [...rows];
  const work = async () => {
    for (let row = waiting.shift(); row && !signal.aborted; row = waiting.shift()) {
      try {
        row.analysis = await ask(row.picture, signal);
        await translateItems(row.analysis);
      } catch (error) {
        if (signal.aborted) return;
        row.error = error instanceof TypeError ? t("offline") : error.message;
      }
      progress.value += 1;
      fill(row);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (signal.aborted) return;
  progress.hidden = true;
  if (rows.length === 2 && rows.every((row) => row.analysis)) {
    for (const row of rows) row.box.checked = true;
    compared.replaceChildren(comparison(rows));
  }
  follow();
}
