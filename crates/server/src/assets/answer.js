// An analysis as cards.
import { copyButton } from "./clipboard.js";
import { coloursCard, paletteCard, swatch } from "./colours.js";
import { drawing, element, styled } from "./element.js";
import { itemsCard, SLOT_NAMES } from "./items.js";
import { barbofusQuery, exportEntry, integers, lookString, shareAddress } from "./share.js";
import { base, inWords, language, number, percent, t } from "./texts.js";

const VERDICTS = {
  recognised: [t("verdict.recognised"), t("verdict.recognised.why")],
  uncertain: [t("verdict.uncertain"), t("verdict.uncertain.why")],
  unknown: [t("verdict.unknown"), t("verdict.unknown.why")],
};
const GENDERS = { m: t("male"), f: t("female") };

// Dark or light letters, whichever reads better on a colour (relative luminance of WCAG 2).
function lettersOn(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#1a1410" : "#fffaf2";
}

// A shield with the class's initials in the look's own colours: a drawn monogram, no game art.
function crest(label, analysis) {
  const colours = analysis.colorSlots.filter((slot) => slot.hex && slot.slot > 1).map((slot) => slot.hex);
  const [field, band] = [colours[1] ?? colours[0] ?? "#9c3d1c", colours[0] ?? "#e0a558"];
  const initials = label ? label.slice(0, 2) : "?";
  const shield = "M8 6h68v38c0 26-15 42-34 50C23 86 8 70 8 44z";
  return drawing(
    "svg",
    { class: "crest", viewBox: "0 0 84 100", "aria-hidden": "true" },
    drawing("path", { d: shield, fill: field }),
    drawing("path", { d: "M8 6h68v12H8z", fill: band }),
    drawing("path", { d: shield, fill: "none", stroke: "currentColor", "stroke-opacity": ".55", "stroke-width": 3 }),
    drawing("text", { x: 42, y: 60, fill: lettersOn(field) }, initials),
  );
}

function whoCard(analysis, drawing) {
  const [verdict, why] = VERDICTS[analysis.verdict];
  const names = analysis.classNames;
  const name = names ? names[language] : analysis.classLabel;
  const other = names && names.fr !== names.en ? (language === "fr" ? names.en : names.fr) : null;
  return element(
    "section",
    { class: "card who-card", id: "who" },
    crest(name, analysis),
    element(
      "div",
      {},
      element("h3", {}, name ?? t("unknown_title")),
      other && element("p", { class: "other-name", lang: language === "fr" ? "en" : "fr" }, other),
      element(
        "p",
        { class: "verdict-line" },
        element("span", { class: `badge ${analysis.verdict}` }, verdict),
        analysis.gender && element("span", {}, GENDERS[analysis.gender]),
        name && element("span", { class: "muted" }, `${inWords(analysis.confidence.class)} · ${percent(analysis.confidence.class)}`),
      ),
    ),
    element("p", { class: "muted wide" }, analysis.neighbors.length || analysis.classVotes.length ? why : t("empty_index")),
    drawing,
  );
}

function bars(title, votes, nameOf) {
  if (!votes.length) return null;
  const rows = votes.slice(0, 5).map(({ label, weight }) =>
    element(
      "li",
      {},
      element("span", {}, nameOf(label)),
      element("span", {}, percent(weight)),
      element("span", { class: "bar" }, styled(element("i"), { width: `${Math.round(weight * 1000) / 10}%` })),
    ),
  );
  return element("div", {}, element("h3", {}, title), element("ul", { class: "bars" }, rows));
}

function votesCard(analysis) {
  const parts = [
    bars(t("class"), analysis.classVotes, (label) => label),
    bars(t("gender"), analysis.genderVotes, (label) => GENDERS[label] ?? label),
  ].filter(Boolean);
  return parts.length ? element("section", { class: "card votes" }, parts) : null;
}

function neighboursCard(analysis) {
  if (!analysis.neighbors.length) return null;
  const rows = analysis.neighbors.map(({ exampleId: id, weight }) => {
    const address = encodeURIComponent(id);
    return element(
      "li",
      {},
      element(
        "a",
        { href: `${base}/looks/${address}` },
        element("img", { src: `${base}/api/looks/${address}/thumbnail`, alt: "", width: 80, height: 80, loading: "lazy" }),
        element("span", {}, id),
        element("span", { class: "muted" }, percent(Math.max(0, weight))),
      ),
    );
  });
  return element("section", { class: "card" }, element("h3", {}, t("neighbours")), element("ul", { class: "neighbours" }, rows));
}

// The whole answer of the program, as it came.
function answerCard(analysis) {
  const json = JSON.stringify(analysis, null, 2);
  return element(
    "section",
    { class: "card export" },
    element("details", {}, element("summary", {}, t("raw")), element("div", { class: "buttons" }, copyButton(t("copy_json"), json)), element("pre", { tabindex: 0 }, json)),
  );
}

// A look in the forms that people pass on. `breed`: its class's number, where the game has one.
export function exportCard(labels, breed) {
  const json = JSON.stringify(exportEntry(labels), null, 2);
  const url = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  const barbofus = barbofusQuery(labels, breed);
  return element(
    "section",
    { class: "card export", id: "export" },
    element("h3", {}, t("export")),
    element(
      "div",
      { class: "buttons", role: "group", "aria-label": t("export") },
      copyButton(t("copy_link"), shareAddress(labels)),
      copyButton(t("copy_entry"), json),
      copyButton(t("copy_integers"), integers(labels)),
      copyButton(t("copy_look"), lookString(labels)),
      barbofus && copyButton(t("copy_barbofus"), barbofus),
      element("a", { class: "button quiet small", href: url, download: "look.json" }, t("export_json")),
    ),
    element("p", { class: "muted small" }, t("share_privacy")),
  );
}

// A look that somebody shared: no picture, but what it says.
export function sharedCard(labels, names, drawing) {
  const known = labels.colors.filter(Boolean).length;
  const items = Object.entries(labels.items).filter(([, id]) => id);
  return element(
    "section",
    { class: "card who-card", id: "shared-look" },
    crest(labels.class, { colorSlots: labels.colors.map((hex, index) => ({ hex, slot: index + 1 })) }),
    element(
      "div",
      {},
      element("h2", {}, labels.class ?? t("unknown_title")),
      labels.gender && element("p", { class: "muted" }, GENDERS[labels.gender]),
    ),
    drawing,
    element("div", { class: "wide" }, known > 0 && element("div", { class: "swatches" }, labels.colors.map((hex, index) => swatch({ slot: index + 1, hex, state: hex ? "solved" : "unknown", confidence: 1 }, true)))),
    items.length > 0 && element("dl", { class: "facts wide" }, items.map(([slot, id]) => element("div", {}, element("dt", {}, SLOT_NAMES[slot]), element("dd", {}, names.get(id) ?? `#${id}`)))),
  );
}

// `drawing`: the character in the colours found, or null.
export function answerCards(analysis, drawing) {
  // Of nobody there is nothing to say, not even that nothing is worn.
  const found = analysis.character !== null;
  // Of a class that nobody taught the first colour may be told all the same.
  const hinted = analysis.colorSlots.some((slot) => slot.hex);
  const cards = [
    whoCard(analysis, drawing), votesCard(analysis), (found || hinted) && coloursCard(analysis), found && itemsCard(analysis), neighboursCard(analysis), paletteCard(analysis), answerCard(analysis),
  ].filter(Boolean);
  for (const card of cards) card.classList.add("appear");
  return cards;
}

// Where the character stands and what answered, below the picture.
export function pictureNotes(analysis) {
  const found = analysis.character;
  const where = found ? `${t("character")}${found.mirrored ? `, ${t("mirrored")}` : ""}` : t("no_character");
  const model = analysis.model ? ` · ${t("model")} ${analysis.model}` : "";
  return [
    element("p", { class: "muted small" }, where),
    element("p", { class: "muted small" }, `${t("encoder")} ${analysis.encoder}${model} · ${number(analysis.tookMs)} ms`),
  ];
}
