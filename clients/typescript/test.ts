// Against a real server: LORGNON_ADDRESS and LORGNON_PICTURE, or skipped.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Lorgnon, LorgnonError } from "./src/lorgnon.ts";

const { LORGNON_ADDRESS: address, LORGNON_PICTURE: picture } = process.env;
const skip = address && picture ? false : "set LORGNON_ADDRESS and LORGNON_PICTURE to a running server and a picture";
const lorgnon = new Lorgnon(address ?? "", { language: "en" });
const bytes = () => new Uint8Array(readFileSync(picture ?? ""));

test("a picture becomes a look", { skip }, async () => {
  const analysis = await lorgnon.analyzeLook(bytes(), { k: 3 });
  assert.equal(analysis.colorSlots.length, 6);
  assert.ok(analysis.neighbors.length <= 3);
  assert.equal((await lorgnon.getHealth()).status, "ok");
});

test("a look is taught, corrected, removed and taken back", { skip }, async () => {
  const { look } = await lorgnon.addLook(bytes(), { class: "Iop", gender: "m", colors: ["#112233"] });
  assert.equal(look.standing, "pending");
  assert.equal((await lorgnon.correctLook(look.id, { gender: "f" })).gender, "f");
  assert.equal((await lorgnon.removeLook(look.id)).standing, "removed");
  assert.equal((await lorgnon.restoreLook(look.id)).standing, "pending");
  assert.ok((await lorgnon.getLookImage(look.id)).size > 0);
  await lorgnon.removeLook(look.id);
});

test("what the server refuses is told in its words", { skip }, async () => {
  await assert.rejects(lorgnon.analyzeLook(new Blob(["no picture"])), (error: unknown) => {
    assert.ok(error instanceof LorgnonError);
    assert.deepEqual([error.status, error.code], [415, "image_unsupported"]);
    assert.match(error.message, /not an image/);
    return true;
  });
});
