import { Choices } from "../ui/Choices";
import type { Edit, Mapping } from "./edit";

interface Props {
  mapping: Mapping;
  editable: boolean;
  save(edit: Edit): void;
}

/** Whom the file describes, and what ties its rows to members. */
export function Scope({ mapping, editable, save }: Props) {
  return (
    <div className="scope">
      <Choices
        label="Whom the file describes"
        value={mapping.fileScope}
        readOnly={!editable}
        onChange={(fileScope) => save({ fileScope })}
        choices={[
          {
            value: "FULL_ROSTER",
            label: "Every member",
            hint: "Members who are absent from the file are proposed for deletion.",
          },
          { value: "PARTIAL", label: "Some members", hint: "Whoever is absent from the file is left alone." },
        ]}
      />
      <Choices
        label="Rows are matched to members by"
        value={mapping.matchBy}
        readOnly={!editable}
        onChange={(matchBy) => save({ matchBy })}
        choices={[
          { value: "UNIQUE_ID", label: "Unique ID", hint: "Compared exactly, to the last zero." },
          { value: "EMAIL", label: "Email", hint: "Upper and lower case are the same." },
        ]}
      />
    </div>
  );
}
