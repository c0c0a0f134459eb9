import { Link } from "wouter";
import { FileDownload } from "../history/FileDownload";
import { StatusBadge } from "../history/status";
import { count, formatBytes } from "../ui/format";
import { PageHeading } from "../ui/Heading";
import { Icon } from "../ui/Icon";
import { Time } from "../ui/Time";
import { Untrusted } from "../ui/Untrusted";
import { DiscardButton } from "./DiscardButton";
import type { Import } from "./ImportPage";
import { ReopenButton } from "./ReopenButton";
import { Steps } from "./Steps";

const DELIMITERS: Record<string, string> = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes" };

/** What the import is of, how it stands, and the ways out of it. */
export function ImportHeader({ shown }: { shown: Import }) {
  const { file, status, step } = shown;
  const open = status === "IN_PROGRESS" && step !== "APPLYING";
  return (
    <header className="import-head">
      <Link href="/" className="back">
        <Icon name="back" /> All imports
      </Link>
      <div className="import-title">
        <PageHeading title={file.name}>
          <Untrusted text={file.name} />
        </PageHeading>
        <StatusBadge row={shown} />
      </div>
      <p className="muted import-facts">
        <span>
          Uploaded by <Untrusted text={shown.uploadedBy.name} />, <Time at={shown.uploadedAt} />
        </span>
        <span>{count(file.rowCount, "row")}</span>
        <span>
          {formatBytes(file.sizeBytes)}, {file.encoding}, {DELIMITERS[file.delimiter] ?? file.delimiter}
        </span>
        <FileDownload id={shown.id} name={file.name} label="Download the file" />
      </p>
      <div className="import-bar">
        <Steps shown={shown} />
        {open && (
          <div className="import-ways">
            {step !== "MAPPING" && <ReopenButton shown={shown} />}
            <DiscardButton shown={shown} />
          </div>
        )}
      </div>
    </header>
  );
}
