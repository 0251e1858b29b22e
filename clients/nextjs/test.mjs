// Against `npm start` and a running Lorgnon: SITE_ADDRESS and LORGNON_PICTURE, or skipped.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const { SITE_ADDRESS: site, LORGNON_PICTURE: picture } = process.env;
const skip = site && picture ? false : "set SITE_ADDRESS and LORGNON_PICTURE";

test("the old body gets the old fields", { skip }, async () => {
  const image = `data:image/png;base64,${readFileSync(picture).toString("base64")}`;
  const response = await fetch(`${site}/api/analyze-look`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ image, k: 3 }) });
  assert.equal(response.status, 200);
  const answer = await response.json();
  for (const field of ["classLabel", "classVotes", "gender", "genderVotes", "colors", "colorSources", "items", "neighbors"]) assert.ok(field in answer, field);
});

test("the old errors are the old errors", { skip }, async () => {
  const get = await fetch(`${site}/api/analyze-look`);
  assert.deepEqual([get.status, get.headers.get("allow"), (await get.json()).error], [405, "POST", "Méthode non autorisée"]);
  const empty = await fetch(`${site}/api/analyze-look`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  assert.deepEqual([empty.status, (await empty.json()).error], [400, "Image manquante"]);
});
