import { type ReactNode, useState } from "react";
import type { RefusalFragment, UserErrorCode } from "../gql/graphql";
import { Button } from "../ui/Button";
import { DialogContent } from "../ui/Dialog";
import { Refusals } from "../ui/Refusals";
import { Select } from "../ui/Select";
import type { UploadInput } from "./send";

/** Encodings that rosters come in when they are neither UTF-8 nor marked: WHATWG labels. */
const ENCODINGS = [
  { value: "windows-1252", label: "Western European (Windows-1252)" },
  { value: "windows-1250", label: "Central European (Windows-1250)" },
  { value: "windows-1251", label: "Cyrillic (Windows-1251)" },
  { value: "windows-1253", label: "Greek (Windows-1253)" },
  { value: "windows-1254", label: "Turkish (Windows-1254)" },
  { value: "macintosh", label: "Western European (Macintosh)" },
  { value: "iso-8859-2", label: "Central European (ISO 8859-2)" },
  { value: "iso-8859-15", label: "Western European (ISO 8859-15)" },
  { value: "shift_jis", label: "Japanese (Shift JIS)" },
  { value: "gb18030", label: "Chinese, simplified (GB 18030)" },
  { value: "big5", label: "Chinese, traditional (Big5)" },
  { value: "euc-kr", label: "Korean (EUC-KR)" },
] as const;

interface Props {
  heading: ReactNode;
  refusals: readonly RefusalFragment[];
  onClose(): void;
  /** Sends the file again, to be taken otherwise. */
  again(input: UploadInput): void;
}

/** Why the file was refused, and what can be done here and now. */
export function Refused({ heading, refusals, onClose, again }: Props) {
  const [encoding, setEncoding] = useState<string>(ENCODINGS[0].value);
  const has = (code: UserErrorCode) => refusals.some((refusal) => refusal.code === code);
  const remedy = has("FILE_BAD_ENCODING")
    ? { label: "Upload with this encoding", input: { encoding } }
    : has("HEADER_NOT_RECOGNISED")
      ? { label: "The first row is a member", input: { hasHeader: false } }
      : has("STALE_VERSION")
        ? { label: "Upload and replace", input: {} }
        : null;
  return (
    <DialogContent
      title="The file was refused"
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          {remedy && (
            <Button look="primary" onClick={() => again(remedy.input)}>
              {remedy.label}
            </Button>
          )}
        </>
      }
    >
      {heading}
      <Refusals refusals={refusals} />
      {has("FILE_BAD_ENCODING") && (
        <Select label="Encoding of the file" value={encoding} options={ENCODINGS} onChange={setEncoding} />
      )}
      <p className="muted">Nothing has changed: the history and the import in progress are as they were.</p>
    </DialogContent>
  );
}
