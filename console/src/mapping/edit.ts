import type {
  ColumnFragment,
  ColumnMappingInput,
  FieldFragment,
  MappingViewFragment,
  SaveMappingInput,
} from "../gql/graphql";

export type Mapping = MappingViewFragment["mapping"];

/** A change of a mapping, as it is sent. */
export type Edit = Omit<SaveMappingInput, "importId" | "ifVersion">;

/** The mapping as an edit is going to leave it, as far as that shows before the server has answered. */
export function edited(mapping: Mapping, edit: Edit, fields: readonly FieldFragment[]): Mapping {
  return {
    ...mapping,
    fileScope: edit.fileScope ?? mapping.fileScope,
    matchBy: edit.matchBy ?? mapping.matchBy,
    columns: mapping.columns.map((column) => {
      const change = edit.columns?.find(({ index }) => index === column.column.index);
      return change ? editedColumn(column, change, fields) : column;
    }),
  };
}

function editedColumn(
  column: ColumnFragment,
  change: ColumnMappingInput,
  fields: readonly FieldFragment[],
): ColumnFragment {
  const moved = change.fieldKey !== undefined;
  return {
    ...column,
    ...(moved && { field: fields.find(({ key }) => key === change.fieldKey) ?? null, source: "MANUAL" }),
    emptyCells: change.emptyCells ?? column.emptyCells,
    dateOrder: change.dateOrder ?? column.dateOrder,
    values: column.values.map((value) => {
      const choice = change.values?.find((changed) => changed.value === value.value);
      return choice ? { ...value, mapsTo: choice.mapsTo ?? null, source: "MANUAL" } : value;
    }),
  };
}

/** Whether an edit is about something that differs between two mappings: what it was made upon is no longer so. */
export function touches(edit: Edit, before: Mapping, now: Mapping): boolean {
  const differs = (of: (mapping: Mapping) => unknown) => JSON.stringify(of(before)) !== JSON.stringify(of(now));
  return (
    (edit.fileScope != null && differs(({ fileScope }) => fileScope)) ||
    (edit.matchBy != null && differs(({ matchBy }) => matchBy)) ||
    (edit.columns ?? []).some(({ index }) =>
      differs(({ columns }) => columns.find(({ column }) => column.index === index)),
    )
  );
}

/** What an edit is about, in words. */
export function describe(edit: Edit, mapping: Mapping, fields: readonly FieldFragment[]): string {
  const parts = (edit.columns ?? []).map(({ index, fieldKey }) => {
    const header = mapping.columns.find(({ column }) => column.index === index)?.column.header ?? "";
    if (fieldKey === undefined) return `the values of “${header}”`;
    const label = fields.find(({ key }) => key === fieldKey)?.label;
    return label ? `“${header}” to ${label}` : `“${header}” to be ignored`;
  });
  if (edit.fileScope) parts.push("whom the file describes");
  if (edit.matchBy) parts.push("what rows are matched by");
  return parts.join(", ");
}
