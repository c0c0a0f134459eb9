import type { ColumnFragment, RefusalFragment } from "../gql/graphql";
import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { Untrusted } from "../ui/Untrusted";
import { columnId } from "./Column";

interface Props {
  blockers: readonly RefusalFragment[];
  columns: readonly ColumnFragment[];
  /** Shows all columns, so that the one to go to is there. */
  reveal(): void;
}

/** What keeps the mapping from being approved, and the way to it. */
export function Blockers({ blockers, columns, reveal }: Props) {
  return (
    <div role="status" aria-label="What is missing">
      {blockers.length > 0 && (
        <Notice tone="warning">
          <strong>Before it can be approved:</strong>
          <ul className="blockers">
            {blockers.map(({ message, field }) => {
              const column = columns[Number(field?.[1])]?.column;
              return (
                <li key={message}>
                  <Untrusted text={message} />{" "}
                  {column && (
                    <Button
                      look="link"
                      onClick={() => {
                        reveal();
                        // The column may have to be drawn first.
                        requestAnimationFrame(() => document.getElementById(columnId(column.index))?.focus());
                      }}
                    >
                      Go to column {column.index + 1}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        </Notice>
      )}
    </div>
  );
}
