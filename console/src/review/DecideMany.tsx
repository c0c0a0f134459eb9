import { useState } from "react";
import type { Decision, ProfileActionFilter } from "../gql/graphql";
import { Button } from "../ui/Button";
import { formatNumber } from "../ui/format";
import type { Decide } from "./decide";

interface Props {
  /** Which actions are shown; null for all. */
  filter: ProfileActionFilter | null;
  /** How many they are; null while they are being counted. */
  total: number | null;
  decide: Decide;
}

/** Decides about everything that the filter shows, on whatever page. */
export function DecideMany({ filter, total, decide }: Props) {
  const [busy, setBusy] = useState(false);
  const which = `${filter ? "these" : "all"} ${total === null ? "…" : formatNumber(total)}`;
  const run = async (decision: Decision) => {
    setBusy(true);
    await decide(decision, filter ? { filter } : { all: true });
    setBusy(false);
  };
  return (
    <div className="decide-many">
      <Button icon="check" busy={busy} disabled={!total} onClick={() => run("APPROVED")}>
        Approve {which}
      </Button>
      <Button icon="cross" busy={busy} disabled={!total} onClick={() => run("REJECTED")}>
        Reject {which}
      </Button>
      <Button look="quiet" busy={busy} disabled={!total} onClick={() => run("PENDING")}>
        Take the decisions back
      </Button>
    </div>
  );
}
