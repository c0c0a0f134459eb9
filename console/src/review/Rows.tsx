import { HeldRowsDownloadDocument, PlanDownloadDocument, type PlanFragment } from "../gql/graphql";
import { count, formatNumber } from "../ui/format";
import { Bar } from "./Bar";
import { PlanDownload } from "./PlanDownload";

/** What became of each row of the file, and the plan to take along. */
export function Rows({ plan, importId }: { plan: PlanFragment; importId: string }) {
  const parts = [
    { name: "acting", label: "with an action", count: plan.rowsWithActions },
    { name: "unchanged", label: "unchanged: known already", count: plan.rowsUnchanged },
    { name: "held", label: "held: not applied, and nobody deleted for them", count: plan.rowsHeld },
    { name: "repeated", label: "repeated: the same as an earlier row", count: plan.rowsRepeated },
  ];
  const words = parts.map((part) => `${formatNumber(part.count)} ${part.label}`).join(", ");
  return (
    <section className="card picture" aria-labelledby="picture-rows">
      <h2 id="picture-rows">What became of the rows</h2>
      <Bar label={words} parts={parts} />
      <p className="muted">{count(plan.rowsRead, "row")} read.</p>
      <ul className="legend">
        {parts.map((part) => (
          <li key={part.name} className={part.count === 0 ? "muted" : undefined}>
            <svg className="swatch" viewBox="0 0 10 10" aria-hidden="true">
              <rect className={`fill-${part.name}`} width="10" height="10" rx="2.5" />
            </svg>
            <strong className="number">{formatNumber(part.count)}</strong> {part.label}
          </li>
        ))}
      </ul>
      <div className="downloads">
        <PlanDownload
          document={PlanDownloadDocument}
          id={importId}
          pick={(data) => data.membershipImport?.plan?.planDownload.url}
        >
          Plan as CSV
        </PlanDownload>
        {plan.rowsHeld > 0 && (
          <PlanDownload
            document={HeldRowsDownloadDocument}
            id={importId}
            pick={(data) => data.membershipImport?.plan?.heldRowsDownload.url}
          >
            Held rows as CSV
          </PlanDownload>
        )}
      </div>
    </section>
  );
}
