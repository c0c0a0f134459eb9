import "./mapping.css";
import { useState } from "react";
import type { ColumnFragment, FieldFragment, MappingViewFragment } from "../gql/graphql";
import { count } from "../ui/format";
import { Notice } from "../ui/Notice";
import { Refusals } from "../ui/Refusals";
import { Select } from "../ui/Select";
import { ApproveFoot } from "./ApproveFoot";
import { Blockers } from "./Blockers";
import { Column } from "./Column";
import { Dropped } from "./Dropped";
import { describe } from "./edit";
import { LostChanges } from "./LostChanges";
import { NewFieldDialog } from "./NewFieldDialog";
import { Scope } from "./Scope";
import { useSave } from "./useSave";

type Show = "all" | "doubtful" | "mapped" | "ignored";

const SHOWN: Record<Show, (column: ColumnFragment) => boolean> = {
  all: () => true,
  doubtful: ({ source, field, values }) =>
    source === "SIMILAR" || source === "NONE" || (field !== null && values.some(({ mapsTo }) => mapsTo === null)),
  mapped: ({ field }) => field !== null,
  ignored: ({ field }) => field === null,
};

interface Props {
  shown: MappingViewFragment;
  fields: readonly FieldFragment[];
  editable: boolean;
}

export function MappingForm({ shown, fields, editable }: Props) {
  const { mapping, save, saving, refusals, lost, repeat, drop } = useSave(shown, fields);
  const [show, setShow] = useState<Show>("all");
  const [newFor, setNewFor] = useState<ColumnFragment | null>(null);
  const columns = mapping.columns.filter(SHOWN[show]);
  const option = (value: Show, label: string) => {
    return { value, label: `${label} (${mapping.columns.filter(SHOWN[value]).length})` };
  };
  return (
    <section aria-label="Mapping" className="mapping">
      {lost.length > 0 && (
        <LostChanges changes={lost.map((edit) => describe(edit, mapping, fields))} repeat={repeat} drop={drop} />
      )}
      <Refusals refusals={refusals} />
      {editable && (
        <Blockers blockers={shown.mapping.blockers} columns={shown.mapping.columns} reveal={() => setShow("all")} />
      )}
      <Dropped headers={mapping.droppedHeaders} />
      <Scope mapping={mapping} editable={editable} save={save} />
      <div className="section-head">
        <h2>Columns</h2>
        <Select
          label="Show"
          hideLabel
          value={show}
          onChange={setShow}
          options={[
            option("all", "All columns"),
            option("doubtful", "Look twice"),
            option("mapped", "Mapped"),
            option("ignored", "Ignored"),
          ]}
        />
      </div>
      {columns.length === 0 && <p className="empty">No column is like that.</p>}
      <ul className="columns">
        {columns.map((column) => (
          <Column
            key={column.column.index}
            shown={column}
            fields={fields}
            taken={mapping.columns}
            editable={editable}
            change={(edit) => save({ columns: [{ index: column.column.index, ...edit }] })}
            createField={() => setNewFor(column)}
          />
        ))}
      </ul>
      {newFor && (
        <NewFieldDialog
          column={newFor.column}
          fields={fields}
          onClose={() => setNewFor(null)}
          onCreated={(fieldKey) => {
            save({ columns: [{ index: newFor.column.index, fieldKey }] });
            setNewFor(null);
          }}
        />
      )}
      {editable ? (
        <ApproveFoot shown={shown} saving={saving} />
      ) : (
        mapping.columns.length > 0 && (
          <Notice tone="info">
            This mapping of {count(mapping.columns.length, "column")} can no longer be changed.
          </Notice>
        )
      )}
    </section>
  );
}
