// "Correct and teach": the answer as a form, and what becomes of it.
import { addLook, removeLook, restoreLook } from "./authorised.js";
import { editor } from "./editor.js";
import { element } from "./element.js";
import { base, language, percent, t } from "./texts.js";

const FIELDS = { class: t("class"), gender: t("gender"), colors: t("colours"), coiffe: t("slot.coiffe"), cape: t("slot.cape"), bouclier: t("slot.bouclier"), familier: t("slot.familier"), epauliere: t("slot.epauliere"), costume: t("slot.costume"), ailes: t("slot.ailes") };
const classOf = (look) => (look.classNames ? look.classNames[language] : look.classLabel) ?? t("unknown_title");

function conflictRow({ look, similarity, fields }) {
  const address = encodeURIComponent(look.id);
  return element(
    "li",
    {},
    element("a", { href: `${base}/looks/${address}` },
      element("img", { src: `${base}/api/looks/${address}/thumbnail`, alt: "", width: 56, height: 56 }),
      element("span", {}, element("strong", {}, classOf(look)), ` · ${percent(similarity)}`, element("br"), `${t("conflict_differs")} ${fields.map((field) => FIELDS[field] ?? field).join(", ")}`)),
  );
}

const conflictList = (conflicts) =>
  conflicts.length > 0 && element("div", { class: "conflicts" }, element("p", { class: "notice" }, t("conflicts")), element("ul", {}, conflicts.map(conflictRow)));

function added(answer, { look, conflicts }) {
  const words = element("p", { class: "done" }, t("added"), " ", element("a", { href: `${base}/looks/${encodeURIComponent(look.id)}` }, t("added_see")));
  const undo = element("button", { type: "button", class: "button quiet small", id: "undo" }, t("undo"));
  let gone = false;
  undo.addEventListener("click", async () => {
    try {
      await (gone ? restoreLook(look.id) : removeLook(look.id));
      gone = !gone;
      words.firstChild.textContent = gone ? t("undone") : t("added");
      undo.textContent = gone ? t("redo") : t("undo");
    } catch (error) {
      words.firstChild.textContent = error.message;
    }
  });
  answer.replaceChildren(words, undo, ...[conflictList(conflicts)].filter(Boolean));
}

// `labels` follow the form; `changed` is told when they do. `collects`: whether the server takes looks.
export async function correctCard({ picture, labels, hints, collects, changed }) {
  const answer = element("div", { class: "form-answer", role: "status", id: "collect-answer" });
  const add = element("button", { type: "button", class: "button", id: "collect" }, t("add"));
  add.addEventListener("click", async () => {
    add.disabled = true;
    answer.replaceChildren(element("p", { class: "muted" }, t("adding")));
    try {
      added(answer, await addLook(picture, labels));
    } catch (error) {
      answer.replaceChildren(element("p", { class: "failed" }, error instanceof TypeError ? t("offline") : error.message));
    } finally {
      add.disabled = false;
    }
  });
  const form = await editor(labels, changed, hints);
  return element(
    "section",
    { class: "card", id: "correct", tabindex: -1 },
    element("h3", {}, t("correct")),
    element("p", { class: "muted" }, t("correct_lead")),
    form,
    collects && element("div", { class: "form-end" }, add, element("p", { class: "muted small" }, t("add_privacy"))),
    answer,
  );
}
