// People at their browsers.
//
//   const browser = await launch();
//   after(() => browser.close());
//
//   test("…", async (t) => {
//     const ada = await person(t, browser, muster);   // a page, in a context of her own
//     const ben = await person(t, browser, muster, { colorScheme: "dark" });
//     await ada.goto("/");
//     …
//     await accessible(ada);                          // axe-core finds nothing serious
//   });
//
// Whatever is not to happen to anybody fails the test at its end: a request to anywhere but the server (it is cut off as
// well), a violation of the page's policy, an error in its console, or an uncaught one. What a test provokes,
// it allows: `person(t, browser, muster, { allowed: [/status of 409/] })`.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import axe from "axe-core";
import { chromium } from "playwright-core";

/** Where Debian and others have it; MUSTER_CHROMIUM names another one. */
const places = [process.env.MUSTER_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A safety net for what never comes, however loaded the machine is. */
const PATIENCE_MS = 60_000;

export function launch() {
  const executablePath = places.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error("Chromium was not found: `apt-get install chromium`, or set MUSTER_CHROMIUM");
  // Root has no sandbox, and a container little shared memory.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A page of somebody who shares nothing with anybody else. `options` are those of a browser context, and `allowed`. */
export async function person(t, browser, muster, { allowed = [], ...options } = {}) {
  const context = await browser.newContext({ baseURL: muster.url, locale: "en-GB", ...options });
  const problems = [];
  const problem = (text) => {
    if (!allowed.some((pattern) => pattern.test(text))) problems.push(text);
  };
  context.setDefaultTimeout(PATIENCE_MS);
  await offline(context, muster, problem);
  await context.exposeFunction("reportViolation", problem);
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) => {
      // Only a page of the server has this; a frame without an origin tells in the console.
      globalThis.reportViolation?.(`violates ${effectiveDirective}: ${blockedURI} at ${sourceFile}:${lineNumber}`);
    });
  });
  context.on("console", (message) => {
    if (message.type() === "error") problem(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => problem(`uncaught: ${error.error().stack ?? error.error()}`));
  const page = await context.newPage();
  t.after(async () => {
    await context.close();
    assert.deepEqual(problems, [], "what is not to happen");
  });
  return page;
}

/** Cuts everybody off from everything but the server. */
async function offline(context, muster, problem) {
  const { host } = new URL(muster.url);
  const isElsewhere = (url) => ["http:", "https:", "ws:", "wss:"].includes(url.protocol) && url.host !== host;
  await context.route(isElsewhere, (route) => {
    problem(`asks elsewhere: ${route.request().url()}`);
    return route.abort();
  });
  await context.routeWebSocket(isElsewhere, (socket) => {
    problem(`asks elsewhere: ${socket.url()}`);
    return socket.close();
  });
}

/** axe-core finds nothing serious or critical on the page as it stands. `without` are selectors of what is not ours. */
export async function accessible(page, { without = [] } = {}) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async (exclude) => {
    const { violations } = await globalThis.axe.run({ exclude }, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" | ")}`);
  }, without);
  assert.deepEqual(found, [], "axe-core");
}
