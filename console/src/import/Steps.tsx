import { STEP_LABELS } from "../history/status";
import { Icon } from "../ui/Icon";
import type { Import } from "./ImportPage";

const STEPS = ["MAPPING", "PLANNING", "REVIEW", "APPLYING", "DONE"] as const;

/** How far the import has come. */
export function Steps({ shown: { step, status } }: { shown: Import }) {
  const here = STEPS.indexOf(step);
  return (
    <ol className="steps" aria-label="Steps">
      <li className="step step-past">
        <Icon name="check" /> Upload
        <span className="visually-hidden"> (done)</span>
      </li>
      {STEPS.map((name, place) => {
        const past = place < here || step === "DONE";
        const state = past ? "past" : place > here ? "ahead" : status === "IN_PROGRESS" ? "here" : "left";
        return (
          <li key={name} className={`step step-${state}`} aria-current={place === here ? "step" : undefined}>
            {past && <Icon name="check" />}
            {STEP_LABELS[name]}
            {past && <span className="visually-hidden"> (done)</span>}
          </li>
        );
      })}
    </ol>
  );
}
