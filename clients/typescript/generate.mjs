// Writes src/lorgnon.ts from the server's OpenAPI document. `--check`: only says whether it is up to date.

import { readFileSync, writeFileSync } from "node:fs";

const here = new URL(".", import.meta.url);
const api = JSON.parse(readFileSync(new URL("../../crates/server/src/assets/openapi.json", here), "utf8"));
const target = new URL("src/lorgnon.ts", here);
const identifier = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
const doc = (text, indent = "") => (text ? `${indent}/** ${text.replaceAll("*/", "* /")} */\n` : "");

function typeOf(schema, indent = "") {
  if (!schema) return "unknown";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.allOf) return schema.allOf.map((part) => typeOf(part, indent)).join(" & ");
  if (schema.oneOf ?? schema.anyOf) return (schema.oneOf ?? schema.anyOf).map((part) => typeOf(part, indent)).join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type }, indent)).join(" | ");
  if (schema.contentMediaType) return "Blob";
  if (schema.type === "array") return `Array<${typeOf(schema.items, indent)}>`;
  if (schema.type === "object" && schema.properties) {
    // Answers always hold their documented fields; what a client sends may leave out what is not required.
    const optional = (name) => (schema.sent && !(schema.required ?? []).includes(name) ? "?" : "");
    const fields = Object.entries(schema.properties).map(
      ([name, field]) => `${doc(field.description, `${indent}  `)}${indent}  ${identifier(name)}${optional(name)}: ${typeOf(field.$ref ? field : { ...field, sent: schema.sent }, `${indent}  `)};\n`);
    return `{\n${fields.join("")}${indent}}`;
  }
  if (schema.type === "object") return `Record<string, ${schema.additionalProperties ? typeOf(schema.additionalProperties, indent) : "unknown"}>`;
  return { string: "string", integer: "number", number: "number", boolean: "boolean", null: "null" }[schema.type] ?? "unknown";
}

// Schemas that clients send: every field may be left out.
const SENT = new Set(["Labels"]);
// Fields that an answer leaves out where there is nothing to say.
const SELDOM = { Run: ["finishedAt", "failures"] };

function schemas() {
  return Object.entries(api.components.schemas).map(([name, schema]) => {
    let text = typeOf({ ...schema, sent: SENT.has(name) });
    for (const field of SELDOM[name] ?? []) text = text.replace(new RegExp(`^(  ${field}): `, "m"), "$1?: ");
    return `${doc(schema.description)}export type ${name} = ${text};\n`;
  });
}

function operation(path, verb, about) {
  const places = (about.parameters ?? []).filter((parameter) => parameter.in === "path");
  const asked = (about.parameters ?? []).filter((parameter) => parameter.in === "query");
  const content = about.requestBody?.content ?? {};
  const json = content["application/json"]?.schema;
  const picture = Boolean(content["image/*"]);
  const labels = picture && path === "/api/looks";
  const ok = Object.entries(about.responses).find(([status]) => status.startsWith("2"))?.[1];
  const type = ok?.content?.["application/json"] ? typeOf(ok.content["application/json"].schema, "  ") : ok?.content?.["image/*"] || ok?.content?.["image/png"] ? "Blob" : "string";
  const kind = type === "Blob" ? "blob" : type === "string" ? "text" : "json";
  const form = content["multipart/form-data"]?.schema?.properties ?? {};
  const fields = Object.entries(form).filter(([name]) => name !== "image" && !labels);
  const query = [...asked.map((parameter) => [parameter.name, parameter.schema, parameter.required]), ...(asked.length ? [] : fields.map(([name, schema]) => [name, schema, false]))];
  const parameters = [
    ...places.map((parameter) => `${parameter.name}: ${typeOf(parameter.schema)}`),
    ...(picture ? ["image: Blob | Uint8Array<ArrayBuffer>"] : []),
    ...(labels ? ["labels: Labels"] : []),
    ...(!picture && json ? [`body: ${typeOf(json, "  ")}`] : []),
    ...(query.length ? [`query: { ${query.map(([name, schema, required]) => `${identifier(name)}${required ? "" : "?"}: ${typeOf(schema)}`).join("; ")} }${query.some(([, , required]) => required) ? "" : " = {}"}`] : []),
  ];
  const address = `\`${path.replace(/\{(\w+)\}/g, (_, name) => `\${encodeURIComponent(${name})}`)}\``;
  const options = [`method: "${verb.toUpperCase()}"`, `answer: "${kind}"`, ...(query.length ? ["query"] : []), ...(labels ? ["form: { image, labels: JSON.stringify(labels) }"] : picture ? ["picture: image"] : json ? ["json: body"] : [])];
  return `${doc(about.summary, "  ")}  ${about.operationId}(${parameters.join(", ")}): Promise<${type}> {\n    return this.#ask(${address}, { ${options.join(", ")} });\n  }\n`;
}

// A stream is no request with one answer: `EventSource` reads it.
const operations = Object.entries(api.paths).flatMap(([path, verbs]) => Object.entries(verbs).map(([verb, about]) => [path, verb, about]))
  .filter(([path]) => !path.endsWith("/stream")).map(([path, verb, about]) => operation(path, verb, about));

const text = `// Made by generate.mjs from the server's OpenAPI document: change that, not this.

${schemas().join("\n")}
/** What the server refused, in its words. */
export class LorgnonError extends Error {
  readonly status: number;
  /** For programs: it does not change. */
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(status: number, body: { error?: string; code?: string; requestId?: string }) {
    super(body.error ?? \`the server answered \${status}\`);
    this.name = "LorgnonError";
    this.status = status;
    this.code = body.code ?? "unknown";
    this.requestId = body.requestId;
  }
}

type Request = {
  method: string;
  answer: "json" | "blob" | "text";
  query?: Record<string, unknown>;
  picture?: Blob | Uint8Array<ArrayBuffer>;
  form?: { image: Blob | Uint8Array<ArrayBuffer>; labels: string };
  json?: unknown;
};

/** A server of Lorgnon. */
export class Lorgnon {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  /** \`token\` is the server's \`LORGNON_TOKEN\`, for what changes something; messages are French unless \`language\` is "en". */
  constructor(base: string, { token, language }: { token?: string; language?: "fr" | "en" } = {}) {
    this.#base = base.replace(/\\/$/, "");
    this.#headers = { ...(token ? { authorization: \`Bearer \${token}\` } : {}), ...(language ? { "accept-language": language } : {}) };
  }

${operations.join("\n")}
  async #ask<T>(path: string, { method, answer, query = {}, picture, form, json }: Request): Promise<T> {
    const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const search = asked.length ? \`?\${new URLSearchParams(asked.map(([name, value]) => [name, String(value)]))}\` : "";
    const headers: Record<string, string> = { ...this.#headers };
    let body: BodyInit | undefined;
    if (picture) {
      headers["content-type"] = "application/octet-stream";
      body = picture;
    } else if (form) {
      const fields = new FormData();
      fields.append("image", form.image instanceof Blob ? form.image : new Blob([form.image]), "look");
      fields.append("labels", form.labels);
      body = fields;
    } else if (json !== undefined) {
      headers["content-type"] = "application/json";
      body = JSON.stringify(json);
    }
    const response = await fetch(this.#base + path + search, { method, headers, ...(body === undefined ? {} : { body }) });
    if (!response.ok) throw new LorgnonError(response.status, await response.json().catch(() => ({})));
    return (await response[answer]()) as T;
  }
}
`;

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("src/lorgnon.ts is not what the OpenAPI document says: run `npm run generate`");
    process.exit(1);
  }
} else writeFileSync(target, text);
