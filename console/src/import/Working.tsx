import { formatNumber } from "../ui/format";
import { Progress } from "../ui/Progress";
import type { Import } from "./ImportPage";

const WORDS = {
  PLANNING: {
    label: "Working out what the file implies",
    unit: "rows",
    hint: "The review opens here by itself. You may leave this page: the work goes on.",
  },
  APPLYING: {
    label: "Applying what was approved",
    unit: "actions",
    hint: "It is applied as a whole or not at all. You may leave this page: the work goes on.",
  },
} as const;

/** Background work, and how far it has come. */
export function Working({ shown: { step, progress } }: { shown: Import }) {
  const { label, unit, hint } = WORDS[step === "APPLYING" ? "APPLYING" : "PLANNING"];
  const known = progress !== null && progress.total > 0;
  return (
    <section className="card working">
      <Progress
        label={label}
        value={known ? progress.processed : null}
        max={known ? progress.total : 1}
        text={known ? `${formatNumber(progress.processed)} of ${formatNumber(progress.total)} ${unit}` : ""}
      />
      <p className="muted">{hint}</p>
    </section>
  );
}
