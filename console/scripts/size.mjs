// Fails if the scripts of the history page are larger than they may be. To run after a build.
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const JAVASCRIPT_BYTES_MAX = 150_000;

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist");
const page = await readFile(join(dist, "index.html"), "utf8");
const assets = await readdir(join(dist, "assets"));

// What the page names, and what the history page loads behind it so that uploads begin at once. The other pages load
// theirs when they are opened.
const scripts = assets.filter(
  (name) => name.endsWith(".js") && (page.includes(name) || name.startsWith("UploadDialog-")),
);

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
