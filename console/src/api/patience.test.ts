import assert from "node:assert/strict";
import { test } from "node:test";
import { retryAfterSeconds } from "./patience";

const NOW = Date.parse("2026-11-23T08:00:00Z");

test("a wait is a number of seconds, or a date", () => {
  assert.equal(retryAfterSeconds("3", NOW), 3);
  assert.equal(retryAfterSeconds("0", NOW), 0);
  assert.equal(retryAfterSeconds("Mon, 23 Nov 2026 08:00:20 GMT", NOW), 20);
});

test("what says nothing, lies behind us, or takes too long, is not waited for", () => {
  for (const header of [null, "", " ", "soon", "-1", "3600", "Mon, 23 Nov 2026 07:59:59 GMT"]) {
    assert.equal(retryAfterSeconds(header, NOW), null, String(header));
  }
});
