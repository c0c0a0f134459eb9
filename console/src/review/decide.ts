import type { Decision, ProfileActionTarget } from "../gql/graphql";
import { count } from "../ui/format";

/** Decides about actions; what came of it is shown and said aloud. */
export type Decide = (decision: Decision, target: ProfileActionTarget) => Promise<void>;

export function decisionInWords(decision: Decision, decided: number): string {
  if (decided === 0) return "Nothing changed: they were decided so already.";
  if (decision === "PENDING") return `${count(decided, "decision")} taken back.`;
  return `${count(decided, "action")} ${decision === "APPROVED" ? "approved" : "rejected"}.`;
}
