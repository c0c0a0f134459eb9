import { useDownload } from "../api/useDownload";
import { FileDownloadDocument, type FileDownloadQuery } from "../gql/graphql";
import { Button } from "../ui/Button";
import { Untrusted } from "../ui/Untrusted";

const url = (data: FileDownloadQuery) => data.membershipImport?.file.download.url;

interface Props {
  id: string;
  name: string;
  /** What stands on it instead of the file's name. */
  label?: string;
}

/** The file's name, which downloads it as it was uploaded. */
export function FileDownload({ id, name, label }: Props) {
  const { download, busy, failure } = useDownload(FileDownloadDocument, id, url);
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
