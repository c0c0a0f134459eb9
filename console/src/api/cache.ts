import { type Cache, cacheExchange } from "@urql/exchange-graphcache";
import type { DecideMutation, WatchSubscription } from "../gql/graphql";

/** Types without an id: they live inside of the object that they were asked for with. */
const EMBEDDED = [
  "Approval",
  "ColumnMapping",
  "DecideProfileActionsPayload",
  "FieldChange",
  "FileColumn",
  "ImportEvent",
  "ImportPayload",
  "ImportProgress",
  "MemberAttribute",
  "MemberConnection",
  "MembershipImportConnection",
  "PageInfo",
  "ProfileActionConnection",
  "ProfileActionCount",
  "ProfileFieldPayload",
  "RowIssue",
  "RowIssueConnection",
  "RowIssueCount",
  "SignedDownload",
  "TenantImportsEvent",
  "UploadMembershipFilePayload",
  "UserError",
  "ValueMapping",
];

/** What mutations of an import answer, as far as the cache looks at it. */
type Payload = { membershipImport?: { id: string; version: number } | null } | null;

/**
 * The normalised cache. What an event of the subscription brings is written at once; what it does not bring but may
 * have changed is invalidated, and asked for again by the pages that show it. Until the answer is there they keep what
 * they have, its `version` included: a page never sends a version whose mapping or plan it has not shown.
 */
export function normalisedCache() {
  // The highest version of each import that this page has asked for or been told of.
  const seen = new Map<string, number>();
  const isNews = ({ id, version }: { id: string; version: number }) => {
    const news = version > (seen.get(id) ?? 0);
    if (news) seen.set(id, version);
    return news;
  };
  // A mutation's answer brings the details along, so that the event which follows tells nothing new.
  const answered = (field: string) => (result: Record<string, unknown>, _: unknown, cache: Cache) => {
    const changed = (result[field] as Payload)?.membershipImport;
    if (changed && isNews(changed)) invalidate(cache, "Query", "membershipImports");
  };
  return cacheExchange({
    keys: Object.fromEntries(EMBEDDED.map((name) => [name, () => null])),
    updates: {
      Subscription: {
        importsChanged(result: WatchSubscription, _, cache) {
          const { change, activeImport } = result.importsChanged;
          const active = activeImport && { __typename: "MembershipImport", id: activeImport.id };
          cache.link("Query", "activeImport", active);
          if (change === null) {
            invalidate(cache, "Query");
          } else if (isNews(change.membershipImport)) {
            invalidate(cache, "Query", "membershipImports");
            forgetDetails(cache, change.membershipImport.id);
          }
        },
      },
      Mutation: {
        saveMapping: answered("saveMapping"),
        approveMapping: answered("approveMapping"),
        reopenMapping: answered("reopenMapping"),
        completeImport: answered("completeImport"),
        discardImport: answered("discardImport"),
        decideProfileActions(result: DecideMutation, _, cache) {
          const changed = result.decideProfileActions?.membershipImport;
          answered("decideProfileActions")(result, _, cache);
          if (changed?.plan) invalidate(cache, { __typename: "ImportPlan", id: changed.plan.id }, "profileActions");
        },
        saveProfileField: (_result, _arguments, cache) => invalidate(cache, "Query", "profileFields"),
      },
    },
  });
}

/** Forgets what may have changed with the version of an import, pages of its plan that are not shown included. */
function forgetDetails(cache: Cache, id: string) {
  const changed = { __typename: "MembershipImport", id };
  const plan = cache.resolve(changed, "plan");
  if (typeof plan === "string") invalidate(cache, plan, "profileActions");
  invalidate(cache, changed, "mapping", "plan");
}

type Entity = Parameters<Cache["inspectFields"]>[0];

/** Forgets the named fields of `entity` with whatever arguments; all of them if none is named. */
function invalidate(cache: Cache, entity: Entity, ...names: string[]) {
  for (const { fieldName, arguments: values } of cache.inspectFields(entity)) {
    if (names.length === 0 || names.includes(fieldName)) cache.invalidate(entity, fieldName, values);
  }
}
