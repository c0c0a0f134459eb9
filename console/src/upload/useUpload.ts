import { useCallback, useEffect, useRef, useState } from "react";
import { signOut } from "../session/session";
import { newIdempotencyKey } from "./key";
import { type Outcome, sendFile, type UploadInput } from "./send";

export type Upload =
  | { stage: "asking" }
  | { stage: "sending"; sent: number; total: number }
  | { stage: "ended"; outcome: Exclude<Outcome, { kind: "cancelled" }> };

/**
 * Sends `file`, tells how far it has come, and can be cancelled. What one try was told holds for the next. A try that
 * is told nothing new has the same key, so that a file whose answer was lost is not taken twice.
 */
export function useUpload(file: File, cancelled: () => void) {
  const [upload, setUpload] = useState<Upload>({ stage: "asking" });
  const running = useRef<AbortController | null>(null);
  const last = useRef<UploadInput>({});
  useEffect(() => () => running.current?.abort(), []);
  const send = useCallback(
    async (told: UploadInput) => {
      const input = { idempotencyKey: newIdempotencyKey(), ...last.current, ...told };
      if (JSON.stringify(input) !== JSON.stringify(last.current)) input.idempotencyKey = newIdempotencyKey();
      last.current = input;
      const abort = new AbortController();
      running.current = abort;
      setUpload({ stage: "sending", sent: 0, total: file.size });
      const progress = (sent: number, total: number) => setUpload({ stage: "sending", sent, total });
      const outcome = await sendFile(file, input, { signal: abort.signal, progress });
      if (outcome.kind === "cancelled") return cancelled();
      setUpload({ stage: "ended", outcome });
      if (outcome.kind === "failed" && outcome.unauthenticated) signOut(outcome.sentence);
    },
    [file, cancelled],
  );
  return { upload, send, cancel: () => running.current?.abort() };
}
