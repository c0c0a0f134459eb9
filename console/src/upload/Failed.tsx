import type { ReactNode } from "react";
import { Button } from "../ui/Button";
import { DialogContent } from "../ui/Dialog";
import { Notice } from "../ui/Notice";

interface Props {
  heading: ReactNode;
  sentence: string;
  onClose(): void;
  again(): void;
}

/** The server has not answered, or has not taken the request. */
export function Failed({ heading, sentence, onClose, again }: Props) {
  return (
    <DialogContent
      title="The file was not uploaded"
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" onClick={again}>
            Try again
          </Button>
        </>
      }
    >
      {heading}
      <Notice tone="bad" live>
        {sentence}
      </Notice>
    </DialogContent>
  );
}
