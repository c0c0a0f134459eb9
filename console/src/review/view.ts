import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";
import type { Decision, PlanFragment, ProfileActionFilter, ProfileActionKind } from "../gql/graphql";
import type { Cursor } from "../ui/Pager";
import { DECISIONS, KINDS } from "./words";

/** Which actions are shown: all of it lives in the address, so that Back and a reload keep it. */
export interface View {
  kind: ProfileActionKind | null;
  decision: Decision | null;
  search: string;
  warned: boolean;
  cursor: Cursor;
}

/** A record opens with what was applied. */
const ANY = "ANY";

function readView(params: URLSearchParams, complete: boolean): View {
  const after = params.get("after");
  const before = params.get("before");
  const decision = params.get("decision") ?? (complete ? "APPROVED" : ANY);
  return {
    kind: KINDS.find((kind) => kind === params.get("kind")) ?? null,
    decision: DECISIONS.find((known) => known === decision) ?? null,
    search: params.get("search") ?? "",
    warned: params.has("warned"),
    cursor: after !== null ? { after } : before !== null ? { before } : {},
  };
}

function writeView(view: View): URLSearchParams {
  const params = new URLSearchParams();
  if (view.kind) params.set("kind", view.kind);
  params.set("decision", view.decision ?? ANY);
  if (view.search) params.set("search", view.search);
  if (view.warned) params.set("warned", "");
  for (const [name, value] of Object.entries(view.cursor)) params.set(name, value);
  return params;
}

/** The view, and a change of it. Whatever changes what is listed begins at the first page. */
export function useView(complete: boolean): [View, (change: Partial<View>) => void] {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => readView(params, complete), [params, complete]);
  const change = useCallback(
    (wanted: Partial<View>) =>
      setParams((now) => writeView({ ...readView(now, complete), cursor: {}, ...wanted }), { replace: true }),
    [setParams, complete],
  );
  return [view, change];
}

/** The filter that shows the view; null when it shows everything. */
export function filterOf({ kind, decision, search, warned }: View): ProfileActionFilter | null {
  const filter: ProfileActionFilter = {
    ...(kind && { kind: [kind] }),
    ...(decision && { decision: [decision] }),
    ...(search && { search }),
    ...(warned && { hasWarnings: true }),
  };
  return Object.keys(filter).length === 0 ? null : filter;
}

/** How many actions the view shows, as far as the plan's counts tell: counting a million costs. */
export function countOf({ kind, decision, search, warned }: View, plan: PlanFragment): number | null {
  if (search || warned) return null;
  return plan.counts
    .filter((entry) => kind === null || entry.kind === kind)
    .reduce((sum, { proposed, approved, rejected }) => {
      if (decision === null) return sum + proposed;
      return sum + { APPROVED: approved, REJECTED: rejected, PENDING: proposed - approved - rejected }[decision];
    }, 0);
}
