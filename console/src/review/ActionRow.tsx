import type { ActionFragment } from "../gql/graphql";
import { formatNumber } from "../ui/format";
import { Icon } from "../ui/Icon";
import { Untrusted } from "../ui/Untrusted";
import { Changes } from "./Changes";
import { DecideOne } from "./DecideOne";
import type { Decide } from "./decide";
import { Kind } from "./Kind";

interface Props {
  action: ActionFragment;
  /** Null where nothing is to be decided. */
  decide: Decide | null;
}

/** What is proposed for one member. */
export function ActionRow({ action, decide }: Props) {
  const { kind, memberName, memberEmail, memberUniqueId, rowNumber, warnings } = action;
  const known = [memberUniqueId, memberEmail].filter((value) => value !== null);
  return (
    <tr>
      <th scope="row" className="cell-member">
        <strong>{memberName === "" ? <em>No name</em> : <Untrusted text={memberName} />}</strong>
        {known.map((value) => (
          <div key={value} className="muted small">
            <Untrusted text={value} />
          </div>
        ))}
      </th>
      <td className="cell-kind">
        <Kind kind={kind} />
        {rowNumber !== null && <div className="muted small">Row {formatNumber(rowNumber)}</div>}
      </td>
      <td>
        <Changes action={action} />
        {warnings.map(({ code, message }) => (
          <p key={code + message} className="warning">
            <Icon name="alert" />
            <span>
              <span className="visually-hidden">Warning: </span>
              <Untrusted text={message} />
            </span>
          </p>
        ))}
      </td>
      <td className="cell-decision">
        <DecideOne action={action} decide={decide} />
      </td>
    </tr>
  );
}
