// Runs the tests of what is calculated: Node.js has a runner, and Vite makes JavaScript of them.
import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, "node_modules/.tests");
const names = await readdir(join(root, "src"), { recursive: true });
const input = names.filter((name) => name.endsWith(".test.ts")).map((name) => join(root, "src", name));

await build({ root, logLevel: "warn", build: { ssr: true, outDir, emptyOutDir: true, rolldownOptions: { input } } });
const { status } = spawnSync(process.execPath, ["--test", outDir], { stdio: "inherit" });
process.exit(status ?? 1);
