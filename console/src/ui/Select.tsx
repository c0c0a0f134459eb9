import { useId } from "react";
import { Field } from "./Field";

export interface Option<Value extends string> {
  value: Value;
  label: string;
  /** The heading that it stands under. */
  group?: string;
}

interface Props<Value extends string> {
  label: string;
  hideLabel?: boolean;
  value: Value;
  options: readonly Option<NoInfer<Value>>[];
  onChange(value: NoInfer<Value>): void;
  /** Shows the choice, and takes no other. */
  readOnly?: boolean;
  /** Given where something leads to it. */
  id?: string;
}

/** A native select: the browser's own is the one that every keyboard, screen reader and phone knows. */
export function Select<Value extends string>(props: Props<Value>) {
  const { label, hideLabel = false, value, options, onChange, readOnly = false } = props;
  const ownId = useId();
  const id = props.id ?? ownId;
  if (readOnly) {
    return (
      <div className="field">
        <span className={hideLabel ? "visually-hidden" : "field-label"}>{label}</span>
        <span>{options.find((option) => option.value === value)?.label ?? value}</span>
      </div>
    );
  }
  const groups = [...new Set(options.map(({ group }) => group))];
  return (
    <Field label={label} hideLabel={hideLabel} id={id}>
      <select id={id} className="select" value={value} onChange={({ target }) => onChange(target.value as Value)}>
        {groups.map((group) => {
          const members = options.filter((option) => option.group === group);
          return group === undefined ? (
            members.map(toOption)
          ) : (
            <optgroup key={group} label={group}>
              {members.map(toOption)}
            </optgroup>
          );
        })}
      </select>
    </Field>
  );
}

function toOption({ value, label }: Option<string>) {
  return (
    <option key={value} value={value}>
      {label}
    </option>
  );
}
