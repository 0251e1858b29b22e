// Takes a picture (dropped, pasted, picked, photographed or an example) and shows the answer.
import { answerCards, pictureNotes } from "./answer.js";
import { translateItems } from "./items.js";
import { lightOn, showCharacters, showPicture } from "./picture.js";
import { redrawn } from "./redrawn.js";
import { base, t } from "./texts.js";
import { offerReasons, withdrawReasons } from "./why.js";

const byId = (id) => document.getElementById(id);
const [drop, file, camera, give, answer, announcement] = ["drop", "file", "camera", "give", "answer", "announcement"].map(byId);
const [why, whyLegend] = ["why", "why-legend"].map(byId);
const RETRIES_MAX = 4;
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
  if (response.status === 503 && retries < RETRIES_MAX) {
    announce(t("busy"), "busy");
    const seconds = Number(response.headers.get("retry-after")) || 1;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return ask(picture, signal, retries + 1);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? t("failed"));
  return body;
}

async function analyse(picture) {
  running?.abort();
  const control = new AbortController();
  running = control;
  delete document.documentElement.dataset.state;
  announce(t("analysing"), "busy");
  if (shownUrl) URL.revokeObjectURL(shownUrl);
  shownUrl = URL.createObjectURL(picture);
  byId("cards").replaceChildren();
  byId("picture-notes").replaceChildren();
  withdrawReasons(why, whyLegend);
  give.hidden = true;
  answer.hidden = false;
  try {
    const [frame, analysis] = await Promise.all([showPicture(byId("picture"), shownUrl), ask(picture, control.signal)]);
    const [drawing] = await Promise.all([redrawn(analysis), translateItems(analysis)]);
    if (control.signal.aborted) return;
    showCharacters(frame, analysis);
    const cards = answerCards(analysis, drawing);
    lightOn(cards[0], frame);
    byId("cards").replaceChildren(...cards);
    byId("picture-notes").replaceChildren(...pictureNotes(analysis));
    offerReasons(why, whyLegend, { frame, picture, analysis });
    announce(t("done"));
    byId("result-heading").focus({ preventScroll: true });
    document.documentElement.dataset.state = "answered";
  } catch (error) {
    if (error.name === "AbortError") return;
    start();
    announce(error instanceof TypeError ? t("offline") : error.message, "failed");
    document.documentElement.dataset.state = "failed";
  }
}

function start() {
  answer.hidden = true;
  give.hidden = false;
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
  const picture = [...candidates].find((candidate) => candidate.type.startsWith("image/"));
  if (picture) analyse(picture);
  else if (candidates.length) announce(t("not_image"), "failed");
}

for (const input of [file, camera]) input.addEventListener("change", () => take(input.files));
byId("again").addEventListener("click", () => {
  running?.abort();
  delete document.documentElement.dataset.state;
  start();
  file.focus();
});
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

const example = new URLSearchParams(location.search).get("example");
if (example) analyseExample(example);
document.documentElement.dataset.ready = "true";
