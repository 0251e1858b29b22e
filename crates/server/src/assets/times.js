// The server writes times in UTC; this makes them the visitor's own.
import { language } from "./texts.js";

const format = new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "medium" });

export function makeLocal(root) {
  for (const time of root.querySelectorAll("time[datetime]")) time.textContent = format.format(new Date(time.dateTime));
}
