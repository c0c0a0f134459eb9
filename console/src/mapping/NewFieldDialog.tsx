import { type SubmitEvent, useId, useState } from "react";
import { useAct } from "../api/useAct";
import { type FieldFragment, type ProfileFieldType, SaveFieldDocument, type SaveFieldMutation } from "../gql/graphql";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextArea, TextField } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { Refusals } from "../ui/Refusals";
import { type Option, Select } from "../ui/Select";
import { keyOf, numberedKey } from "./key";

const answer = (data: SaveFieldMutation) => data.saveProfileField;

const TYPES: readonly Option<ProfileFieldType>[] = [
  { value: "TEXT", label: "Any text" },
  { value: "CHOICE", label: "One of a list" },
  { value: "DATE", label: "A date" },
  { value: "BOOLEAN", label: "Yes or no" },
  { value: "EMAIL", label: "An email address" },
];

interface Props {
  column: { header: string; samples: readonly string[] };
  fields: readonly FieldFragment[];
  onClose(): void;
  onCreated(key: string): void;
}

/** Makes a segment for a column that no field fits. */
export function NewFieldDialog({ column, fields, onClose, onCreated }: Props) {
  const form = useId();
  const { act, busy, refusals } = useAct(SaveFieldDocument, answer);
  const [label, setLabel] = useState(column.header);
  const [type, setType] = useState<ProfileFieldType>("TEXT");
  const [choices, setChoices] = useState(column.samples.join("\n"));
  const key = keyOf(label) || numberedKey(fields.map((field) => field.key));
  // The key of a field that is there would change that one.
  const there = fields.find((field) => field.key === key);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (there) return;
    const listed = choices
      .split("\n")
      .map((choice) => choice.trim())
      .filter(Boolean);
    const { done } = await act({
      input: { key, label: label.trim(), type, ...(type === "CHOICE" && { choices: listed }) },
    });
    if (done?.profileField) onCreated(done.profileField.key);
  };
  return (
    <Dialog
      title="Create a segment"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} busy={busy}>
            Create and map
          </Button>
        </>
      }
    >
      <form id={form} className="form" onSubmit={submit}>
        <TextField
          label="Name"
          required
          maxLength={100}
          value={label}
          onChange={({ target }) => setLabel(target.value)}
          hint={
            <>
              Its key is <code>{key}</code>, and stays so.
            </>
          }
        />
        <Select label="Its values are" value={type} options={TYPES} onChange={setType} />
        {type === "CHOICE" && (
          <TextArea
            label="The list"
            rows={6}
            required
            value={choices}
            onChange={({ target }) => setChoices(target.value)}
            hint="One choice a line. It begins with values of the column; rows with others are held until they are mapped."
          />
        )}
        {there && (
          <Notice tone="warning" live>
            {there.archived
              ? `An archived segment has this name already: ${there.label}. Take another one.`
              : `There is a field of this name already: ${there.label}. Map the column to it, or take another name.`}
          </Notice>
        )}
        <Refusals refusals={refusals} />
      </form>
    </Dialog>
  );
}
