// Every page, light and dark, wide and narrow: nothing that keeps somebody from it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, launch, person } from "../support/browser.js";
import { Admin, admin } from "../support/console.js";
import { demo } from "../support/muster.js";

// What of everything is long, or missing, or odd.
const ROSTER = [
  "Member ID,First name,Last name,E-mail,Status,Begin,A header that goes on and on as the system that wrote it does",
  "RC-0001,Ada,Abara,ada.abara@example.org,on leave,03/04/2011,a-value-without-any-blank-that-is-longer-than-a-phone-is-wide",
  "RC-0999,Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh,Of,very.long.address.of.somebody@subdomain.example.org,active,,",
  "RC-1000,Nobody,,no address,active,,",
  "",
].join("\n");

const NAME = "export-of-all-the-members-of-the-club-with-a-name-that-no-system-should-give-a-file-20261123-081530.csv";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** The page as it stands has a title and one heading, fits its window, and axe-core finds nothing serious. */
async function fit({ page }, what) {
  assert.match(await page.title(), /^.+ · Muster$/, what);
  assert.equal(await page.locator("h1").count(), 1, what);
  // What fades in is not yet to be judged.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${what} is ${content} px wide in a window of ${window}`);
  await accessible(page);
}

const LOOKS = [
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { colorScheme: "light", viewport: { width: 320, height: 640 } },
  { colorScheme: "dark", viewport: { width: 320, height: 640 } },
];

for (const look of LOOKS) {
  test(`every page at ${look.viewport.width} px, ${look.colorScheme}`, async (t) => {
    const muster = await demo();
    t.after(() => muster.stop());
    const stranger = new Admin(await person(t, browser, muster, look));
    await stranger.page.goto("/");
    await stranger.sees("button", "First Admin");
    await fit(stranger, "sign-in");

    // That there is no such page is told to the browser, too.
    const ada = await admin(t, browser, muster, "First Admin", { ...look, allowed: [/status of 404/] });
    await ada.row("members-spring.csv").waitFor();
    await fit(ada, "history");
    await ada.row("members-spring.csv").getByRole("link", { name: "View" }).click();
    await ada.sees("row", /Chloé/);
    await fit(ada, "a complete import");
    await ada.follow("Members");
    await ada.row("Chloé").waitFor();
    await fit(ada, "members");
    await ada.page.goto("/no-such-page");
    await ada.reads("There is no such page");
    await fit(ada, "no page");

    await ada.drop(NAME, ROSTER);
    await ada.dialog().getByText("Replace").first().waitFor();
    await fit(ada, "the question whether to replace");
    await ada.press("Upload and replace");
    await ada.column("Begin").getByLabel("Maps to").selectOption({ label: "Start date" });
    await ada.reads("Before it can be approved");
    await fit(ada, "mapping");
    await ada.column("Begin").getByLabel("Order of the dates").selectOption("DAY_FIRST");
    await ada.column("Begin").getByLabel("Maps to").selectOption({ label: "Create a segment…" });
    await fit(ada, "a new segment");
    await ada.press("Cancel");
    await ada.press("Approve the mapping");
    await ada.sees("tab", "Actions");
    await ada.sees("row", /Wolfe/);
    await ada.press(/Approve all \d+$/);
    await ada.reads("by First Admin");
    await fit(ada, "review");
    await ada.page.getByRole("tab", { name: "Held rows" }).click();
    await ada.row(/no address/).first().waitFor();
    await fit(ada, "held rows");
    await ada.press("Complete the import…");
    await ada.dialog().getByRole("textbox").waitFor();
    await fit(ada, "the question whether to complete");
    await ada.press("Go on reviewing");
    await ada.press("Discard");
    await ada.dialog().getByRole("button", { name: "Discard" }).click();
    await ada.reads("discarded it");
    await fit(ada, "an incomplete import");
  });
}
