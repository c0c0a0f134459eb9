import type { ColumnFragment, FieldFragment } from "../gql/graphql";
import type { Option } from "../ui/Select";

/** Stands for no field. No key is empty. */
export const IGNORE = "";
/** Stands for a field that is yet to be made. No key begins so. */
export const NEW = "+";

/** What a column can be mapped to: nothing, a field that is built in, a segment, or a new one. */
export function fieldOptions(
  fields: readonly FieldFragment[],
  columns: readonly ColumnFragment[],
  shown: ColumnFragment,
): Option<string>[] {
  const usable = fields.filter(({ archived, key }) => !archived || key === shown.field?.key);
  const named = usable.map(({ key, label, required, builtIn }) => {
    const other = columns.find(({ field, column }) => field?.key === key && column.index !== shown.column.index);
    const note = other ? ` (column ${other.column.index + 1})` : required ? " (required)" : "";
    return { value: key, label: label + note, group: builtIn ? "Built in" : "Segments" };
  });
  return [{ value: IGNORE, label: "Ignore this column" }, ...named, { value: NEW, label: "Create a segment…" }];
}
