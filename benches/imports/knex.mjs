// A peer: Node.js with csv-parse and knex. The members are held in memory and compared row by row; what changed is
// written in batches, in one transaction. Arguments: the roster, the database. Prints seconds, then members.
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";

const load = createRequire(`${process.env.PEERS}/`);
const { parse } = load("csv-parse");
const [roster, url] = process.argv.slice(2);
const database = load("knex")({ client: "pg", connection: url });
const BATCH = 1000;

if (!(await database.schema.hasTable("members"))) {
  await database.schema.createTable("members", (table) => {
    table.text("member_id").primary();
    for (const name of ["first_name", "last_name", "email", "status", "business_unit", "job_title", "location"]) {
      table.text(name);
    }
    table.text("start_date");
    table.text("program_eligibility");
  });
  await database.raw("CREATE UNIQUE INDEX members_email ON members (lower(email))");
}

const began = performance.now();
await database.transaction(async (tx) => {
  const before = new Map((await tx("members")).map((member) => [member.member_id, member]));
  let changed = [];
  const write = async () => {
    if (changed.length) await tx("members").insert(changed).onConflict("member_id").merge();
    changed = [];
  };
  const options = { columns: true, cast: (value) => (value === "" ? null : value) };
  for await (const row of createReadStream(roster).pipe(parse(options))) {
    const known = before.get(row.member_id);
    before.delete(row.member_id);
    if (known && Object.keys(row).every((name) => row[name] === known[name])) continue;
    changed.push(row);
    if (changed.length === BATCH) await write();
  }
  await write();
  const absent = [...before.keys()];
  while (absent.length) await tx("members").whereIn("member_id", absent.splice(0, BATCH)).delete();
});
console.log(((performance.now() - began) / 1000).toFixed(3));
console.log((await database("members").count())[0].count);
await database.destroy();
