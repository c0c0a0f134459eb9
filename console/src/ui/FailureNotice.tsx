import type { CombinedError } from "urql";
import { failureOf } from "../api/failure";
import { Button } from "./Button";
import { Notice } from "./Notice";

/** Why there is nothing to show, or why something did not happen, and another try. */
export function FailureNotice({ error, retry }: { error: CombinedError; retry?: () => void }) {
  return (
    <Notice tone="bad" live actions={retry && <Button onClick={retry}>Try again</Button>}>
      {failureOf(error).message}
    </Notice>
  );
}
