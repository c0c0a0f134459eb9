// What a plan rests on changes while it is reviewed.

import { after, before, test } from "node:test";
import { launch } from "../support/browser.js";
import { admin } from "../support/console.js";
import { demo } from "../support/muster.js";

let muster, browser;
before(async () => ([muster, browser] = await Promise.all([demo(), launch()])));
after(() => Promise.all([muster?.stop(), browser?.close()]));

/** Sends an operation as another program would. */
const ask = (query) =>
  fetch(`${muster.url}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${muster.admins[1].token}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });

test("a plan that no longer holds is made again, and the page says so", async (t) => {
  const ada = await admin(t, browser, muster, "First Admin");
  await ada.row("members-autumn.csv").getByRole("button", { name: "Resume" }).click();
  await ada.press("Approve all 3 of the kind Update");
  await ada.reads("3 approved");
  await ask('mutation { saveProfileField(input: { key: "job_title", label: "Job title", type: TEXT, required: true }) { userErrors { message } } }');
  await ada.press("Complete the import…");
  await ada.press("Complete and apply");
  await ada.page.getByRole("alert").getByText(/plan/).waitFor();
  await ada.sees("tab", "Actions");
});
