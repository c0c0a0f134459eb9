// Networks go away and come back; servers are restarted, and ask to wait.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/browser.js";
import { admin } from "../support/console.js";
import { demo } from "../support/muster.js";

const ROSTER = "Member ID,First name,Last name,E-mail\nRC-0001,Ada,Abara,ada.abara@example.org\n";
const AWAY = "The connection to the server is interrupted.";

let muster, browser;
before(async () => ([muster, browser] = await Promise.all([demo(), launch()])));
after(() => Promise.all([muster?.stop(), browser?.close()]));

test("a connection that breaks is said so, made again, and what was missed is shown", async (t) => {
  const line = { cut: false, sockets: new Set() };
  const prepare = async (page) => {
    await page.routeWebSocket("**/graphql", (socket) => {
      if (line.cut) return socket.close({ code: 1012, reason: "restarting" });
      socket.connectToServer();
      line.sockets.add(socket);
    });
  };
  const ada = await admin(t, browser, muster, "First Admin", { prepare });
  const ben = await admin(t, browser, muster, "Second Admin");
  await ada.row("members-autumn.csv").waitFor();
  line.cut = true;
  for (const socket of line.sockets) await socket.close({ code: 1012, reason: "restarting" });
  await ada.reads(AWAY);
  await ben.upload("missed.csv", ROSTER);
  line.cut = false;
  await ada.gone(AWAY);
  await ada.reads('The import of "missed.csv" waits');
  await ada.row(/missed\.csv/).waitFor();
});

test("where no socket comes through, the page asks now and then", async (t) => {
  const prepare = (page) => page.routeWebSocket("**/graphql", (socket) => socket.close({ code: 1006 + 6 }));
  const ada = await admin(t, browser, muster, "First Admin", { prepare });
  const ben = await admin(t, browser, muster, "Second Admin");
  await ben.upload("polled.csv", ROSTER);
  await ada.row(/polled\.csv/).waitFor();
});

test("a server that does not answer is said so, and asked again", async (t) => {
  const ada = await admin(t, browser, muster, "First Admin", { allowed: [/ERR_FAILED/] });
  await ada.page.route("**/graphql", (route) => route.abort());
  await ada.follow("Members");
  await ada.reads("The server cannot be reached.");
  await ada.page.unroute("**/graphql");
  await ada.press("Try again");
  await ada.row("Chloé").waitFor();
});

test("a page that cannot be loaded is said so, and the others stay", async (t) => {
  const ada = await admin(t, browser, muster, "First Admin", { allowed: [/ERR_FAILED/, /preload/, /dynamically imported/] });
  await ada.page.route("**/assets/MembersPage*", (route) => route.abort());
  await ada.follow("Members");
  await ada.reads("This part of the console could not be loaded.");
  await ada.follow("Imports");
  await ada.row("members-autumn.csv").waitFor();
  await ada.follow("Members");
  await ada.page.unroute("**/assets/MembersPage*");
  await ada.press("Load it again");
  await ada.row("Chloé").waitFor();
});

test("a file that is dropped while the server is away is not forgotten", async (t) => {
  const ada = await admin(t, browser, muster, "First Admin", { allowed: [/ERR_FAILED/] });
  await ada.follow("Members");
  await ada.row("Chloé").waitFor();
  await ada.page.route("**/graphql", (route) => route.abort());
  await ada.drop("away.csv", ROSTER);
  await ada.dialog().getByText("The server cannot be reached.").waitFor();
  await ada.page.unroute("**/graphql");
  await ada.press("Try again");
  await ada.sees("heading", "Replace the import in progress?");
  await ada.page.keyboard.press("Escape");
  await ada.dialog().waitFor({ state: "detached" });
});

test("a server that asks to wait is waited for", async (t) => {
  const ada = await admin(t, browser, muster, "First Admin", { allowed: [/status of 429/] });
  let refused = 0;
  await ada.page.route("**/graphql", (route) => {
    refused += 1;
    if (refused > 1) return route.continue();
    const body = JSON.stringify({ errors: [{ message: "Too many.", extensions: { code: "RATE_LIMITED" } }] });
    return route.fulfill({ status: 429, headers: { "retry-after": "1", "content-type": "application/json" }, body });
  });
  await ada.follow("Members");
  await ada.reads("The server asked for a short break.");
  await ada.row("Chloé").waitFor();
});

test("what the server is unavailable for is said in its words", async (t) => {
  const ada = await admin(t, browser, muster, "First Admin", { allowed: [/status of 503/] });
  const message = "The service is not available right now. Try again in a moment.";
  await ada.page.route("**/graphql", (route) => {
    const body = JSON.stringify({ errors: [{ message, extensions: { code: "UNAVAILABLE" } }] });
    return route.fulfill({ status: 503, headers: { "content-type": "application/json" }, body });
  });
  await ada.follow("Members");
  await ada.reads(message);
});

test("an upload is cancelled, or tried again when the connection was lost", async (t) => {
  const ada = await admin(t, browser, muster, "First Admin", { allowed: [/ERR_FAILED/] });
  const uploads = (route) => route.request().headers()["content-type"]?.startsWith("multipart/");
  let held = () => {};
  await ada.page.route("**/graphql", (route) => (uploads(route) ? held(route) : route.continue()));

  // It hangs until it is cancelled.
  await ada.drop("patience.csv", ROSTER);
  await ada.press("Upload and replace");
  await ada.sees("progressbar", /Sending|reading/);
  await ada.press("Cancel");
  await ada.dialog().waitFor({ state: "detached" });

  const keys = [];
  held = (route) => {
    keys.push(route.request().postData()?.match(/"idempotencyKey":"(\w+)"/)?.[1]);
    return keys.length === 1 ? route.abort() : route.continue();
  };
  await ada.drop("patience.csv", ROSTER);
  await ada.press("Upload and replace");
  await ada.reads("The connection was lost");
  await ada.press("Try again");
  await ada.sees("heading", "patience.csv");
  assert.equal(new Set(keys).size, 1, "the same key, so that it is not taken twice");
});

test("completing waits for a decision that is still on its way", async (t) => {
  const ada = await admin(t, browser, muster, "First Admin");
  await ada.upload("slow.csv", ROSTER);
  await ada.press("Approve the mapping");
  let arrive;
  const arrived = new Promise((resolve) => (arrive = resolve));
  await ada.page.route("**/graphql", async (route) => {
    if (route.request().postData()?.includes("decideProfileActions")) await arrived;
    return route.continue();
  });
  await ada.row("Wanda Kowalska").getByRole("button", { name: "Reject" }).click();
  await ada.press("Complete the import…");
  await ada.dialog().getByRole("button", { name: "Complete and apply", disabled: true }).waitFor();
  arrive();
  await ada.press("Complete and apply");
  await ada.reads("Completed by First Admin");
});
