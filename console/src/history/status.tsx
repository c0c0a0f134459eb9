import type { ImportRowFragment, ImportStatus, ImportStep } from "../gql/graphql";
import { formatShare } from "../ui/format";

export const STATUSES: readonly ImportStatus[] = ["IN_PROGRESS", "INCOMPLETE", "COMPLETE"];

export const STATUS_LABELS: Record<ImportStatus, string> = {
  IN_PROGRESS: "In progress",
  INCOMPLETE: "Incomplete",
  COMPLETE: "Complete",
};

export const STEP_LABELS: Record<ImportStep, string> = {
  MAPPING: "Mapping",
  PLANNING: "Planning",
  REVIEW: "Review",
  APPLYING: "Applying",
  DONE: "Done",
};

/** The status in words and colour, and how far the import has come. */
export function StatusBadge({ row }: { row: Pick<ImportRowFragment, "status" | "step" | "progress"> }) {
  const { status, step, progress } = row;
  const share = progress && progress.total > 0 ? ` ${formatShare(progress.processed / progress.total)}` : "";
  return (
    <span className="status">
      <span className={`badge badge-${status.toLowerCase().replace("_", "-")}`}>{STATUS_LABELS[status]}</span>
      {step !== "DONE" && (
        <span className="muted status-step">
          {STEP_LABELS[step]}
          {share}
        </span>
      )}
    </span>
  );
}
