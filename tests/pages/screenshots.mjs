// Writes docs/screenshots from the real thing: every page, light and dark.
//
//   cargo build && npm ci --ignore-scripts --prefix tests/pages && node tests/pages/screenshots.mjs
//
// Where pngquant is installed, the pictures have some 256 colours, and a third of the size.

import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { launch, person } from "./support/browser.js";
import { Admin, admin } from "./support/console.js";
import { demo } from "./support/muster.js";

const folder = resolve(import.meta.dirname, "../../docs/screenshots");

const WIDE = { width: 1200, height: 800 };
const NARROW = { width: 375, height: 760 };

// Columns that are known, drifted, ambiguous and new; values that nobody has mapped; rows that are held.
const WINTER = [
  "Member ID,Given name,Last name,E-mail,Status,Business unit,Since,Boat class",
  "RC-0001,Ada,Abara,ada.abara@example.org,inactive,Rowing,01/01/2010,Single",
  "RC-0002,Björn,Lindqvist,bjorn.lindqvist@example.org,active,Sailing,02/02/2011,Dinghy",
  "RC-0003,Chloé,Dupré-Roy,chloe.dupre@example.org,active,Masters,03/03/2012,Eight",
  "RC-0004,Dmitri,Orlov,dmitri.orlov@example.org,on leave,Youth,04/04/2013,Eight",
  "RC-0005,Esi,Mensah,esi.mensah@example.org,active,Rowing,05/05/2014,Single",
  "RC-0006,Fatima,Zahra,fatima.zahra(at)example.org,active,Sailing,06/06/2015,Dinghy",
  "RC-0033,Nia,Okafor,nia.okafor@example.org,active,Youth,01/10/2026,Eight",
  "RC-0034,Leo,Marchetti,leo.marchetti@example.org,active,Rowing,01/10/2026,Single",
  "",
].join("\n");

const muster = await demo();
const browser = await launch();
const cleanUps = [];
const t = { after: (cleanUp) => cleanUps.unshift(cleanUp) };
await mkdir(folder, { recursive: true });

/** The same moment in both colour schemes. */
async function picture({ page }, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const path = join(folder, `${name}-${colorScheme}.png`);
    await page.screenshot({ path, animations: "disabled", caret: "hide" });
    shrink(path);
  }
}

function shrink(path) {
  try {
    execFileSync("pngquant", ["--force", "--strip", "--speed", "1", "--quality", "80-100", "--output", path, path]);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

const stranger = new Admin(await person(t, browser, muster, { viewport: WIDE }));
await stranger.page.goto("/");
await stranger.sees("button", "Second Admin");
await picture(stranger, "sign-in");

const ada = await admin(t, browser, muster, "First Admin", { viewport: WIDE });
await ada.row("members-spring.csv").waitFor();
await picture(ada, "history");

await ada.row("members-autumn.csv").getByRole("button", { name: "Resume" }).click();
await ada.row("Chloé Dupré").waitFor();
await ada.press("Approve all 3 of the kind Update");
await ada.row("Dmitri Orlov").getByRole("button", { name: "Reject" }).click();
await ada.reads("3 approved");
await ada.page.evaluate(() => scrollTo(0, 0));
await picture(ada, "review");
await ada.page.getByRole("tab", { name: "Actions" }).scrollIntoViewIfNeeded();
await ada.page.evaluate(() => scrollTo(0, document.querySelector("[role=tablist]").offsetTop - 16));
await picture(ada, "actions");
await ada.page.getByRole("tab", { name: "Held rows" }).click();
await ada.row("omar.aziz").waitFor();
await picture(ada, "held-rows");
await ada.page.getByRole("tab", { name: "Actions" }).click();
await ada.press(/Approve all \d+$/);
await ada.reads("9 approved");
await ada.press("Complete the import…");
await ada.press("Complete and apply");
await ada.reads("Completed by First Admin");
await ada.row("Chloé Dupré").waitFor();
await picture(ada, "record");

await ada.upload("members-winter.csv", WINTER);
await ada.column("Since").getByLabel("Maps to").selectOption({ label: "Start date" });
await ada.reads("Before it can be approved");
await ada.page.evaluate(() => scrollTo(0, 0));
await picture(ada, "mapping");
await ada.page.evaluate(() => scrollTo(0, document.querySelector(".columns").offsetTop - 64));
await picture(ada, "columns");
await ada.column("Since").getByLabel("Order of the dates").selectOption("DAY_FIRST");
await ada.press("Approve the mapping");
await ada.row("Nia Okafor").waitFor();
await ada.press(/Approve all \d+$/);
await ada.reads(/ 0 undecided/);
await ada.press("Complete the import…");
await ada.dialog().getByRole("textbox").waitFor();
await picture(ada, "deletion-guard");
await ada.press("Go on reviewing");

await ada.follow("All imports");
await ada.drop("members.xlsx", Buffer.from("504b0304140006000800", "hex"));
await ada.press("Upload and replace");
await ada.dialog().getByText("The file was refused").waitFor();
await picture(ada, "refusal");
await ada.press("Close");
await ada.follow("Members");
await ada.row("Björn Lindqvist").waitFor();
await picture(ada, "members");

const phone = await admin(t, browser, muster, "Second Admin", { viewport: NARROW });
await phone.row("members-spring.csv").waitFor();
await picture(phone, "phone");

for (const cleanUp of cleanUps) await cleanUp();
await Promise.all([muster.stop(), browser.close()]);
