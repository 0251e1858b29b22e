// Requests that change something: with the token where the server asks for one.
import { base, t } from "./texts.js";

const KEY = "lorgnon-token";

// The answer as an object; throws its sentence where the server refuses.
export async function change(method, path, { body, headers = {} } = {}) {
  const token = sessionStorage.getItem(KEY);
  const authorised = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(base + path, {
    method, body,
    headers: { "accept-language": document.documentElement.lang, ...headers, ...authorised },
  });
  if (response.status === 401) {
    const given = await askForToken();
    if (given && given !== token) {
      sessionStorage.setItem(KEY, given);
      return change(method, path, { body, headers });
    }
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? t("failed"));
  return answer;
}

// A dialogue of ours: the browser's own shows what is typed.
function askForToken() {
  const dialog = document.createElement("dialog");
  const form = document.createElement("form");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const [give, leave] = [document.createElement("button"), document.createElement("button")];
  form.method = "dialog";
  dialog.className = "card";
  label.textContent = t("token");
  input.type = "password";
  input.autocomplete = "off";
  input.required = true;
  [give.textContent, give.className, give.value] = [t("token_give"), "button", "give"];
  [leave.textContent, leave.className, leave.type] = [t("cancel"), "button quiet", "button"];
  leave.addEventListener("click", () => dialog.close(""));
  label.append(input);
  form.append(label, give, leave);
  dialog.append(form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "give" ? input.value.trim() : null);
    });
    dialog.showModal();
  });
}

export const patchLook = (id, labels) =>
  change("PATCH", `/api/looks/${encodeURIComponent(id)}`, { body: JSON.stringify(labels), headers: { "content-type": "application/json" } });
export const removeLook = (id) => change("DELETE", `/api/looks/${encodeURIComponent(id)}`);
export const restoreLook = (id) => change("POST", `/api/looks/${encodeURIComponent(id)}/restore`);

export function addLook(picture, labels) {
  const form = new FormData();
  form.append("image", picture, "look");
  form.append("labels", JSON.stringify(labels));
  return change("POST", "/api/looks", { body: form });
}
