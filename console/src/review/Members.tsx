import type { PlanFragment, ProfileActionKind } from "../gql/graphql";
import { Button } from "../ui/Button";
import { count, formatNumber, formatShare } from "../ui/format";
import { Bar } from "./Bar";
import type { Decide } from "./decide";
import { Kind } from "./Kind";
import { KIND_LABELS } from "./words";

interface Props {
  plan: PlanFragment;
  /** How many members there are, as long as the plan is about them; null when it is a record. */
  memberCount: number | null;
  /** Null where nothing is to be decided. */
  decide: Decide | null;
}

/** How many actions of each kind there are, and what part of the members they concern. */
export function Members({ plan, memberCount, decide }: Props) {
  const proposed = (kind: ProfileActionKind) => plan.counts.find((entry) => entry.kind === kind)?.proposed ?? 0;
  const total = plan.counts.reduce((sum, entry) => sum + entry.proposed, 0);
  const existing = total - proposed("CREATE");
  const untouched = memberCount === null ? 0 : Math.max(memberCount - existing, 0);
  const parts = plan.counts.map(({ kind, proposed: many }) => ({ name: kind.toLowerCase(), count: many }));
  const words = plan.counts.map(({ kind, proposed: many }) => `${KIND_LABELS[kind]}: ${formatNumber(many)}`).join(", ");
  return (
    <section className="card picture" aria-labelledby="picture-members">
      <h2 id="picture-members">What it {memberCount === null ? "meant" : "means"} for the members</h2>
      <Bar
        label={untouched > 0 ? `${words}, untouched: ${formatNumber(untouched)}` : words}
        parts={[...parts, { name: "untouched", count: untouched }]}
      />
      <p className="muted">
        {memberCount === null
          ? `${count(total, "action")} proposed.`
          : `${formatNumber(existing)} of ${count(memberCount, "member")} (${formatShare(
              memberCount === 0 ? 0 : existing / memberCount,
            )}) would change or go; ${formatNumber(proposed("CREATE"))} would come.`}
      </p>
      <table className="counts">
        <caption className="visually-hidden">Actions of each kind</caption>
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col" className="number">
              Proposed
            </th>
            <th scope="col" className="number">
              Approved
            </th>
            <th scope="col" className="number">
              Rejected
            </th>
            {decide && <th scope="col">All of the kind</th>}
          </tr>
        </thead>
        <tbody>
          {plan.counts.map((entry) => (
            <tr key={entry.kind} className={entry.proposed === 0 ? "muted" : undefined}>
              <th scope="row">
                <Kind kind={entry.kind} />
              </th>
              <td className="number">{formatNumber(entry.proposed)}</td>
              <td className="number">{formatNumber(entry.approved)}</td>
              <td className="number">{formatNumber(entry.rejected)}</td>
              {decide && <td>{entry.proposed > 0 && <DecideKind {...entry} decide={decide} />}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type DecideKindProps = PlanFragment["counts"][number] & { decide: Decide };

function DecideKind({ kind, proposed, approved, rejected, decide }: DecideKindProps) {
  const target = { filter: { kind: [kind] } };
  const name = `all ${formatNumber(proposed)} of the kind ${KIND_LABELS[kind]}`;
  return (
    <span className="decide-kind">
      <Button
        look="link"
        disabled={approved === proposed}
        aria-label={`Approve ${name}`}
        onClick={() => void decide("APPROVED", target)}
      >
        Approve
      </Button>
      <Button
        look="link"
        disabled={rejected === proposed}
        aria-label={`Reject ${name}`}
        onClick={() => void decide("REJECTED", target)}
      >
        Reject
      </Button>
    </span>
  );
}
