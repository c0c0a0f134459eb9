import type { Decision, ProfileActionKind } from "../gql/graphql";
import { SearchField } from "../ui/SearchField";
import { Select } from "../ui/Select";
import type { View } from "./view";
import { DECISION_LABELS, DECISIONS, KIND_LABELS, KINDS } from "./words";

interface Props {
  view: View;
  change(view: Partial<View>): void;
  search(text: string): void;
}

export function ActionFilters({ view, change, search }: Props) {
  return (
    <search className="filters">
      <SearchField label="Name, email or ID" value={view.search} onChange={search} />
      <Select<ProfileActionKind | "">
        label="Kind"
        value={view.kind ?? ""}
        options={[{ value: "", label: "Any" }, ...KINDS.map((kind) => ({ value: kind, label: KIND_LABELS[kind] }))]}
        onChange={(kind) => change({ kind: kind || null })}
      />
      <Select<Decision | "">
        label="Decision"
        value={view.decision ?? ""}
        options={[
          { value: "", label: "Any" },
          ...DECISIONS.map((decision) => ({ value: decision, label: DECISION_LABELS[decision] })),
        ]}
        onChange={(decision) => change({ decision: decision || null })}
      />
      <label className="check">
        <input type="checkbox" checked={view.warned} onChange={({ target }) => change({ warned: target.checked })} />
        With warnings only
      </label>
    </search>
  );
}
