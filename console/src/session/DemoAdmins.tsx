import { useEffect, useState } from "react";
import { Icon } from "../ui/Icon";
import { signIn } from "./session";
import { type DemoAdmin, loadDemoAdmins } from "./settings";

/** The admins of the demo: one click, and one is in. */
export function DemoAdmins() {
  const [admins, setAdmins] = useState<DemoAdmin[]>([]);
  useEffect(() => void loadDemoAdmins().then(setAdmins), []);
  return (
    <>
      <p>This is the demo. Be one of its admins; open another tab to be the other one at the same time.</p>
      <ul className="admins">
        {admins.map(({ name, tenant, subject, token }) => (
          <li key={subject}>
            <button type="button" className="admin" onClick={() => void signIn(token)}>
              <span>
                <strong>{name}</strong>
                <span className="muted">{tenant}</span>
              </span>
              <Icon name="next" />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
