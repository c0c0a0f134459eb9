import { useRef } from "react";
import type { PageFragment } from "../gql/graphql";
import { Button } from "./Button";

/** Where a page begins or ends: the variables of a list. */
export type Cursor = { after: string } | { before: string } | Record<string, never>;

/** The variables that ask for a page of `size`. */
export function pageVariables(cursor: Cursor, size: number) {
  return "before" in cursor ? { last: size, before: cursor.before } : { first: size, ...cursor };
}

interface Props {
  /** What is listed, for those who hear it. */
  of: string;
  page: PageFragment;
  /** How many there are, in words. */
  summary: string;
  busy: boolean;
  go(cursor: Cursor): void;
}

export function Pager({ of, page, summary, busy, go }: Props) {
  const { hasPreviousPage, hasNextPage, startCursor, endCursor } = page;
  const several = hasPreviousPage || hasNextPage;
  const nav = useRef<HTMLElement>(null);
  // The next page begins at its top, and the buttons are at its end.
  const turn = (cursor: Cursor) => {
    go(cursor);
    nav.current?.parentElement?.scrollIntoView({ block: "start" });
  };
  return (
    <nav ref={nav} className="pager" aria-label={`Pages of ${of}`}>
      <span className="muted">{summary}</span>
      {several && (
        <span className="pager-buttons">
          <Button
            icon="previous"
            busy={busy}
            disabled={!hasPreviousPage || startCursor === null}
            onClick={() => startCursor !== null && turn({ before: startCursor })}
          >
            Previous
          </Button>
          <Button
            busy={busy}
            disabled={!hasNextPage || endCursor === null}
            onClick={() => endCursor !== null && turn({ after: endCursor })}
          >
            Next
          </Button>
        </span>
      )}
    </nav>
  );
}
