import { useCallback } from "react";
import { useQuery } from "urql";
import { useLiveQuery } from "../app/connection";
import { ActionCountDocument, ActionsDocument, type PlanFragment } from "../gql/graphql";
import { FailureNotice } from "../ui/FailureNotice";
import { count } from "../ui/format";
import { Loading } from "../ui/Loading";
import { Pager, pageVariables } from "../ui/Pager";
import { useKeptFocus } from "../ui/useKeptFocus";
import { ActionFilters } from "./ActionFilters";
import { ActionRow } from "./ActionRow";
import { DecideMany } from "./DecideMany";
import type { Decide } from "./decide";
import { countOf, filterOf, useView, type View } from "./view";

const PAGE_SIZE = 50;

interface Props {
  importId: string;
  plan: PlanFragment;
  /** Null where nothing is to be decided. */
  decide: Decide | null;
  complete: boolean;
}

/** The proposed actions, a page at a time: a plan may have a million. */
export function Actions({ importId, plan, decide, complete }: Props) {
  const [view, change] = useView(complete);
  const filter = filterOf(view);
  const [{ data, error, fetching, stale }, retry] = useLiveQuery({
    query: ActionsDocument,
    variables: { id: importId, ...pageVariables(view.cursor, PAGE_SIZE), filter },
  });
  const list = data?.membershipImport?.plan?.profileActions;
  const total = useCount(importId, plan, view);
  const box = useKeptFocus<HTMLDivElement>(list);
  const search = useCallback((text: string) => change({ search: text }), [change]);
  return (
    <>
      <ActionFilters view={view} change={change} search={search} />
      {decide && <DecideMany filter={filter} total={total} decide={decide} />}
      {error && <FailureNotice error={error} retry={retry} />}
      {!list && fetching && <Loading />}
      {list && (
        <section ref={box} tabIndex={-1} aria-label="Actions" aria-busy={fetching || stale}>
          {list.nodes.length === 0 ? (
            <p className="empty">
              {filter ? "No action matches." : "The file implies nothing: every row says what is known."}
            </p>
          ) : (
            <table className="table table-cards actions">
              <thead>
                <tr>
                  <th scope="col">Member</th>
                  <th scope="col">Action</th>
                  <th scope="col">Before and after</th>
                  <th scope="col">Decision</th>
                </tr>
              </thead>
              <tbody>
                {list.nodes.map((action) => (
                  <ActionRow key={action.id} action={action} decide={decide} />
                ))}
              </tbody>
            </table>
          )}
          <Pager
            of="actions"
            page={list.pageInfo}
            summary={total === null ? "" : count(total, "action")}
            busy={fetching}
            go={(cursor) => change({ cursor })}
          />
        </section>
      )}
    </>
  );
}

/** How many actions the view shows; null as long as they are being counted, which does not hold up the page. */
function useCount(id: string, plan: PlanFragment, view: View): number | null {
  const known = countOf(view, plan);
  const [{ data, fetching, stale }] = useQuery({
    query: ActionCountDocument,
    variables: { id, filter: filterOf(view) },
    pause: known !== null,
  });
  const counted = data?.membershipImport?.plan?.profileActions.totalCount;
  return known ?? (fetching || stale ? null : (counted ?? null));
}
