import { useEffect, useState } from "react";
import { TextField } from "./Field";

const SETTLE_MILLISECONDS = 250;

interface Props {
  label: string;
  value: string;
  onChange(value: string): void;
}

/** A text to search for, told when the typing pauses, or when one turns to something else. */
export function SearchField({ label, value, onChange }: Props) {
  const [typed, setTyped] = useState(value);
  // eslint-disable-next-line react-hooks/set-state-in-effect -- a value from elsewhere takes the place of what was typed
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), SETTLE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <TextField
      type="search"
      label={label}
      value={typed}
      maxLength={200}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => typed !== value && onChange(typed)}
    />
  );
}
