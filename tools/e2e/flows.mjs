// What people do with the pages, in a real browser: correct, collect and undo, share, crop, compare,
// search, edit. Every page is judged by axe-core in both themes where that is installed.
//
//   node tools/e2e/flows.mjs http://127.0.0.1:3000 PICTURE,PICTURE,… [FOLDER FOR SCREENSHOTS]
//
// The server must take writes from this machine. Exit 0: all held, or there is no browser (said so).

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

import { Browser, findBrowser } from "./browser.mjs";

const WIDTHS = [390, 768, 1440];
const THEMES = [false, true];
const [address, given, folder = "target/e2e/flows"] = process.argv.slice(2);
if (!address || !given) {
  console.error("usage: flows.mjs ADDRESS PICTURE,PICTURE,… [FOLDER]");
  process.exit(2);
}
const base = address.replace(/\/$/, "");
const pictures = given.split(",").map((picture) => resolve(picture));
const program = findBrowser();
if (!program) {
  console.log("skipped: no Chromium found (set CHROMIUM to its path)");
  process.exit(0);
}
const require = createRequire(import.meta.url);
const optional = (name) => {
  try {
    return require.resolve(name);
  } catch {
    console.log(`skipped: ${name} is not installed (npm install in tools/e2e)`);
    return null;
  }
};
const axePath = optional("axe-core");
const axe = axePath && readFileSync(axePath, "utf8");
const lz = optional("lz-string") && require("lz-string");
mkdirSync(folder, { recursive: true });
const browser = await Browser.start(program);

async function shoot(page, name) {
  await page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach((image) => (image.loading = 'eager'))");
  await page.until("[...document.images].every((image) => image.complete)");
  writeFileSync(join(folder, `${name}.png`), await page.screenshot());
  assert.equal(await page.excess(), 0, `${name} is wider than its window`);
}

async function judge(page, name) {
  if (!axe) return;
  await page.evaluate(axe);
  const faults = await page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join(" | ")))`);
  assert.deepEqual(faults, [], `${name}: axe-core`);
}

async function visit(name, path, { width = 1440, dark = false } = {}, act = undefined) {
  const page = await browser.open(width, 900, { dark, mobile: width < 700 });
  await page.goto(path.startsWith("http") ? path : base + path);
  await act?.(page);
  await judge(page, name);
  await shoot(page, name);
  // A class that nobody can draw is answered 404, and who would stop or start a training beside somebody else's 409:
  // browsers note both whatever the page makes of them.
  const expected = (problem) => problem.includes("/api/redraw") || /409 .*\/api\/training/.test(problem);
  assert.deepEqual(page.problems.filter((problem) => !expected(problem)), [], name);
  await page.close();
  console.log(`ok ${name}`);
}

const ready = (page) => page.until("document.documentElement.dataset.ready === 'true'");
const state = (page, word) => page.until(`document.documentElement.dataset.state === '${word}'`);
const click = (page, selector) => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);
const text = (page, selector) => page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ""`);

async function analyse(page) {
  await ready(page);
  await page.pick("#file", [pictures[0]]);
  await state(page, "answered");
  await page.until("[...document.images].every((image) => image.complete || image.loading === 'lazy')");
}

async function type(page, selector, words) {
  await page.evaluate(`((field) => { field.focus(); field.select(); })(document.querySelector(${JSON.stringify(selector)}))`);
  await page.send("Input.insertText", { text: words });
}

// The item is found by its name, by keyboard alone.
async function pickItem(page) {
  const item = (await (await fetch(`${base}/api/catalogue/items?slot=coiffe&limit=1`)).json()).items[0];
  if (!item) return null;
  await type(page, "#correct .item-fields input", item.name.fr);
  await page.until("document.querySelector('#correct .options:not([hidden]) li') !== null");
  await page.press("ArrowDown", 40);
  await page.until("document.querySelector('#correct .options li[aria-selected=true]') !== null");
  await page.press("Enter", 13, "\r");
  assert.equal(await page.evaluate("document.querySelector('#correct .item-fields input').value"), item.name.fr);
  return item.id;
}

async function collect(page) {
  await analyse(page);
  await type(page, "#correct input[list]", "Sram");
  await click(page, "#correct input[type=radio][value=f]");
  await type(page, "#correct .colour-field:nth-of-type(1) input[type=text]", "#123456");
  const item = await pickItem(page);
  await click(page, "#collect");
  await page.until("document.querySelector('#collect-answer .done a') !== null");
  const id = decodeURIComponent((await page.evaluate("document.querySelector('#collect-answer .done a').href")).split("/").pop());
  const look = await (await fetch(`${base}/api/looks/${id}`)).json();
  assert.deepEqual([look.classLabel, look.gender, look.colors[0], look.standing], ["Sram", "f", "#123456", "pending"]);
  if (item) assert.equal(look.items.coiffe, item);
  return id;
}

async function collectAndUndo(page) {
  const id = await collect(page);
  const standing = async () => (await (await fetch(`${base}/api/looks/${id}`)).json()).standing;
  const words = await text(page, "#undo");
  await click(page, "#undo");
  await page.until(`document.querySelector('#undo').textContent !== ${JSON.stringify(words)}`);
  assert.equal(await standing(), "removed");
  await click(page, "#undo");
  await page.until(`document.querySelector('#undo').textContent === ${JSON.stringify(words)}`);
  assert.equal(await standing(), "pending");
}

// Corrections are in everything that is copied; the link opens again without a picture.
async function share(page) {
  await collect(page);
  await page.evaluate("window.copied = []; navigator.clipboard.writeText = async (text) => window.copied.push(text); [...document.querySelectorAll('#export button')].forEach((button) => button.click())");
  const [link, entry, integers, look, barbofus] = await page.evaluate("copied");
  assert.deepEqual([JSON.parse(entry).class, JSON.parse(entry).gender, JSON.parse(entry).colors[0]], ["Sram", "f", "#123456"]);
  assert.equal(integers.split(", ")[0], String(0x123456));
  assert.ok(look.startsWith(`{1||1=${0x123456}`), look);
  if (lz) {
    const said = JSON.parse(lz.decompressFromEncodedURIComponent(barbofus.slice(3)));
    assert.deepEqual([said[1], said[2], said[3], said[4][0]], [1, 4, 16 * 3 + 9, 0x123456]);
  }
  // An English name is the same class.
  await type(page, "#correct input[list]", "Rogue");
  if (lz) {
    await page.evaluate("copied.length = 0; [...document.querySelectorAll('#export button')].forEach((button) => button.click())");
    const rogue = (await page.evaluate("copied")).find((text) => text.startsWith("?s="));
    assert.equal(JSON.parse(lz.decompressFromEncodedURIComponent(rogue.slice(3)))[2], 13);
  }
  await page.goto("about:blank");
  await page.goto(link.replace(/^https?:\/\/[^/]+/, new URL(base).origin));
  await state(page, "shared");
  assert.ok((await text(page, "#shared-look")).includes("Sram"));
}

async function crop(page) {
  await analyse(page);
  await click(page, "#crop");
  await page.press("ArrowRight", 39);
  await page.evaluate("delete document.documentElement.dataset.state");
  const before = await page.evaluate("document.querySelector('#picture img').naturalWidth");
  await click(page, "#crop-done");
  await state(page, "answered");
  const after = await page.evaluate("document.querySelector('#picture img').naturalWidth");
  assert.ok(after < before, `${after} of ${before} px`);
}

// A picture of nobody is "unknown", plainly, and a box can be drawn at once.
async function nobody(page) {
  await ready(page);
  await page.pick("#file", [process.env.NOBODY]);
  await state(page, "answered");
  assert.equal(await page.evaluate("document.querySelectorAll('#who .badge.unknown').length"), 1);
  assert.equal(await page.evaluate("document.getElementById('items')"), null);
  assert.equal(await page.evaluate("document.activeElement.classList.contains('crop')"), true);
}

// A picture that is pasted, or dropped anywhere.
const givenBy = (event, field) => async (page) => {
  await ready(page);
  const bytes = readFileSync(pictures[0]).toString("base64");
  await page.evaluate(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob("${bytes}"), (letter) => letter.charCodeAt(0))], "look.png", { type: "image/png" }));
    const event = new Event("${event}", { bubbles: true, cancelable: true });
    Object.defineProperty(event, "${field}", { value: transfer });
    document.body.dispatchEvent(event);
  })()`);
  await state(page, "answered");
};

// Where the server asks for a token, a dialogue does; a wrong one is told, the right one is kept.
async function withToken(page) {
  await analyse(page);
  await type(page, "#correct input[list]", "Sram");
  for (const token of ["wrong", process.env.TOKEN]) {
    if (token === "wrong") await click(page, "#collect");
    await page.until("document.querySelector('dialog[open] input') !== null");
    await judge(page, "token dialogue");
    await type(page, "dialog input", token);
    await page.press("Enter", 13, "\r");
  }
  await page.until("document.querySelector('#collect-answer .done') !== null");
  // Browsers note every 401, whatever the page makes of it.
  page.problems = page.problems.filter((problem) => !problem.includes("401"));
}

async function several(page) {
  await ready(page);
  await page.pick("#file", pictures);
  await state(page, "batch");
  assert.equal(await page.evaluate("document.querySelectorAll('#batch-table tbody tr').length"), pictures.length);
  const { csv } = await page.evaluate(`(async () => {
    const saved = new Promise((resolve) => { URL.createObjectURL = (blob) => { resolve(blob.text()); return "blob:none"; }; });
    HTMLAnchorElement.prototype.click = () => {};
    document.getElementById("save-csv").click();
    return { csv: await saved };
  })()`);
  assert.equal(csv.trim().split("\r\n").length, pictures.length + 1, csv);
  const boxes = "[...document.querySelectorAll('#batch-table input:enabled')]";
  await page.evaluate(`${boxes}.forEach((box, index) => { if (box.checked !== index < 2) box.click(); })`);
  await click(page, "#compare");
  await page.until("document.querySelectorAll('#comparison tbody tr').length === 15");
}

async function edit(page) {
  await ready(page);
  await page.until("document.querySelector('#save') !== null");
  await type(page, "#editor input[list]", "Iop");
  await click(page, "#editor input[type=radio][value=m]");
  await page.evaluate("window.old = true; document.querySelector('#save').click()");
  await page.until("window.old === undefined && document.documentElement.dataset.ready === 'true'");
  assert.ok((await text(page, "h1")).includes("Iop"), await text(page, "h1"));
  await page.evaluate("window.old = true; document.querySelector('#remove').click()");
  await page.until("window.old === undefined && document.querySelector('#restore') !== null");
  await page.evaluate("window.old = true; document.querySelector('#restore').click()");
  await page.until("window.old === undefined && document.querySelector('#remove') !== null");
}

async function search(page) {
  await ready(page);
  const item = (await (await fetch(`${base}/api/catalogue/items?slot=coiffe&limit=1`)).json()).items[0];
  if (!item) return;
  await page.evaluate("document.querySelector('#filters details').open = true");
  await type(page, "#filters [role=combobox]", item.name.fr);
  await page.until("document.querySelector('#filters .options:not([hidden]) li') !== null");
  await page.press("ArrowDown", 40);
  await page.press("Enter", 13, "\r");
  await page.evaluate("window.old = true; document.getElementById('filters').requestSubmit()");
  await page.until("window.old === undefined && location.search.includes('slot=coiffe')");
  await ready(page);
  assert.equal(await page.evaluate("document.querySelector('#filters [role=combobox]').value"), item.name.fr);
}

// The region of each slot that the answer names, where the answer says, lights up with its row.
async function regions(page) {
  await analyse(page);
  const lit = await page.evaluate(`[...document.querySelectorAll(".item-list > li")].map((row) => {
    row.focus();
    const on = [...document.querySelectorAll(".region.on")].map((region) => region.dataset.slot);
    row.blur();
    return [row.dataset.slot, on.join()];
  })`);
  const named = await page.evaluate("[...document.querySelectorAll('.region')].map((region) => region.dataset.slot)");
  assert.ok(named.length > 0, "no slot has a region");
  for (const [slot, on] of lit) assert.equal(on, named.includes(slot) ? slot : "", slot);
  const turns = await page.evaluate("[...document.querySelectorAll('.region')].every((region) => /^rotate\\(/.test(region.getAttribute('transform')))");
  assert.ok(turns, "regions turn with the body");
  assert.equal(await page.evaluate("document.querySelectorAll('.swatch').length >= 6"), true);
  await page.evaluate("document.querySelector('.item-list > li').focus()");
}

// Started and stopped from the page, told live.
async function training(page) {
  await ready(page);
  const running = () => page.evaluate("document.getElementById('live').dataset.running === 'true'");
  const until = (words) => page.until(words);
  if (await running()) {
    await click(page, "#cancel");
    await until("document.getElementById('control-answer').textContent.length > 0");
  }
  if (await running()) return console.log("  (a training of somebody else runs: not stopped from here)");
  await click(page, "#start");
  await until("document.getElementById('live').dataset.running === 'true' && !document.getElementById('cancel').hidden");
  await click(page, "#cancel");
  await until("document.getElementById('live').dataset.running === 'false' && !document.getElementById('start').hidden");
}

// What failed is named with its reason; another try is one press away.
async function retry(page) {
  await ready(page);
  const failed = await page.evaluate("document.querySelectorAll('.failures li').length");
  if (!failed) return console.log("  (no look failed)");
  const reasons = await page.evaluate("[...document.querySelectorAll('.failures li .muted')].map((reason) => reason.textContent)");
  assert.ok(reasons.every((reason) => reason.length > 3), reasons.join());
  const runs = await page.evaluate("document.getElementById('live').dataset.running === 'true'");
  if (runs) return console.log("  (a training of somebody else runs: nothing is tried again beside it)");
  await click(page, "[data-retry]");
  await page.until("document.getElementById('live').dataset.running === 'true' || document.getElementById('control-answer').textContent.length > 0");
  await page.until("document.getElementById('live').dataset.running === 'false' || !document.getElementById('cancel').hidden");
  if (await page.evaluate("document.getElementById('live').dataset.running === 'true'")) {
    await click(page, "#cancel");
    await page.until("document.getElementById('live').dataset.running === 'false'");
  }
}

// By keyboard from look to look; each is shown beside the map.
async function walkTheMap(page) {
  await page.until("document.querySelector('#map-drawing a[tabindex=\"0\"]') !== null");
  // The Tab key comes to a look, not to the drawing.
  const stops = [];
  while (stops.length < 40 && stops.at(-1) !== "look") {
    await page.press("Tab", 9);
    stops.push(await page.evaluate("document.activeElement.dataset.id ? 'look' : document.activeElement.tagName"));
  }
  assert.ok(stops.at(-1) === "look" && !stops.includes("svg"), stops.join());
  await page.evaluate("document.querySelector('#map-drawing a[tabindex=\"0\"]').focus()");
  const seen = new Set();
  for (const [key, code] of [["ArrowRight", 39], ["ArrowDown", 40], ["ArrowLeft", 37], ["ArrowUp", 38], ["ArrowRight", 39]]) {
    await page.press(key, code);
    seen.add(await page.evaluate("document.activeElement.dataset.id"));
    const shown = await page.evaluate("document.querySelector('#map-look .look')?.getAttribute('href') === document.activeElement.getAttribute('href')");
    assert.ok(shown, "the look that has the focus is shown");
  }
  assert.ok(seen.size > 1, [...seen].join());
  assert.equal(await page.evaluate("document.querySelectorAll('#map-drawing a[tabindex=\"0\"]').length"), 1);
}

// The map stands at the end of the evaluation and comes when it is near, without moving anything.
async function mapInPlace(page) {
  const before = await page.evaluate("document.getElementById('map-here').getBoundingClientRect().height");
  await page.evaluate("document.getElementById('map-here').scrollIntoView()");
  await page.until("document.documentElement.dataset.map === 'here'");
  const after = await page.evaluate("document.getElementById('map-here').getBoundingClientRect().height");
  assert.ok(Math.abs(after - before) < 2, `${before} px before, ${after} px after`);
}

// One of two copies is removed and taken back.
async function tidy(page) {
  await ready(page);
  const id = await page.evaluate("document.querySelector('[data-remove]')?.dataset.remove ?? null");
  if (!id) return console.log("  (no picture is there twice)");
  const standing = async () => (await (await fetch(`${base}/api/looks/${encodeURIComponent(id)}`)).json()).standing;
  const before = await standing();
  await click(page, "[data-remove]");
  await page.until("document.querySelector('.twin.gone') !== null");
  assert.equal(await standing(), "removed");
  await click(page, "[data-remove]");
  await page.until("document.querySelector('.twin.gone') === null");
  assert.equal(await standing(), before);
}

// A copy of a learned look with other labels is told as a conflict.
async function conflict(page) {
  await ready(page);
  await page.evaluate("document.querySelector('[data-example]').click()");
  await state(page, "answered");
  await type(page, "#correct input[list]", "Fake");
  await click(page, "#collect");
  await page.until("document.querySelector('#collect-answer .conflicts li') !== null");
  await click(page, "#undo");
}

// Looks are found by a colour near one of theirs, nearest first.
async function nearColour(page) {
  await ready(page);
  const look = (await (await fetch(`${base}/api/looks?limit=40`)).json()).looks.find(({ colors }) => colors.some(Boolean));
  if (!look) return console.log("  (no look has colours)");
  const colour = look.colors.find(Boolean);
  await type(page, "#filters [name=color]", colour);
  await page.evaluate("window.old = true; document.getElementById('filters').requestSubmit()");
  await page.until("window.old === undefined && location.search.includes('color=')");
  await ready(page);
  const shown = await page.evaluate("[...document.querySelectorAll('.look-grid .look')].map((look) => [...look.querySelectorAll('circle')].map((circle) => circle.getAttribute('fill')))");
  assert.ok(shown.length > 0 && shown[0].includes(colour), `${colour}: ${shown[0]}`);
}

try {
  const first = (await (await fetch(`${base}/api/looks?limit=1`)).json()).looks[0].id;
  await visit("collect-and-undo", "/", {}, collectAndUndo);
  await visit("share", "/", {}, share);
  await visit("crop", "/", {}, crop);
  await visit("regions", "/", {}, regions);
  if (process.env.NOBODY) await visit("nobody", "/", {}, nobody);
  else console.log("skipped: a picture of nobody (set NOBODY to one)");
  await visit("pasted", "/", {}, givenBy("paste", "clipboardData"));
  await visit("dropped", "/", {}, givenBy("drop", "dataTransfer"));
  if (process.env.TOKEN_ADDRESS) await visit("token", process.env.TOKEN_ADDRESS, {}, withToken);
  else console.log("skipped: a server with a token (set TOKEN_ADDRESS and TOKEN)");
  await visit("english", "/?lang=en", {}, regions);
  await visit("edit", `/looks/${encodeURIComponent(first)}?lang=fr`, {}, edit);
  await visit("search", "/looks", {}, search);
  await visit("near-colour", "/looks", {}, nearColour);
  await visit("pending", "/looks?standing=pending", {}, ready);
  await visit("conflict", "/", {}, conflict);
  await visit("map", "/map", {}, walkTheMap);
  await visit("map-in-place", "/evaluation", { width: 390 }, mapInPlace);
  await visit("tidy", "/duplicates", {}, tidy);
  await visit("training", "/vision/progress", {}, training);
  await visit("retry", "/vision/progress?lang=fr", {}, retry);
  for (const width of WIDTHS) {
    for (const dark of THEMES) {
      const name = (page) => `${page}-${width}-${dark ? "dark" : "light"}`;
      const options = { width, dark };
      await visit(name("home"), "/", options, ready);
      await visit(name("answer"), "/", options, collect);
      await visit(name("batch"), "/", options, several);
      await visit(name("looks"), "/looks", options, ready);
      await visit(name("look"), `/looks/${encodeURIComponent(first)}`, options, ready);
      await visit(name("progress"), "/vision/progress", options);
      await visit(name("evaluation"), "/evaluation", options, mapInPlace);
      await visit(name("map"), "/map", options, ready);
      await visit(name("duplicates"), "/duplicates", options, ready);
      await visit(name("doubtful"), "/looks?suspect=true", options, ready);
      await visit(name("docs"), "/api/docs", options, (page) => page.until("document.querySelectorAll('.operation').length > 10"));
    }
  }
  console.log(`all flows hold; screenshots in ${folder}`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.stop();
}
