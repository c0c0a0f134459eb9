import type { ProfileActionKind } from "../gql/graphql";
import { KIND_LABELS } from "./words";

/** What an action does, in words and in the colour that it has in the picture. */
export function Kind({ kind }: { kind: ProfileActionKind }) {
  return (
    <span className="kind">
      <svg className="swatch" viewBox="0 0 10 10" aria-hidden="true">
        <rect className={`fill-${kind.toLowerCase()}`} width="10" height="10" rx="2.5" />
      </svg>
      {KIND_LABELS[kind]}
    </span>
  );
}
