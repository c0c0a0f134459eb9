import "./import.css";
import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import type { Refusal } from "../api/useAct";
import { useLiveQuery } from "../app/connection";
import { ImportDocument, type ImportQuery } from "../gql/graphql";
import { STATUS_LABELS, STEP_LABELS } from "../history/status";
import { MappingPage } from "../mapping/MappingPage";
import { ReviewPage } from "../review/ReviewPage";
import { announce } from "../ui/announce";
import { FailureNotice } from "../ui/FailureNotice";
import { PageHeading } from "../ui/Heading";
import { Loading } from "../ui/Loading";
import { Refusals } from "../ui/Refusals";
import { ImportHeader } from "./ImportHeader";
import { ImportNotices } from "./ImportNotices";
import { Working } from "./Working";

export type Import = NonNullable<ImportQuery["membershipImport"]>;

/** One import, at the step that it is at. */
export default function ImportPage({ id }: { id: string }) {
  const [{ data, error, fetching }, retry] = useLiveQuery({ query: ImportDocument, variables: { id } });
  const [told, tell] = useState<readonly Refusal[]>([]);
  const shown = data?.membershipImport;
  useStepSaid(shown);
  if (!shown) {
    if (error && !isUnknown(error.graphQLErrors)) return <FailureNotice error={error} retry={retry} />;
    return fetching ? <Loading /> : <NoSuchImport />;
  }
  return (
    <article>
      <ImportHeader shown={shown} />
      <ImportNotices shown={shown} />
      <Refusals refusals={told} />
      <Step shown={shown} tell={tell} />
    </article>
  );
}

/** Says it when the import comes to another step, and finds a place for the focus if what had it is gone with the last. */
function useStepSaid(shown: Import | null | undefined) {
  const last = useRef<string | null>(null);
  const now = shown ? `${STATUS_LABELS[shown.status]}, ${STEP_LABELS[shown.step]}` : null;
  useEffect(() => {
    if (last.current !== null && now !== null && last.current !== now) {
      announce(now);
      if (document.activeElement === document.body) document.querySelector("h1")?.focus();
    }
    last.current = now;
  }, [now]);
}

/** An id that is no id at all is refused as input; to whoever follows a cut link it is the same. */
function isUnknown(errors: readonly { extensions: Record<string, unknown> }[]): boolean {
  return errors.some(({ extensions }) => extensions.code === "BAD_USER_INPUT" || extensions.code === "NOT_FOUND");
}

function Step({ shown, tell }: { shown: Import; tell(refusals: readonly Refusal[]): void }) {
  const { id, status, step } = shown;
  const editable = status === "IN_PROGRESS";
  if (editable && (step === "PLANNING" || step === "APPLYING")) return <Working shown={shown} />;
  // An INCOMPLETE import may have been left while it was planned: there is its mapping to look at.
  if (shown.plan === null) return <MappingPage id={id} editable={editable && step === "MAPPING"} />;
  return <ReviewPage shown={shown} tell={tell} />;
}

function NoSuchImport() {
  return (
    <>
      <PageHeading title="There is no such import" />
      <p>
        The address may have been cut, or belong to another tenant. All imports are in the <Link href="/">history</Link>
        .
      </p>
    </>
  );
}
