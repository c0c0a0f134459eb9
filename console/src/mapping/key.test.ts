import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf, numberedKey } from "./key";

test("a key is what of a label is letters and digits", () => {
  assert.equal(keyOf("Boat class"), "boat_class");
  assert.equal(keyOf("  Größe (cm) "), "gro_e_cm");
  assert.equal(keyOf("Équipe n° 2"), "equipe_n_2");
  assert.equal(keyOf("2nd phone"), "nd_phone");
  assert.equal(keyOf("Отдел"), "");
  assert.equal(keyOf("x".repeat(300)).length, 60);
});

test("a label without such letters has a number", () => {
  assert.equal(numberedKey([]), "segment_1");
  assert.equal(numberedKey(["segment_1", "email", "segment_3"]), "segment_2");
});
