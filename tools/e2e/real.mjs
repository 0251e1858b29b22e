// The flows on real pictures: trains on a labelled export, serves it and runs flows.mjs against it.
//
//   node tools/e2e/real.mjs [FOLDER FOR SCREENSHOTS]
//
// LORGNON_DATA: the folder of the exports (default `../shared/data` beside the repository); skipped,
// with the reason printed, where there is none. LORGNON_BINARY: the program (default `target/debug/lorgnon`).

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const data = resolve(process.env.LORGNON_DATA ?? join(root, "../shared/data"));
const program = resolve(process.env.LORGNON_BINARY ?? join(root, "target/debug/lorgnon"));
const set = join(data, "dofus-items");
const LOOKS = "200";
const PICTURES = 3;

for (const [path, what] of [[join(set, "train.jsonl"), "LORGNON_DATA"], [program, "LORGNON_BINARY"]]) {
  if (existsSync(path)) continue;
  console.log(`skipped: there is no ${path} (set ${what})`);
  process.exit(0);
}
const cache = mkdtempSync(join(tmpdir(), "lorgnon-real-"));
const shared = ["--cache", cache, "--dataset", join(set, "train.jsonl"), "--catalogue", join(set, "catalog-full.json"), "--icons", join(set, "icons")];
// Nothing of this machine's settings.
const env = { PATH: process.env.PATH, HOME: cache };
const inherit = { stdio: "inherit", env };
let server;
let status = 1;
try {
  const trained = spawnSync(program, ["train", "--limit", LOOKS, ...shared], inherit);
  if (trained.status !== 0) throw new Error(`train ended with ${trained.status}`);
  server = spawn(program, ["serve", "--listen", "127.0.0.1:0", ...shared], { stdio: ["ignore", "inherit", "pipe"], env });
  const address = await new Promise((found, failed) => {
    let told = "";
    server.stderr.on("data", (text) => {
      told += text;
      const match = /serving (http:\S+)/.exec(told);
      if (match) found(match[1]);
    });
    server.once("exit", () => failed(new Error(`serve ended: ${told}`)));
  });
  const images = readFileSync(join(set, "test.jsonl"), "utf8").trim().split("\n").map((line) => join(set, JSON.parse(line).image));
  // Learned from few looks, not every class is known: the flows are of those that are found.
  const found = async (image) => {
    const body = readFileSync(image);
    const answer = await fetch(new URL("/api/analyze-look", address), { method: "POST", headers: { "content-type": "image/png" }, body });
    return (await answer.json()).character !== null;
  };
  const pictures = [];
  for (const image of images) if (pictures.length < PICTURES && (await found(image))) pictures.push(image);
  if (pictures.length < PICTURES) throw new Error(`only ${pictures.length} test pictures show somebody that was found`);
  const places = join(data, "backgrounds");
  const nobody = existsSync(places) ? join(places, readdirSync(places)[0]) : "";
  const folder = process.argv[2] ?? join(root, "target/e2e/real");
  const flows = spawnSync(process.execPath, [join(root, "tools/e2e/flows.mjs"), address, pictures.join(","), folder], { stdio: "inherit", env: { ...process.env, NOBODY: nobody } });
  status = flows.status ?? 1;
} catch (error) {
  console.error(error);
} finally {
  if (server && server.exitCode === null) {
    const ended = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await Promise.race([ended, new Promise((done) => setTimeout(done, 12_000))]);
  }
  rmSync(cache, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(status);
