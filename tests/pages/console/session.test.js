// Signing in, and what happens when a token ends.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { accessible, launch, person } from "../support/browser.js";
import { Admin } from "../support/console.js";
import { serve } from "../support/muster.js";
import { SECRET, token } from "../support/token.js";

/** A browser says so of each answer that refuses a token. */
const allowed = [/status of 401/];

let muster, browser, intranet, elsewhere;
before(async () => {
  [intranet, elsewhere] = await Promise.all([host(), host()]);
  const settings = { MUSTER_JWT_SECRET: SECRET, MUSTER_EMBED_ORIGINS: intranet.origin };
  [muster, browser] = await Promise.all([serve(settings), launch()]);
});
after(() => Promise.all([muster?.stop(), browser?.close(), intranet?.stop(), elsewhere?.stop()]));

/** A site whose page has the console in a frame, and answers it with a token. */
async function host() {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>Host</title><iframe src="${muster.url}/" width="900" height="600"></iframe>
      <script>
        const heard = (globalThis.heard = []);
        addEventListener("message", ({ data, source, origin }) => {
          heard.push(data);
          source.postMessage({ type: "muster.token", token: "${token()}" }, origin);
        });
      </script>`);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

async function visitor(t, options = {}) {
  return new Admin(await person(t, browser, muster, { allowed, ...options }));
}

async function paste(someone, text) {
  await someone.page.getByLabel("Token").fill(text);
  await someone.press("Sign in");
}

/** What of the token is kept where it outlives the tab, or is seen by others. */
const leaks = ({ page }, secret) =>
  page.evaluate((text) => {
    const places = [location.href, document.cookie, JSON.stringify(localStorage), document.title];
    return places.filter((place) => place.includes(text));
  }, secret);

test("a token is pasted, survives a reload, and is kept nowhere else", async (t) => {
  const ada = await visitor(t);
  const asked = [];
  ada.page.on("request", (request) => asked.push(request.url()));
  ada.page.on("websocket", (socket) => asked.push(socket.url()));
  const secret = token();
  await ada.page.goto("/");
  await ada.sees("heading", "Sign in");
  await accessible(ada.page);
  await paste(ada, `Bearer ${secret}`);
  await ada.reads("No imports yet");
  await accessible(ada.page);
  await ada.page.reload();
  await ada.reads("No imports yet");
  assert.deepEqual(await leaks(ada, secret), []);
  assert.ok(asked.every((url) => !url.includes(secret)));
  await ada.press("Sign out");
  await ada.sees("heading", "Sign in");
  await ada.page.reload();
  await ada.sees("heading", "Sign in");
});

test("a token that is not good is refused with the server's sentence", async (t) => {
  const ada = await visitor(t);
  await ada.page.goto("/");
  for (const bad of [token({ from: 0 }), `${token()}x`, "nonsense"]) {
    await ada.sees("heading", "Sign in");
    await paste(ada, bad);
    await ada.page.locator(".notice", { hasText: /token/i }).waitFor();
  }
});

test("who is no admin is told so", async (t) => {
  const guest = await visitor(t);
  await guest.page.goto("/");
  await paste(guest, token({ roles: ["member"], name: "Guest" }));
  await guest.reads("Guest is no admin of this tenant");
});

test("a token that ends leads back to sign-in, and the page to where it was", async (t) => {
  const ada = await visitor(t);
  await ada.page.goto("/members");
  await paste(ada, token());
  await ada.sees("heading", "Members");
  await ada.page.route("**/graphql", (route) =>
    route.fulfill({
      status: 401,
      contentType: "application/json",
      body: JSON.stringify({ errors: [{ message: "The token has expired.", extensions: { code: "UNAUTHENTICATED" } }] }),
    }),
  );
  await ada.page.getByLabel("Name, email or ID").fill("somebody");
  await ada.reads("The token has expired.");
  await ada.page.unroute("**/graphql");
  await paste(ada, token());
  await ada.sees("heading", "Members");
});

test("a reverse proxy that adds the header signs in", async (t) => {
  const ada = await visitor(t, { extraHTTPHeaders: { authorization: `Bearer ${token()}` } });
  await ada.page.goto("/");
  await ada.reads("No imports yet");
});

/** Somebody at the page of a site around the console. */
async function visit(t, { origin }, options) {
  const ada = await visitor(t, options);
  await ada.page.context().route(`${origin}/**`, (route) => route.continue());
  await ada.page.goto(`${origin}/`);
  return { frame: ada.page.frameLocator("iframe"), heard: () => ada.page.evaluate(() => globalThis.heard) };
}

test("the page around it hands over a token, once it is asked", async (t) => {
  const { frame, heard } = await visit(t, intranet);
  await frame.getByText("No imports yet").waitFor();
  assert.deepEqual(await heard(), [{ type: "muster.ready" }]);
});

test("a page of another origin does not get it into a frame", async (t) => {
  const { frame, heard } = await visit(t, elsewhere, {
    allowed: [...allowed, /frame-ancestors/, /chrome-error/],
  });
  // What Chromium shows in the place of a page that may not be there.
  await frame.locator("body.neterror").waitFor({ state: "attached" });
  assert.deepEqual(await heard(), []);
});
