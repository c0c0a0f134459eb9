import { useState } from "react";
import type { ColumnFragment, FieldFragment, ValueMappingInput } from "../gql/graphql";
import { count, formatNumber } from "../ui/format";
import { Select } from "../ui/Select";
import { Untrusted } from "../ui/Untrusted";
import { Source } from "./Source";

/** A number of values that stands for that many or more. */
const DISTINCT_VALUES_MAX = 10_000;
/** Holds the rows. No choice is empty. */
const HOLD = "";

interface Props {
  shown: ColumnFragment;
  field: FieldFragment;
  editable: boolean;
  change(values: ValueMappingInput[]): void;
}

/** How the values of a column map to the choices of its field. Open from the start if some of them do not. */
export function Values({ shown: { column, values, distinctValueCount }, field, editable, change }: Props) {
  const holding = values.filter(({ mapsTo }) => mapsTo === null).length;
  const [open, setOpen] = useState(holding > 0);
  const options = [
    ...field.choices.map((choice) => ({ value: choice, label: choice })),
    { value: HOLD, label: "Hold these rows" },
  ];
  return (
    <details className="values" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {count(distinctValueCount, "value")}
        {distinctValueCount === DISTINCT_VALUES_MAX && " or more"}
        {holding > 0 && <span className="warning-text">, {count(holding, "holds its rows", "hold their rows")}</span>}
      </summary>
      {open && (
        <table className="table values-table">
          <caption className="visually-hidden">
            Values of {column.header} and the choices of {field.label}
          </caption>
          <thead>
            <tr>
              <th scope="col">Value</th>
              <th scope="col" className="number">
                Rows
              </th>
              <th scope="col">{field.label}</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {values.map(({ value, count: rows, mapsTo, source }) => (
              <tr key={value}>
                <th scope="row">
                  <Untrusted text={value} />
                </th>
                <td className="number">{formatNumber(rows)}</td>
                <td>
                  <Select
                    label={`${field.label} for ${value}`}
                    hideLabel
                    value={mapsTo ?? HOLD}
                    options={options}
                    readOnly={!editable}
                    onChange={(choice) => change([{ value, mapsTo: choice === HOLD ? null : choice }])}
                  />
                </td>
                <td>
                  <Source source={source} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {open && distinctValueCount > values.length && (
        <p className="muted small">
          The {formatNumber(values.length)} most frequent values are shown. Rows with any other are held.
        </p>
      )}
    </details>
  );
}
