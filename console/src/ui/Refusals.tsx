import type { Refusal } from "../api/useAct";
import { formatNumber } from "./format";
import { Notice } from "./Notice";
import { Untrusted } from "./Untrusted";

/** Why the server did nothing: its own sentences, and where in the file if it says so. */
export function Refusals({ refusals }: { refusals: readonly Refusal[] }) {
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

/** Where in the file, unless the sentence says it. */
function Place({ message, rowNumber, byteOffset }: Refusal) {
  const says = (place: string, at: number) => new RegExp(`${place} ${at}\\b`).test(message);
  const places = [
    rowNumber !== null && !says("row", rowNumber) && `row ${formatNumber(rowNumber)}`,
    byteOffset !== null && !says("byte", byteOffset) && `byte ${formatNumber(byteOffset)}`,
  ].filter(Boolean);
  return places.length === 0 ? null : <span className="muted"> ({places.join(", ")})</span>;
}
