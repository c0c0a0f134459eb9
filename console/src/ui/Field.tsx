import { type ComponentProps, type ReactNode, useId } from "react";

interface FrameProps {
  label: string;
  /** The label is for those who do not see the page; others read it from what stands around. */
  hideLabel?: boolean | undefined;
  hint?: ReactNode;
  /** Of the control. */
  id: string;
  children: ReactNode;
}

/** A control with its label, and a hint that is read along with it. */
export function Field({ label, hideLabel = false, hint, id, children }: FrameProps) {
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : "field-label"}>
        {label}
      </label>
      {children}
      {hint && (
        <div id={hintId(id)} className="field-hint">
          {hint}
        </div>
      )}
    </div>
  );
}

export const hintId = (id: string) => `${id}-hint`;

type TextProps = Pick<FrameProps, "label" | "hideLabel" | "hint"> & ComponentProps<"input">;

export function TextField({ label, hideLabel, hint, ...rest }: TextProps) {
  const id = useId();
  return (
    <Field label={label} hideLabel={hideLabel} hint={hint} id={id}>
      <input id={id} className="input" aria-describedby={hint ? hintId(id) : undefined} {...rest} />
    </Field>
  );
}

type AreaProps = Pick<FrameProps, "label" | "hint"> & ComponentProps<"textarea">;

export function TextArea({ label, hint, ...rest }: AreaProps) {
  const id = useId();
  return (
    <Field label={label} hint={hint} id={id}>
      <textarea id={id} className="input" aria-describedby={hint ? hintId(id) : undefined} {...rest} />
    </Field>
  );
}
