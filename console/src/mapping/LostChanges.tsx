import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { Untrusted } from "../ui/Untrusted";

interface Props {
  changes: readonly string[];
  repeat(): void;
  drop(): void;
}

/** Explains a change that was not saved because somebody else was quicker, and offers to make it again. */
export function LostChanges({ changes, repeat, drop }: Props) {
  return (
    <Notice
      tone="warning"
      live
      actions={
        <>
          <Button look="primary" onClick={repeat}>
            Make my change again
          </Button>
          <Button onClick={drop}>Leave it as it is now</Button>
        </>
      }
    >
      <p>
        <strong>Somebody else changed this mapping at the same time.</strong> The page now shows how they left it. Your
        change was not saved:
      </p>
      <ul>
        {changes.map((change) => (
          <li key={change}>
            <Untrusted text={change} />
          </li>
        ))}
      </ul>
    </Notice>
  );
}
