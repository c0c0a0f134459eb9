// Writes src/gql/graphql.ts: the types of the schema and of every operation under src.
// The schema is ../schema.graphql, or what MUSTER_SCHEMA names where the build happens in a copied folder.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { preset } from "@graphql-codegen/client-preset";
import { codegen } from "@graphql-codegen/core";
import { parse } from "graphql";

const console_ = dirname(dirname(fileURLToPath(import.meta.url)));
const schemaPath = process.env.MUSTER_SCHEMA ?? join(console_, "../schema.graphql");
const target = join(console_, "src/gql/");

const names = await readdir(join(console_, "src"), { recursive: true });
const documents = await Promise.all(
  names
    .filter((name) => name.endsWith(".graphql"))
    .sort()
    .map(async (name) => {
      const location = join(console_, "src", name);
      const rawSDL = await readFile(location, "utf8");
      return { location, rawSDL, document: parse(rawSDL) };
    }),
);

const outputs = await preset.buildGeneratesSection({
  baseOutputDir: target,
  schema: parse(await readFile(schemaPath, "utf8")),
  documents,
  plugins: [],
  pluginMap: {},
  config: {
    enumsAsTypes: true,
    scalars: { DateTime: "string", Long: "number", Upload: "null" },
    strictScalars: true,
    useTypeImports: true,
    skipTypename: true,
  },
  presetConfig: { fragmentMasking: false },
});

await mkdir(target, { recursive: true });
for (const output of outputs.filter(({ filename }) => filename.endsWith("graphql.ts"))) {
  await writeFile(output.filename, await codegen(output));
}
