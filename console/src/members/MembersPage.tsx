import { useCallback, useState } from "react";
import { useLiveQuery } from "../app/connection";
import { type MemberStatus, MembersDocument } from "../gql/graphql";
import { FailureNotice } from "../ui/FailureNotice";
import { count } from "../ui/format";
import { PageHeading } from "../ui/Heading";
import { Loading } from "../ui/Loading";
import { type Cursor, Pager, pageVariables } from "../ui/Pager";
import { SearchField } from "../ui/SearchField";
import { Select } from "../ui/Select";
import { MembersTable } from "./MembersTable";
import { STATUS_LABELS, STATUSES } from "./status";

const PAGE_SIZE = 50;

/** The members as they stand: what the imports have made of them. */
export default function MembersPage() {
  const [search, setSearch] = useState("");
  const [status, setStatus] = useState<MemberStatus | "">("");
  const [cursor, setCursor] = useState<Cursor>({});
  const [{ data, error, fetching, stale }, retry] = useLiveQuery({
    query: MembersDocument,
    requestPolicy: "cache-and-network",
    variables: {
      ...pageVariables(cursor, PAGE_SIZE),
      filter: { ...(search && { search }), ...(status && { status: [status] }) },
    },
  });
  const find = useCallback((text: string) => {
    setSearch(text);
    setCursor({});
  }, []);
  const list = data?.members;
  return (
    <>
      <div className="page-head">
        <PageHeading title="Members" />
      </div>
      <search className="filters">
        <SearchField label="Name, email or ID" value={search} onChange={find} />
        <Select<MemberStatus | "">
          label="Status"
          value={status}
          options={[{ value: "", label: "Any" }, ...STATUSES.map((value) => ({ value, label: STATUS_LABELS[value] }))]}
          onChange={(wanted) => {
            setStatus(wanted);
            setCursor({});
          }}
        />
      </search>
      {error && <FailureNotice error={error} retry={retry} />}
      {!list && fetching && <Loading />}
      {list && (
        <div aria-busy={fetching || stale}>
          <MembersTable members={list.nodes} fields={data.profileFields} />
          {list.nodes.length === 0 && (
            <p className="empty" role="status">
              {search || status ? "No member matches." : "There are no members yet. The first import brings them."}
            </p>
          )}
          <Pager
            of="members"
            page={list.pageInfo}
            summary={count(list.totalCount, "member")}
            busy={fetching}
            go={setCursor}
          />
        </div>
      )}
    </>
  );
}
