// One of two copies can be removed at once, and taken back.
import { removeLook, restoreLook } from "./authorised.js";
import { t } from "./texts.js";

const answer = document.getElementById("duplicates-answer");

async function press(button) {
  const twin = button.closest(".twin");
  const gone = twin.classList.contains("gone");
  const words = (button.dataset.words ??= button.textContent);
  button.disabled = true;
  answer.classList.remove("failed");
  try {
    await (gone ? restoreLook : removeLook)(button.dataset.remove);
    twin.classList.toggle("gone", !gone);
    button.textContent = gone ? words : t("restore");
    answer.textContent = gone ? t("restored") : t("removed_said");
  } catch (error) {
    answer.classList.add("failed");
    answer.textContent = error instanceof TypeError ? t("offline") : error.message;
  }
  button.disabled = false;
}

document.getElementById("groups").addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (button) press(button);
});
document.documentElement.dataset.ready = "true";
