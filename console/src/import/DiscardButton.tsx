import { useAct } from "../api/useAct";
import { DiscardDocument, type DiscardMutation } from "../gql/graphql";
import { ConfirmButton } from "./ConfirmButton";
import type { Import } from "./ImportPage";

const answer = (data: DiscardMutation) => data.discardImport;

export function DiscardButton({ shown: { id, version } }: { shown: Import }) {
  const { act, ...state } = useAct(DiscardDocument, answer);
  return (
    <ConfirmButton
      {...state}
      label="Discard"
      question="Discard this import?"
      confirm="Discard"
      cancel="Keep it"
      act={async () => (await act({ id, version })).done !== null}
    >
      <p>It becomes incomplete: it stays in the history to be looked at, and nothing of it is applied.</p>
    </ConfirmButton>
  );
}
