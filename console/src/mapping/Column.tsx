import type { ColumnFragment, ColumnMappingInput, DateOrder, EmptyCells, FieldFragment } from "../gql/graphql";
import { count } from "../ui/format";
import { type Option, Select } from "../ui/Select";
import { Untrusted } from "../ui/Untrusted";
import { fieldOptions, IGNORE, NEW } from "./fieldOptions";
import { Source } from "./Source";
import { Values } from "./Values";

/** The id of the control that says which field a column maps to. */
export const columnId = (index: number) => `column-${index}`;

const EMPTY_CELLS: readonly Option<EmptyCells>[] = [
  { value: "KEEP", label: "Keep the stored value" },
  { value: "CLEAR", label: "Clear the stored value" },
];

const DATE_ORDERS: readonly Option<DateOrder | "">[] = [
  { value: "YEAR_FIRST", label: "Year first: 2026-12-31" },
  { value: "DAY_FIRST", label: "Day first: 31/12/2026" },
  { value: "MONTH_FIRST", label: "Month first: 12/31/2026" },
];

interface Props {
  shown: ColumnFragment;
  fields: readonly FieldFragment[];
  /** All columns of the file: a field takes one of them. */
  taken: readonly ColumnFragment[];
  editable: boolean;
  change(edit: Omit<ColumnMappingInput, "index">): void;
  createField(): void;
}

/** One column: what is in it, where it goes, and why. */
export function Column({ shown, fields, taken, editable, change, createField }: Props) {
  const { column, field, source, emptyCells, dateOrder } = shown;
  const readOnly = !editable;
  return (
    <li className={`column card ${field ? "" : "column-ignored"}`}>
      <div className="column-file">
        <h3>{column.header === "" ? <em className="muted">No header</em> : <Untrusted text={column.header} />}</h3>
        <p className="muted small">
          Column {column.index + 1}
          {column.blankCount > 0 && `, blank in ${count(column.blankCount, "row")}`}
        </p>
        <ul className="chips" aria-label="Some of its values">
          {column.samples.map((sample) => (
            <li key={sample} className="chip">
              <Untrusted text={sample} />
            </li>
          ))}
        </ul>
      </div>
      <div className="column-field">
        <Select
          id={columnId(column.index)}
          label="Maps to"
          value={field?.key ?? IGNORE}
          readOnly={readOnly}
          options={fieldOptions(fields, taken, shown)}
          onChange={(key) => (key === NEW ? createField() : change({ fieldKey: key === IGNORE ? null : key }))}
        />
        <Source source={source} ignored={field === null} />
      </div>
      {field && (
        <div className="column-rules">
          <Select
            label="An empty cell means"
            value={emptyCells}
            options={EMPTY_CELLS}
            readOnly={readOnly}
            onChange={(wanted) => change({ emptyCells: wanted })}
          />
          {field.type === "DATE" && (
            <Select
              label="Order of the dates"
              value={dateOrder ?? ""}
              options={dateOrder ? DATE_ORDERS : [{ value: "", label: "Choose…" }, ...DATE_ORDERS]}
              readOnly={readOnly}
              onChange={(order) => order !== "" && change({ dateOrder: order })}
            />
          )}
        </div>
      )}
      {field && shown.values.length > 0 && (
        <Values shown={shown} field={field} editable={editable} change={(values) => change({ values })} />
      )}
    </li>
  );
}
