// node pack.mjs FOLDER: beside each file that gzip makes a good deal smaller, the packed one.

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Packed, a file is at most this share of itself; else it is not worth unpacking. */
const SHARE_MAX = 0.9;

const [folder] = process.argv.slice(2);
for (const name of readdirSync(folder, { recursive: true })) {
  const path = join(folder, name);
  if (!statSync(path).isFile()) continue;
  const plain = readFileSync(path);
  const packed = gzipSync(plain, { level: 9 });
  if (packed.length <= plain.length * SHARE_MAX) writeFileSync(`${path}.gz`, packed);
}
