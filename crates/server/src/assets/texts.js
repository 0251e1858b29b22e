// The page's texts, in its language; the server wrote them into the document.
const texts = JSON.parse(document.getElementById("texts").textContent);
export const language = document.documentElement.lang;
export const base = document.documentElement.dataset.base;
export const t = (key) => texts[key] ?? key;

// Keys that are made of parts are spelt out, so that a test can find them.
const SURE = [
  [0.95, t("sure.5")],
  [0.8, t("sure.4")],
  [0.6, t("sure.3")],
  [0.35, t("sure.2")],
  [0, t("sure.1")],
];

// A probability in words.
export const inWords = (probability) => SURE.find(([least]) => probability >= least)?.[1] ?? t("sure.1");

const percentFormat = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
// A probability in figures; never "100 %" or "0 %", which nothing is.
export function percent(share) {
  if (share > 0.99 && share < 1) return `>\u00a0${percentFormat.format(0.99)}`;
  if (share > 0 && share < 0.01) return `<\u00a0${percentFormat.format(0.01)}`;
  return percentFormat.format(share);
}
export const number = (value) => new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);
