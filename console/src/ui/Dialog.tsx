import { Dialog as Base } from "@base-ui/react/dialog";
import { type ReactNode, useEffect, useRef } from "react";

interface FrameProps {
  children: ReactNode;
  /** Called for Escape and for a click beside it. */
  onClose(): void;
}

interface ContentProps {
  title: string;
  children: ReactNode;
  /** The buttons, the one that closes first. */
  actions: ReactNode;
}

/** A question or a form in front of the page. It is open as long as it is rendered. */
export function Dialog({ onClose, ...content }: FrameProps & ContentProps) {
  return (
    <DialogFrame onClose={onClose}>
      <DialogContent {...content} />
    </DialogFrame>
  );
}

/** The box, for a dialog whose content changes while it is open. */
export function DialogFrame({ children, onClose }: FrameProps) {
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="dialog-backdrop" />
        <Base.Popup className="dialog">{children}</Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

export function DialogContent({ title, children, actions }: ContentProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // What had the focus may have gone with the content before this one.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <>
      <Base.Title ref={heading} tabIndex={-1} className="dialog-title">
        {title}
      </Base.Title>
      <div className="dialog-body">{children}</div>
      <div className="dialog-actions">{actions}</div>
    </>
  );
}
