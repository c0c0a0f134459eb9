import { useEffect } from "react";
import { useClient, useQuery } from "urql";
import { useLocation } from "wouter";
import { failureOf } from "../api/failure";
import { ActiveImportDocument } from "../gql/graphql";
import { importPath } from "../import/path";
import { announce } from "../ui/announce";
import { Button } from "../ui/Button";
import { Dialog, DialogFrame } from "../ui/Dialog";
import { formatBytes } from "../ui/format";
import { Untrusted } from "../ui/Untrusted";
import { Failed } from "./Failed";
import { Refused } from "./Refused";
import { Replace } from "./Replace";
import { Sending } from "./Sending";
import { useUpload } from "./useUpload";

interface Props {
  files: File[];
  onClose(): void;
}

/** From a chosen file to its import, or to the reason why there is none. */
export default function UploadDialog({ files, onClose }: Props) {
  const [file] = files;
  if (file === undefined || files.length > 1) {
    return (
      <Dialog title="One file at a time" onClose={onClose} actions={<Button onClick={onClose}>Close</Button>}>
        <p>An import takes one file. Drop the one that describes the members.</p>
      </Dialog>
    );
  }
  return <UploadOne key={`${file.name} ${file.lastModified}`} file={file} onClose={onClose} />;
}

function UploadOne({ file, onClose }: { file: File; onClose(): void }) {
  const [{ data, fetching, error }, ask] = useQuery({
    query: ActiveImportDocument,
    requestPolicy: "cache-and-network",
  });
  const active = data?.activeImport ?? null;
  const { upload, send, cancel } = useUpload(file, onClose);
  const client = useClient();
  const [, navigate] = useLocation();
  // What is sent is what was seen: somebody else's upload in the meantime is not replaced unasked.
  const ifActiveImport = active?.id ?? null;

  const answered = upload.stage === "ended" && upload.outcome.kind === "answered" ? upload.outcome.payload : null;
  const made = answered?.userErrors.length === 0 ? answered.membershipImport : null;

  useEffect(() => {
    if (upload.stage === "asking" && data && !fetching && active === null) void send({ ifActiveImport: null });
  }, [upload.stage, data, fetching, active, send]);

  useEffect(() => {
    if (!made) return;
    announce(`${made.file.name} is uploaded.`);
    // The subscription tells it too; but not where it cannot come through.
    void client.query(ActiveImportDocument, {}, { requestPolicy: "network-only" }).toPromise();
    onClose();
    navigate(importPath(made.id));
  }, [made, client, navigate, onClose]);

  const heading = (
    <p className="upload-file">
      <Untrusted text={file.name} /> <span className="muted">{formatBytes(file.size)}</span>
    </p>
  );

  // Nobody knows yet whether there is something to replace.
  const unanswered = upload.stage === "asking" && active === null;
  if (made || (unanswered && !error)) return null;
  return (
    // While it sends, nothing but the button cancels.
    <DialogFrame onClose={upload.stage === "sending" ? () => undefined : onClose}>
      {unanswered && error && (
        <Failed
          heading={heading}
          sentence={failureOf(error).message}
          onClose={onClose}
          again={() => ask({ requestPolicy: "network-only" })}
        />
      )}
      {upload.stage === "asking" && active && (
        <Replace active={active} heading={heading} onClose={onClose} onAccept={() => send({ ifActiveImport })} />
      )}
      {upload.stage === "sending" && (
        <Sending heading={heading} sent={upload.sent} total={upload.total} cancel={cancel} />
      )}
      {upload.stage === "ended" && upload.outcome.kind === "failed" && (
        <Failed
          heading={heading}
          sentence={upload.outcome.sentence}
          onClose={onClose}
          again={() => send({ ifActiveImport })}
        />
      )}
      {upload.stage === "ended" && upload.outcome.kind === "answered" && (
        <Refused
          heading={heading}
          refusals={upload.outcome.payload.userErrors}
          onClose={onClose}
          again={(input) => send({ ifActiveImport, ...input })}
        />
      )}
    </DialogFrame>
  );
}
