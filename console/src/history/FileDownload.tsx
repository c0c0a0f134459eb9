import { useState } from "react";
import { useClient } from "urql";
import { failureOf } from "../api/failure";
import { FileDownloadDocument } from "../gql/graphql";
import { announce } from "../ui/announce";
import { Button } from "../ui/Button";
import { startDownload } from "../ui/download";
import { Untrusted } from "../ui/Untrusted";

interface Props {
  id: string;
  name: string;
  /** What stands on it instead of the file's name. */
  label?: string;
}

/** The file's name, which downloads it as it was uploaded. Its address is asked for when it is wanted: it expires. */
export function FileDownload({ id, name, label }: Props) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const download = async () => {
    setBusy(true);
    const { data, error } = await client
      .query(FileDownloadDocument, { id }, { requestPolicy: "network-only" })
      .toPromise();
    setBusy(false);
    const url = data?.membershipImport?.file.download.url;
    setFailure(error ? failureOf(error).message : null);
    if (url) {
      startDownload(url);
      announce(`${name} is being downloaded.`);
    }
  };
  return (
    <>
      <Button
        look="link"
        className="file-name"
        busy={busy}
        onClick={download}
        title="Download the file as it was uploaded"
      >
        {label ?? <Untrusted text={name} />}
      </Button>
      {failure && (
        <span className="bad-text" role="alert">
          {failure}
        </span>
      )}
    </>
  );
}
