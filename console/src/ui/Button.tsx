import type { ComponentProps } from "react";
import { Icon, type IconName } from "./Icon";

interface Props extends ComponentProps<"button"> {
  /** `primary` is what one came to do, `danger` cannot be taken back, `quiet` is by the way, `link` reads as text. */
  look?: "primary" | "plain" | "danger" | "quiet" | "link";
  icon?: IconName;
  /** Something is under way: the button keeps its place and its focus, and does nothing. */
  busy?: boolean;
}

export function Button({ look = "plain", icon, busy = false, children, onClick, className = "", ...rest }: Props) {
  return (
    <button
      type="button"
      className={`button button-${look} ${className}`}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
