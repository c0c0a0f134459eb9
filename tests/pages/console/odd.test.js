// Files as they should not be: names and cells are shown as text, and refusals with their sentence.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch } from "../support/browser.js";
import { admin } from "../support/console.js";
import { demo } from "../support/muster.js";

const ODD = `${import.meta.dirname}/../../data/odd`;
const { cases } = JSON.parse(await readFile(`${ODD}/expect.json`, "utf8"));

let muster, browser;
before(async () => ([muster, browser] = await Promise.all([demo(), launch()])));
after(() => Promise.all([muster?.stop(), browser?.close()]));

/** An admin whose page tells if anything in it was run. */
async function watchful(t) {
  const ada = await admin(t, browser, muster, "First Admin");
  ada.page.on("dialog", (dialog) => {
    t.diagnostic(`a script asked: ${dialog.message()}`);
    return dialog.dismiss();
  });
  ada.harmless = async () => {
    const own = await ada.page.evaluate(() => {
      const foreign = document.querySelectorAll("img, iframe, object, embed, script:not([src]), [onerror], [onload]");
      return [globalThis.ran ?? null, foreign.length];
    });
    assert.deepEqual(own, [null, 0]);
  };
  return ada;
}

test("a file that is refused at once is refused with its sentence, and nothing changes", async (t) => {
  const ada = await watchful(t);
  const refused = cases.filter(({ outcomes }) => outcomes?.[0]?.at === "upload");
  assert.ok(refused.length >= 6);
  for (const { file, upload_file_name } of refused) {
    await ada.drop(upload_file_name ?? file, await readFile(`${ODD}/${file}`));
    await ada.press("Upload and replace");
    await ada.dialog().getByText("The file was refused").waitFor();
    const sentence = await ada.dialog().getByRole("alert").textContent();
    assert.match(sentence, /\w{3,}.*\./, file);
    await ada.press("Close");
  }
  await ada.row(/members-autumn\.csv.*In progress/).waitFor();
});

test("an encoding is named where the file does not say it", async (t) => {
  const ada = await watchful(t);
  await ada.drop("western.csv", await readFile(`${ODD}/07-windows-1252.csv`));
  await ada.press("Upload and replace");
  await ada.dialog().getByLabel("Encoding of the file").selectOption({ label: "Western European (Windows-1252)" });
  await ada.press("Upload with this encoding");
  await ada.sees("heading", "western.csv");
  await ada.reads("windows-1252");
  await ada.reads("Björn");
});

test("names of files are text", async (t) => {
  const ada = await watchful(t);
  const named = cases.filter(({ upload_file_name }) => upload_file_name);
  for (const { file, upload_file_name } of named) {
    await ada.upload(upload_file_name, await readFile(`${ODD}/${file}`));
    await ada.sees("button", "Download the file");
    await ada.harmless();
  }
  await ada.follow("All imports");
  await ada.sees("button", "Upload a file");
  await ada.harmless();
});

test("cells and headers are text, and what cannot be seen is shown", async (t) => {
  const ada = await watchful(t);
  const html = "<img src=x onerror=ran=1><script>ran=1</script>";
  const rows = [
    `Member ID,First name,Last name,E-mail,"${html}"`,
    `H-1,${html},Plain,h1@example.org,${html}`,
    "H-2,Bi\u202Edi,Left,h2@example.org,x",
    "H-3,Bell\u0007,Ring,h3@example.org,x",
    "H-4,=1+1,Sum,h4@example.org,x",
    "",
  ];
  await ada.upload("cells.csv", rows.join("\n"));
  await ada.reads(html);
  await ada.column("First name").getByText("U+202E").waitFor();
  await ada.page.getByRole("radio", { name: "Some members" }).check();
  await ada.harmless();
  await ada.press("Approve the mapping");
  await ada.row("H-1").getByText(html).first().waitFor();
  await ada.row("H-4").getByText("=1+1").first().waitFor();
  await ada.harmless();
  await ada.page.getByRole("tab", { name: "Held rows" }).click();
  await ada.row(/First name.*Held/).first().waitFor();
  const bidi = await ada.page.evaluate(() => /[\u202A-\u202E\u2066-\u2069\u0000-\u0008]/.test(document.body.innerText));
  assert.ok(!bidi, "nothing on the page turns the direction of text, or controls anything");
  await ada.harmless();
});
