// Drives a headless Chromium over its debugging pipe: no library, no port, no network.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const STEP_TIMEOUT_MS = 60_000;

/** The browser's path, or undefined where there is none. */
export const findBrowser = () => PLACES.find((place) => place && existsSync(place));

/** A running browser. */
export class Browser {
  static async start(program) {
    const profile = mkdtempSync(join(tmpdir(), "lorgnon-e2e-"));
    const flags = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--accept-lang=fr", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank",
    ];
    const child = spawn(program, flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    return new Browser(child, profile);
  }

  constructor(child, profile) {
    Object.assign(this, { child, profile, next: 1, waiting: new Map(), listeners: new Set() });
    const [, , , to, from] = child.stdio;
    this.to = to;
    let rest = "";
    from.setEncoding("utf8");
    from.on("data", (text) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop();
      for (const message of messages) this.receive(JSON.parse(message));
    });
  }

  receive(message) {
    if (message.id) {
      const { resolve, reject } = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.error) reject(new Error(message.error.message));
      else resolve(message.result);
    } else for (const listener of this.listeners) listener(message);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = this.next++;
    this.to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method} took too long`)), STEP_TIMEOUT_MS);
      this.waiting.set(id, { resolve: (value) => (clearTimeout(timer), resolve(value)), reject });
    });
  }

  async open(width, height, { dark = false, mobile = false } = {}) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId, width);
    await page.send("Page.enable");
    await page.send("Runtime.enable");
    await page.send("Log.enable");
    await page.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
    await page.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }, { name: "prefers-reduced-motion", value: "reduce" }],
    });
    return page;
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    await this.send("Browser.close").catch(() => this.child.kill());
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** One tab. */
export class Page {
  constructor(browser, sessionId, targetId, width) {
    Object.assign(this, { browser, sessionId, targetId, width, problems: [] });
    browser.listeners.add((message) => message.sessionId === sessionId && this.note(message));
  }

  // Script errors and blocked content are faults of the page, whatever it looks like.
  note({ method, params }) {
    if (method === "Runtime.exceptionThrown") this.problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Log.entryAdded" && params.entry.level === "error") this.problems.push(`${params.entry.text} ${params.entry.url ?? ""}`);
  }

  send(method, params) {
    return this.browser.send(method, params, this.sessionId);
  }

  async goto(url) {
    const loaded = new Promise((resolve) => {
      const listener = (message) => {
        if (message.sessionId !== this.sessionId || message.method !== "Page.loadEventFired") return;
        this.browser.listeners.delete(listener);
        resolve();
      };
      this.browser.listeners.add(listener);
    });
    await this.send("Page.navigate", { url });
    await loaded;
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Waits until an expression is true. */
  async until(expression) {
    const end = Date.now() + STEP_TIMEOUT_MS;
    let fault;
    while (Date.now() < end) {
      // Between two documents there is nothing to ask.
      if (await this.evaluate(expression).catch((error) => ((fault = error), false))) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`never true: ${expression}; problems: ${this.problems.join("; ") || "none"}`, { cause: fault });
  }

  /** Picks files as a person does in the file dialogue. */
  async pick(selector, files) {
    const { root } = await this.send("DOM.getDocument");
    const { nodeId } = await this.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    await this.send("DOM.setFileInputFiles", { nodeId, files });
  }

  /** Answers requests in the server's stead. */
  async answerWith(urlPattern, responseCode) {
    this.browser.listeners.add(({ sessionId, method, params }) => {
      if (sessionId === this.sessionId && method === "Fetch.requestPaused") this.send("Fetch.fulfillRequest", { requestId: params.requestId, responseCode });
    });
    await this.send("Fetch.enable", { patterns: [{ urlPattern }] });
  }

  /** Presses a key and lets it go; `text` is what it types. */
  async press(key, code, text = undefined) {
    for (const type of ["keyDown", "keyUp"]) {
      await this.send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: code, text: type === "keyDown" ? text : undefined });
    }
  }

  /** The whole page as a PNG. */
  async screenshot() {
    const { cssContentSize: size } = await this.send("Page.getLayoutMetrics");
    const clip = { x: 0, y: 0, width: size.width, height: Math.min(size.height, 6000), scale: 1 };
    const { data } = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip });
    return Buffer.from(data, "base64");
  }

  /** How wide the page is beyond its window, in px. A phone's window grows with the page: its own width counts. */
  async excess() {
    return Math.max(0, (await this.evaluate("document.documentElement.scrollWidth")) - this.width);
  }

  async close() {
    await this.browser.send("Target.closeTarget", { targetId: this.targetId });
  }
}
