// A Muster of one's own: the real program's demo, in a folder and at a port of its own.
//
//   const muster = await demo();        // { url, admins, binary, stop }
//   after(() => muster.stop());
//
// The program is the one that MUSTER_BINARY names, else the debug build: `cargo build` makes it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const root = resolve(import.meta.dirname, "../../..");
const binary = process.env.MUSTER_BINARY ?? join(root, "target/debug/muster");

/** `muster demo`, with a history, two admins, console and playground. */
export const demo = () => start("demo", [], {});

/** `muster serve` with these settings: nobody is signed in there with a click. */
export const serve = (settings = {}) =>
  start("serve", [], { MUSTER_JWT_SECRET: "a secret for tests that is long enough to be one", ...settings });

async function start(command, options, settings) {
  const folder = await mkdtemp(join(tmpdir(), "muster-pages-"));
  const server = spawn(binary, [command, "--listen", "127.0.0.1:0", ...options], {
    cwd: folder,
    // Nothing that is set outside.
    env: { PATH: process.env.PATH, MUSTER_LOG: "warn", ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(server, "exit");
  const stop = async () => {
    server.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const url = await address(server, ended);
  const admins = command === "demo" ? await (await fetch(`${url}/demo/admins`)).json() : [];
  return { url, admins, stop };
}

/** What the program says when it is ready; a failure if it ends before. */
async function address(server, ended) {
  const gone = ended.then(([code]) => {
    throw new Error(`${binary} ended with ${code} before it was ready`);
  });
  gone.catch(() => {});
  const lines = createInterface({ input: server.stdout });
  const ready = new Promise((found) => {
    lines.on("line", (line) => {
      const [, url] = line.match(/^Muster is ready at (\S+)$/) ?? [];
      if (url) found(url);
    });
  });
  return Promise.race([ready, gone]);
}
