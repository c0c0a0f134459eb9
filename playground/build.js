// Writes dist/: Altair, which comes from npm as it is, started by our own script with our own examples. What lies under
// assets/ is never another file under the same name; index.html names it.

import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { getAltairHtml, getDistDirectory } from "altair-static";

const home = `${getDistDirectory()}/../..`;
const altair = JSON.parse(await readFile(`${home}/package.json`, "utf8"));

/** "07-decide.graphql" is "Decide". */
const title = (file) => {
  const words = file.replace(/^\d+-|\.graphql$/g, "").replaceAll("-", " ");
  return words[0].toUpperCase() + words.slice(1);
};

const files = (await readdir("operations")).sort();
const examples = await Promise.all(
  files.map(async (file) => ({ title: title(file), query: await readFile(`operations/${file}`, "utf8") })),
);
const own = {
  "examples.js": `export default ${JSON.stringify(examples)};\n`,
  "start.js": await readFile("start.js", "utf8"),
  "style.css": await readFile("style.css", "utf8"),
};
const hash = createHash("sha256").update(altair.version);
for (const content of Object.values(own)) hash.update(content);
const assets = `assets/${hash.digest("hex").slice(0, 16)}`;

/** Altair's page is not ours: a change that no longer finds its place is to be seen here, not in a browser. */
const replaced = (text, from, to) => {
  if (!text.includes(from)) throw new Error(`Altair's page no longer has ${from}`);
  return text.replace(from, to);
};
let page = getAltairHtml();
page = replaced(page, "<html>", '<html lang="en">');
page = replaced(page, "<title>Altair</title>", "<title>Muster playground</title>");
page = replaced(page, '<base href="/" />', `<base href="playground/${assets}/" />`);
page = replaced(page, "</head>", '  <link rel="stylesheet" href="style.css" />\n  </head>');
page = replaced(page, "</body>", '  <script type="module" src="start.js"></script>\n  </body>');

await rm("dist", { recursive: true, force: true });
await mkdir(`dist/${assets}`, { recursive: true });
await cp(getDistDirectory(), `dist/${assets}`, { recursive: true });
// The page is ours. The sandbox is for scripts around requests, which need eval, and no page here may.
for (const left of ["index.html", "iframe-sandbox"]) await rm(`dist/${assets}/${left}`, { recursive: true });
await cp(`${home}/LICENSE`, `dist/${assets}/LICENSE.txt`);
await writeFile("dist/index.html", page);
for (const [name, content] of Object.entries(own)) await writeFile(`dist/${assets}/${name}`, content);
