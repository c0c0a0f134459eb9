import { useAct } from "../api/useAct";
import { ApproveMappingDocument, type ApproveMappingMutation, type MappingViewFragment } from "../gql/graphql";
import { Button } from "../ui/Button";
import { count } from "../ui/format";
import { Refusals } from "../ui/Refusals";

const answer = (data: ApproveMappingMutation) => data.approveMapping;

interface Props {
  shown: MappingViewFragment;
  /** A change is on its way: what would be approved is not yet what is shown. */
  saving: boolean;
}

export function ApproveFoot({ shown: { id, version, mapping }, saving }: Props) {
  const { act, busy, refusals } = useAct(ApproveMappingDocument, answer);
  const missing = mapping.blockers.length;
  const mapped = mapping.columns.filter(({ field }) => field !== null).length;
  return (
    <>
      <Refusals refusals={refusals} />
      <div className="foot">
        <p>
          <strong>{mapped}</strong> of {count(mapping.columns.length, "column")} mapped.{" "}
          {missing > 0 ? (
            <span className="warning-text">{count(missing, "thing is", "things are")} missing.</span>
          ) : (
            <span className="muted">Changes are saved as you make them. Nothing changes for the members yet.</span>
          )}
        </p>
        <Button look="primary" busy={busy || saving} disabled={missing > 0} onClick={() => void act({ id, version })}>
          Approve the mapping
        </Button>
      </div>
    </>
  );
}
