import { useCallback, useState } from "react";
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useMutation } from "urql";
import type { RefusalFragment } from "../gql/graphql";
import { failureOf } from "./failure";

/** Why a mutation did nothing: what the server has to say about it. */
export type Refusal = Omit<RefusalFragment, "code"> & { code: RefusalFragment["code"] | "FAILED" };

interface Payload {
  userErrors: readonly RefusalFragment[];
}

/** What came of a mutation. */
export interface Outcome<P> {
  /** Its answer, if there was one. */
  answer: P | null;
  /** The same, if it did what it should. */
  done: P | null;
  /** Else why it did nothing. */
  refusals: readonly Refusal[];
}

/**
 * A mutation whose answer is `pick`ed from its data: runs it, and keeps why it did nothing until it is run again.
 * A failure on the way is told like a refusal, as people do the same about it: read, and try again.
 */
export function useAct<Data, Variables extends AnyVariables, P extends Payload>(
  document: TypedDocumentNode<Data, Variables>,
  pick: (data: Data) => P | null | undefined,
) {
  const [{ fetching }, run] = useMutation(document);
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const act = useCallback(
    async (variables: Variables): Promise<Outcome<P>> => {
      const { data, error } = await run(variables);
      const answer = (data && pick(data)) ?? null;
      const why = answer ? answer.userErrors : [failed(error)];
      setRefusals(why);
      return { answer, done: why.length === 0 ? answer : null, refusals: why };
    },
    [run, pick],
  );
  return { act, busy: fetching, refusals, forget: useCallback(() => setRefusals([]), []) };
}

function failed(error: CombinedError | undefined): Refusal {
  const message = error ? failureOf(error).message : "The server did not say what came of it. Try again.";
  return { code: "FAILED", message, field: null, rowNumber: null, byteOffset: null, actions: [] };
}
