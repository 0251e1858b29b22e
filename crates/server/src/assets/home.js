// Takes pictures (dropped, pasted, picked, photographed or an example) and shows the answer.
import { answerCards, exportCard, pictureNotes, sharedCard } from "./answer.js";
import { correctCard } from "./collect.js";
import { cropOn } from "./crop.js";
import { hintsOf, labelsOf } from "./editor.js";
import { translateItems } from "./items.js";
import { lightOn, lightRegions, showCharacters, showPicture } from "./picture.js";
import { itemsById, nameOf } from "./picker.js";
import { redrawn } from "./redrawn.js";
import { sharedLabels } from "./share.js";
import { base, t } from "./texts.js";
import { offerReasons, withdrawReasons } from "./why.js";

const byId = (id) => document.getElementById(id);
const [drop, file, camera, give, answer, announcement] = ["drop", "file", "camera", "give", "answer", "announcement"].map(byId);
const [why, whyLegend, crop, many, shared] = ["why", "why-legend", "crop", "batch", "shared"].map(byId);
const RETRIES_MAX = 4;
// A picture more than this is a mistake, or a program's work.
const PICTURES_MAX = 200;
const REDRAW_WAIT_MS = 300;
let running = null;
let shownUrl = null;

function announce(text, kind = "") {
  announcement.textContent = text;
  announcement.className = `announcement ${kind}`;
}

async function ask(picture, signal, retries = 0) {
  const response = await fetch(`${base}/api/analyze-look?k=6`, {
    method: "POST", body: picture, signal,
    headers: { "content-type": "application/octet-stream", "accept-language": document.documentElement.lang },
  });
  if ([429, 503].includes(response.status) && retries < RETRIES_MAX) {
    announce(t("busy"), "busy");
    const seconds = Number(response.headers.get("retry-after")) || 1;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return ask(picture, signal, retries + 1);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? t("failed"));
  return body;
}

// One of the four parts of the page, the others hidden.
function show(part) {
  for (const one of [give, answer, many, shared]) one.hidden = one !== part;
}

function begin() {
  running?.abort();
  running = new AbortController();
  delete document.documentElement.dataset.state;
  announce(t("analysing"), "busy");
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return running;
}

const breedOf = (analysis, labels) => (labels.class === analysis.classLabel ? analysis.classId : null) ?? CLASS_IDS.get(fold(labels.class)) ?? null;
const fold = (text) => (text ?? "").normalize("NFD").replace(/\p{M}/gu, "").trim().toLowerCase();
// The class list that the server wrote is by breed id; English names have the French one beside them.
const NAMES = [...document.querySelectorAll("#classes option")];
const CLASS_IDS = new Map(NAMES.filter((option) => !option.textContent).map((option, index) => [fold(option.value), index === 18 ? 20 : index + 1]));
for (const option of NAMES) if (option.textContent) CLASS_IDS.set(fold(option.value), CLASS_IDS.get(fold(option.textContent)));

// What follows a correction: the forms to copy, and the drawing.
function follow(analysis, labels) {
  let timer = 0;
  return () => {
    byId("export")?.replaceWith(exportCard(labels, breedOf(analysis, labels)));
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const drawing = await redrawn({ classLabel: labels.class, gender: labels.gender, colorSlots: labels.colors.map((hex) => ({ hex })) });
      const before = byId("redrawn");
      if (drawing) before?.replaceWith(drawing);
      // The drawing of another class would say what is not meant.
      else if (before) before.hidden = true;
    }, REDRAW_WAIT_MS);
  };
}

async function analyse(picture) {
  const control = begin();
  if (shownUrl) URL.revokeObjectURL(shownUrl);
  shownUrl = URL.createObjectURL(picture);
  byId("cards").replaceChildren();
  byId("picture-notes").replaceChildren();
  document.querySelector(".crop-bar")?.remove();
  withdrawReasons(why, whyLegend);
  crop.hidden = true;
  show(answer);
  try {
    const [frame, analysis] = await Promise.all([showPicture(byId("picture"), shownUrl), ask(picture, control.signal)]);
    const [drawing] = await Promise.all([redrawn(analysis), translateItems(analysis)]);
    const labels = labelsOf(analysis);
    const correct = await correctCard({ picture, labels, hints: hintsOf(analysis), collects: give.dataset.collects === "true", changed: follow(analysis, labels) });
    if (control.signal.aborted) return;
    showCharacters(frame, analysis);
    const cards = answerCards(analysis, drawing);
    lightOn(cards[0], frame);
    byId("cards").replaceChildren(...cards.slice(0, -1), correct, exportCard(labels, breedOf(analysis, labels)), ...cards.slice(-1));
    lightRegions(document.querySelectorAll(".item-list > li"), frame, analysis);
    byId("picture-notes").replaceChildren(...pictureNotes(analysis));
    offerReasons(why, whyLegend, { frame, picture, analysis });
    crop.hidden = !frame.querySelector("img").naturalWidth;
    crop.onclick = () => cropOn(frame, analyse);
    announce(t("done"));
    byId("result-heading").focus({ preventScroll: true });
    document.documentElement.dataset.state = "answered";
    // Nobody found: what can be done about it is offered at once.
    if (!analysis.character && !crop.hidden) cropOn(frame, analyse);
  } catch (error) {
    if (error.name === "AbortError") return;
    start();
    announce(error instanceof TypeError ? t("offline") : error.message, "failed");
    document.documentElement.dataset.state = "failed";
  }
}

async function analyseMany(pictures) {
  const control = begin();
  show(many);
  // Few visitors bring many pictures: the others do not load this.
  const { batch } = await import("./batch.js");
  announce("");
  await batch(byId("batch-place"), pictures.slice(0, PICTURES_MAX), { ask, open: analyse, signal: control.signal });
  if (!control.signal.aborted) document.documentElement.dataset.state = "batch";
}

async function showShared(labels) {
  show(shared);
  const ids = Object.values(labels.items).filter(Boolean);
  const [drawing, items] = await Promise.all([redrawn({ classLabel: labels.class, gender: labels.gender, colorSlots: labels.colors.map((hex) => ({ hex })) }, t("shared_drawing")), itemsById(ids)]);
  const names = new Map([...items].map(([id, item]) => [id, nameOf(item)]));
  const again = document.createElement("button");
  [again.type, again.className, again.textContent] = ["button", "button", t("shared_again")];
  again.addEventListener("click", () => {
    history.replaceState(null, "", location.pathname);
    start();
  });
  shared.replaceChildren(sharedCard(labels, names, drawing), exportCard(labels, breedOf({}, labels)), again);
  document.documentElement.dataset.state = "shared";
}

function start() {
  show(give);
  announce("");
  file.value = camera.value = "";
}

async function analyseExample(id) {
  try {
    const response = await fetch(`${base}/api/looks/${encodeURIComponent(id)}/image`);
    if (!response.ok) throw new Error((await response.json()).error);
    await analyse(await response.blob());
  } catch (error) {
    announce(error instanceof TypeError ? t("offline") : error.message, "failed");
  }
}

function take(candidates) {
  const pictures = [...candidates].filter((candidate) => candidate.type.startsWith("image/"));
  if (pictures.length > 1) analyseMany(pictures);
  else if (pictures.length) analyse(pictures[0]);
  else if (candidates.length) announce(t("not_image"), "failed");
}

for (const input of [file, camera]) input.addEventListener("change", () => take(input.files));
byId("to-correct").addEventListener("click", () => byId("correct")?.focus());
for (const id of ["again", "batch-again"]) {
  byId(id).addEventListener("click", () => {
    running?.abort();
    delete document.documentElement.dataset.state;
    start();
    file.focus();
  });
}
for (const button of document.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => analyseExample(button.dataset.example));
}
// Anywhere on the page, also while an answer is shown.
addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
addEventListener("dragleave", (event) => event.relatedTarget ?? drop.classList.remove("over"));
addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take(event.dataTransfer.files);
});
addEventListener("paste", (event) => take(event.clipboardData?.files ?? []));
addEventListener("hashchange", () => {
  const labels = sharedLabels(location.hash);
  if (labels) showShared(labels);
});

const example = new URLSearchParams(location.search).get("example");
const labels = sharedLabels(location.hash);
if (labels) showShared(labels);
else if (example) analyseExample(example);
document.documentElement.dataset.ready = "true";
