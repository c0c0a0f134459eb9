// The playground shows every part of the API with the network cut off, as a person would click it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, person } from "./support/browser.js";
import { demo, serve } from "./support/muster.js";

/** Altair's libraries try whether they may use eval, and do without. */
const allowed = [/^violates script-src: eval/];

const tab = ".window-switcher__item";

let muster, browser;
before(async () => ([muster, browser] = await Promise.all([demo(), launch()])));
after(() => Promise.all([muster?.stop(), browser?.close()]));

/** Somebody at the playground. */
class Explorer {
  constructor(page) {
    this.page = page;
  }

  /** Brings an example to the front. */
  async open(example) {
    await this.page.locator(tab, { hasText: example }).click();
    await this.isOpen(example);
  }

  isOpen(example) {
    return this.page.locator(`${tab}--active`, { hasText: example }).waitFor();
  }

  async send() {
    await this.shown("button", "Send Request").click();
  }

  /** Waits for an answer in which `text` is. */
  answer(text) {
    return this.shown("app-query-result .cm-content", text).waitFor();
  }

  shown(selector, hasText) {
    return this.page.locator(selector, { hasText }).locator("visible=true");
  }

  /** Adds a file for `$file`. */
  async choose(name, content) {
    await this.shown(".variables-editor--title").click();
    await this.page.getByText("Add files").locator("visible=true").click();
    await this.shown("[data-tid=file_name]").fill("file");
    const file = { name, mimeType: "text/csv", buffer: Buffer.from(content) };
    await this.shown("app-variable-file-item").locator("input[type=file]").setInputFiles(file);
  }
}

const explorer = async (t) => {
  const page = await person(t, browser, muster, { allowed });
  await page.goto("/playground");
  const ada = new Explorer(page);
  // The last of the tabs that there are at first; then the first one comes to the front.
  await page.locator(tab, { hasText: "Members" }).waitFor();
  await ada.isOpen("Viewer");
  return ada;
};

test("it signs the demo's first admin in, and runs a query", async (t) => {
  const ada = await explorer(t);
  await ada.send();
  await ada.answer(/"name": "First Admin"/);
});

test("it explains the schema", async (t) => {
  const ada = await explorer(t);
  await ada.page.getByText("Docs", { exact: true }).locator("visible=true").click();
  await ada.shown("app-doc-viewer").getByText("Mutation", { exact: true }).click();
  await ada.shown("app-doc-viewer", "Stores the file, starts an import").waitFor();
});

test("it uploads a file, and its subscription tells of it", async (t) => {
  const [ada, ben] = await Promise.all([explorer(t), explorer(t)]);
  await ben.open("Watch");
  await ben.send();
  await ben.answer(/"change": null/);
  await ada.open("Upload");
  await ada.choose("played.csv", "Member ID,First name,Last name,E-mail\nRC-0099,Nia,Okafor,nia.okafor@example.org\n");
  await ada.send();
  await ada.answer(/"rowCount": 1/);
  await ben.answer(/"name": "played.csv"/);
});

test("nothing of a token is left in the browser", async (t) => {
  const ada = await explorer(t);
  await ada.send();
  await ada.answer(/"name": "First Admin"/);
  const stored = await ada.page.evaluate(async () => {
    const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((found) => {
        indexedDB.open(name).onsuccess = ({ target }) => found(target.result);
      });
      for (const store of database.objectStoreNames) {
        const records = database.transaction(store).objectStore(store).getAll();
        texts.push(JSON.stringify(await new Promise((found) => (records.onsuccess = () => found(records.result)))));
      }
    }
    return texts.join("\n");
  });
  assert.ok(!stored.includes(muster.admins[0].token), "the token is kept");
});

test("elsewhere than in the demo it is there when it is asked for, and signs nobody in", async (t) => {
  const [without, served] = await Promise.all([serve(), serve({ MUSTER_PLAYGROUND: "true" })]);
  t.after(() => Promise.all([without.stop(), served.stop()]));
  assert.equal((await fetch(`${without.url}/playground`)).status, 404);
  for (const { url } of [without, served]) assert.equal((await fetch(`${url}/demo/admins`)).status, 404);
  const page = await person(t, browser, served, { allowed: [...allowed, /status of 401/, /Introspection request failed/] });
  await page.goto("/playground");
  const ada = new Explorer(page);
  await ada.send();
  await ada.answer(/UNAUTHENTICATED/);
});
