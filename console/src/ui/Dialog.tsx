import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode } from "react";

interface Props {
  title: string;
  children: ReactNode;
  /** The buttons, the one that closes first. */
  actions: ReactNode;
  /** Called for Escape and for a click beside it. */
  onClose(): void;
}

/** A question or a form in front of the page. It is open as long as it is rendered. */
export function Dialog({ title, children, actions, onClose }: Props) {
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="dialog-backdrop" />
        <Base.Popup className="dialog">
          <Base.Title className="dialog-title">{title}</Base.Title>
          <div className="dialog-body">{children}</div>
          <div className="dialog-actions">{actions}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
