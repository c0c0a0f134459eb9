import { useState } from "react";
import { useLiveQuery } from "../app/connection";
import { IssuesDocument, type PlanFragment, type RowIssueCode } from "../gql/graphql";
import { FailureNotice } from "../ui/FailureNotice";
import { count, formatNumber } from "../ui/format";
import { Loading } from "../ui/Loading";
import { type Cursor, Pager, pageVariables } from "../ui/Pager";
import { Select } from "../ui/Select";
import { Untrusted } from "../ui/Untrusted";
import { codeInWords } from "./words";

const PAGE_SIZE = 50;

/** The rows that are held, and why; and what else people should know about a row. */
export function Issues({ importId, plan }: { importId: string; plan: PlanFragment }) {
  const [code, setCode] = useState<RowIssueCode | "">("");
  const [cursor, setCursor] = useState<Cursor>({});
  const [{ data, error, fetching, stale }, retry] = useLiveQuery({
    query: IssuesDocument,
    variables: { id: importId, ...pageVariables(cursor, PAGE_SIZE), filter: code === "" ? {} : { code: [code] } },
  });
  const list = data?.membershipImport?.plan?.rowIssues;
  if (plan.issueCounts.length === 0) return <p className="empty">Nothing is wrong with any row.</p>;
  const counted = plan.issueCounts.reduce((sum, entry) => sum + entry.count, 0);
  return (
    <>
      <search className="filters">
        <Select<RowIssueCode | "">
          label="Kind"
          value={code}
          options={[
            { value: "", label: `Any (${formatNumber(counted)})` },
            ...plan.issueCounts.map((entry) => ({
              value: entry.code,
              label: `${codeInWords(entry.code)} (${formatNumber(entry.count)})`,
              group: entry.severity === "ERROR" ? "Rows are held" : "Warnings",
            })),
          ]}
          onChange={(wanted) => {
            setCode(wanted);
            setCursor({});
          }}
        />
      </search>
      {error && <FailureNotice error={error} retry={retry} />}
      {!list && fetching && <Loading />}
      {list && (
        <section aria-label="Held rows and warnings" aria-busy={fetching || stale}>
          <table className="table table-cards issues">
            <thead>
              <tr>
                <th scope="col" className="number">
                  Row
                </th>
                <th scope="col">Column</th>
                <th scope="col">Value</th>
                <th scope="col">What is wrong, and what to do</th>
              </tr>
            </thead>
            <tbody>
              {list.nodes.map((issue) => (
                <tr key={`${issue.rowNumber} ${issue.code} ${issue.column?.index} ${issue.message}`}>
                  <th scope="row" className="number">
                    <span className="card-only">Row </span>
                    {formatNumber(issue.rowNumber)}
                  </th>
                  <td data-label="Column">{issue.column ? <Untrusted text={issue.column.header} /> : "Whole row"}</td>
                  <td data-label="Value">{issue.value !== null && <Untrusted text={issue.value} />}</td>
                  <td>
                    <span className={issue.severity === "ERROR" ? "badge badge-held" : "badge badge-warning"}>
                      {issue.severity === "ERROR" ? "Held" : "Warning"}
                    </span>{" "}
                    <Untrusted text={issue.message} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Pager
            of="held rows and warnings"
            page={list.pageInfo}
            summary={`${count(list.totalCount, "entry", "entries")}${list.totalCount < counted && code === "" ? `, the first of ${formatNumber(counted)}` : ""}`}
            busy={fetching}
            go={setCursor}
          />
        </section>
      )}
    </>
  );
}
