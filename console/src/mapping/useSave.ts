import { startTransition, useCallback, useEffect, useOptimistic, useRef, useState } from "react";
import { useAct } from "../api/useAct";
import {
  type FieldFragment,
  type MappingViewFragment,
  SaveMappingDocument,
  type SaveMappingMutation,
} from "../gql/graphql";
import { type Edit, edited, touches } from "./edit";

const answer = (data: SaveMappingMutation) => data.saveMapping;

/**
 * Saves each change as it is made, one after the other, each upon the version that the one before has left. Where
 * somebody else was quicker, but changed something else, it is made again upon what they have left; where they changed
 * the same, it is kept in `lost`, for the admin to decide.
 */
export function useSave(shown: MappingViewFragment, fields: readonly FieldFragment[]) {
  const { act, busy, refusals, forget } = useAct(SaveMappingDocument, answer);
  const [mapping, expect] = useOptimistic(shown.mapping, (now, edit: Edit) => edited(now, edit, fields));
  const [lost, setLost] = useState<readonly Edit[]>([]);
  // What the next change is made upon.
  const base = useRef(shown);
  const queue = useRef<Promise<void>>(Promise.resolve());

  useEffect(() => {
    base.current = shown;
  }, [shown]);

  const send = useCallback(
    async (edit: Edit) => {
      for (;;) {
        const { id, version, mapping: seen } = base.current;
        const { answer: payload, refusals: why } = await act({ input: { ...edit, importId: id, ifVersion: version } });
        const now = payload?.membershipImport;
        if (now) base.current = now;
        const overtaken = why.some(({ code }) => code === "STALE_VERSION");
        if (!overtaken) return;
        if (!now || touches(edit, seen, now.mapping)) return setLost((before) => [...before, edit]);
      }
    },
    [act],
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
