import type { ActionFragment } from "../gql/graphql";
import { Untrusted } from "../ui/Untrusted";

/** The fields that an action changes, before and after; of a new member, what is known. */
export function Changes({ action: { kind, changes } }: { action: ActionFragment }) {
  if (kind === "DELETE") return <span className="muted">Absent from the file</span>;
  return (
    <ul className={kind === "CREATE" ? "changes changes-new" : "changes"}>
      {changes.map(({ field, before, after }) => (
        <li key={field.id}>
          <span className="muted change-field">{field.label}</span>{" "}
          {(before !== null || kind !== "CREATE") && (
            <>
              <del>{before === null ? <em>nothing</em> : <Untrusted text={before} />}</del>
              <span aria-hidden="true"> → </span>
              <span className="visually-hidden"> becomes </span>
            </>
          )}
          <ins>{after === null ? <em>nothing</em> : <Untrusted text={after} />}</ins>
        </li>
      ))}
    </ul>
  );
}
