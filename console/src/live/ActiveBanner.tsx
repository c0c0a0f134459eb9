import { useRoute } from "wouter";
import { useLiveQuery } from "../app/connection";
import { ActiveImportDocument } from "../gql/graphql";
import { ResumeButton } from "../history/ResumeButton";
import { Icon } from "../ui/Icon";
import { Time } from "../ui/Time";
import { Untrusted } from "../ui/Untrusted";

/** The import that waits for an admin, on every page but its own. */
export function ActiveBanner() {
  const [{ data }] = useLiveQuery({ query: ActiveImportDocument });
  const [, route] = useRoute("/imports/:id");
  const active = data?.activeImport;
  const shown = active?.bannerMessage != null && route?.id !== active.id;
  return (
    <div className="strip" role="status" aria-label="Import in progress">
      {shown && (
        <div className="banner">
          <Icon name="info" />
          <div className="banner-text">
            <strong>
              <Untrusted text={active.bannerMessage ?? ""} />
            </strong>
            {active.resumedBy && active.resumedAt && (
              <span className="muted">
                {" "}
                <Untrusted text={active.resumedBy.name} /> opened it last, <Time at={active.resumedAt} />.
              </span>
            )}
          </div>
          <ResumeButton id={active.id} fileName={active.file.name} look="primary" />
        </div>
      )}
    </div>
  );
}
