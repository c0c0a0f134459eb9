import type { ReactNode } from "react";
import type { ImportRowFragment } from "../gql/graphql";
import { Button } from "../ui/Button";
import { DialogContent } from "../ui/Dialog";
import { Time } from "../ui/Time";
import { Untrusted } from "../ui/Untrusted";

interface Props {
  active: ImportRowFragment;
  heading: ReactNode;
  onClose(): void;
  onAccept(): void;
}

/** Asks before an upload turns the import in progress INCOMPLETE. */
export function Replace({ active, heading, onClose, onAccept }: Props) {
  return (
    <DialogContent
      title="Replace the import in progress?"
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="primary" onClick={onAccept}>
            Upload and replace
          </Button>
        </>
      }
    >
      {heading}
      <p>
        <strong>
          <Untrusted text={active.file.name} />
        </strong>
        , uploaded by <Untrusted text={active.uploadedBy.name} /> on <Time at={active.uploadedAt} />, is not completed.
        With this upload it becomes incomplete: it can still be looked at, and no longer be applied.
      </p>
    </DialogContent>
  );
}
