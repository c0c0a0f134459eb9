import { type ReactNode, useState } from "react";
import type { Refusal } from "../api/useAct";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Refusals } from "../ui/Refusals";

interface Props {
  label: string;
  /** What is asked, and what it means. */
  question: string;
  children: ReactNode;
  confirm: string;
  cancel: string;
  busy: boolean;
  refusals: readonly Refusal[];
  /** Does it; answers whether it was done. */
  act(): Promise<boolean>;
  forget(): void;
}

/** A button for what cannot be taken back: it asks first. */
export function ConfirmButton({ label, question, children, confirm, cancel, busy, refusals, act, forget }: Props) {
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    forget();
  };
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && (
        <Dialog
          title={question}
          onClose={close}
          actions={
            <>
              <Button onClick={close}>{cancel}</Button>
              <Button look="danger" busy={busy} onClick={async () => (await act()) && close()}>
                {confirm}
              </Button>
            </>
          }
        >
          {children}
          <Refusals refusals={refusals} />
        </Dialog>
      )}
    </>
  );
}
