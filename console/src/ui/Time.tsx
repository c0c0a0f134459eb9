import { formatDateTime, formatExact } from "./format";

/** A point in time, in the reader's locale and time zone. */
export function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatExact(at)}>
      {formatDateTime(at)}
    </time>
  );
}
