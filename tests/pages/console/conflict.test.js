// Two admins change the same thing at the same time, and one of them hears of it late.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/browser.js";
import { admin } from "../support/console.js";
import { demo } from "../support/muster.js";

const ROSTER = "Member ID,First name,Last name,E-mail,Place\nRC-0001,Ada,Abara,ada.abara@example.org,Here\n";

let muster, browser;
before(async () => ([muster, browser] = await Promise.all([demo(), launch()])));
after(() => Promise.all([muster?.stop(), browser?.close()]));

/** An admin whom no change by others reaches. */
const deaf = (t, name) => {
  const prepare = (page) =>
    page.routeWebSocket("**/graphql", (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        if (JSON.parse(message).type !== "next") socket.send(message);
      });
    });
  return admin(t, browser, muster, name, { prepare });
};

const mapsTo = (someone) => someone.column("Place").getByLabel("Maps to");
const isMappedTo = (someone, label) =>
  someone.column("Place").locator("option:checked", { hasText: label }).first().waitFor({ state: "attached" });

test("a change that somebody else has overtaken is explained, and can be made again", async (t) => {
  const ada = await deaf(t, "First Admin");
  const ben = await admin(t, browser, muster, "Second Admin");
  await ada.upload("overtaken.csv", ROSTER);
  await mapsTo(ada).waitFor();
  await ben.row("overtaken.csv").getByRole("button", { name: "Resume" }).click();
  await mapsTo(ben).selectOption({ label: "Location" });
  await ben.column("Place").getByText("Set by an admin").waitFor();

  await mapsTo(ada).selectOption({ label: "Business unit" });
  await ada.reads("Somebody else changed this mapping at the same time.");
  await ada.reads("“Place” to Business unit");
  await isMappedTo(ada, "Location");

  await ada.press("Make my change again");
  await ada.gone("Somebody else changed this mapping");
  await isMappedTo(ada, "Business unit");
  await isMappedTo(ben, "Business unit");
});

test("a change of something else is made upon what they left", async (t) => {
  const ada = await deaf(t, "First Admin");
  const ben = await admin(t, browser, muster, "Second Admin");
  await ada.upload("elsewhere.csv", ROSTER);
  await mapsTo(ada).waitFor();
  await ben.row(/elsewhere\.csv.*In progress/).getByRole("button", { name: "Resume" }).click();
  await ben.page.getByRole("radio", { name: "Some members" }).check();
  await mapsTo(ada).selectOption({ label: "Job title" });
  await isMappedTo(ben, "Job title");
  assert.ok(await ada.page.getByRole("radio", { name: "Some members" }).isChecked());
  assert.equal(await ada.page.getByText("at the same time").count(), 0);
});

test("what was typed stays when completing comes too late", async (t) => {
  const ada = await deaf(t, "First Admin");
  const ben = await admin(t, browser, muster, "Second Admin");
  await ada.upload("late.csv", ROSTER);
  await ada.press("Approve the mapping");
  await ada.page.reload();
  await ada.press(/Approve all \d+$/);
  await ada.press("Complete the import…");
  const number = (await ada.dialog().getByText(/would be deleted/).textContent()).match(/\d+/)[0];
  await ada.dialog().getByRole("textbox").fill(number);

  await ben.row(/late\.csv.*In progress/).getByRole("button", { name: "Resume" }).click();
  await ben.row("Wanda Kowalska").getByRole("button", { name: "Reject" }).click();
  await ben.row("Wanda Kowalska").getByRole("button", { name: "Reject", pressed: true }).waitFor();

  await ada.press("Complete and apply");
  await ada.dialog().getByRole("alert").waitFor();
  assert.equal(await ada.dialog().getByRole("textbox").inputValue(), number);
  await ada.dialog().getByText(`${number - 1} members would be deleted`).waitFor();
  await ada.dialog().getByRole("textbox").fill(String(number - 1));
  await ada.press("Complete and apply");
  await ben.reads("Completed by First Admin");
});
