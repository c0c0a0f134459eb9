// Fails if the scripts of the history page are larger than they may be. To run after a build.
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const JAVASCRIPT_BYTES_MAX = 150_000;

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist");
const page = await readFile(join(dist, "index.html"), "utf8");
const assets = await readdir(join(dist, "assets"));

// What the page names, what it loads behind that so that uploads begin at once, and what these import. The other
// pages load theirs when they are opened.
const scripts = new Set();
async function add(name) {
  if (scripts.has(name)) return;
  scripts.add(name);
  const text = await readFile(join(dist, "assets", name), "utf8");
  for (const [, imported] of text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) await add(imported);
}
for (const name of assets) {
  if (name.endsWith(".js") && (page.includes(name) || name.startsWith("UploadDialog-"))) await add(name);
}

let total = 0;
for (const name of scripts) {
  const bytes = gzipSync(await readFile(join(dist, "assets", name))).length;
  total += bytes;
  console.log(`${bytes.toString().padStart(8)}  ${name}`);
}
console.log(
  `${total.toString().padStart(8)}  bytes of script for the history page, compressed; ${JAVASCRIPT_BYTES_MAX} at most`,
);
if (total > JAVASCRIPT_BYTES_MAX) process.exit(1);
