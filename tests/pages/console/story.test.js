// The whole story, as two admins of a tenant live through it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch } from "../support/browser.js";
import { admin } from "../support/console.js";
import { demo } from "../support/muster.js";

// Against the members of the demo: one moves and is renamed, one is on leave, one comes; all the others leave.
const ROSTER = Buffer.from(
  [
    "Member ID,Given name,Last name,E-mail,State of things,Club house,Since,Shirt",
    "RC-0002,Björn,Lindqvist,bjorn.lindqvist@example.org,active,Boathouse,03/04/2011,L",
    "RC-0003,Chloé,Dupré-Roy,chloe.dupre@example.org,active,Clubhouse,02/05/2012,M",
    "RC-0004,Dmitri,Orlov,dmitri.orlov@example.org,on leave,Clubhouse,01/06/2013,L",
    "RC-0099,Nia,Okafor,nia.okafor@example.org,active,Clubhouse,01/10/2026,S",
    "RC-0100,Odd,,no address,active,Clubhouse,01/10/2026,S",
    "",
  ].join("\r\n"),
);

let muster, browser;
before(async () => ([muster, browser] = await Promise.all([demo(), launch()])));
after(() => Promise.all([muster?.stop(), browser?.close()]));

test("from upload to complete, with two admins, and no reload", async (t) => {
  const ada = await admin(t, browser, muster, "First Admin");
  const ben = await admin(t, browser, muster, "Second Admin");

  await t.test("both see the import that waits, and the history", async () => {
    for (const someone of [ada, ben]) {
      await someone.sees("button", "Resume members-autumn.csv");
      await someone.reads('The import of "members-autumn.csv" waits for you to review its actions.');
      for (const file of ["members-autumn.csv", "members-draft.csv", "members-spring.csv"]) await someone.row(file).waitFor();
    }
  });

  await t.test("an upload by drop replaces it, once that is confirmed", async () => {
    await ada.drop("winter roster.csv", ROSTER);
    await ada.dialog().getByText("members-autumn.csv").waitFor();
    await ada.press("Upload and replace");
    await ada.sees("heading", "winter roster.csv");
    assert.equal(await ada.page.title(), "winter roster.csv · Muster");
  });

  await t.test("the other admin sees it without a reload: the history, and the banner", async () => {
    await ben.row(/winter roster\.csv.*In progress.*Mapping/).waitFor();
    await ben.row(/members-autumn\.csv.*Incomplete.*Review/).waitFor();
    await ben.reads('The import of "winter roster.csv" waits');
  });

  await t.test("the file comes back as it went, to the byte", async () => {
    const { name, bytes } = await ben.download("winter roster.csv");
    assert.equal(name, "winter roster.csv");
    assert.deepEqual(bytes, ROSTER);
  });

  await t.test("suggestions come with their reason, and what is missing is named", async () => {
    await ada.column("Member ID").getByText("As approved last time").waitFor();
    await ada.column("Given name").getByText("Known to mean the same").waitFor();
    await ada.column("Shirt").getByText("No field fits").waitFor();
    await ada.column("E-mail").getByText("bjorn.lindqvist@example.org").waitFor();
    await ada.reads("columns that this file does not have");
  });

  await t.test("the other admin resumes, and the first one is told", async () => {
    await ben.page.getByRole("row", { name: "winter roster.csv" }).getByRole("button", { name: "Resume" }).click();
    await ben.sees("heading", "winter roster.csv");
    await ada.reads("Second Admin is on this import too");
  });

  await t.test("the mapping is corrected by both, and each sees what the other did", async () => {
    await ada.column("State of things").getByLabel("Maps to").selectOption({ label: "Status" });
    const value = (someone) => someone.column("State of things").getByLabel("Status for on leave");
    await value(ben).waitFor();
    await value(ben).selectOption("inactive");
    await value(ada).and(ada.page.locator(":has(option:checked[value=inactive])")).waitFor();

    await ben.column("Club house").getByLabel("Maps to").selectOption({ label: "Location" });
    await ada.column("Since").getByLabel("Maps to").selectOption({ label: "Start date" });
    await ada.reads("can be read with the day first or with the month first");
    assert.ok(await ada.page.getByRole("button", { name: "Approve the mapping" }).isDisabled());
    await ada.press(/Go to column/);
    await ben.column("Since").getByLabel("Order of the dates").selectOption("DAY_FIRST");
    await ada.gone("can be read with the day first or with the month first");
  });

  await t.test("a segment is made for a column that no field fits", async () => {
    await ada.column("Shirt").getByLabel("Maps to").selectOption({ label: "Create a segment…" });
    await ada.dialog().getByLabel("Name").fill("Shirt size");
    await ada.dialog().getByLabel("Its values are").selectOption({ label: "One of a list" });
    await ada.press("Create and map");
    await ada.column("Shirt").locator("option:checked", { hasText: "Shirt size" }).waitFor({ state: "attached" });
    await ben.column("Shirt").locator("option:checked", { hasText: "Shirt size" }).waitFor({ state: "attached" });
  });

  await t.test("an approved mapping becomes a plan, before both", async () => {
    await ben.press("Approve the mapping");
    for (const someone of [ada, ben]) await someone.sees("tab", "Actions");
    await ada.reads("held: not applied");
    await ada.row(/Chloé Dupré.*Update.*Dupré.*becomes.*Dupré-Roy/).waitFor();
    await ada.row(/Dmitri Orlov.*Deactivate.*active.*becomes.*inactive/).waitFor();
    await ada.row(/Nia Okafor.*Create.*nia\.okafor@example\.org/).waitFor();
  });

  await t.test("held rows are shown with their reason, and come as a file to mend", async () => {
    await ada.page.getByRole("tab", { name: "Held rows" }).click();
    await ada.row(/^(Row )?5 .*E-mail.*no address.*Held/).first().waitFor();
    const { bytes } = await ada.download("Held rows as CSV");
    assert.match(bytes.toString(), /INVALID_EMAIL/);
    assert.match((await ada.download("Plan as CSV")).bytes.toString(), /Okafor/);
    await ada.page.getByRole("tab", { name: "Actions" }).click();
  });

  await t.test("decisions by one, by kind and by filter show at once to the other", async () => {
    const decide = (someone, who, what) => someone.row(who).getByRole("button", { name: what }).click();
    const decided = (someone, who, what) =>
      someone.row(who).getByRole("button", { name: what, pressed: true }).waitFor();
    await decide(ada, "Chloé Dupré", "Approve");
    await decided(ben, "Chloé Dupré", "Approve");
    await ben.row("Chloé Dupré").getByText("by First Admin").waitFor();
    await ben.press(/Approve all \d+ of the kind Delete/);
    await ada.reads("by Second Admin");
    await ada.page.getByLabel("Name, email or ID").fill("okafor");
    await ada.press("Approve these 1");
    await ada.page.getByLabel("Name, email or ID").fill("");
    await decided(ada, "Nia Okafor", "Approve");
    await decide(ben, "Dmitri Orlov", "Reject");
    await decided(ada, "Dmitri Orlov", "Reject");
    await ada.page.getByLabel("Decision").selectOption({ label: "Rejected" });
    await ada.gone("Nia Okafor");
    await ada.page.getByLabel("Decision").selectOption({ label: "Any" });
  });

  await t.test("many deletions are confirmed by their number", async () => {
    await ada.press("Complete the import…");
    const box = ada.dialog().getByLabel(/would be deleted or deactivated/);
    const asked = (await ada.dialog().getByText(/would be deleted or deactivated/).textContent()).match(/\d+/)[0];
    const complete = ada.dialog().getByRole("button", { name: "Complete and apply" });
    await box.fill(String(Number(asked) - 1));
    assert.ok(await complete.isDisabled());
    await box.fill(asked);
    await complete.click();
    for (const someone of [ada, ben]) await someone.reads("Completed by First Admin");
  });

  await t.test("the record shows what was approved, and by whom", async () => {
    const approved = ben.page.getByRole("region", { name: "What was approved" });
    await approved.getByRole("row", { name: /Update.*1.*First Admin/ }).waitFor();
    await approved.getByRole("row", { name: /Delete.*Second Admin/ }).waitFor();
    assert.equal(await ben.page.getByRole("button", { name: /^Approve/ }).count(), 0);
    await ben.follow("Members");
    await ben.row(/Chloé Dupré-Roy.*Active.*Shirt size M/).waitFor();
    await ben.row(/Dmitri Orlov.*Active/).waitFor();
    assert.equal(await ben.row("Ada Abara").count(), 0);
  });

  await t.test("another upload supersedes the next, and both can be viewed", async () => {
    await ada.follow("Imports");
    assert.equal(await ada.page.getByText("waits for you").count(), 0);
    const partial = "Member ID,First name,Last name,E-mail\nRC-0099,Nia,Okafor-Lind,nia.okafor@example.org\n";
    await ben.upload("first.csv", partial);
    await ada.reads('The import of "first.csv" waits');
    await ada.upload("second.csv", partial);
    await ben.reads("First Admin uploaded");
    assert.equal(await ben.page.getByRole("combobox", { name: "Maps to" }).count(), 0);
    await ben.follow("All imports");
    await ben.row("winter roster.csv").getByRole("link", { name: "View" }).click();
    await ben.reads("Completed by First Admin");
  });
});

test("a file of the folder is chosen by its button too", async (t) => {
  const ada = await admin(t, browser, muster, "First Admin");
  const [chooser] = await Promise.all([ada.page.waitForEvent("filechooser"), ada.press("Upload a file")]);
  await chooser.setFiles(`${import.meta.dirname}/../../data/odd/01-utf8-plain.csv`);
  await ada.press("Upload and replace");
  await ada.sees("heading", "01-utf8-plain.csv");
  const { bytes } = await ada.download("Download the file");
  assert.deepEqual(bytes, await readFile(`${import.meta.dirname}/../../data/odd/01-utf8-plain.csv`));
});
