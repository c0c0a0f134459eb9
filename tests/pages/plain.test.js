// What everybody sees who comes to a fresh Muster.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, launch, person } from "./support/browser.js";
import { demo } from "./support/muster.js";

let muster, browser;
before(async () => ([muster, browser] = await Promise.all([demo(), launch()])));
after(() => Promise.all([muster?.stop(), browser?.close()]));

test("the first page has a title, and no serious fault", async (t) => {
  const page = await person(t, browser, muster);
  await page.goto("/");
  assert.match(await page.title(), /Muster/);
  await accessible(page);
});
