import type { ReactNode } from "react";
import { Button } from "../ui/Button";
import { DialogContent } from "../ui/Dialog";
import { formatBytes, formatShare } from "../ui/format";
import { Progress } from "../ui/Progress";

interface Props {
  heading: ReactNode;
  sent: number;
  total: number;
  cancel(): void;
}

/** How far an upload has come. When all of it is there, the server still reads it to its end. */
export function Sending({ heading, sent, total, cancel }: Props) {
  const arrived = sent >= total;
  const share = total > 0 ? sent / total : 0;
  return (
    <DialogContent title="Uploading" actions={<Button onClick={cancel}>Cancel</Button>}>
      {heading}
      <Progress
        label={arrived ? "The server is reading the file" : "Sending"}
        value={arrived ? null : sent}
        max={total}
        text={arrived ? "" : `${formatShare(share)} of ${formatBytes(total)}`}
      />
    </DialogContent>
  );
}
