import { useRef } from "react";
import { Button } from "../ui/Button";
import { useOfferFile } from "./context";

/** Chooses a file to import. */
export function UploadButton({ look = "plain" }: { look?: "primary" | "plain" }) {
  const input = useRef<HTMLInputElement>(null);
  const offer = useOfferFile();
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.tsv,.txt,text/csv,text/plain"
        onChange={({ target }) => {
          const file = target.files?.[0];
          // The same file, mended, can be chosen again.
          target.value = "";
          if (file) offer(file);
        }}
      />
      <Button look={look} icon="upload" onClick={() => input.current?.click()}>
        Upload a file
      </Button>
    </>
  );
}
