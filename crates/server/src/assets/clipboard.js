// Copies a text and says so on the button that was pressed.
import { t } from "./texts.js";

async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain HTTP on another machine has no clipboard object.
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("refused");
}

export async function copy(text, label) {
  const before = label.dataset.label ?? label.textContent;
  label.dataset.label = before;
  try {
    await write(text);
    label.textContent = t("copied");
  } catch {
    label.textContent = t("copy_failed");
  }
  setTimeout(() => (label.textContent = before), 1500);
}

export function copyButton(label, text) {
  const words = document.createElement("span");
  words.textContent = label;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet small";
  button.append(words);
  button.addEventListener("click", () => copy(text, words));
  return button;
}
