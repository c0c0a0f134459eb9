import { Link } from "wouter";
import type { ImportRowFragment, MembershipImportOrderField } from "../gql/graphql";
import { importPath } from "../import/path";
import { count } from "../ui/format";
import { SortHeader } from "../ui/SortHeader";
import { Time } from "../ui/Time";
import { Untrusted } from "../ui/Untrusted";
import { FileDownload } from "./FileDownload";
import { ResumeButton } from "./ResumeButton";
import { StatusBadge } from "./status";
import type { View } from "./view";

interface Props {
  rows: readonly ImportRowFragment[];
  view: View;
  sort(change: Pick<View, "field" | "direction">): void;
}

export function HistoryTable({ rows, view, sort }: Props) {
  const header = (field: MembershipImportOrderField, label: string) => (
    <SortHeader
      label={label}
      direction={view.field === field ? view.direction : null}
      // Names begin with A, and dates with the newest.
      first={field === "FILE_NAME" ? "ASC" : "DESC"}
      onSort={(direction) => sort({ field, direction })}
    />
  );
  return (
    <table className="table table-cards history-table">
      <caption className="visually-hidden">Imports</caption>
      <thead>
        <tr>
          {header("FILE_NAME", "File name")}
          <th scope="col">Uploaded by</th>
          {header("UPLOADED_AT", "Date uploaded")}
          {header("UPDATED_AT", "Last updated")}
          <th scope="col">Status</th>
          <th scope="col">Action</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <HistoryRow key={row.id} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function HistoryRow({ row }: { row: ImportRowFragment }) {
  return (
    <tr>
      <th scope="row" className="cell-file">
        <FileDownload id={row.id} name={row.file.name} />
        <div className="muted small">{count(row.file.rowCount, "row")}</div>
      </th>
      <td data-label="Uploaded by">
        <Untrusted text={row.uploadedBy.name} />
      </td>
      <td data-label="Date uploaded">
        <Time at={row.uploadedAt} />
      </td>
      <td data-label="Last updated">
        <Time at={row.updatedAt} />
      </td>
      <td data-label="Status">
        <StatusBadge row={row} />
      </td>
      <td className="cell-action">
        {row.action === "RESUME" ? (
          <ResumeButton id={row.id} fileName={row.file.name} />
        ) : (
          <Link href={importPath(row.id)} className="button button-plain" aria-label={`View ${row.file.name}`}>
            View
          </Link>
        )}
      </td>
    </tr>
  );
}
