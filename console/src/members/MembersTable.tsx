import type { MembersQuery } from "../gql/graphql";
import { Time } from "../ui/Time";
import { Untrusted } from "../ui/Untrusted";
import { STATUS_LABELS } from "./status";
import "./members.css";

interface Props {
  members: MembersQuery["members"]["nodes"];
  fields: MembersQuery["profileFields"];
}

export function MembersTable({ members, fields }: Props) {
  if (members.length === 0) return null;
  const labelOf = (key: string) => fields.find((field) => field.key === key)?.label ?? key;
  return (
    <table className="table table-cards members">
      <caption className="visually-hidden">Members</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Unique ID</th>
          <th scope="col">Email</th>
          <th scope="col">Status</th>
          <th scope="col">More</th>
          <th scope="col">Last changed</th>
        </tr>
      </thead>
      <tbody>
        {members.map((member) => (
          <tr key={member.id}>
            <th scope="row">
              <strong>
                <Untrusted text={[member.firstName, member.lastName].filter(Boolean).join(" ")} />
              </strong>
            </th>
            <td data-label="Unique ID">{member.uniqueId !== null && <Untrusted text={member.uniqueId} />}</td>
            <td data-label="Email">{member.email !== null && <Untrusted text={member.email} />}</td>
            <td data-label="Status">
              <span className={`badge ${member.status === "ACTIVE" ? "badge-complete" : "badge-incomplete"}`}>
                {STATUS_LABELS[member.status]}
              </span>
            </td>
            <td className="small">
              <ul className="attributes">
                {member.attributes.map(({ key, value }) => (
                  <li key={key}>
                    <span className="muted">{labelOf(key)}</span> <Untrusted text={value} />
                  </li>
                ))}
              </ul>
            </td>
            <td data-label="Last changed">
              <Time at={member.updatedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
