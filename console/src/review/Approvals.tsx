import { useLiveQuery } from "../app/connection";
import { ApprovalsDocument } from "../gql/graphql";
import { FailureNotice } from "../ui/FailureNotice";
import { formatNumber } from "../ui/format";
import { Loading } from "../ui/Loading";
import { Time } from "../ui/Time";
import { Untrusted } from "../ui/Untrusted";
import { Kind } from "./Kind";

/** The record: who approved how many of what. */
export function Approvals({ importId }: { importId: string }) {
  // Apart from the rest, as a million decisions take a moment to be added up.
  const [{ data, error }, retry] = useLiveQuery({ query: ApprovalsDocument, variables: { id: importId } });
  const approvals = data?.membershipImport?.plan?.approvals;
  return (
    <section className="card picture" aria-labelledby="approvals">
      <h2 id="approvals">What was approved</h2>
      {!approvals ? (
        error ? (
          <FailureNotice error={error} retry={retry} />
        ) : (
          <Loading />
        )
      ) : approvals.length === 0 ? (
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
