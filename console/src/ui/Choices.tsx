import { useId } from "react";

interface Choice<Value extends string> {
  value: Value;
  label: string;
  /** What it means. */
  hint: string;
}

interface Props<Value extends string> {
  label: string;
  value: Value;
  choices: readonly Choice<Value>[];
  onChange(value: Value): void;
  /** Shows the choice, and takes no other. */
  readOnly: boolean;
}

/** A few ways of which one has to be chosen, each with what it means. */
export function Choices<Value extends string>({ label, value, choices, onChange, readOnly }: Props<Value>) {
  const name = useId();
  return (
    <fieldset className="choices">
      <legend>{label}</legend>
      {choices.map((choice) => {
        const chosen = choice.value === value;
        if (readOnly) return chosen && <Words key={choice.value} {...choice} />;
        return (
          <label key={choice.value} className="choice">
            <input type="radio" name={name} checked={chosen} onChange={() => onChange(choice.value)} />
            <Words {...choice} />
          </label>
        );
      })}
    </fieldset>
  );
}

function Words({ label, hint }: { label: string; hint: string }) {
  return (
    <span>
      {label}
      <span className="muted small choice-hint">{hint}</span>
    </span>
  );
}
