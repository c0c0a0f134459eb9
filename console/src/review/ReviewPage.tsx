import "./review.css";
import { Tabs } from "@base-ui/react/tabs";
import { useCallback, useTransition } from "react";
import type { Refusal } from "../api/useAct";
import { useAct } from "../api/useAct";
import { useLiveQuery } from "../app/connection";
import { DecideDocument, type DecideMutation, PlanDocument } from "../gql/graphql";
import type { Import } from "../import/ImportPage";
import { MappingPage } from "../mapping/MappingPage";
import { announce } from "../ui/announce";
import { FailureNotice } from "../ui/FailureNotice";
import { formatNumber } from "../ui/format";
import { Loading } from "../ui/Loading";
import { Notice } from "../ui/Notice";
import { Refusals } from "../ui/Refusals";
import { Actions } from "./Actions";
import { Approvals } from "./Approvals";
import { CompleteFoot } from "./CompleteFoot";
import type { Decide } from "./decide";
import { decisionInWords } from "./decide";
import { Issues } from "./Issues";
import { Members } from "./Members";
import { Rows } from "./Rows";

const answer = (data: DecideMutation) => data.decideProfileActions;

interface Props {
  shown: Import;
  /** Called with what the server says when the plan goes: it outlives this page. */
  tell(refusals: readonly Refusal[]): void;
}

/** What the file implies for the members, to be decided about; later, what was decided. */
export function ReviewPage({ shown, tell }: Props) {
  const { id, status, step } = shown;
  const [{ data, error }, retry] = useLiveQuery({ query: PlanDocument, variables: { id } });
  const { act, refusals } = useAct(DecideDocument, answer);
  const [deciding, begin] = useTransition();
  const planId = data?.membershipImport?.plan?.id ?? "";
  const decide: Decide = useCallback(
    (decision, target) =>
      new Promise((resolve) =>
        begin(async () => {
          const { done } = await act({ planId, decision, target });
          if (done) announce(decisionInWords(decision, done.decidedCount));
          resolve();
        }),
      ),
    [act, planId],
  );
  const now = data?.membershipImport;
  const plan = now?.plan;
  if (!data || !now || !plan) return error ? <FailureNotice error={error} retry={retry} /> : <Loading />;
  const editable = status === "IN_PROGRESS" && step === "REVIEW";
  const issues = plan.issueCounts.reduce((sum, { count }) => sum + count, 0);
  return (
    <section aria-label="Review" className="review">
      {plan.deletionsBlocked && <Notice tone="warning">{plan.deletionsBlocked}</Notice>}
      <div className="pictures">
        {status === "COMPLETE" && <Approvals importId={id} />}
        <Members
          plan={plan}
          memberCount={status === "IN_PROGRESS" ? data.viewer.tenant.memberCount : null}
          decide={editable ? decide : null}
        />
        <Rows plan={plan} importId={id} />
      </div>
      <Refusals refusals={refusals} />
      <Tabs.Root defaultValue="actions">
        <Tabs.List className="tabs" aria-label="Parts of the plan">
          <Tabs.Tab className="tab" value="actions">
            Actions
          </Tabs.Tab>
          <Tabs.Tab className="tab" value="issues">
            Held rows and warnings ({formatNumber(issues)})
          </Tabs.Tab>
          <Tabs.Tab className="tab" value="mapping">
            Mapping
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel className="panel" value="actions">
          <Actions importId={id} plan={plan} decide={editable ? decide : null} complete={status === "COMPLETE"} />
        </Tabs.Panel>
        <Tabs.Panel className="panel" value="issues">
          <Issues importId={id} plan={plan} />
        </Tabs.Panel>
        <Tabs.Panel className="panel" value="mapping">
          <MappingPage id={id} editable={false} />
        </Tabs.Panel>
      </Tabs.Root>
      {editable && <CompleteFoot id={id} version={now.version} plan={plan} deciding={deciding} tell={tell} />}
    </section>
  );
}
