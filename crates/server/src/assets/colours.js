// The six colours and the picture's palette.
import { copy, copyButton } from "./clipboard.js";
import { element, styled } from "./element.js";
import { percent, t } from "./texts.js";

export const COLOUR_NAMES = [t("colour.1"), t("colour.2"), t("colour.3"), t("colour.4"), t("colour.5"), t("colour.6")];
const STATES = { solved: t("state.solved"), uncertain: t("state.uncertain"), unknown: t("state.unknown") };

// `said`: by a person, so without how sure it is.
export function swatch({ slot, hex, state, confidence }, said = false) {
  const code = element("code", {}, hex ?? "–");
  const patch = element("span", { class: hex ? "patch" : "patch none" });
  if (hex) styled(patch, { background: hex });
  const sure = state === "unknown" ? "" : ` · ${percent(confidence)}`;
  return element(
    "button",
    {
      type: "button", class: "swatch", disabled: !hex,
      on: { click: () => copy(hex, code) },
    },
    patch,
    element("span", { class: "about" }, element("strong", {}, COLOUR_NAMES[slot - 1]), code, !said && element("span", { class: `state ${state}` }, STATES[state] + sure), hex && element("span", { class: "visually-hidden" }, t("copy"))),
  );
}

// In slot order; a slot that is not known stays a gap, as positions matter.
export function coloursCard(analysis) {
  const slots = analysis.colorSlots;
  if (!slots.length) return null;
  const known = slots.filter((slot) => slot.hex);
  const list = slots.map((slot) => slot.hex ?? "-").join(", ");
  return element(
    "section",
    { class: "card" },
    element(
      "div",
      { class: "card-head" },
      element("h3", {}, t("colours")),
      known.length > 0 &&
        element(
          "div",
          { class: "buttons", role: "group", "aria-label": t("copy_all") },
          copyButton(t("copy_list"), list),
        ),
    ),
    element("div", { class: "swatches" }, slots.map((slot) => swatch(slot))),
  );
}

export function paletteCard(analysis) {
  if (!analysis.palette.length) return null;
  const parts = analysis.palette.map(({ hex, share }) => {
    const label = `${hex} · ${percent(share)}`;
    const part = element("button", { type: "button", title: label, "aria-label": `${label}. ${t("copy")}`, on: { click: () => navigator.clipboard?.writeText(hex) } });
    return styled(part, { background: hex, "flex-grow": String(Math.max(share, 0.01)) });
  });
  return element("section", { class: "card" }, element("h3", {}, t("palette")), element("div", { class: "palette" }, parts));
}
