import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";
import type { ImportStatus, MembershipImportOrderField, OrderDirection } from "../gql/graphql";
import type { Cursor } from "../ui/Pager";
import { STATUSES } from "./status";

/** What of the history is shown: all of it lives in the address, so that Back and a reload keep it. */
export interface View {
  status: ImportStatus | null;
  fileName: string;
  field: MembershipImportOrderField;
  direction: OrderDirection;
  cursor: Cursor;
}

const FIELDS: readonly MembershipImportOrderField[] = ["UPLOADED_AT", "UPDATED_AT", "FILE_NAME"];

export function readView(params: URLSearchParams): View {
  const after = params.get("after");
  const before = params.get("before");
  return {
    status: STATUSES.find((status) => status === params.get("status")) ?? null,
    fileName: params.get("file") ?? "",
    field: FIELDS.find((field) => field === params.get("order")) ?? "UPLOADED_AT",
    direction: params.get("direction") === "ASC" ? "ASC" : "DESC",
    cursor: after !== null ? { after } : before !== null ? { before } : {},
  };
}

export function writeView(view: View): URLSearchParams {
  const params = new URLSearchParams();
  if (view.status) params.set("status", view.status);
  if (view.fileName) params.set("file", view.fileName);
  if (view.field !== "UPLOADED_AT") params.set("order", view.field);
  if (view.direction !== "DESC") params.set("direction", view.direction);
  for (const [name, value] of Object.entries(view.cursor)) params.set(name, value);
  return params;
}

/** The view, and a change of it. Whatever changes what is listed begins at the first page. */
export function useView(): [View, (change: Partial<View>) => void] {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => readView(params), [params]);
  const change = useCallback(
    (wanted: Partial<View>) => setParams((now) => writeView({ ...readView(now), cursor: {}, ...wanted })),
    [setParams],
  );
  return [view, change];
}
