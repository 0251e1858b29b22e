// One look: its labels can be corrected, and it can be left out of the next training.
import { patchLook, removeLook, restoreLook } from "./authorised.js";
import { editor, labelsOfLook } from "./editor.js";
import { element } from "./element.js";
import { base, t } from "./texts.js";

const page = document.getElementById("look");
const answer = document.getElementById("change-answer");
const { id } = page.dataset;

// The page is drawn by the server only: what changed is read from there.
async function order(action, focus) {
  answer.classList.remove("failed");
  try {
    await action();
    sessionStorage.setItem("lorgnon-said", focus);
    location.reload();
  } catch (error) {
    answer.classList.add("failed");
    answer.textContent = error instanceof TypeError ? t("offline") : error.message;
  }
}

async function start() {
  const response = await fetch(`${base}/api/looks/${encodeURIComponent(id)}`);
  if (!response.ok) return;
  const labels = labelsOfLook(await response.json());
  const removed = page.dataset.removed === "true";
  const save = element("button", { type: "button", class: "button", id: "save" }, t("save"));
  const other = removed
    ? element("button", { type: "button", class: "button quiet", id: "restore" }, t("restore"))
    : element("button", { type: "button", class: "button quiet danger", id: "remove" }, t("remove"));
  save.addEventListener("click", () => order(() => patchLook(id, labels), t("saved")));
  other.addEventListener("click", () => order(() => (removed ? restoreLook(id) : removeLook(id)), removed ? t("restored") : t("removed_said")));
  document.getElementById("editor").replaceChildren(await editor(labels), element("div", { class: "form-end buttons" }, save, other));
  const said = sessionStorage.getItem("lorgnon-said");
  sessionStorage.removeItem("lorgnon-said");
  if (said) answer.textContent = said;
  document.documentElement.dataset.ready = "true";
}

if (!document.getElementById("change").hidden) start();
