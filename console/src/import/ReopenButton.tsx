import { useAct } from "../api/useAct";
import { ReopenMappingDocument, type ReopenMappingMutation } from "../gql/graphql";
import { ConfirmButton } from "./ConfirmButton";
import type { Import } from "./ImportPage";

const answer = (data: ReopenMappingMutation) => data.reopenMapping;

export function ReopenButton({ shown: { id, version, step } }: { shown: Import }) {
  const { act, ...state } = useAct(ReopenMappingDocument, answer);
  return (
    <ConfirmButton
      {...state}
      label="Back to the mapping"
      question="Go back to the mapping?"
      confirm="Go back"
      cancel="Stay here"
      act={async () => (await act({ id, version })).done !== null}
    >
      <p>
        {step === "PLANNING"
          ? "The planning stops."
          : "The plan is dropped, and with it every decision about its actions, whoever made them."}{" "}
        Both begin anew when the mapping is approved again.
      </p>
    </ConfirmButton>
  );
}
