import { startTransition, useOptimistic } from "react";
import type { ActionFragment, Decision } from "../gql/graphql";
import { Button } from "../ui/Button";
import { formatDateTime } from "../ui/format";
import { Untrusted } from "../ui/Untrusted";
import type { Decide } from "./decide";
import { DECISION_LABELS } from "./words";

interface Props {
  action: ActionFragment;
  /** Null where nothing is to be decided. */
  decide: Decide | null;
}

/** The decision about one action. Pressing what was decided takes it back. */
export function DecideOne({ action, decide }: Props) {
  const [decision, expect] = useOptimistic(action.decision);
  const press = (wanted: Decision) =>
    startTransition(async () => {
      const next = decision === wanted ? "PENDING" : wanted;
      expect(next);
      await decide?.(next, { ids: [action.id] });
    });
  return (
    <>
      {decide ? (
        <fieldset className="decide-one">
          <legend className="visually-hidden">Decision about {action.memberName}</legend>
          <Button className="decide-approve" aria-pressed={decision === "APPROVED"} onClick={() => press("APPROVED")}>
            Approve
          </Button>
          <Button className="decide-reject" aria-pressed={decision === "REJECTED"} onClick={() => press("REJECTED")}>
            Reject
          </Button>
        </fieldset>
      ) : (
        <span className={`decision-${decision.toLowerCase()}`}>{DECISION_LABELS[decision]}</span>
      )}
      {action.decidedBy && action.decidedAt && decision !== "PENDING" && (
        <div className="muted small decided" title={formatDateTime(action.decidedAt)}>
          by <Untrusted text={action.decidedBy.name} />
        </div>
      )}
    </>
  );
}
