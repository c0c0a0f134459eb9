import { type ReactNode, useState } from "react";
import type { RefusalFragment, UserErrorCode } from "../gql/graphql";
import { Button } from "../ui/Button";
import { DialogContent } from "../ui/Dialog";
import { Select } from "../ui/Field";
import { Refusals } from "../ui/Refusals";
import type { UploadInput } from "./send";

/** Encodings that rosters come in when they are neither UTF-8 nor marked: WHATWG labels. */
const ENCODINGS = [
  ["windows-1252", "Western European (Windows-1252)"],
  ["windows-1250", "Central European (Windows-1250)"],
  ["windows-1251", "Cyrillic (Windows-1251)"],
  ["windows-1253", "Greek (Windows-1253)"],
  ["windows-1254", "Turkish (Windows-1254)"],
  ["macintosh", "Western European (Macintosh)"],
  ["iso-8859-2", "Central European (ISO 8859-2)"],
  ["iso-8859-15", "Western European (ISO 8859-15)"],
  ["shift_jis", "Japanese (Shift JIS)"],
  ["gb18030", "Chinese, simplified (GB 18030)"],
  ["big5", "Chinese, traditional (Big5)"],
  ["euc-kr", "Korean (EUC-KR)"],
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
  const [encoding, setEncoding] = useState<string>(ENCODINGS[0][0]);
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
        <Select label="Encoding of the file" value={encoding} onChange={({ target }) => setEncoding(target.value)}>
          {ENCODINGS.map(([label, name]) => (
            <option key={label} value={label}>
              {name}
            </option>
          ))}
        </Select>
      )}
      <p className="muted">Nothing has changed: the history and the import in progress are as they were.</p>
    </DialogContent>
  );
}
