import { type SubmitEvent, useId, useState } from "react";
import { type Refusal, useAct } from "../api/useAct";
import { CompleteDocument, type CompleteMutation, type PlanFragment } from "../gql/graphql";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { formatNumber } from "../ui/format";
import { Refusals } from "../ui/Refusals";
import { Untrusted } from "../ui/Untrusted";
import { Kind } from "./Kind";

const answer = (data: CompleteMutation) => data.completeImport;

interface Props {
  id: string;
  version: number;
  plan: PlanFragment;
  /** See `CompleteFoot`. */
  deciding: boolean;
  tell(refusals: readonly Refusal[]): void;
  onClose(): void;
}

/** The last question: what is going to be applied, and the number when many members go. */
export function CompleteDialog({ id, version, plan, deciding, tell, onClose }: Props) {
  const form = useId();
  const { act, busy, refusals } = useAct(CompleteDocument, answer);
  const [typed, setTyped] = useState("");
  const asked = plan.deletionsToConfirm;
  const confirmed = asked === null || typed.trim() === String(asked);
  const approved = plan.counts.filter((count) => count.approved > 0);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!confirmed || deciding) return;
    const outcome = await act({ id, version, confirm: asked });
    // The plan goes, and this dialog with it: what the server says has to stay.
    if (outcome.refusals.some(({ code }) => code === "PLAN_STALE")) tell(outcome.refusals);
    if (outcome.done) onClose();
  };
  return (
    <Dialog
      title="Complete the import?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Go on reviewing</Button>
          <Button look="primary" type="submit" form={form} busy={busy || deciding} disabled={!confirmed}>
            Complete and apply
          </Button>
        </>
      }
    >
      <form id={form} className="form" onSubmit={submit}>
        {approved.length === 0 ? (
          <p>Nothing is approved: the import becomes complete, and no member changes.</p>
        ) : (
          <>
            <p>This is applied, all of it or nothing:</p>
            <ul className="to-apply">
              {approved.map((count) => (
                <li key={count.kind}>
                  <Kind kind={count.kind} /> <strong>{formatNumber(count.approved)}</strong>
                </li>
              ))}
            </ul>
          </>
        )}
        {asked !== null && (
          <TextField
            label={`${formatNumber(asked)} members would be deleted or deactivated. To confirm it, type ${asked}`}
            inputMode="numeric"
            autoComplete="off"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        )}
        <Refusals refusals={refusals} />
        <Culprits refusals={refusals} />
      </form>
    </Dialog>
  );
}

/** The actions that a refusal is about. */
function Culprits({ refusals }: { refusals: readonly Refusal[] }) {
  const actions = refusals.flatMap((refusal) => refusal.actions);
  if (actions.length === 0) return null;
  return (
    <ul className="to-apply">
      {actions.map(({ id, kind, memberName }) => (
        <li key={id}>
          <Kind kind={kind} /> <Untrusted text={memberName} />
        </li>
      ))}
    </ul>
  );
}
