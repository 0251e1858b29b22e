// Keeps the page as things stand: at each event of the live stream, or every five seconds where
// there is none, the part that changed is taken from the same address.
import { change } from "./authorised.js";
import { base, t } from "./texts.js";
import { makeLocal } from "./times.js";

const POLL_MS = 5000;
const live = document.getElementById("live");
const liveness = document.getElementById("liveness");
const [start, cancel, answer] = ["start", "cancel", "control-answer"].map((id) => document.getElementById(id));
let polling = null;
let refreshing = false;
let again = false;

function showControls() {
  const running = live.dataset.running === "true";
  start.disabled = running;
  start.hidden = running;
  cancel.hidden = !running;
}

async function refresh() {
  if (refreshing) return (again = true);
  refreshing = true;
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const news = page.getElementById("live");
    makeLocal(news);
    const parts = [...live.querySelectorAll("section")];
    news.querySelectorAll("section").forEach((section, index) => {
      parts[index].hidden = section.hidden;
      if (section.innerHTML !== parts[index].innerHTML) parts[index].innerHTML = section.innerHTML;
    });
    live.dataset.running = news.dataset.running;
    showControls();
  } finally {
    refreshing = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

function tell(text, lost) {
  liveness.textContent = `● ${text}`;
  liveness.classList.toggle("lost", lost);
}

function poll() {
  polling ??= setInterval(() => refresh().then(() => tell(t("polling"), false), () => tell(t("lost"), true)), POLL_MS);
}

function listen() {
  if (!("EventSource" in window)) return poll();
  const source = new EventSource(`${base}/api/vision-progress/stream`);
  source.addEventListener("open", () => {
    clearInterval(polling);
    polling = null;
    tell(t("live"), false);
  });
  source.addEventListener("progress", () => refresh().catch(() => tell(t("lost"), true)));
  source.addEventListener("error", () => {
    tell(t("lost"), true);
    poll();
    // Refused for good (too many streams): the browser does not try again by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, POLL_MS * 6);
  });
}

async function order(method, done) {
  try {
    await change(method, "/api/training");
    answer.textContent = done;
  } catch (error) {
    answer.textContent = error instanceof TypeError ? t("lost") : error.message;
  }
}

start.addEventListener("click", () => order("POST", t("training_started")));
cancel.addEventListener("click", () => order("DELETE", t("training_stopping")));
live.addEventListener("click", (event) => event.target.closest("[data-retry]") && order("POST", t("training_started")));
makeLocal(document);
document.documentElement.dataset.ready = "true";
showControls();
listen();
