import assert from "node:assert/strict";
import { test } from "node:test";
import { readView, writeView } from "./view";

test("an address says what is shown, and nothing for what is so anyway", () => {
  const plain = readView(new URLSearchParams());
  assert.equal(writeView(plain).toString(), "");
  const address = "status=COMPLETE&file=a%26b&order=FILE_NAME&direction=ASC&after=x%3D%3D";
  assert.equal(writeView(readView(new URLSearchParams(address))).toString(), address);
});

test("an address that somebody has written shows what it can", () => {
  const view = readView(new URLSearchParams("status=DONE&order=SIZE&direction=up&before=b"));
  assert.deepEqual(view, {
    status: null,
    fileName: "",
    field: "UPLOADED_AT",
    direction: "DESC",
    cursor: { before: "b" },
  });
});
