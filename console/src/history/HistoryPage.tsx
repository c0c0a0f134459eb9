import "./history.css";
import { useCallback } from "react";
import { useLiveQuery } from "../app/connection";
import { HistoryDocument } from "../gql/graphql";
import { FailureNotice } from "../ui/FailureNotice";
import { count } from "../ui/format";
import { PageHeading } from "../ui/Heading";
import { Loading } from "../ui/Loading";
import { Pager, pageVariables } from "../ui/Pager";
import { SearchField } from "../ui/SearchField";
import { Select } from "../ui/Select";
import { UploadButton } from "../upload/UploadButton";
import { HistoryEmpty } from "./HistoryEmpty";
import { HistoryTable } from "./HistoryTable";
import { STATUS_LABELS, STATUSES } from "./status";
import { useView, type View } from "./view";

const PAGE_SIZE = 25;

/** Every import of the tenant: what was uploaded, by whom, and what can be done with it. */
export default function HistoryPage() {
  const [view, change] = useView();
  const [{ data, error, fetching, stale }, retry] = useLiveQuery({
    query: HistoryDocument,
    variables: variablesOf(view),
  });
  const search = useCallback((fileName: string) => change({ fileName }), [change]);
  const list = data?.membershipImports;
  const filtered = view.status !== null || view.fileName !== "";
  return (
    <>
      <div className="page-head">
        <PageHeading title="Imports" />
        <UploadButton look="primary" />
      </div>
      {list?.totalCount === 0 && !filtered ? (
        <HistoryEmpty />
      ) : (
        <>
          <search className="filters">
            <SearchField label="File name" value={view.fileName} onChange={search} />
            <Select
              label="Status"
              value={view.status ?? ""}
              options={[
                { value: "", label: "Any" },
                ...STATUSES.map((status) => ({ value: status, label: STATUS_LABELS[status] })),
              ]}
              onChange={(status) => change({ status: status || null })}
            />
          </search>
          {error && <FailureNotice error={error} retry={retry} />}
          {!list && fetching && <Loading />}
          {list && (
            <div aria-busy={fetching || stale}>
              <HistoryTable rows={list.nodes} view={view} sort={change} />
              {list.nodes.length === 0 && (
                <p className="empty" role="status">
                  No import matches.
                </p>
              )}
              <Pager
                of="imports"
                page={list.pageInfo}
                summary={count(list.totalCount, "import")}
                busy={fetching}
                go={(cursor) => change({ cursor })}
              />
            </div>
          )}
        </>
      )}
    </>
  );
}

function variablesOf({ status, fileName, field, direction, cursor }: View) {
  return {
    ...pageVariables(cursor, PAGE_SIZE),
    filter: { ...(status && { status: [status] }), ...(fileName && { fileName }) },
    orderBy: { field, direction },
  };
}
