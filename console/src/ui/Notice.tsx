import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

type Tone = "info" | "good" | "warning" | "bad";

const ICONS: Record<Tone, IconName> = { info: "info", good: "check", warning: "alert", bad: "alert" };

interface Props {
  tone: Tone;
  children: ReactNode;
  /** What can be done about it. */
  actions?: ReactNode;
  /** Whether it comes up by itself, and is to be said aloud. */
  live?: boolean;
}

/** A sentence that matters, in a box. */
export function Notice({ tone, children, actions, live = false }: Props) {
  const role = live ? (tone === "bad" ? "alert" : "status") : undefined;
  return (
    <div className={`notice notice-${tone}`} role={role}>
      <Icon name={ICONS[tone]} />
      <div className="notice-text">{children}</div>
      {actions && <div className="notice-actions">{actions}</div>}
    </div>
  );
}
