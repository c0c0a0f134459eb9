import type { MappingSource } from "../gql/graphql";

const REASONS: Record<MappingSource, string> = {
  EXACT: "Same name as the field",
  SYNONYM: "Known to mean the same",
  REMEMBERED: "As approved last time",
  SIMILAR: "Spelled nearly the same: look twice",
  MANUAL: "Set by an admin",
  NONE: "No field fits",
};

/** How a suggestion came about. */
export function Source({ source, ignored = false }: { source: MappingSource; ignored?: boolean }) {
  const doubtful = source === "SIMILAR" || source === "NONE";
  const ended = ignored && source === "REMEMBERED" ? "Ignored last time too" : REASONS[source];
  return <span className={`source ${doubtful ? "source-doubtful" : ""}`}>{ended}</span>;
}
