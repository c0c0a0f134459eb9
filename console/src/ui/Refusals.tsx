import type { RefusalFragment } from "../gql/graphql";
import { formatNumber } from "./format";
import { Notice } from "./Notice";
import { Untrusted } from "./Untrusted";

/** Why the server did nothing: its own sentences, and where in the file if it says so. */
export function Refusals({ refusals }: { refusals: readonly RefusalFragment[] }) {
  if (refusals.length === 0) return null;
  return (
    <Notice tone="bad" live>
      {refusals.map((refusal) => (
        <p key={refusal.code + refusal.message}>
          <Untrusted text={refusal.message} />
          <Place {...refusal} />
        </p>
      ))}
    </Notice>
  );
}

function Place({ rowNumber, byteOffset }: RefusalFragment) {
  const places = [
    rowNumber !== null && `row ${formatNumber(rowNumber)}`,
    byteOffset !== null && `byte ${formatNumber(byteOffset)}`,
  ].filter(Boolean);
  return places.length === 0 ? null : <span className="muted"> ({places.join(", ")})</span>;
}
