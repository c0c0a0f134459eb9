// The console, as an admin uses it.
//
//   const ada = await admin(t, browser, muster, "First Admin");
//   await ada.drop("members.csv", csv);
//   await ada.press("Approve the mapping");

import { readFile } from "node:fs/promises";
import { person } from "./browser.js";

/** An admin of the demo who has signed in with a click, at the history. `prepare` gets the page before it is opened. */
export async function admin(t, browser, muster, name, { prepare, ...options } = {}) {
  const someone = new Admin(await person(t, browser, muster, options));
  await prepare?.(someone.page);
  await someone.page.goto("/");
  await someone.press(name);
  await someone.sees("heading", "Imports");
  return someone;
}

export class Admin {
  constructor(page) {
    this.page = page;
  }

  press(name, options) {
    return this.page.getByRole("button", { name, ...options }).click();
  }

  follow(name) {
    return this.page.getByRole("link", { name, exact: true }).click();
  }

  /** Waits for an element of this role and name. */
  sees(role, name) {
    return this.page.getByRole(role, { name }).first().waitFor();
  }

  /** Waits for a text. */
  reads(text) {
    return this.page.getByText(text).first().waitFor();
  }

  gone(text) {
    return this.page.getByText(text).first().waitFor({ state: "detached" });
  }

  row(name) {
    return this.page.getByRole("row", { name });
  }

  dialog() {
    return this.page.getByRole("dialog");
  }

  /** What column `header` is shown and changed in. */
  column(header) {
    const heading = this.page.getByRole("heading", { name: header, exact: true });
    return this.page.getByRole("listitem").filter({ has: heading });
  }

  /** Lets go of a file over the page, as if it came from a folder. */
  async drop(name, content) {
    const transfer = await this.page.evaluateHandle(
      ([name, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], name, { type: "text/csv" }));
        return transfer;
      },
      [name, Buffer.from(content).toString("base64")],
    );
    await this.page.dispatchEvent("main", "dragover", { dataTransfer: transfer });
    await this.page.dispatchEvent("main", "drop", { dataTransfer: transfer });
  }

  /** Uploads a file in the place of whatever is in progress, and comes to its page. */
  async upload(name, content) {
    await this.drop(name, content);
    const replace = this.dialog().getByRole("button", { name: "Upload and replace" });
    const there = this.page.waitForURL("**/imports/*");
    // A tenant without an import in progress is not asked.
    await Promise.race([replace.click().catch(() => there), there]);
    await there;
  }

  /** The bytes of what the button `name` downloads, and the name that the browser saves them under. */
  async download(name) {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.press(name, { exact: true })]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }
}
