// The old system's search: every entry an object with arrays of numbers, compared one by one, all of them sorted.
//
//     node --expose-gc --max-old-space-size=8192 legacy_scan.mjs VECTORS QUERIES LOOKS DIMENSIONS [JSON_LOOKS]
//
// Both files hold little-endian 32-bit floats. As many looks as JSON_LOOKS (5,000: more than 6,218 do not fit the longest text that
// the runtime holds) are also written as the old index file and read back, which the old server did for every question
// after a restart. Prints one JSON object.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const [vectorsFile, queriesFile, looksText, dimensionsText, jsonLooksText = "5000"] = process.argv.slice(2);
const [looks, dimensions, jsonLooks] = [looksText, dimensionsText, jsonLooksText].map(Number);
const SLOTS = ["coiffe", "cape", "bouclier", "familier", "epauliere", "costume", "ailes"];
const COUNT = 10;

const floats = (file, rows) => {
  const bytes = fs.readFileSync(file);
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const found = Math.min(rows, all.length / dimensions);
  return Array.from({ length: found }, (_, row) => Array.from(all.subarray(row * dimensions, (row + 1) * dimensions)));
};

const cosine = (a, b) => {
  const length = Math.min(a.length, b.length);
  let dot = 0;
  let squareA = 0;
  let squareB = 0;
  for (let at = 0; at < length; at += 1) {
    dot += a[at] * b[at];
    squareA += a[at] * a[at];
    squareB += b[at] * b[at];
  }
  return squareA === 0 || squareB === 0 ? 0 : dot / Math.sqrt(squareA * squareB);
};

const best = (entries, vectorOf, query) =>
  entries
    .map((entry) => ({ entry, score: cosine(query, vectorOf(entry)) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, COUNT);

const vectors = floats(vectorsFile, looks);
const queries = floats(queriesFile, Infinity);
// The same numbers stand in for the slots: what is timed is how much is read, not what is found.
const entries = vectors.map((embedding, number) => ({
  id: `look-${number}`,
  embedding,
  slotEmbeddings: Object.fromEntries(SLOTS.map((slot) => [slot, embedding.slice()])),
  classLabel: "Iop",
  gender: "m",
  colors: [],
  items: {},
  meta: { source: "looks.jsonl" },
}));

const time = (rounds, run) => {
  const took = [];
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    const start = process.hrtime.bigint();
    run(queries[round % queries.length]);
    took.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  const spent = process.cpuUsage(before);
  took.sort((a, b) => a - b);
  const at = (share) => took[Math.round((took.length - 1) * share)];
  return { p50: at(0.5), p99: at(0.99), best: took[0], processor: (spent.user + spent.system) / 1e3 / rounds };
};

for (const query of queries.slice(0, 5)) best(entries, (entry) => entry.embedding, query);
const one = time(40, (query) => best(entries, (entry) => entry.embedding, query));
const eight = time(5, (query) => {
  best(entries, (entry) => entry.embedding, query);
  for (const slot of SLOTS) best(entries, (entry) => entry.slotEmbeddings[slot], query);
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "legacy-"));
const file = path.join(folder, "vision-index.json");
const start = Date.now();
fs.writeFileSync(file, JSON.stringify({ updatedAt: 0, entries: entries.slice(0, jsonLooks), meta: {} }));
const written = Date.now();
const bytes = fs.statSync(file).size;
const read = JSON.parse(fs.readFileSync(file, "utf8"));
const loaded = Date.now();
fs.rmSync(folder, { recursive: true });
globalThis.gc?.();
console.log(
  JSON.stringify({
    looks: entries.length,
    one,
    eight,
    json: { looks: read.entries.length, bytes, writeMs: written - start, loadMs: loaded - written },
    rssMb: process.memoryUsage().rss / 1e6,
  }),
);
