// How a review of very many rows feels: imports a roster in a browser, and prints how long what one does takes.
//
//   cargo build --release
//   cargo run --release -p muster-benches --bin roster -- --rows 1000000 > target/roster.csv
//   MUSTER_BINARY=target/release/muster node tests/pages/measure-review.mjs target/roster.csv
//
// Not a test: it depends on the machine. Times are in milliseconds, from the press to the first row of the answer.

import { resolve } from "node:path";
import { launch, person } from "./support/browser.js";
import { Admin } from "./support/console.js";
import { SECRET, token } from "./support/token.js";
import { serve } from "./support/muster.js";

/** A million rows take a while to be read, planned and decided about. */
const PATIENCE_MS = 30 * 60_000;

const [file] = process.argv.slice(2);
if (!file) throw new Error("name a roster, see the top of this script");

const cleanUps = [];
const t = { after: (cleanUp) => cleanUps.unshift(cleanUp) };
const [muster, browser] = await Promise.all([serve({ MUSTER_JWT_SECRET: SECRET }), launch()]);
const ada = new Admin(await person(t, browser, muster, { allowed: [/status of 40[14]/] }));
const { page } = ada;
page.setDefaultTimeout(PATIENCE_MS);

const results = {};
async function measure(what, act, shown) {
  const began = performance.now();
  await act();
  await shown();
  results[what] = Math.round(performance.now() - began);
}
const firstRow = () => page.locator("table.actions tbody tr").first().waitFor();
/** The rows that are there go, and others come. */
const otherRows = async (act) => {
  const before = await page.locator("table.actions tbody tr").first().textContent();
  await act();
  await page.waitForFunction(
    (text) => {
      const row = document.querySelector("table.actions tbody tr");
      return row && row.textContent !== text;
    },
    before,
  );
};

await page.goto("/");
await page.getByLabel("Token").fill(token());
await ada.press("Sign in");
await ada.reads("No imports yet");
await measure(
  "upload",
  () => page.locator("input[type=file]").first().setInputFiles(resolve(file)),
  () => page.getByRole("button", { name: "Approve the mapping" }).waitFor(),
);
await measure("plan", () => ada.press("Approve the mapping"), firstRow);
await measure("open the review: a new window", () => page.reload(), firstRow);
await ada.follow("All imports");
await measure("open the review: Resume", () => page.getByRole("row").getByRole("button", { name: "Resume" }).click(), firstRow);
await measure("next page", () => otherRows(() => ada.press("Next")), firstRow);
await measure("search", () => otherRows(() => page.getByLabel("Name, email or ID").fill("son")), firstRow);
await page.getByLabel("Name, email or ID").fill("");
await firstRow();
const first = () => page.locator("table.actions tbody tr").first();
await measure(
  "approve one",
  () => first().getByRole("button", { name: "Approve" }).click(),
  () => page.getByText(/^by /).first().waitFor(),
);
await measure(
  "approve all",
  () => ada.press(/^Approve all [\d,]+$/),
  () => page.getByText(/ 0 undecided/).waitFor(),
);
await measure("open the review again", () => page.reload(), firstRow);
await measure("open the review once more", () => page.reload(), firstRow);
console.table(results);
console.log(`${await page.locator("*").count()} elements on the page`);

for (const cleanUp of cleanUps) await cleanUp();
await Promise.all([muster.stop(), browser.close()]);
