import type { Decision, ProfileActionKind } from "../gql/graphql";

export const KINDS: readonly ProfileActionKind[] = ["CREATE", "UPDATE", "DEACTIVATE", "REACTIVATE", "DELETE"];

export const KIND_LABELS: Record<ProfileActionKind, string> = {
  CREATE: "Create",
  UPDATE: "Update",
  DEACTIVATE: "Deactivate",
  REACTIVATE: "Reactivate",
  DELETE: "Delete",
};

export const DECISIONS: readonly Decision[] = ["PENDING", "APPROVED", "REJECTED"];

export const DECISION_LABELS: Record<Decision, string> = {
  PENDING: "Undecided",
  APPROVED: "Approved",
  REJECTED: "Rejected",
};

/** A code in words: `INVALID_EMAIL` is `Invalid email`. */
export function codeInWords(code: string): string {
  const words = code
    .toLowerCase()
    .replaceAll("_", " ")
    .replace(/\bid\b/, "ID");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
