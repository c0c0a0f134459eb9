import { type ComponentProps, type ReactNode, useId } from "react";

interface Labelled {
  label: string;
  /** The label is for those who do not see the page; others read it from what stands around. */
  hideLabel?: boolean;
  hint?: ReactNode;
}

/** A native select: the browser's own is the one that every keyboard, screen reader and phone knows. */
export function Select({ label, hideLabel = false, hint, ...rest }: Labelled & ComponentProps<"select">) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : "field-label"}>
        {label}
      </label>
      <select id={id} className="select" aria-describedby={hint ? `${id}-hint` : undefined} {...rest} />
      {hint && (
        <div id={`${id}-hint`} className="field-hint">
          {hint}
        </div>
      )}
    </div>
  );
}

export function TextField({ label, hideLabel = false, hint, ...rest }: Labelled & ComponentProps<"input">) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : "field-label"}>
        {label}
      </label>
      <input id={id} className="input" aria-describedby={hint ? `${id}-hint` : undefined} {...rest} />
      {hint && (
        <div id={`${id}-hint`} className="field-hint">
          {hint}
        </div>
      )}
    </div>
  );
}
