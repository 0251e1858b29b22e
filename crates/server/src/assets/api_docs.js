// Draws the OpenAPI document.
import { element } from "./element.js";
import { base, t } from "./texts.js";

const code = (value) => element("pre", { tabindex: 0 }, element("code", {}, JSON.stringify(value, null, 2)));
const block = (title, content) => element("div", {}, element("h3", {}, title), content);

function operation(path, verb, { summary, description, parameters, requestBody, responses }) {
  const list = (parameters ?? []).map((parameter) => element("li", {}, element("code", {}, parameter.name), ` – ${parameter.description ?? parameter.in}`));
  const answers = Object.entries(responses).map(([status, response]) => element("li", {}, element("strong", {}, status), ` – ${response.description}`));
  return element(
    "details",
    { class: "card operation" },
    element("summary", {}, element("span", { class: "verb" }, verb), element("code", {}, path), element("span", { class: "muted" }, summary)),
    description && element("p", {}, description),
    list.length > 0 && block(t("parameters"), element("ul", {}, list)),
    requestBody && block(t("body"), code(requestBody.content)),
    block(t("answers"), element("ul", {}, answers)),
  );
}

const api = await (await fetch(`${base}/api/openapi.json`)).json();
const operations = Object.entries(api.paths).flatMap(([path, verbs]) => Object.entries(verbs).map(([verb, about]) => operation(path, verb, about)));
const schemas = Object.entries(api.components.schemas).map(([name, schema]) =>
  element("details", { class: "card operation" }, element("summary", {}, element("code", {}, name)), code(schema)),
);
document.getElementById("operations").replaceChildren(...operations, element("h2", {}, t("schemas")), ...schemas);
