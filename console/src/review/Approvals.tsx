import type { PlanFragment } from "../gql/graphql";
import { formatNumber } from "../ui/format";
import { Time } from "../ui/Time";
import { Untrusted } from "../ui/Untrusted";
import { Kind } from "./Kind";

/** The record: who approved how many of what. */
export function Approvals({ approvals }: { approvals: PlanFragment["approvals"] }) {
  return (
    <section className="card picture" aria-labelledby="approvals">
      <h2 id="approvals">What was approved</h2>
      {approvals.length === 0 ? (
        <p className="muted">Nothing was approved: the import has changed no member.</p>
      ) : (
        <table className="counts">
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <th scope="col" className="number">
                Actions
              </th>
              <th scope="col">By</th>
            </tr>
          </thead>
          <tbody>
            {approvals.map(({ kind, count, decidedBy, lastDecidedAt }) => (
              <tr key={`${kind} ${decidedBy.id}`}>
                <th scope="row">
                  <Kind kind={kind} />
                </th>
                <td className="number">{formatNumber(count)}</td>
                <td>
                  <Untrusted text={decidedBy.name} />
                  <div className="muted small">
                    <Time at={lastDecidedAt} />
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
