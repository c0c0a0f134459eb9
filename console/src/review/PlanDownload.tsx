import type { ReactNode } from "react";
import type { TypedDocumentNode } from "urql";
import { useDownload } from "../api/useDownload";
import { Button } from "../ui/Button";

interface Props<Data> {
  document: TypedDocumentNode<Data, { id: string }>;
  id: string;
  pick(data: Data): string | undefined;
  children: ReactNode;
}

/** A button that downloads what a plan has to take along. */
export function PlanDownload<Data>({ document, id, pick, children }: Props<Data>) {
  const { download, busy, failure } = useDownload(document, id, pick);
  return (
    <>
      <Button icon="download" busy={busy} onClick={download}>
        {children}
      </Button>
      {failure && (
        <span className="bad-text" role="alert">
          {failure}
        </span>
      )}
    </>
  );
}
