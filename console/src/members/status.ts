import type { MemberStatus } from "../gql/graphql";

export const STATUSES: readonly MemberStatus[] = ["ACTIVE", "INACTIVE"];

export const STATUS_LABELS: Record<MemberStatus, string> = { ACTIVE: "Active", INACTIVE: "Inactive" };
