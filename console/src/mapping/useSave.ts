import { startTransition, useCallback, useEffect, useOptimistic, useRef, useState } from "react";
import { useAct } from "../api/useAct";
import {
  type FieldFragment,
  type MappingViewFragment,
  SaveMappingDocument,
  type SaveMappingMutation,
} from "../gql/graphql";
import { type Edit, edited } from "./edit";

const answer = (data: SaveMappingMutation) => data.saveMapping;

/**
 * Saves each change as it is made, one after the other, each upon the version that the one before has left. What is
 * refused because somebody else was quicker is kept in `lost`, to be made again upon what they have left.
 */
export function useSave(shown: MappingViewFragment, fields: readonly FieldFragment[]) {
  const { act, busy, refusals, forget } = useAct(SaveMappingDocument, answer);
  const [mapping, expect] = useOptimistic(shown.mapping, (now, edit: Edit) => edited(now, edit, fields));
  const [lost, setLost] = useState<readonly Edit[]>([]);
  const version = useRef(shown.version);
  const queue = useRef<Promise<void>>(Promise.resolve());

  useEffect(() => {
    version.current = shown.version;
  }, [shown.version]);

  const send = useCallback(
    async (edit: Edit) => {
      const outcome = await act({ input: { ...edit, importId: shown.id, ifVersion: version.current } });
      version.current = outcome.done?.membershipImport?.version ?? version.current;
      if (outcome.refusals.some(({ code }) => code === "STALE_VERSION")) setLost((before) => [...before, edit]);
    },
    [act, shown.id],
  );

  const save = useCallback(
    (edit: Edit) =>
      startTransition(async () => {
        expect(edit);
        queue.current = queue.current.then(() => send(edit));
        await queue.current;
      }),
    [expect, send],
  );

  const drop = useCallback(() => {
    setLost([]);
    forget();
  }, [forget]);

  const repeat = () => {
    drop();
    for (const edit of lost) save(edit);
  };

  return { mapping, save, saving: busy, refusals: lost.length > 0 ? [] : refusals, lost, repeat, drop };
}
