// Opens the pages of a running server in a real browser, gives a picture, reads the answer and
// takes screenshots.
//
//   node tools/e2e/pages.mjs http://127.0.0.1:3000 PICTURE [FOLDER FOR SCREENSHOTS]
//
// Exit 0: all held, or there is no browser (said so). Exit 1: something did not hold.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { Browser, findBrowser } from "./browser.mjs";

const WIDTHS = [1280, 768, 390];
const [address, picture, folder = "target/e2e"] = process.argv.slice(2);
if (!address || !picture) {
  console.error("usage: pages.mjs ADDRESS PICTURE [FOLDER]");
  process.exit(2);
}
const base = address.replace(/\/$/, "");
const program = findBrowser();
if (!program) {
  console.log("skipped: no Chromium found (set CHROMIUM to its path)");
  process.exit(0);
}
mkdirSync(folder, { recursive: true });
const browser = await Browser.start(program);
let shots = 0;

async function shoot(page, name) {
  const path = join(folder, `${name}.png`);
  writeFileSync(path, await page.screenshot());
  shots += 1;
  // Wider than its window: a page that scrolls sideways on a phone.
  assert.equal(await page.excess(), 0, `${name} is wider than its window`);
}

async function visit(name, path, width, options, act) {
  const page = await browser.open(width, 900, options);
  await page.goto(base + path);
  await act?.(page);
  await shoot(page, name);
  assert.deepEqual(page.problems, [], name);
  await page.close();
}

// Focus goes to something that can be seen, from the top of the page by the Tab key alone.
async function tabThrough(page) {
  const seen = new Set();
  for (let press = 0; press < 12; press += 1) {
    await page.press("Tab", 9);
    seen.add(await page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"));
  }
  assert.ok(seen.has("file"), `the file picker is not reached by Tab: ${[...seen].join(", ")}`);
}

async function analyse(page) {
  await page.until("document.documentElement.dataset.ready === 'true'");
  await page.pick("#file", [resolve(picture)]);
  await page.until("document.documentElement.dataset.state === 'answered'");
  const answer = await page.evaluate(`({
    who: document.querySelector("#who h3").textContent, swatches: document.querySelectorAll(".swatch").length,
    slots: document.querySelectorAll(".item-list > li").length, image: document.querySelector("#picture img").naturalWidth,
  })`);
  assert.ok(answer.who.length > 0 && answer.image > 0, JSON.stringify(answer));
  assert.equal(answer.slots, 7);
  const drawing = await page.evaluate(`(({ alt, width, height, naturalWidth, parentElement: { parentElement: card, textContent } }) =>
    ({ alt, caption: textContent, sharp: width > 0 && height > 0 && naturalWidth > 0, card: card.id }))(document.querySelector("#redrawn img"))`);
  assert.ok(drawing.alt && drawing.caption && drawing.sharp && drawing.card === "who", JSON.stringify(drawing));
  await page.until("[...document.images].every((image) => image.complete || image.loading === 'lazy')");
}

// "Why?", by keyboard: asked for once, shown, hidden and shown again.
async function askWhy(page) {
  await analyse(page);
  const requests = () => page.evaluate("performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('/api/heat-map')).length");
  const pressed = () => page.evaluate("document.getElementById('why').getAttribute('aria-pressed')");
  assert.deepEqual([await requests(), await pressed()], [0, "false"], "nothing is fetched before somebody asks");
  await page.evaluate("document.getElementById('again').focus()");
  await page.press("Tab", 9);
  assert.equal(await page.evaluate("document.activeElement.id"), "why", "the button follows in the order of Tab");
  await page.press("Enter", 13, "\r");
  await page.until("document.querySelector('.picture-frame canvas') !== null");
  const painted = await page.evaluate(`(() => {
    const canvas = document.querySelector(".picture-frame canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const [seen, whole] = [data.filter((value, at) => at % 4 === 3 && value > 40).length, data.length / 4];
    return { share: seen / whole, opacity: getComputedStyle(canvas).opacity, legend: document.getElementById("why-legend").textContent };
  })()`);
  assert.ok(painted.share > 0.1 && painted.share < 0.9 && painted.opacity === "1" && painted.legend.length > 20, JSON.stringify(painted));
  await page.press("Enter", 13, "\r");
  assert.equal(await pressed(), "false");
  assert.equal(await page.evaluate("getComputedStyle(document.querySelector('.picture-frame canvas')).opacity"), "0");
  await page.press("Enter", 13, "\r");
  assert.deepEqual([await requests(), await pressed()], [1, "true"], "what was fetched is kept");
}

// A class that cannot be drawn: the answer is whole without the drawing.
async function withoutDrawing(page) {
  await page.answerWith("*/api/redraw*", 404);
  await page.until("document.documentElement.dataset.ready === 'true'");
  await page.pick("#file", [resolve(picture)]);
  await page.until("document.documentElement.dataset.state === 'answered'");
  assert.equal(await page.evaluate("document.querySelector('.redrawn')"), null);
  // Browsers note every 404, whatever the page makes of it.
  page.problems = page.problems.filter((problem) => !problem.includes("/api/redraw"));
}

try {
  for (const width of WIDTHS) {
    for (const dark of [false, true]) {
      const options = { dark, mobile: width < 700 };
      const suffix = `${width}-${dark ? "dark" : "light"}`;
      await visit(`home-${suffix}`, "/", width, options, width === 1280 && !dark ? tabThrough : undefined);
      await visit(`answer-${suffix}`, "/", width, options, analyse);
      if (width !== 768) await visit(`why-${suffix}`, "/", width, options, askWhy);
      await visit(`progress-${suffix}`, "/vision/progress", width, options, (page) =>
        page.until("document.getElementById('liveness').textContent.length > 0"));
    }
  }
  await visit("home-english", "/?lang=en", 1280, {}, analyse);
  await visit("answer-without-drawing", "/", 390, { mobile: true }, withoutDrawing);
  await visit("looks-1280-light", "/looks?lang=fr", 1280, {});
  await visit("looks-390-dark", "/looks?lang=fr", 390, { dark: true, mobile: true });
  await visit("docs-1280-light", "/api/docs", 1280, {}, (page) => page.until("document.querySelectorAll('.operation').length > 10"));
  console.log(`all pages hold; ${shots} screenshots in ${folder}`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.stop();
}
