import { useState } from "react";
import type { Refusal } from "../api/useAct";
import type { PlanFragment } from "../gql/graphql";
import { Button } from "../ui/Button";
import { formatNumber } from "../ui/format";
import { CompleteDialog } from "./CompleteDialog";

interface Props {
  id: string;
  version: number;
  plan: PlanFragment;
  /** Whether decisions are on their way: what is completed is the plan with them. */
  deciding: boolean;
  tell(refusals: readonly Refusal[]): void;
}

/** How far the decisions have come, and the way to complete the import. */
export function CompleteFoot({ id, version, plan, deciding, tell }: Props) {
  const [open, setOpen] = useState(false);
  const sum = (of: (count: PlanFragment["counts"][number]) => number) =>
    plan.counts.reduce((total, count) => total + of(count), 0);
  const approved = sum((count) => count.approved);
  const rejected = sum((count) => count.rejected);
  const pending = sum((count) => count.proposed) - approved - rejected;
  return (
    <div className="foot">
      <p role="status">
        <strong className="good-text">{formatNumber(approved)} approved</strong>, {formatNumber(rejected)} rejected,{" "}
        {formatNumber(pending)} undecided. <span className="muted">Only what is approved is applied.</span>
      </p>
      <Button look="primary" onClick={() => setOpen(true)}>
        Complete the import…
      </Button>
      {open && (
        <CompleteDialog
          id={id}
          version={version}
          plan={plan}
          deciding={deciding}
          tell={tell}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}
