// The story with nothing but a keyboard: the focus is where one expects it, and is seen.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, person } from "../support/browser.js";
import { Admin } from "../support/console.js";
import { demo } from "../support/muster.js";

const ROSTER = "Member ID,First name,Last name,E-mail\nRC-0001,Ada,Abara,ada.abara@example.org\nK-1,Kay,Board,k@example.org\n";
/** More than there are stops on any of these pages. */
const STOPS_MAX = 150;

let muster, browser;
before(async () => ([muster, browser] = await Promise.all([demo(), launch()])));
after(() => Promise.all([muster?.stop(), browser?.close()]));

/** What has the focus: its name or its text; empty if nothing has it. */
const focused = (page) =>
  page.evaluate(() => {
    const { activeElement: element, body } = document;
    if (element === body) return "";
    return element.getAttribute("aria-label") ?? element.labels?.[0]?.innerText ?? element.innerText ?? "";
  });

/** Goes on with Tab until something of this name has the focus, which then shows. */
async function tabTo(page, name) {
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    if (!name.test(now)) continue;
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.notEqual(outline, "none", `${now} shows that it has the focus`);
    return;
  }
  assert.fail(`Tab does not lead to ${name}`);
}

/** Presses Enter on what has the focus, as soon as it takes it: a button that is busy does nothing. */
async function enter(page) {
  await page.waitForFunction(() => document.activeElement.getAttribute("aria-disabled") !== "true");
  await page.keyboard.press("Enter");
}

test("from sign-in to complete without a mouse", async (t) => {
  const { page } = new Admin(await person(t, browser, muster, { reducedMotion: "reduce" }));
  const ada = new Admin(page);
  // As long as somebody listens, the browser asks them for files: from the start, so that no press comes before.
  page.on("filechooser", () => {});
  await page.goto("/");
  await ada.sees("button", "First Admin");
  await tabTo(page, /^First Admin/);
  await enter(page);
  await ada.row("members-autumn.csv").waitFor();

  await tabTo(page, /^Skip to the page/);
  await enter(page);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "MAIN");
  await tabTo(page, /^Upload a file/);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), enter(page)]);
  await chooser.setFiles({ name: "keys.csv", mimeType: "text/csv", buffer: Buffer.from(ROSTER) });
  await ada.dialog().waitFor();
  await page.keyboard.press("Escape");
  await ada.dialog().waitFor({ state: "detached" });
  // The focus goes back to where it came from.
  await page.waitForFunction(() => document.activeElement?.innerText.startsWith("Upload a file"));

  const [again] = await Promise.all([page.waitForEvent("filechooser"), enter(page)]);
  await again.setFiles({ name: "keys.csv", mimeType: "text/csv", buffer: Buffer.from(ROSTER) });
  await ada.dialog().waitFor();
  await tabTo(page, /^Upload and replace/);
  await enter(page);
  await ada.sees("heading", "keys.csv");
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");

  await tabTo(page, /^Every member/);
  await page.keyboard.press("ArrowDown");
  await ada.page.getByRole("radio", { name: "Some members", checked: true }).waitFor();
  await tabTo(page, /^Approve the mapping/);
  await enter(page);
  await ada.row("Kay Board").waitFor();

  await tabTo(page, /^Actions/);
  await page.keyboard.press("ArrowRight");
  await enter(page);
  await ada.reads("Nothing is wrong with any row.");
  await page.keyboard.press("ArrowLeft");
  await enter(page);
  await tabTo(page, /^Approve$/);
  // The button shows the decision at once; completing waits for the answer.
  const answered = page.waitForResponse((response) => response.request().postData()?.includes("decideProfileActions"));
  await enter(page);
  await answered;
  await ada.row("Kay Board").getByRole("button", { name: "Approve", pressed: true }).waitFor();
  assert.match(await focused(page), /^Approve$/, "the focus stays on what was pressed");

  await tabTo(page, /^Complete the import/);
  await enter(page);
  await ada.dialog().waitFor();
  await tabTo(page, /^Complete and apply/);
  await enter(page);
  await ada.reads("Completed by First Admin");
});
