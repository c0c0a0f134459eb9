import { useContext } from "react";
import { Link } from "wouter";
import { ViewerContext } from "../app/connection";
import { Notice } from "../ui/Notice";
import { Time } from "../ui/Time";
import { Untrusted } from "../ui/Untrusted";
import type { Import } from "./ImportPage";
import { importPath } from "./path";

/** What has happened to the import: by others, in the background, or at its end. */
export function ImportNotices({ shown }: { shown: Import }) {
  const viewer = useContext(ViewerContext);
  const { status, resumedBy, resumedAt, problem, supersededBy, discardedBy, completedBy, completedAt } = shown;
  const inProgress = status === "IN_PROGRESS";
  return (
    <div className="notices">
      {inProgress && resumedBy && resumedAt && resumedBy.id !== viewer?.user.id && (
        <Notice tone="info" live>
          <Untrusted text={resumedBy.name} /> is on this import too, since <Time at={resumedAt} />. What they change
          shows here at once.
        </Notice>
      )}
      {inProgress && problem && (
        <Notice tone="bad" live>
          <Untrusted text={problem.message} />
        </Notice>
      )}
      {status === "INCOMPLETE" && (
        <Notice tone="warning" live>
          {supersededBy ? (
            <>
              <Untrusted text={supersededBy.uploadedBy.name} /> uploaded{" "}
              <Link href={importPath(supersededBy.id)}>
                <Untrusted text={supersededBy.file.name} />
              </Link>{" "}
              after it, <Time at={supersededBy.uploadedAt} />.{" "}
            </>
          ) : (
            discardedBy && (
              <>
                <Untrusted text={discardedBy.name} /> discarded it, <Time at={shown.updatedAt} />.{" "}
              </>
            )
          )}
          Nothing of it was applied; it can be looked at, up to the step that it had reached.
        </Notice>
      )}
      {status === "COMPLETE" && completedBy && completedAt && (
        <Notice tone="good" live>
          Completed by <Untrusted text={completedBy.name} />, <Time at={completedAt} />. What was approved has been
          applied.
        </Notice>
      )}
    </div>
  );
}
