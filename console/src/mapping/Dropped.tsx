import { Notice } from "../ui/Notice";
import { Untrusted } from "../ui/Untrusted";

/** What the last file had and this one has not. */
export function Dropped({ headers }: { headers: readonly string[] }) {
  if (headers.length === 0) return null;
  return (
    <Notice tone="info">
      <p>
        The mapping that was approved last used columns that this file does not have. Their fields stay as they are.
      </p>
      <ul className="chips">
        {headers.map((header) => (
          <li key={header} className="chip">
            <Untrusted text={header} />
          </li>
        ))}
      </ul>
    </Notice>
  );
}
