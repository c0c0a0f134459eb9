import assert from "node:assert/strict";
import { test } from "node:test";
import type { ColumnFragment, FieldFragment } from "../gql/graphql";
import { describe, edited, type Mapping, touches } from "./edit";

const field = (key: string, choices: string[] = []): FieldFragment => ({
  id: key,
  key,
  label: key.toUpperCase(),
  type: choices.length > 0 ? "CHOICE" : "TEXT",
  required: false,
  builtIn: true,
  archived: false,
  choices,
});

const FIELDS = [field("email"), field("status", ["active", "inactive"])];

const column = (index: number, mapped: FieldFragment | null): ColumnFragment => ({
  column: { index, header: `Header ${index}`, samples: [], blankCount: 0 },
  field: mapped,
  source: "EXACT",
  emptyCells: "KEEP",
  dateOrder: null,
  values: mapped?.choices.length ? [{ value: "on leave", count: 2, mapsTo: null, source: "NONE" }] : [],
  distinctValueCount: 0,
});

const MAPPING: Mapping = {
  id: "m",
  fileScope: "FULL_ROSTER",
  matchBy: "UNIQUE_ID",
  droppedHeaders: [],
  approvedBy: null,
  approvedAt: null,
  blockers: [],
  columns: [column(0, null), column(1, FIELDS[1] ?? null)],
};

test("an edit shows before the server has answered, and changes nothing else", () => {
  const toEmail = edited(MAPPING, { columns: [{ index: 0, fieldKey: "email" }] }, FIELDS);
  assert.equal(toEmail.columns[0]?.field?.key, "email");
  assert.equal(toEmail.columns[0].source, "MANUAL");
  assert.equal(toEmail.columns[1], MAPPING.columns[1]);
  const ignored = edited(MAPPING, { columns: [{ index: 1, fieldKey: null }] }, FIELDS);
  assert.equal(ignored.columns[1]?.field, null);
  const value = edited(
    MAPPING,
    { columns: [{ index: 1, values: [{ value: "on leave", mapsTo: "inactive" }] }] },
    FIELDS,
  );
  assert.equal(value.columns[1]?.values[0]?.mapsTo, "inactive");
  assert.equal(value.columns[1].source, "EXACT");
  assert.equal(edited(MAPPING, { fileScope: "PARTIAL" }, FIELDS).fileScope, "PARTIAL");
});

test("two edits touch if they are about the same column or rule", () => {
  const theirs = edited(MAPPING, { columns: [{ index: 0, fieldKey: "email" }], matchBy: "EMAIL" }, FIELDS);
  assert.ok(touches({ columns: [{ index: 0, fieldKey: null }] }, MAPPING, theirs));
  assert.ok(touches({ matchBy: "EMAIL" }, MAPPING, theirs));
  assert.ok(!touches({ columns: [{ index: 1, emptyCells: "CLEAR" }] }, MAPPING, theirs));
  assert.ok(!touches({ fileScope: "PARTIAL" }, MAPPING, theirs));
});

test("an edit is told by its column and field", () => {
  assert.equal(describe({ columns: [{ index: 0, fieldKey: "email" }] }, MAPPING, FIELDS), "“Header 0” to EMAIL");
  assert.equal(describe({ columns: [{ index: 0, fieldKey: null }] }, MAPPING, FIELDS), "“Header 0” to be ignored");
  assert.equal(describe({ fileScope: "PARTIAL" }, MAPPING, FIELDS), "whom the file describes");
});
